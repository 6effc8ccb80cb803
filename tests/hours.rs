//! Booking, forcing, moving and freeing hours on a real database, against a model of a few maps.

use std::collections::BTreeMap;

use proptest::prelude::*;
use store::{AuditKey, Capacity, Store, StoreError};
use tokio::runtime::Runtime;
use workflow::action::ActionKind;
use workflow::actor::Role;
use workflow::booking::{Booked, Place};
use workflow::calendar::Month;
use workflow::hours::{Centihours, Pool};
use workflow::id::{OrganisationId, RequestId};
use workflow::request::{Bookings, Decided, Event, MonthHours, Request};
use workflow::stage::StageKind;

use crate::desk::{Database, Desk, duty};
use crate::memory::cases;

/// Every month of both communities.
const CAPACITY: i64 = 1_000;

/// One step: which of three requests does what, with which hours in which months.
#[derive(Debug, Clone)]
struct Step {
    request: usize,
    action: u8,
    months: Vec<(u8, u8, i64)>,
}

fn step() -> impl Strategy<Value = Step> {
    let months = prop::collection::vec((1u8..=2, 1u8..=4, 1i64..700), 1..4);
    (0usize..3, 0u8..10, months).prop_map(|(request, action, months)| Step { request, action, months })
}

fn month(number: u8) -> Month {
    Month::parse(&format!("2026-{:02}", number + 4)).expect("a month")
}

fn hours(months: &[(u8, u8, i64)]) -> Vec<MonthHours> {
    let distinct: BTreeMap<(u8, u8), i64> = months.iter().map(|(c, m, hours)| ((*c, *m), *hours)).collect();
    let row = |((community, number), hours): ((u8, u8), i64)| MonthHours {
        code: format!("42020200100{community}"),
        month: month(number),
        hours: Centihours(hours),
    };
    distinct.into_iter().map(row).collect()
}

fn bookings(desk: &Desk, step: &Step) -> Bookings {
    let (community, number, _) = step.months[0];
    match step.action {
        0..=2 => Bookings::Book(hours(&step.months)),
        3 | 4 => Bookings::Force(hours(&step.months)),
        5 | 6 => Bookings::Rebook(hours(&step.months)),
        7 => Bookings::FreeAfter(month(number)),
        8 => Bookings::FreeCommunity(desk.community(community)),
        _ => Bookings::FreeAll,
    }
}

type Spot = (OrganisationId, Month);

/// What the store should hold.
#[derive(Debug, Clone, Default, PartialEq)]
struct Model {
    held: BTreeMap<(RequestId, Spot), (i64, i64)>,
}

impl Model {
    fn total(&self, spot: Spot) -> (i64, i64) {
        let there = self.held.iter().filter(|((_, at), _)| *at == spot);
        there.fold((0, 0), |(hours, forced), (_, (more, over))| (hours + more, forced + over))
    }

    /// Adds hours to one spot; without room only what is forced.
    fn adds(&mut self, (request, spot): (RequestId, Spot), more: i64, forcing: bool) -> bool {
        let over = (self.total(spot).0 + more - CAPACITY).clamp(0, more);
        if over > 0 && !forcing {
            return false;
        }
        let held = self.held.entry((request, spot)).or_default();
        *held = (held.0 + more, held.1 + over);
        true
    }

    fn takes(&mut self, request: &Request, bookings: &Bookings) -> bool {
        let spot = |row: &MonthHours| {
            let target = request.targets.iter().find(|target| target.code == row.code).expect("a target");
            (target.community, row.month)
        };
        let id = request.id;
        match bookings {
            Bookings::Book(rows) => rows.iter().all(|row| self.adds((id, spot(row)), row.hours.0, false)),
            Bookings::Force(rows) => rows.iter().all(|row| self.adds((id, spot(row)), row.hours.0, true)),
            Bookings::Rebook(rows) => {
                let before = self.held.clone();
                self.held.retain(|(holder, _), _| *holder != id);
                rows.iter().all(|row| {
                    let (had, forced) = before.get(&(id, spot(row))).copied().unwrap_or_default();
                    let kept = had.min(row.hours.0);
                    self.held.insert((id, spot(row)), (kept, (forced - (had - kept)).max(0)));
                    kept == row.hours.0 || self.adds((id, spot(row)), row.hours.0 - kept, false)
                })
            }
            Bookings::FreeAfter(last) => {
                self.held.retain(|(holder, (_, month)), _| *holder != id || month <= last);
                true
            }
            Bookings::FreeCommunity(community) => {
                self.held.retain(|(holder, (at, _)), _| *holder != id || at != community);
                true
            }
            _ => {
                self.held.retain(|(holder, _), _| *holder != id);
                true
            }
        }
    }
}

/// Writes a change of hours as the engine would; only the hours matter here.
async fn writes((desk, store): (&Desk, &Store), request: &mut Request, bookings: &Bookings) -> bool {
    let tx = store.begin().await.expect("a transaction");
    let event = Event {
        at: desk.now(),
        user: None,
        role: Role::System,
        action: ActionKind::Enter,
        before: StageKind::Draft,
        after: StageKind::Draft,
        reason: None,
        detail: serde_json::Map::new(),
    };
    let after = Request { version: request.version + 1, ..request.clone() };
    let decided = Decided {
        request: after.clone(),
        event,
        postings: Vec::new(),
        bookings: bookings.clone(),
        notices: Vec::new(),
        wake_on: None,
    };
    let capacities: Vec<Capacity> = bookings.wanted().iter().map(|row| capacity(request, row)).collect();
    match tx.apply(request, &decided, &capacities).await {
        Ok(_) => {
            tx.commit().await.expect("a commit");
            *request = after;
            true
        }
        Err(StoreError::QuotaOver) => false,
        Err(error) => panic!("{error}"),
    }
}

fn capacity(request: &Request, row: &MonthHours) -> Capacity {
    let target = request.targets.iter().find(|target| target.code == row.code).expect("a target");
    let place = Place { community: target.community, pool: Pool::Committee, month: row.month };
    Capacity { place, hours: Centihours(CAPACITY) }
}

/// Counters, bookings and entries say the same as the model.
async fn agrees(desk: &Desk, model: &Model) {
    let reader = desk.engine.reader();
    let at = |place: Place| (place.community, place.month);
    let numbers = |booked: Booked| (booked.hours.0, booked.forced.0);
    let mut bookings = BTreeMap::new();
    for line in reader.all_bookings().await.expect("bookings") {
        bookings.insert((line.request, at(line.place)), numbers(line.booked));
    }
    assert_eq!(bookings, model.held);
    let mut entries: BTreeMap<_, (i64, i64)> = BTreeMap::new();
    for entry in reader.all_hour_entries().await.expect("entries") {
        let sum = entries.entry((entry.request, at(entry.place))).or_default();
        *sum = (sum.0 + entry.change.hours.0, sum.1 + entry.change.forced.0);
    }
    entries.retain(|_, sum| *sum != (0, 0));
    assert_eq!(entries, model.held);
    for counter in reader.all_quota_months().await.expect("counters") {
        assert_eq!(numbers(counter.booked), model.total(at(counter.place)), "{counter:?}");
        assert!(counter.booked.hours.0 - counter.booked.forced.0 <= CAPACITY, "{counter:?}");
    }
}

async fn walks(database: Database, steps: &[Step]) {
    let desk = Desk::on(database).await;
    let mut requests = Vec::new();
    for _ in 0..3 {
        let id = desk.files("health", duty(), &[1, 2]).await;
        requests.push(desk.request(id).await);
    }
    let store = Store::open(&desk.url, AuditKey::new([7; 32])).await.expect("the store opens");
    let mut model = Model::default();
    for step in steps {
        let request = &mut requests[step.request];
        let bookings = bookings(&desk, step);
        let mut next = model.clone();
        let expected = next.takes(request, &bookings);
        let done = writes((&desk, &store), request, &bookings).await;
        assert_eq!(done, expected, "{bookings:?} on {model:?}");
        if done {
            model = next;
        }
        agrees(&desk, &model).await;
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn hours_are_booked_forced_moved_and_freed_as_the_model_says(steps in prop::collection::vec(step(), 4..24)) {
        Runtime::new().expect("a runtime").block_on(walks(Database::Sqlite, &steps));
    }
}

proptest! {
    #![proptest_config(cases(4))]

    #[test]
    fn hours_on_postgresql_are_as_the_model_says(steps in prop::collection::vec(step(), 12..24)) {
        Runtime::new().expect("a runtime").block_on(walks(Database::Postgres, &steps));
    }
}

//! Two communities become one: requests, assignments, hours, money, sizes and people of the one go to the other, in one
//! transaction; sums of money and hours stay what they were.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use store::{CommunitySize, EventLine, Organisation, OrganisationKind, Reader, StoreError};
use workflow::action::Action;
use workflow::actor::{Actor, Person, Role};
use workflow::booking::Place;
use workflow::calendar::Month;
use workflow::decide::DecideError;
use workflow::id::OrganisationId;
use workflow::ledger::{Account, Posting, Purpose};
use workflow::merger::{self, MergerRefusal, Named};
use workflow::money::Fen;
use workflow::request::{Request, Target};
use workflow::stage::StageKind;

use crate::Engine;
use crate::capacity::{Capacities, years};
use crate::error::EngineError;
use crate::letters::About;
use crate::step::Step;

/// What went from one community to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Merged {
    pub from: String,
    pub into: String,
    /// The day from which it holds.
    pub on: NaiveDate,
    /// Requests that the other community has now.
    pub requests: usize,
    pub people: usize,
    /// All that the accounts held.
    pub money: Fen,
}

/// The event of a merger on the chains of both communities.
const MERGE: &str = "merge";

/// How often a merger is tried while others change its requests.
const TRIES: u32 = 3;

impl Engine {
    /// Merges a community into another of the same district, with effect from today. Closed, it is asked for nothing
    /// more; its earlier months and what is over stay its own.
    ///
    /// # Errors
    /// The actor is no administrator of the district; a community is closed already; both are the same.
    pub async fn merge_communities(
        &self,
        actor: &Actor,
        (from, into): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<Merged, EngineError> {
        let mut tries = 1;
        loop {
            // Boxed: the whole of a merger is one large future.
            match Box::pin(self.merge_once(actor, (from, into), now)).await {
                Err(EngineError::Store(StoreError::Again | StoreError::Conflict)) if tries < TRIES => {
                    tries += 1;
                }
                done => return done,
            }
        }
    }

    /// What a merger would carry over today. It is carried out as far as to the commit, and taken back: nothing is kept and
    /// nobody is told.
    ///
    /// # Errors
    /// As [`Engine::merge_communities`].
    pub async fn merger_ahead(
        &self,
        actor: &Actor,
        codes: (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<Merged, EngineError> {
        let content = self.content();
        let tx = self.store.begin().await?;
        let step = Step { engine: self, tx: &tx, content: &content, now };
        // Without a commit the transaction ends by taking all of it back. Boxed as a merger is.
        Box::pin(merged_in(&step, actor, codes)).await
    }

    async fn merge_once(
        &self,
        actor: &Actor,
        codes: (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<Merged, EngineError> {
        let content = self.content();
        let tx = self.store.begin().await?;
        let done = merged_in(&Step { engine: self, tx: &tx, content: &content, now }, actor, codes).await?;
        self.commit(tx, now, &done).await?;
        self.wake_delivery();
        Ok(done)
    }
}

/// Carries a merger out within a transaction, its letters included.
async fn merged_in(step: &Step<'_>, actor: &Actor, codes: (&str, &str)) -> Result<Merged, EngineError> {
    let actor = step.actor_of_today(actor).await?;
    let Actor::Person(admin) = &actor else { return Err(DecideError::NotYours.into()) };
    let merger = Merger::begin(step, admin, codes).await?;
    let people = merger.close().await?;
    merger.make_room().await?;
    let money = merger.money().await?;
    let requests = Box::pin(merger.hand_requests_over()).await?;
    merger.move_money().await?;
    let on = step.moment().today();
    let told = merger.told(on, requests);
    let about = About { district: told.district, request: None };
    step.engine.tell(step.tx, about, &told.notices(), step.now).await?;
    let (from, into) = (told.from.code, told.into.code);
    Ok(Merged { from, into, on, requests: told.handed_over.len(), people, money })
}

/// One merger in its transaction.
struct Merger<'a> {
    step: &'a Step<'a>,
    admin: &'a Person,
    from: Organisation,
    into: Organisation,
}

impl<'a> Merger<'a> {
    /// Takes both communities, in one order for whoever else merges them, and begins the event that tells what changes.
    async fn begin(
        step: &'a Step<'a>,
        admin: &'a Person,
        (from, into): (&str, &str),
    ) -> Result<Merger<'a>, EngineError> {
        if !admin.standings().any(|standing| standing.role == Role::Admin) {
            return Err(DecideError::NotYours.into());
        }
        let reader = step.tx.reader();
        let from = community(&reader, step.engine, (admin, from)).await?;
        let into = community(&reader, step.engine, (admin, into)).await?;
        if from.id == into.id {
            return Err(MergerRefusal::Same.into());
        }
        if from.district != into.district {
            return Err(StoreError::NotFound("organisation").into());
        }
        let merger = Merger { step, admin, from, into };
        let (first, second) = (&merger.from, &merger.into);
        let in_order = if first.id < second.id { [first, second] } else { [second, first] };
        for chain in in_order {
            step.tx.record(chain.id, merger.event(MERGE)).await?;
        }
        // Read again under the lock: another merger may have been first.
        let codes = [merger.from.code.clone(), merger.into.code.clone()];
        none_is_closed(&reader, &reader.organisations_of(&codes).await?).await?;
        Ok(merger)
    }

    /// What those concerned read.
    fn told(self, on: NaiveDate, handed_over: Vec<Request>) -> merger::Merger {
        let Merger { from, into, .. } = self;
        let district = from.district;
        let named = |one: Organisation| Named { id: one.id, code: one.code, name: one.name };
        merger::Merger { district, from: named(from), into: named(into), on, handed_over }
    }

    fn event(&self, action: &str) -> EventLine {
        let detail = Map::from_iter([
            ("from".to_owned(), Value::from(self.from.code.clone())),
            ("into".to_owned(), Value::from(self.into.code.clone())),
        ]);
        EventLine {
            at: self.step.now,
            person: Some(self.admin.user.0),
            role: Role::Admin.word().to_owned(),
            action: action.to_owned(),
            detail: Value::Object(detail).to_string(),
            ..EventLine::default()
        }
    }

    /// The community is closed, its people go over, and the other one has grown from this year on.
    async fn close(&self) -> Result<usize, EngineError> {
        let on = self.step.moment().today();
        let (from, into) = (self.from.id, self.into.id);
        let people = self.step.tx.merge_organisation((from, into), on).await?;
        let mut sizes = Vec::new();
        for year in [on.year(), on.year() + 1] {
            let known = self.step.tx.reader().sizes(&[from, into], year).await?;
            let this_year = year == on.year() || known.values().any(|size| size.year == year);
            let both = (known.get(&from), known.get(&into));
            sizes.extend(both.0.map(|size| sum(size, both.1, (into, year))).filter(|_| this_year));
        }
        self.step.tx.put_sizes(&sizes).await?;
        Ok(people)
    }

    /// Opens the months that the other community takes over, with what it can do now.
    async fn make_room(&self) -> Result<(), EngineError> {
        let reader = self.step.tx.reader();
        let since = Month::of(self.step.moment().today());
        let held = reader.bookings(&[self.from.id, self.into.id]).await?;
        let mut places: Vec<Place> = held
            .iter()
            .map(|line| Place { community: self.into.id, ..line.place })
            .filter(|place| place.month >= since)
            .collect();
        places.sort_unstable();
        places.dedup();
        let by = (years(places.iter().map(|place| place.month)), self.step.content.by());
        let capacities = Capacities::read(&reader, &[self.into.id], by).await?;
        let renewed: Vec<_> = places.into_iter().map(|place| capacities.counter(place)).collect();
        Ok(self.step.tx.renew_capacities(&renewed).await?)
    }

    /// Every request that may still lead to work or to payment; gives them as they are then.
    async fn hand_requests_over(&self) -> Result<Vec<Request>, EngineError> {
        let target = |one: &Organisation| Target { community: one.id, code: one.code.clone() };
        let (from, into) = (target(&self.from), target(&self.into));
        let stages: Vec<StageKind> = StageKind::ALL
            .iter()
            .copied()
            .filter(|stage| *stage == StageKind::Rejected || !stage.is_over())
            .collect();
        let mut handed = Vec::new();
        for request in self.step.tx.reader().requests_asking_for(self.from.id, &stages).await? {
            if is_done_with(&request, self.from.id) {
                continue;
            }
            let action = Action::Retarget { from: from.clone(), into: into.clone() };
            handed.push(self.step.take_with_what_follows(request, action, &Actor::System).await?);
        }
        Ok(handed)
    }

    /// All that the closed community's accounts hold.
    async fn money(&self) -> Result<Fen, EngineError> {
        let accounts = self.step.tx.reader().accounts_of(self.from.id.0).await?;
        Ok(accounts.iter().map(|account| account.balance).sum())
    }

    /// What the accounts still hold after the running requests goes to the same accounts of the other community.
    async fn move_money(&self) -> Result<(), EngineError> {
        let accounts = self.step.tx.reader().accounts_of(self.from.id.0).await?;
        let postings: Vec<Posting> = accounts
            .iter()
            .filter_map(|line| {
                let account = Account::from_key(&line.key)?;
                Posting::of(Purpose::Merger, account, of(account, self.into.id)?, line.balance)
            })
            .collect();
        if postings.is_empty() {
            return Ok(());
        }
        let (tx, now) = (self.step.tx, self.step.now);
        let seq = tx.record(self.from.id, self.event(Purpose::Merger.word())).await?;
        tx.post(self.from.district, (self.from.id.0, seq), &postings, now).await?;
        Ok(())
    }
}

/// The same account of another community.
fn of(account: Account, community: OrganisationId) -> Option<Account> {
    match account {
        Account::Community { .. } => Some(Account::Community { community }),
        Account::BaseFund { year, .. } => Some(Account::BaseFund { community, year }),
        _ => None,
    }
}

/// Whether nothing of a request is left for a community: it has refused.
fn is_done_with(request: &Request, community: OrganisationId) -> bool {
    request.assignments.iter().any(|one| one.community == community && one.is_refused())
}

/// Both sizes as one; whoever has no number of workers of its own is counted by the rules.
fn sum(
    from: &CommunitySize,
    into: Option<&CommunitySize>,
    (community, year): (OrganisationId, i32),
) -> CommunitySize {
    let Some(into) = into else { return CommunitySize { community, year, ..from.clone() } };
    let stations = [from.station_workers, into.station_workers];
    CommunitySize {
        community,
        year,
        households: from.households + into.households,
        residents: from.residents + into.residents,
        workers: from.workers.zip(into.workers).map(|(from, into)| from + into),
        station_workers: stations.into_iter().flatten().reduce(|from, into| from + into),
    }
}

/// An open community within the administrator's district, or anywhere for one of the city.
async fn community(
    reader: &Reader<'_>,
    engine: &Engine,
    (admin, code): (&Person, &str),
) -> Result<Organisation, EngineError> {
    let found = reader.organisation(code).await?;
    if found.district != admin.district && !engine.is_city(admin.district) {
        return Err(StoreError::NotFound("organisation").into());
    }
    if found.kind != OrganisationKind::Community {
        return Err(MergerRefusal::NoCommunity(found.code).into());
    }
    none_is_closed(reader, std::slice::from_ref(&found)).await?;
    Ok(found)
}

/// Refuses communities that were merged into others, naming the successor.
///
/// # Errors
/// `Closed`.
pub(crate) async fn none_is_closed(
    reader: &Reader<'_>,
    communities: &[Organisation],
) -> Result<(), EngineError> {
    let closed = communities.iter().find_map(|one| Some((one, one.closed_on?, one.merged_into?)));
    let Some((community, on, into)) = closed else { return Ok(()) };
    let into = reader.organisation_by_id(into).await?.code;
    Err(MergerRefusal::Closed { code: community.code.clone(), on, into }.into())
}

/// The same for what a request asks for, whenever the rules run on it.
pub(crate) async fn no_target_is_closed(reader: &Reader<'_>, request: &Request) -> Result<(), EngineError> {
    let codes: Vec<String> = request.targets.iter().map(|target| target.code.clone()).collect();
    none_is_closed(reader, &reader.organisations_of(&codes).await?).await
}

//! What the store does, in a few maps: balances that do not fall below zero, hours that are booked all or none, events
//! one after the other. The walks in memory and those on a database share it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use workflow::action::Action;
use workflow::actor::Actor;
use workflow::assessment::Outcome;
use workflow::assignment::Assignment;
use workflow::booking::Place;
use workflow::calendar::Calendar;
use workflow::deadline::due_action;
use workflow::decide::{DecideError, decide};
use workflow::dossier::Origin;
use workflow::hours::{Centihours, Pool};
use workflow::id::{OrganisationId, RequestId};
use workflow::ledger::{Account, AccountKind, Posting};
use workflow::money::Fen;
use workflow::quota::{self, Staff};
use workflow::request::{Bookings, Decided, Event, Moment, MonthHours, Request};
use workflow::stage::Stage;

use crate::memory::{PARAMETERS, morning};

/// Every month of every community whose staff is not known.
const CAPACITY: Centihours = Centihours(10_000);

/// Hours by place.
pub(super) type Held = BTreeMap<Place, Centihours>;

/// Why nothing has changed.
#[derive(Debug)]
pub(super) enum Refused {
    Decided(DecideError),
    Funds,
    Quota,
}

impl Refused {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Refused::Decided(error) => error.code(),
            Refused::Funds => "funds_short",
            Refused::Quota => "quota_over",
        }
    }
}

#[derive(Clone)]
pub(super) struct Model {
    pub(super) requests: Vec<Request>,
    pub(super) today: NaiveDate,
    pub(super) calendar: Arc<Calendar>,
    pub(super) staff: BTreeMap<OrganisationId, Staff>,
    pub(super) balances: BTreeMap<Account, Fen>,
    pub(super) booked: BTreeMap<(RequestId, Place), Centihours>,
    pub(super) histories: BTreeMap<RequestId, Vec<Event>>,
    pub(super) postings: Vec<(Option<RequestId>, Posting)>,
    /// Where hours were ever forced, or a new calendar left fewer than were booked.
    over: BTreeSet<Place>,
}

impl Model {
    pub(super) fn of(requests: Vec<Request>, today: NaiveDate, calendar: Calendar) -> Model {
        Model {
            histories: requests.iter().map(|request| (request.id, Vec::new())).collect(),
            requests,
            today,
            calendar: Arc::new(calendar),
            staff: BTreeMap::new(),
            balances: BTreeMap::new(),
            booked: BTreeMap::new(),
            postings: Vec::new(),
            over: BTreeSet::new(),
        }
    }

    pub(super) fn events(&self) -> impl Iterator<Item = &Event> {
        self.histories.values().flatten()
    }

    pub(super) fn passes(&mut self, days: u64) {
        self.today = self.today + Days::new(days);
    }

    pub(super) fn moment(&self) -> Moment<'_> {
        Moment { now: morning(self.today), calendar: &self.calendar, parameters: &PARAMETERS }
    }

    /// Another calendar from now on; what is booked stays booked.
    pub(super) fn loads(&mut self, calendar: Calendar) {
        self.calendar = Arc::new(calendar);
        let places: BTreeSet<Place> = self.booked.keys().map(|(_, place)| *place).collect();
        let over = places.into_iter().filter(|place| self.total(*place) > self.capacity(*place));
        let over: Vec<Place> = over.collect();
        self.over.extend(over);
    }

    /// One action with what follows from it at once, all of it or nothing.
    pub(super) fn act(&mut self, place: usize, action: Action, actor: &Actor) -> Result<(), Refused> {
        let mut changed = self.clone();
        let funded = matches!(action, Action::CommitFunds { .. });
        changed.once(place, action, actor)?;
        while let Some(action) = follows_at_once(&changed.requests[place]) {
            changed.once(place, action, &Actor::System)?;
        }
        if funded && let Some((origin, action)) = changed.noted_on_origin(place) {
            changed.once(origin, action, &Actor::System)?;
        }
        *self = changed;
        Ok(())
    }

    fn once(&mut self, place: usize, action: Action, actor: &Actor) -> Result<(), Refused> {
        let decided = decide(&self.requests[place], action, actor, self.moment());
        let Decided { request, event, postings, bookings, notices: _, wake_on: _ } =
            decided.map_err(Refused::Decided)?;
        self.books(&request, &bookings)?;
        self.moves(Some(request.id), &postings)?;
        self.histories.entry(request.id).or_default().push(event);
        self.requests[place] = request;
        Ok(())
    }

    /// What is told to the request that a funded one adds to, or goes on from if that one still runs.
    fn noted_on_origin(&self, place: usize) -> Option<(usize, Action)> {
        let funded = &self.requests[place];
        let of = funded.dossier.origin.of()?;
        let origin = self.requests.iter().position(|request| request.id == of)?;
        let old = &self.requests[origin];
        let runs = matches!(old.stage, Stage::InForce { .. } | Stage::Suspended { .. });
        let until = funded.application.ends_on.unwrap_or_default();
        match funded.dossier.origin {
            Origin::Supplement { .. } => {
                Some((origin, Action::NoteSupplement { supplement: funded.id, price: funded.price() }))
            }
            Origin::Renewal { .. } if runs && old.application.ends_on >= Some(self.today) => {
                Some((origin, Action::NoteRenewal { successor: funded.id, until }))
            }
            Origin::Renewal { .. } | Origin::New => None,
        }
    }

    /// Does what is due on every request, and says how much that was; nothing that is due may fail.
    pub(super) fn sweep(&mut self) -> usize {
        let mut done = 0;
        for place in 0..self.requests.len() {
            let mut count = 0;
            while let Some(action) = due_action(&self.requests[place], &self.moment()) {
                let entering = action == Action::Enter;
                let swept = match self.act(place, action, &Actor::System) {
                    Err(Refused::Quota) if entering => self.act(place, Action::QuotaShort, &Actor::System),
                    swept => swept,
                };
                assert!(swept.is_ok(), "a limit fails: {swept:?}");
                count += 1;
                assert!(count < 20, "the limits come to an end");
            }
            done += count;
        }
        done
    }

    pub(super) fn moves(&mut self, request: Option<RequestId>, postings: &[Posting]) -> Result<(), Refused> {
        for posting in postings {
            *self.balances.entry(posting.debit).or_default() += posting.amount;
            *self.balances.entry(posting.credit).or_default() += -posting.amount;
            self.postings.push((request, *posting));
        }
        let short = |(account, balance): (&Account, &Fen)| {
            account.kind() != AccountKind::Outer && *balance < Fen::ZERO
        };
        if self.balances.iter().any(short) { Err(Refused::Funds) } else { Ok(()) }
    }

    pub(super) fn balance(&self, account: Account) -> Fen {
        self.balances.get(&account).copied().unwrap_or_default()
    }

    fn books(&mut self, request: &Request, bookings: &Bookings) -> Result<(), Refused> {
        if *bookings == Bookings::Keep {
            return Ok(());
        }
        let before = self.held(request.id);
        let after = held_after(request, bookings, &before);
        self.booked.retain(|(holder, _), _| *holder != request.id);
        self.booked.extend(after.iter().map(|(place, hours)| ((request.id, *place), *hours)));
        let grown = |(place, hours): &(&Place, &Centihours)| {
            before.get(*place).is_none_or(|before| before.0 < hours.0)
        };
        let over = after.iter().filter(grown).map(|(place, _)| *place);
        let over: Vec<Place> = over.filter(|place| self.total(*place) > self.capacity(*place)).collect();
        let may = matches!(bookings, Bookings::Force(_) | Bookings::HandOver { .. });
        if !may && !over.is_empty() {
            return Err(Refused::Quota);
        }
        self.over.extend(over);
        Ok(())
    }

    /// What a request holds.
    pub(super) fn held(&self, request: RequestId) -> Held {
        let own = self.booked.iter().filter(|((holder, _), _)| *holder == request);
        own.map(|((_, place), hours)| (*place, *hours)).collect()
    }

    fn total(&self, place: Place) -> Centihours {
        let there = self.booked.iter().filter(|((_, at), _)| *at == place);
        Centihours(there.map(|(_, hours)| hours.0).sum())
    }

    fn capacity(&self, Place { community, pool, month }: Place) -> Centihours {
        let Some(staff) = self.staff.get(&community) else { return CAPACITY };
        let workers = staff.workers(pool, &PARAMETERS.quota);
        quota::capacity(workers, month, &self.calendar, &PARAMETERS.quota).floored()
    }

    /// Places that hold more than they can, where nobody has forced anything.
    pub(super) fn overbooked(&self) -> Vec<Place> {
        let places: BTreeSet<Place> = self.booked.keys().map(|(_, place)| *place).collect();
        let kept = places.into_iter().filter(|place| !self.over.contains(place));
        kept.filter(|place| self.total(*place) > self.capacity(*place)).collect()
    }
}

/// What a request holds when its bookings are carried out.
fn held_after(request: &Request, bookings: &Bookings, before: &Held) -> Held {
    let kept = |wanted: &dyn Fn(&Place) -> bool| -> Held {
        before.iter().filter(|(place, _)| wanted(place)).map(|(place, hours)| (*place, *hours)).collect()
    };
    match bookings {
        Bookings::Keep => before.clone(),
        Bookings::FreeAll => Held::new(),
        Bookings::FreeCommunity(community) => kept(&|place| place.community != *community),
        Bookings::FreeAfter(last) => kept(&|place| place.month <= *last),
        Bookings::HandOver { from, into, since } => {
            let goes = |place: &Place| place.community == *from && place.month >= *since;
            let mut after = kept(&|place| !goes(place));
            for (place, hours) in before.iter().filter(|(place, _)| goes(place)) {
                after.entry(Place { community: *into, ..*place }).or_default().0 += hours.0;
            }
            after
        }
        Bookings::Rebook(hours) => added(request, hours, Held::new()),
        Bookings::Book(hours) | Bookings::Force(hours) => added(request, hours, before.clone()),
    }
}

fn added(request: &Request, hours: &[MonthHours], mut held: Held) -> Held {
    for MonthHours { code, month, hours } in hours {
        let target = request.targets.iter().find(|target| target.code == *code).expect("a target");
        let pool = request.assessed.as_ref().map_or(Pool::Committee, |assessed| assessed.pool(code));
        let place = Place { community: target.community, pool, month: *month };
        held.entry(place).or_default().0 += hours.0;
    }
    held.retain(|_, hours| hours.0 > 0);
    held
}

/// What the engine does in the same transaction.
fn follows_at_once(request: &Request) -> Option<Action> {
    let outcome = request.assessed.as_ref().map(|assessed| assessed.outcome);
    match request.stage {
        Stage::Submitted { .. } if outcome == Some(Outcome::Return) => Some(Action::ReturnByRules),
        Stage::InForce { .. } if request.assignments.iter().all(Assignment::is_over) => Some(Action::Finish),
        _ => None,
    }
}

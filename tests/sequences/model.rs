//! What the store does, in a few maps: balances that do not fall below zero, hours that are booked all or none, events
//! one after the other. And the invariants of `workflow.md`, counted anew from what was kept.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use uuid::Uuid;
use workflow::action::{Action, ActionKind};
use workflow::actor::Actor;
use workflow::assessment::Outcome;
use workflow::assignment::Assignment;
use workflow::calendar::Month;
use workflow::catalogue::Class;
use workflow::deadline::due_action;
use workflow::decide::{DecideError, decide};
use workflow::hours::Centihours;
use workflow::id::{OrganisationId, RequestId};
use workflow::ledger::{Account, AccountKind, Posting, Purpose};
use workflow::money::Fen;
use workflow::open::open;
use workflow::request::{Assessed, Bookings, Decided, Event, MonthHours, Request, Share, Target};
use workflow::stage::{Stage, StageKind, Verdict};

use crate::memory::{self, CIVIL, DISTRICT, HEALTH, OTHER_DISTRICT, OTHER_HEALTH, day, moment, organisation};

/// Every community's every month.
const CAPACITY: Centihours = Centihours(10_000);

/// Enough for one large request of a department, and not for two.
const BUDGET: Fen = Fen(2_000_000);

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
    today: NaiveDate,
    histories: BTreeMap<RequestId, Vec<Event>>,
    postings: Vec<(Option<RequestId>, Posting)>,
    balances: BTreeMap<Account, Fen>,
    booked: BTreeMap<(RequestId, OrganisationId, Month), Centihours>,
    /// Where hours were ever forced.
    forced: BTreeSet<(OrganisationId, Month)>,
}

impl Model {
    /// Two departments of one district with three requests for its communities, and one in another district.
    pub(super) fn new() -> Model {
        let requests = vec![
            filed(0, DISTRICT, HEALTH, "health", &[1, 2, 3]),
            filed(1, DISTRICT, HEALTH, "chief", &[1, 2]),
            filed(2, DISTRICT, CIVIL, "civil", &[1]),
            filed(3, OTHER_DISTRICT, OTHER_HEALTH, "health3", &[9]),
        ];
        let mut model = Model {
            histories: requests.iter().map(|request| (request.id, Vec::new())).collect(),
            requests,
            today: day("2026-03-02"),
            postings: Vec::new(),
            balances: BTreeMap::new(),
            booked: BTreeMap::new(),
            forced: BTreeSet::new(),
        };
        for (district, department) in [(DISTRICT, HEALTH), (DISTRICT, CIVIL), (OTHER_DISTRICT, OTHER_HEALTH)]
        {
            let outer = Account::Outer { district: organisation(district) };
            let line = Account::BudgetLine { department: organisation(department), year: 2026 };
            let posting = Posting::of(Purpose::Appropriation, outer, line, BUDGET).expect("a sum");
            model.moves(None, &[posting]).expect("the outer account holds everything");
        }
        model
    }

    pub(super) fn events(&self) -> impl Iterator<Item = &Event> {
        self.histories.values().flatten()
    }

    pub(super) fn passes(&mut self, days: u8) {
        self.today = self.today + Days::new(u64::from(days));
    }

    /// One action with what follows from it at once, all of it or nothing.
    pub(super) fn act(&mut self, place: usize, action: Action, actor: &Actor) -> Result<(), Refused> {
        let mut changed = self.clone();
        changed.once(place, action, actor)?;
        while let Some(action) = follows_at_once(&changed.requests[place]) {
            changed.once(place, action, &Actor::System)?;
        }
        *self = changed;
        Ok(())
    }

    fn once(&mut self, place: usize, action: Action, actor: &Actor) -> Result<(), Refused> {
        let decided = decide(&self.requests[place], action, actor, moment(self.today));
        let Decided { request, event, postings, bookings, notices: _, wake_on: _ } =
            decided.map_err(Refused::Decided)?;
        self.books(&request, bookings)?;
        self.moves(Some(request.id), &postings)?;
        self.histories.entry(request.id).or_default().push(event);
        self.requests[place] = request;
        Ok(())
    }

    /// Does what is due on every request; nothing that is due may fail.
    pub(super) fn sweep(&mut self) {
        for place in 0..self.requests.len() {
            let mut count = 0;
            while let Some(action) = due_action(&self.requests[place], &moment(self.today)) {
                let entering = action == Action::Enter;
                let done = match self.act(place, action, &Actor::System) {
                    Err(Refused::Quota) if entering => self.act(place, Action::QuotaShort, &Actor::System),
                    done => done,
                };
                assert!(done.is_ok(), "a limit fails: {done:?}");
                count += 1;
                assert!(count < 20, "the limits come to an end");
            }
        }
    }

    fn moves(&mut self, request: Option<RequestId>, postings: &[Posting]) -> Result<(), Refused> {
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

    fn books(&mut self, request: &Request, bookings: Bookings) -> Result<(), Refused> {
        match bookings {
            Bookings::Keep => {}
            Bookings::FreeAll => self.booked.retain(|(holder, ..), _| *holder != request.id),
            Bookings::FreeCommunity(community) => {
                self.booked.retain(|(holder, of, _), _| (*holder, *of) != (request.id, community));
            }
            Bookings::FreeAfter(last) => {
                self.booked.retain(|(holder, _, month), _| *holder != request.id || *month <= last);
            }
            Bookings::HandOver { from, into, since } => {
                let gone = self.booked.extract_if(.., |(holder, of, month), _| {
                    (*holder, *of) == (request.id, from) && *month >= since
                });
                for ((_, _, month), hours) in gone.collect::<Vec<_>>() {
                    self.booked.entry((request.id, into, month)).or_default().0 += hours.0;
                    self.forced.insert((into, month));
                }
            }
            Bookings::Rebook(hours) => {
                self.books(request, Bookings::FreeAll)?;
                self.books(request, Bookings::Book(hours))?;
            }
            Bookings::Force(hours) => {
                for place in self.keeps(request, hours) {
                    self.forced.insert(place);
                }
            }
            Bookings::Book(hours) => {
                self.keeps(request, hours);
                if self.fullest() > CAPACITY {
                    return Err(Refused::Quota);
                }
            }
        }
        Ok(())
    }

    fn keeps(&mut self, request: &Request, hours: Vec<MonthHours>) -> Vec<(OrganisationId, Month)> {
        let mut places = Vec::new();
        for MonthHours { code, month, hours } in hours {
            let target = request.targets.iter().find(|target| target.code == code).expect("a target");
            self.booked.insert((request.id, target.community, month), hours);
            places.push((target.community, month));
        }
        places
    }

    /// What the fullest month of any community holds, where nobody has forced anything.
    fn fullest(&self) -> Centihours {
        let mut sums: BTreeMap<_, Centihours> = BTreeMap::new();
        let kept = self.booked.iter();
        let kept = kept.filter(|((_, community, month), _)| !self.forced.contains(&(*community, *month)));
        for ((_, community, month), hours) in kept {
            sums.entry((community, month)).or_default().0 += hours.0;
        }
        sums.into_values().max().unwrap_or_default()
    }

    /// Everything that is not as it always should be.
    pub(super) fn breaches(&self) -> Vec<String> {
        let mut breaches = Vec::new();
        let mut demand = |holds: bool, said: String| breaches.extend((!holds).then_some(said));
        let total: Fen = self.balances.values().copied().sum();
        demand(total == Fen::ZERO, format!("2: the balances sum to {total}"));
        demand(self.fullest() <= CAPACITY, "3: a month is overbooked".to_owned());
        for request in &self.requests {
            let kind = request.stage.kind();
            let place = |said: &str| format!("{said} ({kind} {})", request.number());
            demand(self.assigned_after_funds(request), place("1: assigned before admission and funds"));
            demand(self.paid_as_noted(request), place("1: what was paid is not what the assignments say"));
            demand(self.escrow(request) == held(request), place("2: the escrow holds something else"));
            demand(self.books_as_admitted(request), place("3: the bookings are not those of the stage"));
            demand(self.decided_by_two(request), place("4: one person proposed and approved"));
            demand(self.walked_the_table(request), place("5: the history is no path of the table"));
            demand(never_admits_negative(request), place("a negative item is admitted"));
        }
        breaches
    }

    fn history(&self, request: &Request) -> &[Event] {
        self.histories.get(&request.id).map(Vec::as_slice).unwrap_or_default()
    }

    fn moved(&self, request: &Request, wanted: impl Fn(&Posting) -> bool) -> Fen {
        let own = self.postings.iter().filter(|(of, posting)| *of == Some(request.id) && wanted(posting));
        own.map(|(_, posting)| posting.amount).sum()
    }

    fn escrow(&self, request: &Request) -> Fen {
        self.balances.get(&Account::Escrow { request: request.id }).copied().unwrap_or_default()
    }

    fn assigned_after_funds(&self, request: &Request) -> bool {
        let history = self.history(request);
        let place = |action: ActionKind| history.iter().rposition(|event| event.action == action);
        let in_force = history.iter().position(|event| event.after == StageKind::InForce);
        let emergency =
            history.iter().any(|event| event.before == StageKind::Draft && event.after == StageKind::InForce);
        if emergency {
            return true;
        }
        let committed = self.moved(request, |posting| posting.purpose == Purpose::Commitment);
        match (place(ActionKind::Enter), place(ActionKind::CommitFunds), in_force) {
            (Some(entered), Some(funded), Some(in_force)) => {
                entered < funded && funded <= in_force && committed == request.price()
            }
            _ => request.assignments.is_empty(),
        }
    }

    fn paid_as_noted(&self, request: &Request) -> bool {
        request.assignments.iter().all(|assignment| {
            let account = Account::Community { community: assignment.community };
            let received = self.moved(request, |posting| posting.debit == account);
            let given_back = self.moved(request, |posting| posting.credit == account);
            received - given_back == assignment.paid && assignment.paid <= assignment.price
        })
    }

    fn books_as_admitted(&self, request: &Request) -> bool {
        use StageKind as S;
        let kind = request.stage.kind();
        // An emergency books its real hours when it is paid; what is terminated keeps the months that are past.
        // Months that were past at a merger stay with the community that is no more.
        let merged = self.history(request).iter().any(|event| event.action == ActionKind::Retarget);
        if matches!(kind, S::Terminated | S::Closed) || request.is_emergency() || merged {
            return true;
        }
        let running = [S::Admitted, S::InForce, S::Suspended, S::Acceptance, S::Settled];
        let admitted = running.contains(&kind);
        let refused = |code: &str| request.assignments.iter().any(|one| one.code == code && one.is_refused());
        let hours = request.assessed.iter().flat_map(|assessed| &assessed.hours);
        let wanted = hours.filter(|row| admitted && !refused(&row.code)).count();
        wanted == self.booked.keys().filter(|(holder, ..)| *holder == request.id).count()
    }

    fn decided_by_two(&self, request: &Request) -> bool {
        let mut proposer = None;
        let by_event = self.history(request).iter().all(|event| match event.action {
            ActionKind::Propose => {
                proposer = event.user;
                proposer.is_some()
            }
            ActionKind::Approve => event.user.is_some() && event.user != proposer && proposer.is_some(),
            _ => true,
        });
        let differ =
            request.stage.decision().is_none_or(|decision| decision.approved_by != decision.proposal.by);
        by_event && differ
    }

    fn walked_the_table(&self, request: &Request) -> bool {
        let history = self.history(request);
        let mut stage = StageKind::Draft;
        let mut at = memory::morning(day("2026-03-02"));
        let steps = history.iter().all(|event| {
            let follows = event.before == stage && event.at >= at;
            (stage, at) = (event.after, event.at);
            follows && open(event.before, event.action, event.role).contains(&event.after)
        });
        let counted = usize::try_from(request.version).is_ok_and(|version| version == history.len());
        steps && counted && stage == request.stage.kind()
    }
}

/// What should lie in the escrow of a request: nothing unless it is funded and runs.
fn held(request: &Request) -> Fen {
    match &request.stage {
        Stage::Admitted { funded_on: Some(_), .. } => request.price(),
        Stage::InForce { .. } | Stage::Suspended { .. } | Stage::Acceptance { .. } => {
            let standing = request.assignments.iter().filter(|assignment| !assignment.is_refused());
            standing.map(|assignment| assignment.price - assignment.paid).sum()
        }
        _ => Fen::ZERO,
    }
}

fn never_admits_negative(request: &Request) -> bool {
    let negative = request.assessed.as_ref().is_some_and(|assessed| assessed.class == Some(Class::Negative));
    let admitted =
        request.stage.decision().is_some_and(|decision| decision.proposal.verdict == Verdict::Admit);
    !(negative && admitted)
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

fn filed(number: u128, district: u128, department: u128, by: &str, communities: &[u128]) -> Request {
    let target = |of: &u128| Target { community: organisation(100 + of), code: format!("c{of}") };
    let mut draft = memory::draft();
    if number == 2 {
        // An emergency, if the rules say that it is one, can only begin on a day that has come.
        draft.application.starts_on = Some(day("2026-03-02"));
        draft.application.ends_on = Some(day("2026-03-31"));
    }
    Request {
        id: RequestId(Uuid::from_u128(500 + number)),
        district: organisation(district),
        department: organisation(department),
        filed_by: memory::user(by),
        number: Some(format!("准〔2026〕{number}号")),
        targets: communities.iter().map(target).collect(),
        ..draft
    }
}

/// What the rules might say of a request: mostly a price, sometimes none, less than an instalment, or an objection.
pub(super) fn assess(request: &Request, pick: usize) -> Assessed {
    let each = match pick % 8 {
        0 | 1 => [0, 0, 0],
        2 => [100_000, 33_333, 1],
        _ => [700_000, 400_000, 100_000],
    };
    let (outcome, class) = match pick % 16 {
        _ if request.application.starts_on == Some(day("2026-03-02")) && pick % 4 < 2 => {
            (if pick.is_multiple_of(4) { Outcome::Return } else { Outcome::Admit }, Some(Class::Emergency))
        }
        4 => (Outcome::Return, Some(Class::Purchase)),
        8 => (Outcome::Reject, Some(Class::Negative)),
        12 => (Outcome::Refer, None),
        14 if pick.is_multiple_of(4) => (Outcome::Admit, Some(Class::Emergency)),
        14 => (Outcome::Return, Some(Class::Emergency)),
        _ if each == [0, 0, 0] => (Outcome::Admit, Some(Class::Core)),
        _ => (Outcome::Purchase, Some(Class::Purchase)),
    };
    let months = ["2026-05", "2026-06"].map(|month| Month::parse(month).expect("a month"));
    let codes = request.targets.iter().map(|target| target.code.clone()).zip(each);
    let hours = codes.clone().flat_map(|(code, fen)| {
        months.map(|month| MonthHours { code: code.clone(), month, hours: Centihours(1 + fen / 150) })
    });
    Assessed {
        outcome,
        class,
        price: codes.clone().map(|(_, fen)| Fen(fen)).sum(),
        hours: hours.collect(),
        shares: codes.map(|(code, fen)| Share { code, price: Fen(fen), direct: Fen::ZERO }).collect(),
        ..memory::assessed()
    }
}

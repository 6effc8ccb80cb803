//! `decide`: the one transition function. It asks `open` whether the pair exists, checks the guards, and says what
//! follows: next stage, event, postings, bookings and notices. It changes nothing itself.

mod error;
mod filing;
mod funds;
pub(crate) mod notices;
mod review;
mod work;

use serde_json::{Map, Value};

pub use error::DecideError;

use crate::action::Action;
use crate::actor::{Actor, Person, Role};
use crate::ledger::Posting;
use crate::notice::Notice;
use crate::open::open;
use crate::request::{Bookings, Decided, Event, Moment, Request};
use crate::stage::Stage;

/// Decides one action of one actor on a request.
///
/// # Errors
/// [`DecideError`]: the action is not open to this actor in this stage, or a guard of `workflow.md` does not hold.
pub fn decide(
    request: &Request,
    action: Action,
    actor: &Actor,
    moment: Moment<'_>,
) -> Result<Decided, DecideError> {
    let role = role_for(request, &action, actor)?;
    let case = Deciding { request, actor, moment };
    let kind = action.kind();
    let reason = action.reason().map(str::to_owned);
    let changes = case.changes(action)?;
    let before = request.stage.kind();
    let after = changes.request.stage.kind();
    if !open(before, kind, role).contains(&after) {
        return Err(DecideError::NotOpen { stage: before, action: kind });
    }
    let Changes { mut request, detail, postings, bookings, notices } = changes;
    request.version += 1;
    let event =
        Event { at: moment.now, user: actor.user(), role, action: kind, before, after, reason, detail };
    Ok(Decided { request, event, postings, bookings, notices })
}

/// Whether the actor could try this action now; guards that need its arguments are not asked.
#[must_use]
pub fn may_try(request: &Request, action: crate::action::ActionKind, actor: &Actor) -> bool {
    let stage = request.stage.kind();
    actor
        .roles()
        .iter()
        .any(|role| !open(stage, action, *role).is_empty() && stands_near(request, actor, *role))
}

/// The role in which the actor may do this; none is an error that says whether the pair exists at all.
fn role_for(request: &Request, action: &Action, actor: &Actor) -> Result<Role, DecideError> {
    let stage = request.stage.kind();
    let is_open = |role: &&Role| !open(stage, action.kind(), **role).is_empty();
    let mut open_roles = actor.roles().iter().filter(is_open).copied().peekable();
    if open_roles.peek().is_none() {
        let to_others = Role::ALL.iter().any(|role| is_open(&role));
        let closed = DecideError::NotOpen { stage, action: action.kind() };
        return Err(if to_others { DecideError::NotYours } else { closed });
    }
    open_roles.find(|role| stands_near(request, actor, *role)).ok_or(DecideError::NotYours)
}

/// A role counts only in its own place: the own department, the own district, a community of the request.
fn stands_near(request: &Request, actor: &Actor, role: Role) -> bool {
    let Actor::Person(Person { organisation, district, .. }) = actor else {
        return role == Role::System;
    };
    match role {
        Role::Submitter => *organisation == request.department,
        Role::Reviewer | Role::Approver | Role::Finance => *district == request.district,
        Role::Committee => request.targets.iter().any(|target| target.community == *organisation),
        Role::Subdistrict | Role::Auditor | Role::Admin | Role::Policy | Role::System => false,
    }
}

/// What an action changes, before it is made into an event.
struct Changes {
    request: Request,
    detail: Map<String, Value>,
    postings: Vec<Posting>,
    bookings: Bookings,
    notices: Vec<Notice>,
}

struct Deciding<'a> {
    request: &'a Request,
    actor: &'a Actor,
    moment: Moment<'a>,
}

impl Deciding<'_> {
    fn changes(&self, action: Action) -> Result<Changes, DecideError> {
        match action {
            Action::Correct { application, targets } => self.correct(*application, targets),
            Action::Submit { assessed } => self.submit(*assessed),
            Action::ReturnByRules => self.return_by_rules(),
            Action::AcceptFiling => self.accept_filing(),
            Action::Return { reason } => self.return_by_office(&reason),
            Action::Withdraw => Ok(self.withdraw()),
            Action::Lapse => self.lapse(),
            Action::Quote => self.quote(),
            Action::AcceptQuote { offer } => self.accept_quote(offer),
            Action::DeclineQuote => Ok(self.to(Stage::Withdrawn { on: self.moment.today() })),
            Action::Propose { verdict, conditions, reason } => self.propose(verdict, conditions, reason),
            Action::Approve => self.approve(),
            Action::SendBack { reason } => self.send_back(&reason),
            Action::Enter => self.enter(),
            Action::QuotaShort => self.quota_short(),
            Action::CommitFunds { base_funds } => self.commit_funds(base_funds),
            Action::Start => self.start(),
            Action::AcceptAssignment { community } => self.accept_assignment(community),
            Action::RefuseAssignment { community, reason, text } => {
                self.refuse_assignment(community, reason, text.as_deref())
            }
            Action::DeliverAssignment { community, report } => self.deliver_assignment(community, &report),
            Action::PayMiddle => self.pay_middle(),
            Action::Finish => self.finish(),
            Action::Confirm => self.confirm(),
        }
    }

    /// The request in another stage, and nothing else.
    fn to(&self, stage: Stage) -> Changes {
        let request = Request { stage, ..self.request.clone() };
        let nothing = (Map::new(), Vec::new(), Vec::new());
        Changes {
            request,
            detail: nothing.0,
            postings: nothing.1,
            bookings: Bookings::Keep,
            notices: nothing.2,
        }
    }

    /// The pair is not in the table; for guards that look into the stage.
    fn closed(&self, action: &Action) -> DecideError {
        DecideError::NotOpen { stage: self.request.stage.kind(), action: action.kind() }
    }
}

impl Changes {
    fn noting(mut self, name: &str, value: impl Into<Value>) -> Changes {
        self.detail.insert(name.to_owned(), value.into());
        self
    }

    fn telling(mut self, notices: impl IntoIterator<Item = Notice>) -> Changes {
        self.notices.extend(notices);
        self
    }

    fn moving(mut self, postings: impl IntoIterator<Item = Posting>) -> Changes {
        self.postings.extend(postings);
        self
    }

    fn booking(mut self, bookings: Bookings) -> Changes {
        self.bookings = bookings;
        self
    }
}

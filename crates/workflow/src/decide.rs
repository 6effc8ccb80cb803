//! `decide`: the one transition function. It asks `open` whether the pair exists, checks the guards, and says what
//! follows: next stage, event, postings, bookings and notices. It changes nothing itself.

mod acceptance;
mod consultation;
mod emergency;
mod ending;
mod error;
mod filing;
mod funds;
mod links;
mod merger;
pub(crate) mod notices;
mod publication;
mod review;
mod standing;
mod work;

use serde_json::{Map, Value};

pub use error::DecideError;
pub use standing::may_try;

use crate::action::Action;
use crate::actor::{Actor, Standing};
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
    let standing = standing::standing_for(request, action.kind(), actor)?;
    let case = Deciding { request, actor, standing, moment };
    let kind = action.kind();
    let reason = action.reason().map(str::to_owned);
    let changes = case.changes(action)?;
    let before = request.stage.kind();
    let after = changes.request.stage.kind();
    let role = standing.role;
    if !open(before, kind, role).contains(&after) {
        return Err(DecideError::NotOpen { stage: before, action: kind });
    }
    let Changes { mut request, mut detail, postings, bookings, notices } = changes;
    if let Some(principal) = standing.principal {
        detail.insert("principal".to_owned(), Value::from(principal.to_string()));
    }
    request.version += 1;
    let event =
        Event { at: moment.now, user: actor.user(), role, action: kind, before, after, reason, detail };
    let wake_on = crate::deadline::wake_on(&request, &moment);
    Ok(Decided { request, event, postings, bookings, notices, wake_on })
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
    standing: Standing,
    moment: Moment<'a>,
}

impl Deciding<'_> {
    fn changes(&self, action: Action) -> Result<Changes, DecideError> {
        match action {
            Action::Correct { application, targets } => self.correct(*application, targets),
            Action::Submit { assessed, room } => self.submit(*assessed, room),
            Action::ReturnByRules => self.return_by_rules(),
            Action::AcceptFiling => self.accept_filing(),
            Action::Return { reason } => self.return_by_office(&reason),
            Action::Withdraw => Ok(self.withdraw()),
            Action::Lapse => self.lapse(),
            Action::Close => self.close(),
            Action::Nudge { .. } => self.nudge(),
            Action::Start => self.start(),
            Action::CommitFunds { base_funds, source } => self.commit_funds(base_funds, source),
            Action::PayMiddle => self.pay_middle(),
            Action::Finish => self.finish(),
            action @ (Action::Reprice { .. }
            | Action::Quote
            | Action::AcceptQuote { .. }
            | Action::DeclineQuote
            | Action::Propose { .. }
            | Action::Approve
            | Action::ApproveForced { .. }
            | Action::SendBack { .. }) => self.in_review(action),
            action @ (Action::Consult { .. }
            | Action::Opine { .. }
            | Action::CloseConsultation
            | Action::Extend { .. }
            | Action::Object { .. }
            | Action::Resolve { .. }
            | Action::Enter
            | Action::QuotaShort) => self.hearing_others(action),
            action => self.at_work(action),
        }
    }

    fn in_review(&self, action: Action) -> Result<Changes, DecideError> {
        match action {
            Action::Reprice { price, reason } => self.reprice(price, &reason),
            Action::Quote => self.quote(),
            Action::AcceptQuote { offer } => self.accept_quote(offer),
            Action::DeclineQuote => Ok(self.to(Stage::Withdrawn { on: self.moment.today() })),
            Action::Propose { verdict, conditions, reason } => self.propose(verdict, conditions, reason),
            Action::Approve => self.approve(None),
            Action::ApproveForced { reason } => self.approve(Some(reason)),
            Action::SendBack { reason } => self.send_back(&reason),
            action => Err(self.closed(&action)),
        }
    }

    fn hearing_others(&self, action: Action) -> Result<Changes, DecideError> {
        match action {
            Action::Consult { inquiry } => self.consult(inquiry),
            Action::Opine { stance, text } => self.opine(stance, text),
            Action::CloseConsultation => self.close_consultation(),
            Action::Extend { reason } => self.extend(reason),
            Action::Object { text } => self.object(text),
            Action::Resolve { objection, ruling, answer } => self.resolve(objection, ruling, answer),
            Action::Enter => self.enter(),
            Action::QuotaShort => self.quota_short(),
            action => Err(self.closed(&action)),
        }
    }

    fn at_work(&self, action: Action) -> Result<Changes, DecideError> {
        match action {
            Action::Move { starts_on, ends_on, hours, reason } => {
                self.move_period((starts_on, ends_on), hours, &reason)
            }
            Action::AcceptAssignment { community } => self.accept_assignment(community),
            Action::RefuseAssignment { community, reason, text } => {
                self.refuse_assignment(community, reason, text.as_deref())
            }
            Action::DeliverAssignment { community, delivery } => {
                self.deliver_assignment(community, &delivery)
            }
            Action::File { assessed } => self.file(*assessed),
            Action::Suspend { reason } => self.suspend(&reason),
            Action::Resume { reason } => self.resume(&reason),
            Action::Terminate { done, reason } => self.terminate(&done, &reason),
            Action::Retarget { from, into } => self.retarget(&from, &into),
            Action::Renew { successor } => self.renew(successor),
            Action::NoteRenewal { successor, until } => self.note_renewal(successor, until),
            Action::NoteSupplement { supplement, price } => self.note_supplement(supplement, price),
            Action::Dispute { community, reason } => self.dispute(community, &reason),
            Action::RuleOnDispute { community, accepted, reason } => {
                self.rule_on_dispute(community, accepted, &reason)
            }
            Action::Confirm => self.confirm(),
            Action::AskReconsideration { reason } => self.ask_reconsideration(&reason),
            Action::Uphold { reason } => self.uphold(&reason),
            Action::Overturn { reason } => self.overturn(&reason),
            action => Err(self.closed(&action)),
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

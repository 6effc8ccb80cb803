//! What a person tries: the action of the workflow, and the call of the engine for it.

use chrono::NaiveDate;
use engine::{Command, DoneInCommunity, EngineError, Filing, Order};
use uuid::Uuid;
use workflow::action::Action;
use workflow::decimal::Decimal;
use workflow::id::FundId;
use workflow::ledger::FundSource;
use workflow::money::Fen;
use workflow::request::Request;

use super::files;
use crate::desk::Desk;

/// What is tried.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    /// A command, and the action that it is as far as it says so itself.
    Command(Command, Action),
    Correct(Filing),
    Renew(Filing),
    Supplement(Filing),
}

impl Deed {
    /// A person's way to do an action; none where it is the system's own.
    pub(super) fn of(action: Action, request: &Request, (pick, today): (usize, NaiveDate)) -> Option<Deed> {
        let action = at_home(action, request, pick);
        Some(match &action {
            Action::Correct { .. } => Deed::Correct(files::corrected(request, (pick, today))),
            Action::Renew { .. } | Action::NoteRenewal { .. } => Deed::Renew(files::renewed(request)),
            Action::NoteSupplement { .. } => Deed::Supplement(files::added(request, pick)),
            _ => Deed::Command(command(&action, request, pick)?, action),
        })
    }

    /// Who carries it out has signed in long ago.
    pub(super) async fn is_done(&self, desk: &Desk, order: Order<'_>) -> Result<Request, EngineError> {
        match self.clone() {
            Deed::Command(command, _) => desk.engine.act(order, command).await,
            Deed::Correct(filing) => desk.engine.correct(order, filing).await,
            Deed::Renew(filing) => desk.engine.renew(order, filing).await,
            Deed::Supplement(filing) => desk.engine.supplement(order, filing).await,
        }
    }
}

/// The same action on a community of the request.
fn at_home(mut action: Action, request: &Request, pick: usize) -> Action {
    let own = request.targets[pick % request.targets.len()].community;
    match &mut action {
        Action::AcceptAssignment { community }
        | Action::RefuseAssignment { community, .. }
        | Action::DeliverAssignment { community, .. }
        | Action::Dispute { community, .. }
        | Action::RuleOnDispute { community, .. } => {
            let foreign = request.targets.iter().all(|target| target.community != *community);
            *community = if foreign { own } else { *community };
        }
        Action::Terminate { done, .. } => {
            let parts = done_in(request, pick);
            *done = parts
                .iter()
                .map(|DoneInCommunity { code, share, direct }| workflow::action::Done {
                    code: code.clone(),
                    share: *share,
                    direct: *direct,
                })
                .collect();
        }
        _ => {}
    }
    action
}

/// Half of the work of the first community, now and then of one that is not there.
fn done_in(request: &Request, pick: usize) -> Vec<DoneInCommunity> {
    let own = request.targets[0].code.clone();
    let (share, direct) = (Decimal::parse("0.5").expect("a half"), Fen(10_000));
    let of = |code| vec![DoneInCommunity { code, share, direct }];
    match pick % 4 {
        0 => Vec::new(),
        1 if pick.is_multiple_of(3) => of("420203001001".to_owned()),
        _ => of(own),
    }
}

/// Who is asked: mostly a department and a community, now and then someone of another district.
pub(super) fn asked(request: &Request, pick: usize) -> Vec<String> {
    match pick % 7 {
        0 => vec!["OFFICE-3".to_owned()],
        1 => vec!["TREASURY".to_owned(), "HEALTH".to_owned()],
        2 => Vec::new(),
        _ => vec!["CIVIL".to_owned(), request.targets[0].code.clone()],
    }
}

fn command(action: &Action, request: &Request, pick: usize) -> Option<Command> {
    Some(match action.clone() {
        Action::Submit { .. } => Command::Submit,
        Action::AcceptFiling => Command::AcceptFiling,
        Action::Return { reason } => Command::Return { reason },
        Action::Reprice { price, reason } => Command::Reprice { price, reason },
        Action::Consult { inquiry } => {
            let (kind, question) = (inquiry.kind, inquiry.question);
            Command::Consult { kind, question, invited: asked(request, pick) }
        }
        Action::Opine { stance, text } => Command::Opine { stance, text },
        Action::CloseConsultation => Command::CloseConsultation,
        Action::Extend { reason } => Command::Extend { reason },
        Action::Quote => Command::Quote,
        Action::AcceptQuote { offer } => Command::accept_quote(offer.amount, offer.budget_year),
        Action::DeclineQuote => Command::DeclineQuote,
        Action::Propose { verdict, reason, .. } => {
            let without = if pick.is_multiple_of(17) { vec!["nonsense".to_owned()] } else { Vec::new() };
            Command::Propose { verdict, without, reason }
        }
        Action::Approve => Command::Approve,
        Action::ApproveForced { reason } => Command::ApproveForced { reason },
        Action::SendBack { reason } => Command::SendBack { reason },
        Action::Object { text } => Command::Object { text },
        Action::Resolve { objection, ruling, answer } => {
            Command::Resolve { objection: objection + 1, ruling, answer }
        }
        Action::Move { starts_on, ends_on, reason, .. } => Command::Move { starts_on, ends_on, reason },
        Action::CommitFunds { .. } => match pick % 9 {
            0 => Command::CommitFundsFrom { source: FundSource::Contingency },
            1 => Command::CommitFundsFrom { source: FundSource::Special(FundId(Uuid::from_u128(1))) },
            _ => Command::CommitFunds,
        },
        action => return of_work(action),
    })
}

fn of_work(action: Action) -> Option<Command> {
    Some(match action {
        Action::AcceptAssignment { community } => Command::AcceptAssignment { community },
        Action::RefuseAssignment { community, reason, text } => {
            Command::RefuseAssignment { community, reason, text }
        }
        Action::DeliverAssignment { community, delivery } => {
            Command::DeliverAssignment { community, delivery }
        }
        Action::File { .. } => Command::File,
        Action::Suspend { reason } => Command::Suspend { reason },
        Action::Resume { reason } => Command::Resume { reason },
        Action::Terminate { done, reason } => {
            let done = done.into_iter().map(|one| {
                let workflow::action::Done { code, share, direct } = one;
                DoneInCommunity { code, share, direct }
            });
            Command::Terminate { done: done.collect(), reason }
        }
        Action::Dispute { community, reason } => Command::Dispute { community, reason },
        Action::RuleOnDispute { community, accepted, reason } => {
            Command::RuleOnDispute { community, accepted, reason }
        }
        Action::Confirm => Command::Confirm,
        Action::AskReconsideration { reason } => Command::AskReconsideration { reason },
        Action::Uphold { reason } => Command::Uphold { reason },
        Action::Overturn { reason } => Command::Overturn { reason },
        Action::Nudge { text } => Command::Nudge { text },
        Action::Withdraw => Command::Withdraw,
        _ => return None,
    })
}

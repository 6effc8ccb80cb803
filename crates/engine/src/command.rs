//! What people ask for: actions before the engine has added what they need (an assessment, the state of base funds).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use store::HandedIn;
use workflow::action::Action;
use workflow::assignment::{Delivery, RefusalReason};
use workflow::consultation::{InquiryKind, Ruling, Stance};
use workflow::decimal::Decimal;
use workflow::facts::Offer;
use workflow::id::OrganisationId;
use workflow::ledger::FundSource;
use workflow::money::Fen;
use workflow::stage::Verdict;
use workflow::text;

use crate::error::EngineError;

/// A person's wish on a request; the system's own actions are no commands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    Submit,
    AcceptFiling,
    Return {
        reason: String,
    },
    Reprice {
        price: Fen,
        reason: String,
    },
    /// Codes of the organisations that are asked.
    Consult {
        kind: InquiryKind,
        question: String,
        invited: Vec<String>,
    },
    Opine {
        stance: Stance,
        text: String,
    },
    CloseConsultation,
    Extend {
        reason: String,
    },
    Quote,
    AcceptQuote {
        amount: Fen,
        in_budget: bool,
        budget_year: i32,
    },
    DeclineQuote,
    /// All conditions of the assessment travel with it, except those in `without`, which needs a reason.
    Propose {
        verdict: Verdict,
        without: Vec<String>,
        reason: Option<String>,
    },
    Approve,
    ApproveForced {
        reason: String,
    },
    SendBack {
        reason: String,
    },
    Object {
        text: String,
    },
    /// The number of the objection, counted from 1 as people do.
    Resolve {
        objection: usize,
        ruling: Ruling,
        answer: String,
    },
    Move {
        starts_on: NaiveDate,
        ends_on: NaiveDate,
        reason: String,
    },
    CommitFunds,
    /// Funds from elsewhere than the department's budget line.
    CommitFundsFrom {
        source: FundSource,
    },
    AcceptAssignment {
        community: OrganisationId,
    },
    RefuseAssignment {
        community: OrganisationId,
        reason: RefusalReason,
        text: Option<String>,
    },
    DeliverAssignment {
        community: OrganisationId,
        delivery: Delivery,
    },
    /// A delivery with files that show the work; a file of commands cannot carry them.
    #[serde(skip)]
    DeliverWithEvidence {
        community: OrganisationId,
        delivery: Box<Delivery>,
        files: Vec<HandedIn>,
    },
    File,
    Suspend {
        reason: String,
    },
    Resume {
        reason: String,
    },
    Terminate {
        done: Vec<DoneInCommunity>,
        reason: String,
    },
    Dispute {
        community: OrganisationId,
        reason: String,
    },
    RuleOnDispute {
        community: OrganisationId,
        accepted: Decimal,
        reason: String,
    },
    Confirm,
    AskReconsideration {
        reason: String,
    },
    Uphold {
        reason: String,
    },
    Overturn {
        reason: String,
    },
    Nudge {
        text: Option<String>,
    },
    Withdraw,
}

/// What was done in a community of a request that ends early.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoneInCommunity {
    pub code: String,
    /// Share of the work, 0 to 1.
    pub share: Decimal,
    /// Direct costs that are proven.
    pub direct: Fen,
}

impl Command {
    /// The offer of a command that accepts a quote.
    #[must_use]
    pub fn accept_quote(amount: Fen, budget_year: i32) -> Command {
        Command::AcceptQuote { amount, in_budget: true, budget_year }
    }

    /// Whether every text in it may be kept.
    ///
    /// # Errors
    /// A text that is too long, or holds what nobody can see.
    pub(crate) fn is_fit(&self) -> Result<(), EngineError> {
        let written = match self {
            Command::DeliverWithEvidence { delivery, .. } => serde_json::to_value(delivery),
            other => serde_json::to_value(other),
        };
        let faults = text::faults(&written.map_err(|error| EngineError::Broken(error.to_string()))?);
        if faults.is_empty() { Ok(()) } else { Err(EngineError::Malformed(faults)) }
    }

    /// The action of a command to which the engine has nothing to add; the others come back.
    pub(crate) fn plain(self) -> Result<Action, Command> {
        Ok(match self {
            Command::AcceptFiling => Action::AcceptFiling,
            Command::Return { reason } => Action::Return { reason },
            Command::Reprice { price, reason } => Action::Reprice { price, reason },
            Command::Opine { stance, text } => Action::Opine { stance, text },
            Command::CloseConsultation => Action::CloseConsultation,
            Command::Extend { reason } => Action::Extend { reason },
            Command::Quote => Action::Quote,
            Command::AcceptQuote { amount, in_budget, budget_year } => {
                Action::AcceptQuote { offer: Offer { amount, in_budget, budget_year } }
            }
            Command::DeclineQuote => Action::DeclineQuote,
            Command::Approve => Action::Approve,
            Command::ApproveForced { reason } => Action::ApproveForced { reason },
            Command::SendBack { reason } => Action::SendBack { reason },
            Command::Object { text } => Action::Object { text },
            Command::Resolve { objection, ruling, answer } => {
                // The number after the last stands for none: 0 is no number that people count from.
                let objection = objection.checked_sub(1).unwrap_or(usize::MAX);
                Action::Resolve { objection, ruling, answer }
            }
            Command::Withdraw => Action::Withdraw,
            Command::Nudge { text } => Action::Nudge { text },
            command => return command.of_work(),
        })
    }

    fn of_work(self) -> Result<Action, Command> {
        Ok(match self {
            Command::AcceptAssignment { community } => Action::AcceptAssignment { community },
            Command::RefuseAssignment { community, reason, text } => {
                Action::RefuseAssignment { community, reason, text }
            }
            // What is named as evidence must have been kept, so it is never taken from the caller's words.
            Command::DeliverAssignment { community, delivery } if delivery.evidence.is_empty() => {
                Action::DeliverAssignment { community, delivery }
            }
            Command::Suspend { reason } => Action::Suspend { reason },
            Command::Resume { reason } => Action::Resume { reason },
            Command::Terminate { done, reason } => {
                let done = done.into_iter().map(|DoneInCommunity { code, share, direct }| {
                    workflow::action::Done { code, share, direct }
                });
                Action::Terminate { done: done.collect(), reason }
            }
            Command::Dispute { community, reason } => Action::Dispute { community, reason },
            Command::RuleOnDispute { community, accepted, reason } => {
                Action::RuleOnDispute { community, accepted, reason }
            }
            Command::Confirm => Action::Confirm,
            Command::AskReconsideration { reason } => Action::AskReconsideration { reason },
            Command::Uphold { reason } => Action::Uphold { reason },
            Command::Overturn { reason } => Action::Overturn { reason },
            command => return Err(command),
        })
    }
}

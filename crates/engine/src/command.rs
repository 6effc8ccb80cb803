//! What people ask for: actions before the engine has added what they need (an assessment, the state of base funds).

use serde::Deserialize;
use workflow::assignment::RefusalReason;
use workflow::facts::Offer;
use workflow::id::OrganisationId;
use workflow::money::Fen;
use workflow::stage::Verdict;

/// A person's wish on a request; the system's own actions are no commands.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    Submit,
    AcceptFiling,
    Return {
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
    SendBack {
        reason: String,
    },
    CommitFunds,
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
        report: String,
    },
    Confirm,
    Withdraw,
}

impl Command {
    /// The offer of a command that accepts a quote.
    #[must_use]
    pub fn accept_quote(amount: Fen, budget_year: i32) -> Command {
        Command::AcceptQuote { amount, in_budget: true, budget_year }
    }
}

/// The offer inside an accepted quote.
pub(crate) fn offer(amount: Fen, in_budget: bool, budget_year: i32) -> Offer {
    Offer { amount, in_budget, budget_year }
}

//! Money for those who keep it: budget lines, what waits for its funds, payments, base funds, pools, rewards, the year's
//! close, and ledgers.

mod budget;
mod deeds;
mod due;
mod export;
mod funds;
mod ledger;
mod statement;

use axum::routing::{get, post};
use workflow::actor::Role;

use crate::access::Admits;
use crate::routes::{Route, reads, writes};

/// Who reads what is done with money.
pub(crate) const READS: &[Role] = &[Role::Finance, Role::Auditor];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/budget", Admits::Roles(READS), get(budget::show)),
        reads("/budget/export", Admits::Roles(READS), get(export::budget)),
        reads("/funds", Admits::Roles(READS), get(funds::show)),
        writes("/funds/{deed}", Admits::Roles(&[Role::Finance]), post(funds::act)),
        reads("/ledger/{code}", Admits::SignedIn, get(ledger::show)),
        reads("/ledger/{code}/export", Admits::SignedIn, get(export::ledger)),
        reads("/ledger/{code}/statement", Admits::SignedIn, get(statement::show)),
        reads("/ledger/{code}/statement/export", Admits::SignedIn, get(export::statement)),
    ]
}

//! Money for those who keep it: budget lines, what waits for its funds, payments, base funds, and ledgers.

mod budget;
mod ledger;

use axum::routing::get;
use workflow::actor::Role;

use crate::access::Admits;
use crate::routes::{Route, reads};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/budget", Admits::Roles(&[Role::Finance, Role::Auditor]), get(budget::show)),
        reads("/ledger/{code}", Admits::SignedIn, get(ledger::show)),
    ]
}

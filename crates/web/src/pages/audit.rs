//! What auditors work with: the log of all events with its filters, the check of the chains, and the export.

mod check;
mod export;
mod log;
mod words;

use axum::routing::{get, post};
use workflow::actor::Role;

use crate::access::Admits;
use crate::routes::{Route, reads, writes};

/// Who looks through the histories.
pub(crate) const AUDITS: &[Role] = &[Role::Auditor];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/audit", Admits::Roles(AUDITS), get(log::show)),
        reads("/audit/check", Admits::Roles(AUDITS), get(check::show)),
        writes("/audit/check", Admits::Roles(AUDITS), post(check::run)),
        reads("/audit/export", Admits::Roles(AUDITS), get(export::save)),
    ]
}

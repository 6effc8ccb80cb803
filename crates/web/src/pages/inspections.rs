//! The unified inspection of a district's year: departments propose, a reviewer builds, an approver publishes, and every
//! community sees its one date.

mod show;
mod steps;

use axum::routing::{get, post};
use workflow::actor::Role;

use crate::access::Admits;
use crate::routes::{Route, reads, writes};

/// Whoever has something to do with the inspection.
pub(crate) const CONCERNED: &[Role] =
    &[Role::Submitter, Role::Reviewer, Role::Approver, Role::Auditor, Role::Committee];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/inspections", Admits::Roles(CONCERNED), get(show::show)),
        writes("/inspections/propose", Admits::Roles(&[Role::Submitter]), post(steps::propose)),
        writes("/inspections/build", Admits::Roles(&[Role::Reviewer]), post(steps::build)),
        writes("/inspections/publish", Admits::Roles(&[Role::Approver]), post(steps::publish)),
    ]
}

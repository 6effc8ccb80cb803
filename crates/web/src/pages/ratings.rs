//! Ratings of departments: communities give them after settlement, departments read their figures, the office and audit
//! see all.

mod give;
mod results;

use axum::extract::State;
use axum::routing::{get, post};
use workflow::actor::Role;

use crate::access::Admits;
use crate::pages::years::Asked;
use crate::query::Query;
use crate::reply::Answer;
use crate::routes::{Route, reads, writes};
use crate::server::Server;
use crate::visitor::Member;

/// Whoever has something to do with ratings.
pub(crate) const CONCERNED: &[Role] =
    &[Role::Committee, Role::Submitter, Role::Reviewer, Role::Approver, Role::Auditor];

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/ratings", Admits::Roles(CONCERNED), get(show)),
        reads("/ratings/{code}", Admits::Roles(CONCERNED), get(results::of_department)),
        writes("/ratings/requests/{id}", Admits::Roles(&[Role::Committee]), post(give::give)),
    ]
}

/// To a community what it may rate; to all others the figures.
async fn show(State(server): State<Server>, member: Member, Query(asked): Query<Asked>) -> Answer {
    if member.known.has(Role::Committee) {
        return give::show(&server, &member).await;
    }
    results::show(&server, &member, &asked).await
}

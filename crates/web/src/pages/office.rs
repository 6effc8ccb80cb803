//! What the office works with every day: the inbox, the decision, the figures of the district, and the limits.

mod bulk;
pub(crate) mod charts;
mod dashboard;
pub(crate) mod decide;
mod facts;
mod figures;
mod findings;
mod flow;
mod forecast;
mod inbox;
pub(crate) mod judged;
mod lateness;
mod limits;
mod load;
pub(crate) mod price;
mod proposed;
mod tables;

use axum::routing::{get, post};
use workflow::actor::Role;

use crate::access::Admits;
use crate::routes::{Route, reads, writes};

/// Who has an inbox.
pub(crate) const DESK: &[Role] = &[Role::Reviewer, Role::Approver, Role::Finance];

/// Who proposes and approves.
pub(crate) const DECIDES: &[Role] = &[Role::Reviewer, Role::Approver];

/// Who is admitted to the page of the decision.
pub(crate) const DECIDERS: Admits = Admits::Roles(DECIDES);

/// Who looks at the figures of a district or of the city.
pub(crate) const OVERLOOKS: &[Role] =
    &[Role::Reviewer, Role::Approver, Role::Auditor, Role::Policy, Role::Finance];

/// Who looks ahead at hours and back at who was late.
pub(crate) const MEASURES: &[Role] = &[Role::Reviewer, Role::Approver, Role::Finance, Role::Auditor];

/// Who watches limits, and who gets cards for them.
pub(crate) const WATCHES: &[Role] =
    &[Role::Submitter, Role::Reviewer, Role::Approver, Role::Auditor, Role::Policy, Role::Finance];

/// Routes of the office's pages.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/inbox", Admits::Roles(DESK), get(inbox::show)),
        writes("/inbox", Admits::Roles(DESK), post(bulk::act)),
        reads("/limits", Admits::Roles(WATCHES), get(limits::show)),
        writes("/cards/{id}", Admits::Roles(WATCHES), post(limits::act)),
        reads("/dashboard", Admits::Roles(OVERLOOKS), get(dashboard::show)),
        reads("/dashboard/export", Admits::Roles(OVERLOOKS), get(dashboard::export)),
        reads("/forecast", Admits::Roles(MEASURES), get(forecast::show)),
        reads("/lateness", Admits::Roles(MEASURES), get(lateness::show)),
        reads("/requests/{id}/decide", DECIDERS, get(decide::show)),
        writes("/requests/{id}/decide", DECIDERS, post(decide::propose)),
    ]
}

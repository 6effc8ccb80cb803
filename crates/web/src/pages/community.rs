//! What a community sees: its home in one look, its hours by month and function, and its tasks.

mod gauge;
mod home;
mod hours;
mod money;
mod months;
mod quota;
mod task;
mod tasks;

use axum::routing::{get, post};
use workflow::actor::Role;

use crate::access::Admits;
use crate::pages::files;
use crate::routes::{Route, reads, writes};

pub(crate) use home::show as home;
pub(crate) use task::shown_again;

/// Whoever may look into the hours of a community that is not their own.
pub(crate) const LOOKS_IN: &[Role] =
    &[Role::Committee, Role::Reviewer, Role::Approver, Role::Finance, Role::Auditor, Role::Subdistrict];

/// Whose tasks these are.
pub(crate) const WORKS: Admits = Admits::Roles(&[Role::Committee]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/quota", WORKS, get(quota::own)),
        reads("/tasks/{id}", WORKS, get(task::show)),
        writes("/tasks/{id}/delivery", WORKS, post(task::deliver)),
        reads("/requests/{id}/files", Admits::SignedIn, get(files::list)),
        reads("/requests/{id}/files/{*name}", Admits::SignedIn, get(files::save)),
        reads("/communities/{code}/quota", Admits::Roles(LOOKS_IN), get(quota::of_community)),
    ]
}

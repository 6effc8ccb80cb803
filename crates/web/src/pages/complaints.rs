//! Complaints (违规摊派举报): a committee reports, office or leading group handle, the accused reads the order only.

mod handling;
mod list;
mod new;
mod one;

use axum::routing::{get, post};
use workflow::actor::Role;

use crate::access::Admits;
use crate::routes::{Route, reads, writes};

/// Whoever has something to do with complaints.
const CONCERNED: &[Role] =
    &[Role::Committee, Role::Reviewer, Role::Approver, Role::Auditor, Role::Submitter, Role::Subdistrict];
const FILES: Admits = Admits::Roles(&[Role::Committee]);
const HANDLES: Admits = Admits::Roles(&[Role::Reviewer, Role::Approver]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/complaints", Admits::Roles(CONCERNED), get(list::show)),
        reads("/complaints/new", FILES, get(new::show)),
        writes("/complaints/new", FILES, post(new::file)),
        reads("/complaints/{id}", Admits::Roles(CONCERNED), get(one::show)),
        reads("/complaints/{id}/files/{name}", Admits::Roles(CONCERNED), get(one::evidence)),
        writes("/complaints/{id}/{action}", HANDLES, post(handling::act)),
    ]
}

//! Meetings of the leading group (联席会议): the list, the agenda, the meeting in session with its votes and decisions, and
//! the minutes.

mod agenda;
mod cases;
mod list;
mod one;
mod steps;

use axum::routing::{get, post};
use workflow::actor::Role;

use crate::access::Admits;
use crate::routes::{Route, reads, writes};

pub(crate) use one::shown_again;

/// Who reads meetings and their minutes.
pub(crate) const READS: &[Role] = &[Role::Reviewer, Role::Approver, Role::Auditor];

/// Who calls and conducts them.
const CONDUCTS: Admits = Admits::Roles(&[Role::Reviewer, Role::Approver]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/meetings", Admits::Roles(READS), get(list::show)),
        writes("/meetings", CONDUCTS, post(list::call)),
        reads("/meetings/{id}", Admits::Roles(READS), get(one::show)),
        writes("/meetings/{id}/agenda", CONDUCTS, post(steps::arrange)),
        writes("/meetings/{id}/open", CONDUCTS, post(steps::open)),
        writes("/meetings/{id}/votes", CONDUCTS, post(steps::record)),
        writes("/meetings/{id}/close", CONDUCTS, post(steps::close)),
        writes("/meetings/{id}/cancel", CONDUCTS, post(steps::cancel)),
    ]
}

//! A sent step on a complaint. A stale page is refused by the version it was made from; what is refused comes back with the
//! complaint as it is now.

use axum::extract::{Path, State};
use engine::{By, Seen};
use serde::Deserialize;
use workflow::complaint::{ComplaintAction, ComplaintActionKind};

use super::one::{Refused, shown};
use crate::posted::{Posted, version};
use crate::problem::Problem;
use crate::reply::{Answer, Failed, go};
use crate::server::Server;
use crate::visitor::Member;

/// What is sent with a step: the version of the page, and the text of those steps that have one.
#[derive(Deserialize)]
pub(crate) struct Sent {
    #[serde(default)]
    version: String,
    #[serde(default)]
    order: String,
    #[serde(default)]
    reason: String,
}

pub(crate) async fn act(
    State(server): State<Server>,
    member: Member,
    Path((id, word)): Path<(String, String)>,
    Posted(Sent { version, order, reason }): Posted<Sent>,
) -> Answer {
    let tongue = member.tongue();
    let said = |text: &str| text.trim().to_owned();
    let (kind, text) = match ComplaintActionKind::from_word(&word) {
        Some(kind @ ComplaintActionKind::Take) => (kind, String::new()),
        Some(kind @ ComplaintActionKind::Uphold) => (kind, said(&order)),
        Some(kind @ ComplaintActionKind::Dismiss) => (kind, said(&reason)),
        Some(ComplaintActionKind::File | ComplaintActionKind::Escalate) | None => {
            return Err(Failed::person(Problem::not_found(tongue), tongue));
        }
    };
    let action = match kind {
        ComplaintActionKind::Uphold => ComplaintAction::Uphold { order: text.clone() },
        ComplaintActionKind::Dismiss => ComplaintAction::Dismiss { reason: text.clone() },
        _ => ComplaintAction::Take,
    };
    match done(&server, &member, (&id, &version), action).await {
        Ok(id) => Ok(go(&format!("/complaints/{id}"))),
        Err(problem) if problem.ends_here() => Err(Failed::person(problem, tongue)),
        Err(problem) => shown(&server, &member, (&id, Some(Refused { kind, text, problem }))).await,
    }
}

async fn done(
    server: &Server,
    member: &Member,
    (id, seen): (&str, &str),
    action: ComplaintAction,
) -> Result<String, Problem> {
    let tongue = member.tongue();
    let complaint = (id, Seen::Version(version(seen, tongue)?));
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let done = server.engine.decide_complaint_seen(by, complaint, action).await;
    done.map(|complaint| complaint.id.to_string()).map_err(|error| Problem::shown_again(&error, tongue))
}

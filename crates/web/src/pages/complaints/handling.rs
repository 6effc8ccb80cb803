//! A sent step on a complaint.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use engine::By;
use workflow::complaint::{ComplaintAction, ComplaintActionKind};

use crate::posted::Posted;
use crate::problem::Problem;
use crate::reply::{Answer, Failed, Tell, go};
use crate::server::Server;
use crate::visitor::Member;

pub(crate) async fn act(
    State(server): State<Server>,
    member: Member,
    Path((id, word)): Path<(String, String)>,
    Posted(fields): Posted<BTreeMap<String, String>>,
) -> Answer {
    let tongue = member.tongue();
    let text = |name: &str| fields.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let action = match ComplaintActionKind::from_word(&word) {
        Some(ComplaintActionKind::Take) => ComplaintAction::Take,
        Some(ComplaintActionKind::Uphold) => ComplaintAction::Uphold { order: text("order") },
        Some(ComplaintActionKind::Dismiss) => ComplaintAction::Dismiss { reason: text("reason") },
        Some(ComplaintActionKind::File | ComplaintActionKind::Escalate) | None => {
            return Err(Failed::person(Problem::not_found(tongue), tongue));
        }
    };
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let complaint = server.engine.decide_complaint(by, &id, action).await.tell(tongue)?;
    Ok(go(&format!("/complaints/{}", complaint.id)))
}

//! A sent step on a complaint. A stale page is refused by the version it was made from.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use engine::{By, EngineError, Seen};
use serde::Deserialize;
use workflow::complaint::{ComplaintAction, ComplaintActionKind};

use crate::posted::Posted;
use crate::problem::Problem;
use crate::reply::{Answer, Failed, Tell, go};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

/// What is sent with a step: the version of the page, and the text of those steps that have one.
#[derive(Deserialize)]
pub(crate) struct Sent {
    version: i64,
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
    let action = match ComplaintActionKind::from_word(&word) {
        Some(ComplaintActionKind::Take) => ComplaintAction::Take,
        Some(ComplaintActionKind::Uphold) => ComplaintAction::Uphold { order: said(&order) },
        Some(ComplaintActionKind::Dismiss) => ComplaintAction::Dismiss { reason: said(&reason) },
        Some(ComplaintActionKind::File | ComplaintActionKind::Escalate) | None => {
            return Err(Failed::person(Problem::not_found(tongue), tongue));
        }
    };
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let complaint = (id.as_str(), Seen::Version(version));
    match server.engine.decide_complaint_seen(by, complaint, action).await {
        Ok(complaint) => Ok(go(&format!("/complaints/{}", complaint.id))),
        Err(EngineError::Stale { .. }) => Err(stale(tongue)),
        Err(error) => Err(error).tell(tongue),
    }
}

fn stale(tongue: Tongue) -> Failed {
    let said = tongue.say(
        "这件举报刚被他人办理过，您填的内容没有提交。请返回并刷新页面，看过最新情况再办。",
        "somebody else has just acted on this complaint, and nothing of yours was sent. Go back, reload the page, and look again.",
    );
    Failed::person(Problem::new(StatusCode::PRECONDITION_FAILED, "stale", said), tongue)
}

//! Ending open sessions: one, or all but the one in hand.

use axum::extract::{Path, State};
use store::StoreError;
use uuid::Uuid;

use crate::posted::{Nothing, Posted};
use crate::reply::{Answer, Tell, go};
use crate::server::Server;
use crate::visitor::Member;

pub(super) async fn end(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    let tongue = member.tongue();
    let id: Uuid = written.parse().map_err(|_| StoreError::NotFound("session")).tell(tongue)?;
    let person = member.known.worker.person.user;
    server.engine.end_session((person, id), member.visitor.visit()).await.tell(tongue)?;
    Ok(go("/account"))
}

pub(super) async fn end_others(
    State(server): State<Server>,
    member: Member,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    if let Some(session) = member.visitor.session() {
        let others = (session.person, session.id);
        server.engine.end_other_sessions(others, member.visitor.visit()).await.tell(member.tongue())?;
    }
    Ok(go("/account"))
}

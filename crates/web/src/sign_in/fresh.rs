//! New sessions: an id, a cookie and a form token that nobody has seen before.

use axum::http::{HeaderValue, header};
use axum::response::Response;
use chrono::Duration;
use store::{Session, SessionState};
use uuid::Uuid;
use workflow::id::UserId;

use crate::guard::SESSION;
use crate::secrets;
use crate::visitor::Visitor;

/// A session that is not kept yet, with what its cookie holds.
pub(crate) fn fresh(visitor: &Visitor, person: UserId, state: SessionState) -> (Session, String) {
    let (token, token_hash) = secrets::token();
    let session = Session {
        id: Uuid::now_v7(),
        token_hash,
        person,
        form_token: secrets::token().0,
        state,
        created_at: visitor.now,
        seen_at: visitor.now,
        source: visitor.source.clone(),
        agent: visitor.agent.clone(),
    };
    (session, token)
}

/// The cookie is sent to this host alone, over a safe connection, and no script sees it.
pub(crate) fn with_cookie(answer: Response, token: &str, lasts: Duration) -> Response {
    with_named_cookie(answer, (SESSION, token), lasts)
}

pub(crate) fn with_named_cookie(
    mut answer: Response,
    (name, value): (&str, &str),
    lasts: Duration,
) -> Response {
    let seconds = lasts.num_seconds();
    let cookie = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}

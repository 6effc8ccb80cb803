//! The caller's own account: how one signs in, where one is signed in and what that came to; ending sessions, in person.

use axum::extract::Path;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, post};
use serde_json::json;
use store::{Session, StoreError};
use uuid::Uuid;

use super::caller::{Said, answer};
use super::change::Change;
use super::operation::{Group, Operation};
use super::people::sign_in;
use super::reading::Reading;
use super::shapes::{own as shapes, people};
use super::slice::Order;
use crate::access::Admits;
use crate::reply::Failed;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let operations = vec![
        Operation::new(
            (Method::GET, "/api/v1/me/account", all, get(show)),
            (
                "show_own_account",
                "How the caller signs in: since when with this password, with a second factor, and how many recovery codes are left",
            ),
            shapes::own_account,
        ),
        Operation::new(
            (Method::GET, "/api/v1/me/sessions", all, get(sessions)),
            ("list_sessions", "The caller's open sessions, newest first"),
            shapes::sessions,
        )
        .sliced_by_id(),
        Operation::new(
            (Method::DELETE, "/api/v1/me/sessions/{id}", all, delete(end)),
            ("end_session", "End a session of the caller"),
            shapes::ended_session,
        )
        .in_person(),
        Operation::new(
            (Method::POST, "/api/v1/me/sessions/endings", all, post(end_others)),
            ("end_other_sessions", "End all sessions of the caller but the one in hand"),
            shapes::ended_sessions,
        )
        .repeatable()
        .in_person(),
        Operation::new(
            (Method::GET, "/api/v1/me/sign-ins", all, get(sign_ins)),
            ("list_own_sign_ins", "What signing in with the own account came to, newest first"),
            people::sign_ins,
        )
        .sliced_by_id(),
    ];
    operations.into_iter().map(|one| one.within(Group::Own)).collect()
}

async fn show(reading: Reading) -> Result<Response, Failed> {
    let (tongue, user) = (reading.tongue(), reading.caller.user());
    let credential = reading.reader().credential(user).await.said(tongue)?;
    let codes = reading.reader().recovery_codes_left(user).await.said(tongue)?;
    let known = credential.as_ref();
    Ok(answer(&json!({
        "has_password": known.is_some_and(|known| known.password.is_some()),
        "password_changed_at": known.map(|known| known.changed_at),
        "has_factor": known.is_some_and(|known| known.totp_secret.is_some()),
        "recovery_codes_left": codes,
    })))
}

/// Sessions of the caller that still live.
async fn living(reading: &Reading) -> Result<Vec<Session>, Failed> {
    let found = reading.reader().sessions(reading.caller.user()).await.said(reading.tongue())?;
    let (limits, now) = (&reading.server.settings.limits, reading.caller.now());
    Ok(found.into_iter().filter(|session| session.lives(now, (limits.idle, limits.whole))).collect())
}

async fn sessions(reading: Reading) -> Result<Response, Failed> {
    let slice = reading.slice()?;
    let this = reading.caller.0.visitor.session().map(|session| session.id);
    let line = |session: &Session| {
        let Session { id, created_at, seen_at, source, agent, .. } = session;
        json!({
            "id": id, "created_at": created_at, "seen_at": seen_at, "source": source, "agent": agent,
            "is_this": this == Some(*id),
        })
    };
    Ok(slice.page((living(&reading).await?, Order::Falling), |session| session.id.to_string(), line))
}

async fn sign_ins(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let page = (slice.after_id().said(tongue)?, slice.most as u64 + 1);
    let found = reading.reader().sign_ins_after(reading.caller.user(), page).await.said(tongue)?;
    Ok(slice.read(found, |(id, _)| id.to_string(), sign_in))
}

async fn end(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let (tongue, user) = (change.tongue(), change.caller.user());
    let engine = &change.server.engine;
    let unknown = || StoreError::NotFound("session");
    let id: Uuid = written.parse().map_err(|_| unknown()).said(tongue)?;
    let own = engine.reader().sessions(user).await.said(tongue)?;
    own.iter().find(|session| session.id == id).ok_or_else(unknown).said(tongue)?;
    let work = engine.end_session((user, id), change.caller.0.visitor.visit());
    let ended = work.await.said(tongue);
    ended.map(|()| answer(&json!({ "ended": id })))
}

async fn end_others(change: Change) -> Result<Response, Failed> {
    let this = change.caller.0.visitor.session().map(|session| session.id).unwrap_or_default();
    let visit = change.caller.0.visitor.visit();
    let work = change.server.engine.end_other_sessions((change.caller.user(), this), visit);
    change.done(StatusCode::OK, work, |number: &u64| json!({ "ended": number })).await
}

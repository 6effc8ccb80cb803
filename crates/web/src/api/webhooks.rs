//! Web-hooks of the caller's organisation: listed, made, tried out, paused, given a new secret, ended; and their calls. A
//! secret is shown once, to a person.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, post};
use engine::NewWebhook;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{StoreError, Webhook};
use workflow::action::ActionKind;
use workflow::id::WebhookId;

use super::caller::{Said, answer, with};
use super::change::Change;
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::shapes::webhooks as shapes;
use super::slice::Order;
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Visitor;

pub(crate) fn operations() -> Vec<Operation> {
    reads().into_iter().chain(changes()).map(|one| one.within(Group::Hooks)).collect()
}

fn reads() -> Vec<Operation> {
    let all = Admits::SignedIn;
    vec![
        Operation::new(
            (Method::GET, "/api/v1/webhooks", all, get(known)),
            (
                "list_webhooks",
                "Web-hooks that the caller looks after: of the own organisation, with the same sight; for the administrator of security those of the district",
            ),
            shapes::webhooks,
        )
        .sliced(),
        Operation::new(
            (Method::GET, "/api/v1/webhooks/{id}", all, get(show)),
            ("show_webhook", "One web-hook that the caller looks after, without its secret"),
            shapes::webhook,
        ),
        Operation::new(
            (Method::GET, "/api/v1/webhooks/{id}/calls", all, get(calls)),
            ("list_webhook_calls", "The newest calls of a web-hook, with the reason of what failed"),
            shapes::calls,
        ),
    ]
}

fn changes() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let of = |path, said, handler| {
        Operation::new((Method::POST, path, all, handler), said, shapes::webhook).repeatable()
    };
    vec![
        Operation::new(
            (Method::POST, "/api/v1/webhooks", all, post(make)),
            (
                "make_webhook",
                "Make a web-hook (Standard Webhooks); it hears of what the caller may see. Its secret is shown this once, not in the answer to a repeated call",
            ),
            shapes::with_secret,
        )
        .takes(shapes::new_webhook)
        .such_as(shapes::webhook_example)
        .makes()
        .repeatable()
        .in_person(),
        Operation::new(
            (Method::DELETE, "/api/v1/webhooks/{id}", all, delete(end)),
            (
                "end_webhook",
                "End a web-hook; what waits never leaves. The administrator of security may end those of the district",
            ),
            shapes::webhook,
        ),
        of("/api/v1/webhooks/{id}/pause", ("pause_webhook", "Pause a web-hook"), post(pause)),
        of("/api/v1/webhooks/{id}/resume", ("resume_webhook", "Let a paused web-hook go on"), post(resume)),
        Operation::new(
            (Method::POST, "/api/v1/webhooks/{id}/secret", all, post(rotate)),
            (
                "rotate_webhook_secret",
                "Give a web-hook a new secret; the one before it signs beside it for a day. It is shown this once, not in the answer to a repeated call",
            ),
            shapes::with_secret,
        )
        .repeatable()
        .in_person(),
        Operation::new(
            (Method::POST, "/api/v1/webhooks/{id}/test", all, post(ping)),
            ("test_webhook", "Queue a call of the type `ping`"),
            shapes::queued_call,
        )
        .repeatable(),
        Operation::new(
            (Method::POST, "/api/v1/webhooks/{id}/retry", all, post(retry)),
            ("retry_webhook_calls", "Let the dead calls of a web-hook be tried again"),
            shapes::retried_calls,
        )
        .repeatable(),
    ]
}

fn as_json(webhook: &Webhook) -> Value {
    json!({
        "id": webhook.id, "organisation": webhook.organisation, "name": webhook.name, "url": webhook.url, "kinds": webhook.kinds,
        "sight": webhook.sight, "state": webhook.state, "former_secret_until": webhook.former_until,
        "made_at": webhook.made_at,
    })
}

/// A web-hook with the secret that was made for it.
type WithSecret = (Webhook, String);

/// What is kept of an answer with a secret: all but the secret, which is shown once.
fn without_secret((webhook, _): &WithSecret) -> Value {
    with(as_json(webhook), "secret", Value::Null)
}

fn showing((_, secret): &WithSecret, kept: Value) -> Value {
    with(kept, "secret", json!(secret))
}

/// The web-hook that a path names.
pub(crate) fn named(written: &str) -> Result<WebhookId, StoreError> {
    written.parse().map(WebhookId).map_err(|_| StoreError::NotFound("webhook"))
}

/// The web-hook of the path.
struct Hook(WebhookId);

impl FromRequestParts<Server> for Hook {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Hook, Failed> {
        let visitor = parts.extensions.get::<Visitor>();
        let tongue = visitor.map_or_else(|| Tongue::asked(&parts.headers), |visitor| visitor.tongue);
        let written = Path::<String>::from_request_parts(parts, server).await;
        let unnamed = || StoreError::NotFound("webhook");
        written.map_err(|_| unnamed()).and_then(|Path(written)| named(&written)).map(Hook).said(tongue)
    }
}

async fn known(reading: Reading) -> Result<Response, Failed> {
    let slice = reading.slice()?;
    let found = reading.engine().webhooks(reading.caller.actor()).await.said(reading.tongue())?;
    Ok(slice.page((found, Order::Rising), |hook| hook.id.to_string(), as_json))
}

async fn show(Hook(id): Hook, reading: Reading) -> Result<Response, Failed> {
    let found = reading.engine().webhook(reading.caller.actor(), id).await.said(reading.tongue())?;
    Ok(answer(&as_json(&found)))
}

#[derive(Deserialize)]
struct Wanted {
    name: String,
    url: String,
    kinds: Vec<ActionKind>,
}

async fn make(change: Change) -> Result<Response, Failed> {
    let Wanted { name, url, kinds } = change.read()?;
    let new = NewWebhook { name, url, kinds };
    let (actor, now) = (change.caller.actor(), change.caller.now());
    let work = change.server.engine.make_webhook(actor, new, now);
    change.done_and_shown(StatusCode::CREATED, work, (without_secret, showing)).await
}

async fn end(Hook(id): Hook, change: Change) -> Result<Response, Failed> {
    let (actor, now) = (change.caller.actor(), change.caller.now());
    change.done(StatusCode::OK, change.server.engine.end_webhook(actor, id, now), as_json).await
}

async fn pause(Hook(id): Hook, change: Change) -> Result<Response, Failed> {
    let (actor, now) = (change.caller.actor(), change.caller.now());
    change.done(StatusCode::OK, change.server.engine.pause_webhook(actor, id, now), as_json).await
}

async fn resume(Hook(id): Hook, change: Change) -> Result<Response, Failed> {
    let (actor, now) = (change.caller.actor(), change.caller.now());
    change.done(StatusCode::OK, change.server.engine.resume_webhook(actor, id, now), as_json).await
}

async fn rotate(Hook(id): Hook, change: Change) -> Result<Response, Failed> {
    let (actor, now) = (change.caller.actor(), change.caller.now());
    let work = change.server.engine.rotate_webhook(actor, id, now);
    change.done_and_shown(StatusCode::OK, work, (without_secret, showing)).await
}

async fn ping(Hook(id): Hook, change: Change) -> Result<Response, Failed> {
    let (actor, now) = (change.caller.actor(), change.caller.now());
    let work = change.server.engine.test_webhook(actor, id, now);
    change.done(StatusCode::OK, work, |call: &uuid::Uuid| json!({ "call": call })).await
}

async fn retry(Hook(id): Hook, change: Change) -> Result<Response, Failed> {
    let (actor, now) = (change.caller.actor(), change.caller.now());
    let work = change.server.engine.retry_calls(actor, id, now);
    change.done(StatusCode::OK, work, |number: &usize| json!({ "retried": number })).await
}

/// Calls that are listed.
pub(crate) const CALLS: u64 = 100;

async fn calls(Hook(id): Hook, reading: Reading) -> Result<Response, Failed> {
    let found = reading.engine().webhook_calls(reading.caller.actor(), id, CALLS).await;
    let found = found.said(reading.tongue())?;
    let line = |one: &store::LetterLine| {
        json!({
            "id": one.id, "type": one.kind, "state": one.state, "tries": one.tries, "next_at": one.next_at,
            "sent_at": one.sent_at, "reason": one.reason,
        })
    };
    Ok(answer(&json!({ "items": found.lines.iter().map(line).collect::<Vec<_>>(), "total": found.total })))
}

//! Web-hooks of the caller's organisation: listed, made, tried out, paused, given a new secret, ended; and their calls. A
//! secret is shown once, to a person.

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, post};
use engine::NewWebhook;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{LetterState, Sight, StoreError, Webhook, WebhookState};
use workflow::action::ActionKind;
use workflow::id::WebhookId;

use super::caller::{Caller, Said, Sent, answer, answer_with};
use super::operation::Operation;
use super::schema::{closed, list, maybe, moment, object, text, uuid, whole, words};
use super::tokens::in_person;
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let (every, one) = ("/api/v1/webhooks", "/api/v1/webhooks/{id}");
    let of = |path, id: &'static str, summary: &'static str, handler| {
        Operation::new((Method::POST, path, all, handler), (id, summary), webhook)
    };
    vec![
        Operation::new(
            (Method::GET, every, all, get(known)),
            ("list_webhooks", "Web-hooks that the caller looks after: of the own organisation, with the same sight"),
            webhooks,
        ),
        Operation::new(
            (Method::POST, every, all, post(make)),
            (
                "make_webhook",
                "Make a web-hook (Standard Webhooks); its secret is shown this once. It hears of what the caller may see",
            ),
            with_secret,
        )
        .takes(wanted)
        .makes(),
        Operation::new(
            (Method::DELETE, one, all, delete(end)),
            ("end_webhook", "End a web-hook; what waits never leaves"),
            webhook,
        ),
        Operation::new(
            (Method::GET, "/api/v1/webhooks/{id}/calls", all, get(calls)),
            ("list_webhook_calls", "The newest calls of a web-hook, with the reason of what failed"),
            call_list,
        ),
        of("/api/v1/webhooks/{id}/pause", "pause_webhook", "Pause a web-hook", post(pause)),
        of("/api/v1/webhooks/{id}/resume", "resume_webhook", "Let a paused web-hook go on", post(resume)),
        Operation::new(
            (Method::POST, "/api/v1/webhooks/{id}/secret", all, post(rotate)),
            ("rotate_webhook_secret", "Give a web-hook a new secret; the one before it signs beside it for a day"),
            with_secret,
        ),
        Operation::new(
            (Method::POST, "/api/v1/webhooks/{id}/test", all, post(ping)),
            ("test_webhook", "Queue a call of the type `ping`"),
            || object(&[("call", uuid())]),
        ),
        Operation::new(
            (Method::POST, "/api/v1/webhooks/{id}/retry", all, post(retry)),
            ("retry_webhook_calls", "Let the dead calls of a web-hook be tried again"),
            || object(&[("retried", whole())]),
        ),
    ]
}

fn all<T: Copy>(list: &[T], word: fn(T) -> &'static str) -> Value {
    words(&list.iter().map(|one| word(*one)).collect::<Vec<_>>())
}

fn kinds() -> Value {
    let kind = all(ActionKind::ALL, ActionKind::word);
    json!({ "type": "array", "items": kind, "minItems": 1 })
}

fn keys() -> Vec<(&'static str, Value)> {
    vec![
        ("id", uuid()),
        ("name", text()),
        ("url", text()),
        ("kinds", kinds()),
        ("sight", all(Sight::ALL, Sight::word)),
        ("state", all(WebhookState::ALL, WebhookState::word)),
        ("former_secret_until", maybe(&moment())),
        ("made_at", moment()),
    ]
}

fn webhook() -> Value {
    object(&keys())
}

fn webhooks() -> Value {
    list(&webhook())
}

fn with_secret() -> Value {
    let mut keys = keys();
    keys.push(("secret", text()));
    object(&keys)
}

fn wanted() -> Value {
    let name = json!({ "type": "string", "minLength": 1, "maxLength": 100 });
    closed(&[("name", name), ("url", json!({ "type": "string", "format": "uri" })), ("kinds", kinds())], &[])
}

fn call_list() -> Value {
    let call = object(&[
        ("id", text()),
        ("type", text()),
        ("state", all(LetterState::ALL, LetterState::word)),
        ("tries", whole()),
        ("next_at", maybe(&moment())),
        ("sent_at", maybe(&moment())),
        ("reason", maybe(&text())),
    ]);
    object(&[("items", list(&call)), ("total", whole())])
}

fn as_json(webhook: &Webhook) -> Value {
    json!({
        "id": webhook.id, "name": webhook.name, "url": webhook.url, "kinds": webhook.kinds,
        "sight": webhook.sight, "state": webhook.state, "former_secret_until": webhook.former_until,
        "made_at": webhook.made_at,
    })
}

fn showing(webhook: &Webhook, secret: String) -> Value {
    let mut shown = as_json(webhook);
    if let Some(keys) = shown.as_object_mut() {
        keys.insert("secret".into(), Value::from(secret));
    }
    shown
}

/// The web-hook that a path names.
pub(crate) fn named(written: &str) -> Result<WebhookId, StoreError> {
    written.parse().map(WebhookId).map_err(|_| StoreError::NotFound("webhook"))
}

async fn known(State(server): State<Server>, caller: Caller) -> Result<Response, Failed> {
    let found = server.engine.webhooks(caller.actor()).await.said(caller.tongue())?;
    Ok(answer(&found.iter().map(as_json).collect::<Vec<_>>()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    name: String,
    url: String,
    kinds: Vec<ActionKind>,
}

async fn make(State(server): State<Server>, caller: Caller, sent: Sent) -> Result<Response, Failed> {
    in_person(&caller)?;
    let tongue = caller.tongue();
    let Wanted { name, url, kinds } = sent.read().said(tongue)?;
    let new = NewWebhook { name, url, kinds };
    let (made, secret) = server.engine.make_webhook(caller.actor(), new, caller.now()).await.said(tongue)?;
    Ok(answer_with(StatusCode::CREATED, &showing(&made, secret)))
}

/// The web-hook of the path, and who calls.
struct Hook {
    server: Server,
    caller: Caller,
    id: WebhookId,
}

impl FromRequestParts<Server> for Hook {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Hook, Failed> {
        let caller = Caller::from_request_parts(parts, server).await?;
        let tongue = caller.tongue();
        let written = Path::<String>::from_request_parts(parts, server).await;
        let unnamed = || StoreError::NotFound("webhook");
        let id = written.map_err(|_| unnamed()).and_then(|Path(written)| named(&written)).said(tongue)?;
        Ok(Hook { server: server.clone(), caller, id })
    }
}

async fn end(Hook { server, caller, id }: Hook) -> Result<Response, Failed> {
    let ended = server.engine.end_webhook(caller.actor(), id, caller.now()).await;
    Ok(answer(&as_json(&ended.said(caller.tongue())?)))
}

async fn pause(Hook { server, caller, id }: Hook) -> Result<Response, Failed> {
    let paused = server.engine.pause_webhook(caller.actor(), id, caller.now()).await;
    Ok(answer(&as_json(&paused.said(caller.tongue())?)))
}

async fn resume(Hook { server, caller, id }: Hook) -> Result<Response, Failed> {
    let resumed = server.engine.resume_webhook(caller.actor(), id, caller.now()).await;
    Ok(answer(&as_json(&resumed.said(caller.tongue())?)))
}

async fn rotate(Hook { server, caller, id }: Hook) -> Result<Response, Failed> {
    in_person(&caller)?;
    let tongue = caller.tongue();
    let (changed, secret) =
        server.engine.rotate_webhook(caller.actor(), id, caller.now()).await.said(tongue)?;
    Ok(answer(&showing(&changed, secret)))
}

async fn ping(Hook { server, caller, id }: Hook) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let call = server.engine.test_webhook(caller.actor(), id, caller.now()).await.said(tongue)?;
    Ok(answer(&json!({ "call": call })))
}

async fn retry(Hook { server, caller, id }: Hook) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let retried = server.engine.retry_calls(caller.actor(), id, caller.now()).await.said(tongue)?;
    Ok(answer(&json!({ "retried": retried })))
}

/// Calls that are listed.
pub(crate) const CALLS: u64 = 100;

async fn calls(Hook { server, caller, id }: Hook) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let found = server.engine.webhook_calls(caller.actor(), id, CALLS).await.said(tongue)?;
    let line = |one: &store::LetterLine| {
        json!({
            "id": one.id, "type": one.kind, "state": one.state, "tries": one.tries, "next_at": one.next_at,
            "sent_at": one.sent_at, "reason": one.reason,
        })
    };
    Ok(answer(&json!({ "items": found.lines.iter().map(line).collect::<Vec<_>>(), "total": found.total })))
}

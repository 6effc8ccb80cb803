//! Web-hooks and their calls.

use serde_json::{Value, json};
use store::{LetterState, Sight, WebhookState};
use workflow::action::ActionKind;

use crate::api::schema::{all, closed, list, maybe, moment, object, page, text, uuid, whole};

fn kinds() -> Value {
    json!({ "type": "array", "items": all(ActionKind::ALL, ActionKind::word), "minItems": 1 })
}

fn keys() -> Vec<(&'static str, Value)> {
    vec![
        ("id", uuid()),
        ("organisation", uuid()),
        ("name", text()),
        ("url", text()),
        ("kinds", kinds()),
        ("sight", all(Sight::ALL, Sight::word)),
        ("state", all(WebhookState::ALL, WebhookState::word)),
        ("former_secret_until", maybe(&moment())),
        ("made_at", moment()),
    ]
}

pub(crate) fn webhook() -> Value {
    object(&keys())
}

pub(crate) fn webhooks() -> Value {
    page(&webhook())
}

/// The secret is in no other answer, nor in the answer to a repeated call.
pub(crate) fn with_secret() -> Value {
    let mut keys = keys();
    keys.push(("secret", maybe(&text())));
    object(&keys)
}

pub(crate) fn new_webhook() -> Value {
    let name = json!({ "type": "string", "minLength": 1, "maxLength": 100 });
    let url = json!({ "type": "string", "format": "uri", "examples": ["https://example.org/in"] });
    closed(&[("name", name), ("url", url), ("kinds", kinds())], &[])
}

pub(crate) fn webhook_example() -> Value {
    json!({ "name": "台账系统", "url": "https://example.org/in", "kinds": ["submit", "approve"] })
}

pub(crate) fn queued_call() -> Value {
    object(&[("call", uuid())])
}

pub(crate) fn retried_calls() -> Value {
    object(&[("retried", whole())])
}

pub(crate) fn calls() -> Value {
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

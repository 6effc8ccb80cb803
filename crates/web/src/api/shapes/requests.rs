//! Requests: lines, the whole, events, filings, commands and what they are answered with.

use serde_json::{Value, json};
use workflow::action::ActionKind;
use workflow::stage::StageKind;

use super::assessment::assessment;
use super::{commands, filing};
use crate::api::bulk::MANY;
use crate::api::schema::{
    all, closed, count, day, list, maybe, moment, money, named, object, object_with, open, page, text, uuid,
    whole,
};

pub(crate) fn stage() -> Value {
    all(StageKind::ALL, StageKind::word)
}

/// What a department files: the application of `contract.md`, and the codes of communities.
pub(crate) fn filing() -> Value {
    closed(&[("application", filing::application()), ("communities", filing::codes())], &[])
}

pub(crate) fn filing_example() -> Value {
    filing::example()
}

pub(crate) fn request_page() -> Value {
    page(&object(&[
        ("id", uuid()),
        ("number", maybe(&text())),
        ("title", text()),
        ("department", uuid()),
        ("item", maybe(&text())),
        ("class", maybe(&text())),
        ("function", maybe(&whole())),
        ("price", money()),
        ("stage", stage()),
        ("starts_on", maybe(&day())),
        ("ends_on", maybe(&day())),
        ("events", count()),
    ]))
}

/// The state behind an event (`changes`) is told to those who read every community's part.
pub(crate) fn event() -> Value {
    let needed = [
        ("seq", whole()),
        ("at", moment()),
        ("person", maybe(&uuid())),
        ("role", text()),
        ("action", text()),
        ("before", text()),
        ("after", text()),
        ("reason", maybe(&text())),
        ("detail", text()),
        ("hash", text()),
    ];
    object_with(&needed, &[("subject", uuid()), ("district", uuid()), ("changes", text())])
}

pub(crate) fn history_page() -> Value {
    page(&event())
}

/// Of other communities a committee sees the stage only.
fn assignment() -> Value {
    object(&[
        ("community", uuid()),
        ("code", text()),
        ("price", money()),
        ("paid", money()),
        ("stage", object(&[("stage", text())])),
    ])
}

pub(crate) fn request() -> Value {
    object(&[
        ("id", uuid()),
        ("number", maybe(&text())),
        ("application", open()),
        ("stage", object(&[("stage", stage())])),
        ("version", whole()),
        ("assignments", list(&assignment())),
        ("dossier", open()),
        ("assessment", maybe(&assessment())),
        ("trace", json!({})),
        ("history", list(&event())),
        ("open_actions", list(&all(ActionKind::ALL, ActionKind::word))),
    ])
}

/// What a changed request is answered with.
pub(crate) fn done() -> Value {
    object(&[
        ("id", uuid()),
        ("number", maybe(&text())),
        ("stage", stage()),
        ("version", whole()),
        ("price", money()),
    ])
}

/// A command: its action, and what the action needs.
pub(crate) fn command() -> Value {
    json!({ "anyOf": commands::ways() })
}

pub(crate) fn command_example() -> Value {
    json!({ "action": "propose", "verdict": "admit", "without": [], "reason": null })
}

/// The same commands, each with its request and, if it is to be guarded, the version that was seen.
pub(crate) fn bulk() -> Value {
    let entries: Vec<Value> = commands::ways().into_iter().map(with_request).collect();
    json!({ "type": "array", "items": { "anyOf": entries }, "maxItems": MANY })
}

fn with_request(mut way: Value) -> Value {
    if let Some(keys) = way.get_mut("properties").and_then(Value::as_object_mut) {
        keys.extend([("request".to_owned(), named()), ("seen".to_owned(), maybe(&whole()))]);
    }
    if let Some(needed) = way.get_mut("required").and_then(Value::as_array_mut) {
        needed.push(json!("request"));
    }
    way
}

pub(crate) fn bulk_example() -> Value {
    json!([{ "request": "2026-001", "seen": 3, "action": "return", "reason": "缺少依据文件" }])
}

pub(crate) fn bulk_answers() -> Value {
    let problem = json!({ "$ref": "#/components/schemas/Problem" });
    list(&object_with(&[("request", text()), ("status", whole())], &[("done", done()), ("problem", problem)]))
}

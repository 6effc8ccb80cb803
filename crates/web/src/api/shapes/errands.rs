//! Shapes of errands: long work with its progress.

use serde_json::{Value, json};
use store::ErrandState;

use crate::api::schema::{all, closed, count, list, maybe, moment, object, open, page, text, uuid};

pub(crate) fn errand() -> Value {
    object(&[
        ("id", uuid()),
        ("kind", all(engine::ErrandKind::ALL, engine::ErrandKind::word)),
        ("wanted", open()),
        ("state", all(ErrandState::ALL, ErrandState::word)),
        ("done", count()),
        ("total", count()),
        ("begun_at", moment()),
        ("ended_at", maybe(&moment())),
        ("result", maybe(&open())),
        ("failure", maybe(&open())),
        ("address", text()),
    ])
}

pub(crate) fn errands() -> Value {
    page(&errand())
}

/// Seals that are kept outside, `NUMBER:HASH`.
pub(crate) fn witnesses() -> Value {
    let witness =
        json!({ "type": "string", "pattern": "^[0-9]{1,18}:[0-9a-f]{4,128}$", "examples": ["12:3fa0"] });
    closed(&[], &[("witnesses", list(&witness))])
}

//! The caller, and the caller's tokens.

use serde_json::{Value, json};

use crate::api::schema::{closed, list, maybe, moment, object, page, text, uuid, words};

pub(crate) fn me() -> Value {
    let place = object(&[("id", uuid()), ("code", text()), ("name", text())]);
    object(&[
        ("id", uuid()),
        ("name", text()),
        ("email", text()),
        ("language", text()),
        ("organisation", place),
        ("roles", list(&text())),
        ("signed_in_by", words(&["session", "read", "write"])),
        ("form_token", maybe(&text())),
    ])
}

fn token_keys() -> Vec<(&'static str, Value)> {
    let reach = words(&["read", "write"]);
    vec![
        ("id", uuid()),
        ("name", text()),
        ("reach", reach),
        ("created_at", moment()),
        ("expires_at", moment()),
        ("used_at", maybe(&moment())),
    ]
}

pub(crate) fn tokens() -> Value {
    page(&object(&token_keys()))
}

/// The token itself is in no other answer, nor in the answer to a repeated call.
pub(crate) fn made_token() -> Value {
    let mut keys = token_keys();
    keys.push(("token", maybe(&text())));
    object(&keys)
}

pub(crate) fn new_token() -> Value {
    let name = json!({ "type": "string", "minLength": 1, "maxLength": 100 });
    let days = json!({ "type": "integer", "minimum": 1, "maximum": engine::LONGEST_TOKEN_DAYS });
    closed(&[("name", name), ("reach", words(&["read", "write"])), ("days", days)], &[])
}

pub(crate) fn token_example() -> Value {
    json!({ "name": "报表", "reach": "read", "days": 90 })
}

pub(crate) fn ended_token() -> Value {
    object(&[("ended", uuid())])
}

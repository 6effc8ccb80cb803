//! The caller, and the caller's tokens.

use serde_json::{Value, json};

use crate::api::schema::{closed, count, flag, list, maybe, moment, object, page, text, uuid, words};
use crate::sign_in::passwords;

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

pub(crate) fn own_account() -> Value {
    object(&[
        ("has_password", flag()),
        ("password_changed_at", maybe(&moment())),
        ("has_factor", flag()),
        ("recovery_codes_left", count()),
    ])
}

pub(crate) fn sessions() -> Value {
    page(&object(&[
        ("id", uuid()),
        ("created_at", moment()),
        ("seen_at", moment()),
        ("source", text()),
        ("agent", text()),
        ("is_this", flag()),
    ]))
}

pub(crate) fn ended_session() -> Value {
    object(&[("ended", uuid())])
}

pub(crate) fn ended_sessions() -> Value {
    object(&[("ended", count())])
}

/// Longer than any password or code.
fn typed() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": passwords::MOST })
}

pub(crate) fn new_password() -> Value {
    let new = json!({
        "type": "string", "minLength": passwords::LEAST, "maxLength": passwords::MOST,
        "examples": ["one sentence of my own"],
    });
    closed(&[("old", typed()), ("new", new)], &[])
}

/// What is answered where the session has changed; its cookie comes with the answer.
pub(crate) fn renewed() -> Value {
    object(&[("form_token", text())])
}

/// Base32, and the address that an authenticator reads from a QR code.
pub(crate) fn offered_factor() -> Value {
    object(&[("secret", text()), ("address", text())])
}

pub(crate) fn new_factor() -> Value {
    closed(&[("secret", typed()), ("code", typed()), ("password", typed())], &[])
}

pub(crate) fn shown_password() -> Value {
    closed(&[("password", typed())], &[])
}

/// A code of the factor, or a recovery code.
pub(crate) fn shown_factor() -> Value {
    closed(&[("code", typed()), ("password", typed())], &[])
}

pub(crate) fn recovery_codes() -> Value {
    object(&[("recovery_codes", list(&text())), ("form_token", text())])
}

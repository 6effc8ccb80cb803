//! What everybody may read.

use serde_json::{Value, json};
use workflow::stage::StageKind;

use super::place;
use crate::api::schema::{all, day, list, maybe, money, object, page, text, uuid, whole};

/// 1 to 7; 0 is outside the seven.
pub(crate) fn function() -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": 7 })
}

fn keys() -> Vec<(&'static str, Value)> {
    vec![
        ("id", uuid()),
        ("number", text()),
        ("title", text()),
        ("district", place()),
        ("department", place()),
        ("function", maybe(&whole())),
        ("stage", all(StageKind::ALL, StageKind::word)),
        ("price", money()),
        ("starts_on", maybe(&day())),
        ("ends_on", maybe(&day())),
        ("communities", list(&place())),
    ]
}

pub(crate) fn disclosures() -> Value {
    page(&object(&keys()))
}

pub(crate) fn disclosure() -> Value {
    let part = object(&[("community", place()), ("stage", text()), ("price", money()), ("paid", money())]);
    let mut keys = keys();
    keys.extend([("item", maybe(&text())), ("class", maybe(&text())), ("parts", list(&part))]);
    object(&keys)
}

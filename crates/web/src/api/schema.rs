//! Small builders for JSON Schema, in the formats of `contract.md`.

use serde_json::{Map, Value, json};

pub(crate) fn text() -> Value {
    json!({ "type": "string" })
}

pub(crate) fn uuid() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

/// Decimal yuan with two places.
pub(crate) fn money() -> Value {
    json!({ "type": "string", "pattern": "^-?[0-9]+\\.[0-9]{2}$" })
}

/// Decimal hours with two places.
pub(crate) fn hours() -> Value {
    money()
}

pub(crate) fn day() -> Value {
    json!({ "type": "string", "format": "date" })
}

pub(crate) fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

pub(crate) fn month() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$" })
}

pub(crate) fn whole() -> Value {
    json!({ "type": "integer" })
}

pub(crate) fn flag() -> Value {
    json!({ "type": "boolean" })
}

/// The years that may be asked for.
pub(crate) const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

pub(crate) fn year() -> Value {
    json!({ "type": "integer", "minimum": YEARS.start(), "maximum": YEARS.end() })
}

pub(crate) fn words(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

pub(crate) fn list(of: &Value) -> Value {
    json!({ "type": "array", "items": of })
}

pub(crate) fn maybe(of: &Value) -> Value {
    json!({ "anyOf": [of, { "type": "null" }] })
}

/// Anything: its parts are described in the words of the policy, not here.
pub(crate) fn open() -> Value {
    json!({ "type": "object" })
}

/// An object with all of these keys.
pub(crate) fn object(keys: &[(&str, Value)]) -> Value {
    object_with(keys, &[])
}

/// An object with all of the first keys, and perhaps some of the second.
pub(crate) fn object_with(needed: &[(&str, Value)], others: &[(&str, Value)]) -> Value {
    let pairs = needed.iter().chain(others).map(|(key, schema)| ((*key).to_owned(), schema.clone()));
    let properties: Map<String, Value> = pairs.collect();
    let required: Vec<&str> = needed.iter().map(|(key, _)| *key).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

/// An object that knows no other keys than these.
pub(crate) fn closed(needed: &[(&str, Value)], others: &[(&str, Value)]) -> Value {
    let mut schema = object_with(needed, others);
    if let Some(object) = schema.as_object_mut() {
        object.insert("additionalProperties".to_owned(), json!(false));
    }
    schema
}

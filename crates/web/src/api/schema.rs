//! Small builders for JSON Schema, in the formats of `contract.md`.

use serde_json::{Map, Value, json};
use workflow::calendar::YEARS;

/// Any text that is carried over as it is.
pub(crate) fn text() -> Value {
    json!({ "type": "string" })
}

/// Letters of a text that a person writes.
const LETTERS: usize = workflow::facts::limits::CHARACTERS;

/// What a person says: a reason, a report, an order.
pub(crate) fn said() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": LETTERS })
}

/// A code, a number or a name by which something is known.
pub(crate) fn named() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 200 })
}

pub(crate) fn uuid() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

/// Decimal yuan with two places.
pub(crate) const MONEY: &str = "^-?[0-9]+\\.[0-9]{2}$";

pub(crate) fn money() -> Value {
    json!({ "type": "string", "pattern": MONEY })
}

/// Decimal hours with two places.
pub(crate) fn hours() -> Value {
    money()
}

/// Yuan as they are given, never below zero.
pub(crate) const AMOUNT: &str = "^[0-9]{1,12}\\.[0-9]{2}$";

pub(crate) fn amount() -> Value {
    json!({ "type": "string", "pattern": AMOUNT, "examples": ["4543.20"] })
}

/// A decimal with at most six places, never below zero: a share, a coverage, minutes of a unit.
pub(crate) const DECIMAL: &str = "^[0-9]{1,9}(\\.[0-9]{1,6})?$";

pub(crate) fn decimal() -> Value {
    json!({ "type": "string", "pattern": DECIMAL, "examples": ["0.25"] })
}

pub(crate) fn day() -> Value {
    json!({ "type": "string", "format": "date" })
}

pub(crate) fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

pub(crate) const MONTH: &str = "^[0-9]{4}-(0[1-9]|1[0-2])$";

pub(crate) fn month() -> Value {
    json!({ "type": "string", "pattern": MONTH })
}

pub(crate) fn whole() -> Value {
    json!({ "type": "integer" })
}

/// A count, never below zero.
pub(crate) fn count() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

pub(crate) fn flag() -> Value {
    json!({ "type": "boolean" })
}

pub(crate) fn year() -> Value {
    json!({ "type": "integer", "minimum": YEARS.start(), "maximum": YEARS.end() })
}

pub(crate) fn words(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

/// The words of a closed list.
pub(crate) fn all<T: Copy>(list: &[T], word: fn(T) -> &'static str) -> Value {
    let found: Vec<&str> = list.iter().map(|one| word(*one)).collect();
    words(&found)
}

pub(crate) fn list(of: &Value) -> Value {
    json!({ "type": "array", "items": of })
}

/// One page of a list, and from where the next one goes on.
pub(crate) fn page(of: &Value) -> Value {
    object(&[("items", list(of)), ("next", maybe(&text()))])
}

/// One page of a list, and how many rows it goes on without, since they cannot be read.
pub(crate) fn page_without(of: &Value) -> Value {
    object(&[("items", list(of)), ("next", maybe(&text())), ("unreadable", count())])
}

pub(crate) fn maybe(of: &Value) -> Value {
    json!({ "anyOf": [of, { "type": "null" }] })
}

/// An object without keys.
pub(crate) fn nothing() -> Value {
    closed(&[], &[])
}

/// Anything: its parts are described in the words of the policy, not here.
pub(crate) fn open() -> Value {
    json!({ "type": "object" })
}

/// A text in both languages.
pub(crate) fn both() -> Value {
    object(&[("zh", text()), ("en", text())])
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

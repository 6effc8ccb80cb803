//! Script values as JSON, for facts of findings and the trace.

use chrono::NaiveDate;
use rhai::{Array, Dynamic, ImmutableString, Map};
use serde_json::Value;
use workflow::money::Fen;

use super::list::List;

/// The JSON of a value a script may hold; nothing for a view, which is no fact.
pub(crate) fn to_json(value: &Dynamic) -> Option<Value> {
    if let Some(list) = value.read_lock::<List>() {
        return Some(Value::from(list.entries()));
    }
    if let Ok(flag) = value.as_bool() {
        return Some(Value::Bool(flag));
    }
    if let Ok(number) = value.as_int() {
        return Some(Value::from(number));
    }
    if let Some(text) = value.read_lock::<ImmutableString>() {
        return Some(Value::from(text.as_str()));
    }
    if let Some(date) = value.read_lock::<NaiveDate>() {
        return Some(Value::from(date.to_string()));
    }
    if let Some(amount) = value.read_lock::<Fen>() {
        return Some(Value::from(amount.to_string()));
    }
    if let Some(list) = value.read_lock::<Array>() {
        return list.iter().map(to_json).collect::<Option<Vec<_>>>().map(Value::Array);
    }
    let map = value.read_lock::<Map>()?;
    let members = map.iter().map(|(key, value)| Some((key.to_string(), to_json(value)?)));
    members.collect::<Option<serde_json::Map<_, _>>>().map(Value::Object)
}

//! Script values as JSON, for facts of findings and the trace.

use chrono::NaiveDate;
use rhai::{Array, Dynamic, ImmutableString, Map};
use serde_json::Value;
use workflow::money::Fen;

use super::list::List;

/// The JSON of a value a script may hold; nothing for a view, which is no fact.
pub(crate) fn to_json(value: Dynamic) -> Option<Value> {
    let value = match value.try_cast_result::<List>() {
        Ok(list) => return Some(Value::Array(list.into_entries())),
        Err(value) => value,
    };
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
    let value = match value.try_cast_result::<Array>() {
        Ok(list) => return list.into_iter().map(to_json).collect::<Option<Vec<_>>>().map(Value::Array),
        Err(value) => value,
    };
    let members = value.try_cast::<Map>()?.into_iter();
    members.map(|(key, value)| Some((key.into(), to_json(value)?))).collect::<Option<_>>().map(Value::Object)
}

//! Bodies that fit the description of an operation: each way that its shape leaves open, with all that may stand in it. What
//! must be the name of something is given by the story.

use serde_json::{Map, Value, json};

use crate::desk::papers::DOT_IN_BASE64;

/// What is to stand at a key of that shape, where the story says so; a text itself is asked for without a key.
pub(crate) type Named<'a> = &'a dyn Fn(&str, &Value) -> Option<Value>;

/// The shape of what an operation takes.
pub(crate) fn shape<'a>(description: &'a Value, (method, route): (&str, &str)) -> Option<&'a Value> {
    let operation = &description["paths"][route][method.to_ascii_lowercase()];
    operation["requestBody"]["content"]["application/json"].get("schema")
}

/// One body for each way.
pub(crate) fn bodies(shape: &Value, named: Named) -> Vec<Value> {
    match shape["anyOf"].as_array() {
        Some(ways) => ways.iter().map(|way| body(way, named)).collect(),
        None => vec![body(shape, named)],
    }
}

fn body(shape: &Value, named: Named) -> Value {
    let first = |key: &str| shape[key].as_array().and_then(|all| all.first());
    if let Some(said) = first("examples").or_else(|| shape.get("const")).or_else(|| first("enum")) {
        return said.clone();
    }
    if let Some(way) = first("anyOf") {
        return body(way, named);
    }
    match shape["type"].as_str() {
        Some("object") => {
            let keys = shape["properties"].as_object().into_iter().flatten();
            let pairs =
                keys.map(|(key, of)| (key.clone(), named(key, of).unwrap_or_else(|| body(of, named))));
            Value::Object(pairs.collect::<Map<_, _>>())
        }
        Some("array") => json!([body(&shape["items"], named)]),
        Some("integer") => json!(shape["minimum"].as_i64().unwrap_or(1).max(1)),
        Some("boolean") => json!(true),
        Some("string") => named("", shape).unwrap_or_else(|| json!(text(shape))),
        _ => Value::Null,
    }
}

/// Whether people write there what they like.
pub(crate) fn is_free(shape: &Value) -> bool {
    let bound = ["enum", "const", "format", "pattern", "contentEncoding", "examples"];
    shape["type"] == "string" && bound.iter().all(|key| shape[*key].is_null())
}

/// Every text of a body by its pointer.
pub(crate) fn texts(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(at.to_owned()),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, one)| texts(one, &format!("{at}/{index}"), found));
        }
        Value::Object(map) => map.iter().for_each(|(key, one)| texts(one, &format!("{at}/{key}"), found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn text(shape: &Value) -> &'static str {
    match shape["format"].as_str() {
        Some("uuid") => "0198f2c0-0000-7000-8000-000000000000",
        Some("date") => "2026-07-06",
        _ if shape["contentEncoding"] == "base64" => DOT_IN_BASE64,
        _ => "文字",
    }
}

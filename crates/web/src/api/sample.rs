//! A value that fits a shape, for examples, and the shape itself in a short notation that people read.

use serde_json::{Map, Value, json};

use super::schema::{AMOUNT, DECIMAL, MONEY, MONTH};

/// A value that fits a shape; what may be missing is left out.
pub(crate) fn sample(shape: &Value) -> Value {
    if let Some(first) = shape["examples"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    if let Some(only) = shape.get("const") {
        return only.clone();
    }
    if let Some(first) = ["enum", "anyOf"].iter().find_map(|key| shape[*key].as_array()?.first()) {
        return if shape["enum"].is_array() { first.clone() } else { sample(first) };
    }
    match shape["type"].as_str() {
        Some("object") => {
            let needed = shape["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let of = |key: &str| shape["properties"].get(key).map(sample).unwrap_or_default();
            let pairs = needed.map(|key| (key.to_owned(), of(key)));
            Value::Object(pairs.collect::<Map<_, _>>())
        }
        Some("array") => json!([sample(&shape["items"])]),
        Some("integer") => {
            shape.get("minimum").map_or(json!(1), |least| json!(least.as_i64().unwrap_or(1).max(1)))
        }
        Some("boolean") => json!(true),
        Some("string") => json!(text(shape)),
        _ => Value::Null,
    }
}

fn text(shape: &Value) -> &'static str {
    match (shape["format"].as_str(), shape["pattern"].as_str()) {
        (Some("uuid"), _) => "0198f2c0-0000-7000-8000-000000000000",
        (Some("date"), _) => "2026-05-06",
        (Some("date-time"), _) => "2026-05-06T01:30:00Z",
        (_, Some(MONEY | AMOUNT)) => "4543.20",
        (_, Some(DECIMAL)) => "0.25",
        (_, Some(MONTH)) => "2026-05",
        _ => "…",
    }
}

/// The shape as people read it: keys with what may stand there, `?` behind what may be missing.
pub(crate) fn notation(shape: &Value) -> String {
    let mut written = String::new();
    write(&mut written, shape, 0);
    written
}

fn write(written: &mut String, shape: &Value, depth: usize) {
    if let Some(ways) = shape["anyOf"].as_array() {
        for (index, way) in ways.iter().enumerate() {
            written.push_str(if index == 0 { "" } else { " | " });
            write(written, way, depth);
        }
        return;
    }
    match shape["type"].as_str() {
        Some("object") => write_keys(written, shape, depth),
        Some("array") => {
            written.push('[');
            write(written, &shape["items"], depth);
            written.push(']');
        }
        _ => written.push_str(&word(shape)),
    }
}

fn write_keys(written: &mut String, shape: &Value, depth: usize) {
    let Some(keys) = shape["properties"].as_object().filter(|keys| !keys.is_empty()) else {
        written.push_str(if shape["additionalProperties"] == false { "{}" } else { "{ … }" });
        return;
    };
    let needed = |key: &str| shape["required"].as_array().is_some_and(|all| all.contains(&json!(key)));
    // Commands are short; one line each shows them all.
    let is_short =
        keys.len() <= 5 && keys.values().all(|shape| shape["type"] != "object" && shape["anyOf"].is_null());
    let indent = if is_short { " ".to_owned() } else { format!("\n{}", "  ".repeat(depth + 1)) };
    let close = if is_short { " }".to_owned() } else { format!("\n{}}}", "  ".repeat(depth)) };
    let (open, between) = (format!("{{{indent}"), format!(",{indent}"));
    let (first, later): (Vec<_>, Vec<_>) = keys.iter().partition(|(key, _)| needed(key));
    written.push_str(&open);
    for (index, (key, shape)) in first.into_iter().chain(later).enumerate() {
        written.push_str(if index == 0 { "" } else { &between });
        written.push_str(key);
        written.push_str(if needed(key) { ": " } else { "?: " });
        write(written, shape, depth + 1);
    }
    written.push_str(&close);
}

fn word(shape: &Value) -> String {
    if let Some(only) = shape.get("const") {
        return only.to_string();
    }
    if let Some(words) = shape["enum"].as_array() {
        let words: Vec<String> = words.iter().map(Value::to_string).collect();
        return words.join(" | ");
    }
    let kind = match (shape["format"].as_str(), shape["pattern"].as_str()) {
        (Some("uuid"), _) => "id",
        (Some("date"), _) => "YYYY-MM-DD",
        (Some("date-time"), _) => "YYYY-MM-DDThh:mm:ssZ",
        (Some("binary"), _) => "bytes",
        (_, Some(MONEY | AMOUNT)) => "\"0.00\"",
        (_, Some(DECIMAL)) => "\"0.25\"",
        (_, Some(MONTH)) => "YYYY-MM",
        _ if shape["contentEncoding"].is_string() => "base64",
        _ => shape["type"].as_str().unwrap_or("…"),
    };
    kind.to_owned()
}

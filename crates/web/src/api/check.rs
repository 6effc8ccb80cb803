//! Whether a JSON value has the shape that the description tells: the same schema is served to readers and asked here, so
//! that neither can say what the other does not. Every fault has its JSON pointer.

use serde_json::{Map, Value};
use uuid::Uuid;
use workflow::calendar::{Month, read_day};
use workflow::decimal::Decimal;
use workflow::facts::Fault;
use workflow::money::Fen;

use super::schema::{AMOUNT, DECIMAL, MONTH};

/// All faults of a value, each with its place; none where it fits.
pub(crate) fn check(schema: &Value, value: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    Place { schema, value, pointer: "" }.look(&mut faults);
    faults
}

/// A part of a value with the schema that it is held against.
struct Place<'a> {
    schema: &'a Value,
    value: &'a Value,
    pointer: &'a str,
}

impl Place<'_> {
    fn look(&self, faults: &mut Vec<Fault>) {
        if let Some(ways) = self.schema["anyOf"].as_array() {
            return self.look_at_ways(ways, faults);
        }
        if let Some(said) = self.fault() {
            faults.push(Fault { pointer: self.pointer.to_owned(), message: said });
            return;
        }
        match self.value {
            Value::Object(keys) => self.look_at_keys(keys, faults),
            Value::Array(items) if !self.schema["items"].is_null() => {
                for (index, value) in items.iter().enumerate() {
                    let pointer = format!("{}/{index}", self.pointer);
                    Place { schema: &self.schema["items"], value, pointer: &pointer }.look(faults);
                }
            }
            _ => {}
        }
    }

    /// One of the shapes must fit. If none does, the faults of the one that is meant are told.
    fn look_at_ways(&self, ways: &[Value], faults: &mut Vec<Fault>) {
        let held = |schema| {
            let mut faults = Vec::new();
            Place { schema, ..*self }.look(&mut faults);
            faults
        };
        let found: Vec<(&Value, Vec<Fault>)> = ways.iter().map(|schema| (schema, held(schema))).collect();
        if found.iter().any(|(_, faults)| faults.is_empty()) {
            return;
        }
        let meant = found.into_iter().max_by_key(|(schema, _)| self.resembles(schema));
        faults.extend(meant.map(|(_, faults)| faults).unwrap_or_default());
    }

    /// How much a value looks as if a shape was meant: the kind first, then the words that name the shape.
    fn resembles(&self, schema: &Value) -> usize {
        let is_kind = schema["type"].as_str().is_some_and(|kind| kind != "null" && is_of(kind, self.value));
        let named = schema["properties"].as_object().into_iter().flatten();
        let fits = |(key, shape): &(&String, &Value)| {
            shape.get("const").is_some_and(|word| self.value.get(key.as_str()) == Some(word))
        };
        usize::from(is_kind) + named.filter(fits).count()
    }

    fn look_at_keys(&self, keys: &Map<String, Value>, faults: &mut Vec<Fault>) {
        let mut fault = |key: &str, message: &str| {
            let pointer = format!("{}/{}", self.pointer, escaped(key));
            faults.push(Fault { pointer, message: message.to_owned() });
        };
        let known = self.schema["properties"].as_object();
        for needed in self.schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !keys.contains_key(needed) {
                fault(needed, "is missing");
            }
        }
        let is_closed = self.schema["additionalProperties"] == Value::Bool(false);
        for key in keys.keys().filter(|key| is_closed && !known.is_some_and(|known| known.contains_key(*key)))
        {
            fault(key, "is not known here");
        }
        for (key, value) in keys {
            let Some(schema) = known.and_then(|known| known.get(key)) else { continue };
            let pointer = format!("{}/{}", self.pointer, escaped(key));
            Place { schema, value, pointer: &pointer }.look(faults);
        }
    }

    /// What is wrong with the value itself, its parts left aside.
    fn fault(&self) -> Option<String> {
        if let Some(kind) = self.schema["type"].as_str()
            && !is_of(kind, self.value)
        {
            return Some(format!("`{kind}` is expected here"));
        }
        if let Some(words) = self.schema["enum"].as_array()
            && !words.contains(self.value)
        {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            return Some(format!("one of {} is expected here", words.join(", ")));
        }
        if let Some(only) = self.schema.get("const")
            && only != self.value
        {
            return Some(format!("{only} is expected here"));
        }
        match self.value {
            Value::String(text) => self.fault_of_text(text),
            Value::Array(items) => self.fault_of_count(items.len()),
            Value::Number(_) => self.fault_of_number(),
            _ => None,
        }
    }

    fn bound(&self, name: &str) -> Option<i64> {
        self.schema[name].as_i64()
    }

    fn fault_of_text(&self, text: &str) -> Option<String> {
        if text.contains('\0') {
            return Some("the character NUL is not allowed".to_owned());
        }
        let letters = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        if self.bound("minLength").is_some_and(|least| letters < least) {
            return Some("some text is expected here".to_owned());
        }
        if let Some(most) = self.bound("maxLength").filter(|most| letters > *most) {
            return Some(format!("at most {most} characters are expected here"));
        }
        let (fits, wanted) = match (self.schema["format"].as_str(), self.schema["pattern"].as_str()) {
            (Some("uuid"), _) => (text.parse::<Uuid>().is_ok(), "an id"),
            (Some("date"), _) => (read_day(text).is_some(), "a day such as 2026-05-06"),
            (_, Some(AMOUNT)) => (Fen::parse(text).is_ok(), "yuan such as 1234.50"),
            (_, Some(DECIMAL)) => (Decimal::parse(text).is_ok(), "a decimal such as 0.25"),
            (_, Some(MONTH)) => (Month::parse(text).is_ok(), "a month such as 2026-05"),
            _ => (true, ""),
        };
        (!fits).then(|| format!("{wanted} is expected here"))
    }

    fn fault_of_count(&self, items: usize) -> Option<String> {
        let items = i64::try_from(items).unwrap_or(i64::MAX);
        if self.bound("minItems").is_some_and(|least| items < least) {
            return Some("at least one entry is expected here".to_owned());
        }
        let most = self.bound("maxItems").filter(|most| items > *most)?;
        Some(format!("at most {most} entries are expected here"))
    }

    fn fault_of_number(&self) -> Option<String> {
        let (least, most) = (self.bound("minimum"), self.bound("maximum"));
        let number = self.value.as_i64().unwrap_or(i64::MAX);
        let fits = least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most);
        if fits {
            return None;
        }
        let said = |bound: Option<i64>| bound.map_or_else(|| "…".to_owned(), |bound| bound.to_string());
        Some(format!("a number from {} to {} is expected here", said(least), said(most)))
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => true,
    }
}

/// A key as it stands in a JSON pointer.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

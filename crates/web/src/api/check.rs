//! Whether a JSON value has the shape that the description tells: the same schema is served to readers and asked here, so
//! that neither can say what the other does not. Every fault has its JSON pointer.

use serde_json::{Map, Value};
use uuid::Uuid;
use workflow::calendar::{Month, read_day};
use workflow::decimal::Decimal;
use workflow::facts::Fault;
use workflow::language::Bilingual;
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
        let mut fault = |key: &str, zh: &str, en: &str| {
            faults.push(Fault::new(format!("{}/{}", self.pointer, escaped(key)), (zh, en)));
        };
        let known = self.schema["properties"].as_object();
        for needed in self.schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !keys.contains_key(needed) {
                fault(needed, "缺少这一项", "is missing");
            }
        }
        let is_closed = self.schema["additionalProperties"] == Value::Bool(false);
        for key in keys.keys().filter(|key| is_closed && !known.is_some_and(|known| known.contains_key(*key)))
        {
            fault(key, "没有这一项", "is not known here");
        }
        for (key, value) in keys {
            let Some(schema) = known.and_then(|known| known.get(key)) else { continue };
            let pointer = format!("{}/{}", self.pointer, escaped(key));
            Place { schema, value, pointer: &pointer }.look(faults);
        }
    }

    /// What is wrong with the value itself, its parts left aside.
    fn fault(&self) -> Option<Bilingual> {
        if let Some(kind) = self.schema["type"].as_str()
            && !is_of(kind, self.value)
        {
            return Some(expected(&format!("{}（{kind}）", kind_in_chinese(kind)), &format!("`{kind}`")));
        }
        if let Some(words) = self.schema["enum"].as_array()
            && !words.contains(self.value)
        {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            return Some(expected(
                &format!("下列之一：{}", words.join("、")),
                &format!("one of {}", words.join(", ")),
            ));
        }
        if let Some(only) = self.schema.get("const")
            && only != self.value
        {
            return Some(expected(&only.to_string(), &only.to_string()));
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

    fn fault_of_text(&self, text: &str) -> Option<Bilingual> {
        if text.contains('\0') {
            return Some(("不能含有空字符（NUL）", "the character NUL is not allowed").into());
        }
        let letters = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        if self.bound("minLength").is_some_and(|least| letters < least) {
            return Some(("不能为空", "some text is expected here").into());
        }
        if let Some(most) = self.bound("maxLength").filter(|most| letters > *most) {
            return Some(
                (format!("最多 {most} 个字符"), format!("at most {most} characters are expected here"))
                    .into(),
            );
        }
        let (fits, zh, en) = match (self.schema["format"].as_str(), self.schema["pattern"].as_str()) {
            (Some("uuid"), _) => (text.parse::<Uuid>().is_ok(), "标识（UUID）", "an id"),
            (Some("date"), _) => {
                (read_day(text).is_some(), "日期，如 2026-05-06", "a day such as 2026-05-06")
            }
            (_, Some(AMOUNT)) => (Fen::parse(text).is_ok(), "金额（元），如 1234.50", "yuan such as 1234.50"),
            (_, Some(DECIMAL)) => (Decimal::parse(text).is_ok(), "小数，如 0.25", "a decimal such as 0.25"),
            (_, Some(MONTH)) => (Month::parse(text).is_ok(), "月份，如 2026-05", "a month such as 2026-05"),
            _ => (true, "", ""),
        };
        (!fits).then(|| expected(zh, en))
    }

    fn fault_of_count(&self, items: usize) -> Option<Bilingual> {
        let items = i64::try_from(items).unwrap_or(i64::MAX);
        if self.bound("minItems").is_some_and(|least| items < least) {
            return Some(("至少一项", "at least one entry is expected here").into());
        }
        let most = self.bound("maxItems").filter(|most| items > *most)?;
        Some((format!("最多 {most} 项"), format!("at most {most} entries are expected here")).into())
    }

    fn fault_of_number(&self) -> Option<Bilingual> {
        let (least, most) = (self.bound("minimum"), self.bound("maximum"));
        let number = self.value.as_i64().unwrap_or(i64::MAX);
        let fits = least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most);
        if fits {
            return None;
        }
        let said = |bound: Option<i64>| bound.map_or_else(|| "…".to_owned(), |bound| bound.to_string());
        let (least, most) = (said(least), said(most));
        Some(expected(&format!("{least} 至 {most} 的数"), &format!("a number from {least} to {most}")))
    }
}

fn expected(zh: &str, en: &str) -> Bilingual {
    (format!("应为{zh}"), format!("{en} is expected here")).into()
}

fn kind_in_chinese(kind: &str) -> &'static str {
    match kind {
        "string" => "文字",
        "integer" => "整数",
        "boolean" => "真或假",
        "array" => "列表",
        "object" => "对象",
        "null" => "空值",
        _ => "数",
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

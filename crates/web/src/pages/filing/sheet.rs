//! The application form as it is typed: fields by name, and the application that is read from them. A field's name is the
//! JSON pointer of what it fills in, with dots. Whatever was typed stays as it was typed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;
use engine::{Change, ChoosablePlace, EngineError, Filing};
use serde_json::{Value, json};
use workflow::decimal::Decimal;
use workflow::facts::{Application, Volume};
use workflow::request::Request;

use super::pasted::{self, Strange};
use crate::once;

/// What is in the form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sheet {
    fields: BTreeMap<String, String>,
    pub(crate) communities: BTreeSet<String>,
    /// Kinds of personal data that are ticked.
    pub(crate) personal: BTreeSet<String>,
    /// Subdistricts, or [`ALL`], of which every community is wanted.
    whole: BTreeSet<String>,
    /// Pasted codes that may not be chosen.
    pub(crate) strange: Strange,
}

/// Stands for every community of the district.
pub(crate) const ALL: &str = "all";

/// Kinds of personal data that are offered to be ticked, as the register names them.
pub(crate) const PERSONAL: [(&str, &str, &str); 8] = [
    ("name", "姓名", "names"),
    ("address", "住址", "addresses"),
    ("phone", "电话", "telephone numbers"),
    ("id_number", "身份证号", "identity numbers"),
    ("marital_status", "婚姻状况", "marital status"),
    ("employment", "就业状况", "employment"),
    ("disability", "残疾状况", "disability"),
    ("income", "收入", "income"),
];

/// Fields that are filled in before anybody has typed: what the form starts with, and what is hidden in it.
const GIVEN: [&str; 8] = ["term", "origin", "of", "of_version", once::FIELD, "request", "version", "do"];

/// Lists of rows, with the fields that make a row more than blank.
const LISTS: [(&str, &[&str]); 3] = [
    ("work", &["what", "amount", "minutes_per_unit"]),
    ("direct_costs", &["what", "amount"]),
    ("burdens", &["name", "number", "approval", "expires_on"]),
];

impl Sheet {
    /// A posted form; rows that are blank are left out, and the others numbered anew.
    pub(crate) fn posted(pairs: Vec<(String, String)>) -> Sheet {
        let mut sheet = Sheet::default();
        for (name, value) in pairs {
            match name.as_str() {
                "_token" => false,
                "community" => sheet.communities.insert(value),
                "personal" => sheet.personal.insert(value),
                "whole" => sheet.whole.insert(value),
                _ => sheet.fields.insert(name, value).is_none(),
            };
        }
        for (list, typed) in LISTS {
            sheet.number_anew(list, typed);
        }
        sheet
    }

    /// The form of an application that is kept.
    pub(crate) fn of(application: &Application, request: &Request) -> Sheet {
        let is_offered = |one: &&String| PERSONAL.iter().any(|(code, ..)| code == one);
        let (offered, other): (Vec<_>, Vec<_>) = application.personal_data.iter().partition(is_offered);
        let mut sheet = Sheet {
            communities: request.targets.iter().map(|target| target.code.clone()).collect(),
            personal: offered.into_iter().cloned().collect(),
            ..Sheet::default()
        };
        sheet.set("personal_other", other.into_iter().cloned().collect::<Vec<_>>().join("、"));
        let written = serde_json::to_value(application).unwrap_or_default();
        sheet.take("", &written);
        for (index, line) in application.work.iter().enumerate() {
            let (per, amount) = match line.volume {
                Volume::Fixed { fixed } => ("fixed", fixed.to_string()),
                Volume::Coverage { per, coverage } => (per.word(), percent(coverage)),
            };
            sheet.set(&format!("work.{index}.per"), per);
            sheet.set(&format!("work.{index}.amount"), amount);
        }
        if application.offer.as_ref().is_some_and(|offer| offer.in_budget) {
            sheet.set("offer.in_budget", "yes");
        }
        sheet
    }

    /// Texts and numbers of a JSON value become fields.
    fn take(&mut self, name: &str, value: &Value) {
        let below = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| self.take(&below(key), value)),
            Value::Array(list) => {
                list.iter()
                    .enumerate()
                    .for_each(|(index, value)| self.take(&below(&index.to_string()), value));
            }
            Value::String(text) => self.set(name, text.clone()),
            Value::Number(number) => self.set(name, number.to_string()),
            Value::Null | Value::Bool(_) => {}
        }
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        self.fields.get(name).map(String::as_str).unwrap_or_default()
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.fields.insert(name.to_owned(), value.into());
    }

    /// Whether nothing has been typed at all.
    pub(crate) fn is_blank(&self) -> bool {
        let is_typed =
            |(name, value): (&String, &String)| !GIVEN.contains(&name.as_str()) && !value.trim().is_empty();
        !self.fields.iter().any(is_typed) && self.communities.is_empty() && self.personal.is_empty()
    }

    /// How many rows a list has.
    pub(crate) fn rows(&self, list: &str) -> usize {
        self.indices(list).len()
    }

    /// Takes a row out, such as `work.1`.
    pub(crate) fn drop_row(&mut self, row: &str) {
        let inside = format!("{row}.");
        self.fields.retain(|name, _| !name.starts_with(&inside));
        for (list, typed) in LISTS {
            self.number_anew(list, typed);
        }
    }

    /// Adds the communities of what is wanted whole and of the pasted codes; of all places only those that there are. Codes
    /// that are of none of them stay pasted.
    pub(crate) fn expand(&mut self, places: &[ChoosablePlace]) {
        let whole = std::mem::take(&mut self.whole);
        let wanted = places.iter().filter(|place| {
            let above = place.subdistrict.as_ref().map(|(code, _)| code);
            whole.contains(ALL) || above.is_some_and(|code| whole.contains(code))
        });
        self.communities.extend(wanted.map(|place| place.code.clone()));
        let (chosen, strange) = pasted::read(self.get("codes"), places);
        self.communities.extend(chosen);
        self.set("codes", strange.text());
        self.strange = strange;
    }

    /// What is to be kept or assessed.
    ///
    /// # Errors
    /// Every fault of the application, and every pasted code that may not be chosen.
    pub(crate) fn filing(&self) -> Result<Filing, EngineError> {
        let read = Filing::read(&self.application(), self.codes());
        let strange = self.strange.faults();
        match read {
            Err(EngineError::Malformed(faults)) => {
                Err(EngineError::Malformed(faults.into_iter().chain(strange).collect()))
            }
            Ok(_) if !strange.is_empty() => Err(EngineError::Malformed(strange)),
            read => read,
        }
    }

    fn codes(&self) -> Vec<String> {
        self.communities.iter().cloned().collect()
    }

    fn indices(&self, list: &str) -> BTreeSet<usize> {
        let start = format!("{list}.");
        let index = |name: &String| name.strip_prefix(&start)?.split_once('.')?.0.parse().ok();
        self.fields.keys().filter_map(index).collect()
    }

    fn number_anew(&mut self, list: &str, typed: &[&str]) {
        let mut next = 0;
        for index in self.indices(list) {
            let old = format!("{list}.{index}.");
            let is_blank = typed.iter().all(|name| self.get(&format!("{old}{name}")).trim().is_empty());
            let of_row: Vec<String> =
                self.fields.keys().filter(|name| name.starts_with(&old)).cloned().collect();
            for name in of_row {
                let Some(value) = self.fields.remove(&name) else { continue };
                if let Some(leaf) = name.strip_prefix(&old).filter(|_| !is_blank) {
                    self.fields.insert(format!("{list}.{next}.{leaf}"), value);
                }
            }
            next += usize::from(!is_blank);
        }
    }

    /// The application in JSON, as `contract.md` has it; what is no number stays a text, to be refused at its place.
    fn application(&self) -> Value {
        let rows = |list: &str, row: &dyn Fn(&str) -> Value| {
            (0..self.rows(list)).map(|index| row(&format!("{list}.{index}."))).collect::<Vec<_>>()
        };
        let term = self.get("term");
        json!({
            "title": self.text("title"),
            "description": self.text("description"),
            "item": self.text("item"),
            "cosigned_by": self.text("cosigned_by"),
            "term": if term.is_empty() { "temporary" } else { term },
            "starts_on": self.text("starts_on"),
            "ends_on": self.text("ends_on"),
            "occurred_on": self.text("occurred_on"),
            "governing_document": self.part("governing_document", &["title", "number", "expires_on"]),
            "declarations": self.part("declarations", &["department", "community", "support"]),
            "work": rows("work", &|row| self.work_line(row)),
            "direct_costs": rows("direct_costs", &|row| json!({
                "what": self.get(&format!("{row}what")).trim(),
                "amount": self.get(&format!("{row}amount")).trim(),
            })),
            "burdens": rows("burdens", &|row| json!({
                "kind": self.get(&format!("{row}kind")),
                "name": self.get(&format!("{row}name")).trim(),
                "number": self.text(&format!("{row}number")),
                "approval": self.text(&format!("{row}approval")),
                "expires_on": self.text(&format!("{row}expires_on")),
            })),
            "personal_data": self.personal_data(),
            "offer": self.offer(),
        })
    }

    fn work_line(&self, row: &str) -> Value {
        let field = |name: &str| self.get(&format!("{row}{name}")).trim();
        let volume = match field("per") {
            "fixed" => json!({ "fixed": self.whole_number(&format!("{row}amount")) }),
            per => json!({ "per": per, "coverage": hundredth(field("amount")) }),
        };
        json!({
            "what": field("what"),
            "volume": volume,
            "times": self.whole_number(&format!("{row}times")),
            "minutes_per_unit": field("minutes_per_unit"),
            "day": field("day"),
            "worker": field("worker"),
        })
    }

    fn personal_data(&self) -> Vec<String> {
        let other = self.get("personal_other").split(['、', '，', ',', ';', '；', '\n']);
        let other = other.map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned);
        self.personal.iter().cloned().chain(other).collect()
    }

    fn offer(&self) -> Value {
        if self.get("offer.amount").trim().is_empty() {
            return Value::Null;
        }
        json!({
            "amount": self.get("offer.amount").trim(),
            "in_budget": self.get("offer.in_budget") == "yes",
            "budget_year": self.whole_number("offer.budget_year"),
        })
    }

    /// An object of texts; none where all are blank.
    fn part(&self, name: &str, keys: &[&str]) -> Value {
        let fields: serde_json::Map<String, Value> =
            keys.iter().map(|key| ((*key).to_owned(), self.text(&format!("{name}.{key}")))).collect();
        if fields.values().all(Value::is_null) { Value::Null } else { Value::Object(fields) }
    }

    fn text(&self, name: &str) -> Value {
        match self.get(name).trim() {
            "" => Value::Null,
            text => json!(text),
        }
    }

    fn whole_number(&self, name: &str) -> Value {
        let text = self.get(name).trim();
        text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
    }

    /// Fills in what a change says; texts that only people can write are left to them.
    pub(crate) fn fill(&mut self, change: Change) {
        match change {
            Change::Start { starts_on, ends_on } => {
                self.set("starts_on", starts_on.to_string());
                self.set("ends_on", ends_on.to_string());
            }
            Change::End { ends_on } => self.set("ends_on", ends_on.to_string()),
            Change::Without { communities } => self.communities.retain(|code| !communities.contains(code)),
            Change::Coverage { of } => {
                let rows = (0..self.rows("work")).map(|index| format!("work.{index}."));
                let covering: Vec<String> =
                    rows.filter(|row| self.get(&format!("{row}per")) != "fixed").collect();
                for (row, share) in covering.iter().zip(of) {
                    self.set(&format!("{row}amount"), percent(share));
                }
            }
            Change::Offer { amount, budget_year } => {
                self.set("offer.amount", amount.to_string());
                self.set("offer.in_budget", "yes");
                self.set("offer.budget_year", budget_year.to_string());
            }
            Change::Documents { expires_on, declarations: _ } => {
                if let Some(day) = expires_on {
                    self.set("governing_document.expires_on", day.to_string());
                }
            }
            Change::Cosigner { kind } => self.set("cosigned_by", kind.word()),
        }
    }

    /// The period of the next term: as long as the old one, from the day after its end.
    pub(crate) fn renewed(mut self, old: &Application) -> Sheet {
        if let Some((start, end)) = old.period() {
            let first = end.succ_opt().unwrap_or(end);
            let last = first.checked_add_signed(end.signed_duration_since(start)).unwrap_or(first);
            self.set("starts_on", first.to_string());
            self.set("ends_on", last.to_string());
            self.set("offer.budget_year", first.year().to_string());
        }
        self
    }
}

/// `30` for 0.3.
pub(crate) fn percent(share: Decimal) -> String {
    let (whole, rest) = (share.millionths() / 10_000, share.millionths() % 10_000);
    let rest = format!("{rest:04}");
    match rest.trim_end_matches('0') {
        "" => whole.to_string(),
        rest => format!("{whole}.{rest}"),
    }
}

/// `0.3` for 30; what is no decimal stays as it is.
fn hundredth(text: &str) -> String {
    let exact = Decimal::parse(text).ok().filter(|percent| percent.millionths() % 100 == 0);
    exact.map_or_else(
        || text.to_owned(),
        |percent| {
            let millionths = percent.millionths() / 100;
            format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
        },
    )
}

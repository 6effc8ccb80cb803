//! A sent form as the command that the engine carries out. What is not filled in as it must be is told by its field.

use std::collections::BTreeMap;

use engine::{Command, EngineError};
use serde_json::{Map, Value, json};
use workflow::action::ActionKind;
use workflow::calendar::read_day;
use workflow::facts::Fault;
use workflow::facts::limits::CHARACTERS;
use workflow::id::OrganisationId;
use workflow::language::Bilingual;
use workflow::money::Fen;

use super::{Field, Form, IN_BUDGET, INVITED, Kind, funds, parts};
use crate::posted::UNREAD_FORM;

/// The fields of a sent form.
pub(crate) type Fields = BTreeMap<String, String>;

/// Fields that say how a form is sent, and nothing of what is done.
const BESIDE: [&str; 3] = ["_token", "_back", "version"];
/// Fields that hold an amount.
const AMOUNTS: [&str; 2] = ["price", "amount"];

/// What stands in a field; nothing where there is no such field.
pub(crate) fn written<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", |value| value.trim())
}

pub(super) fn fault(name: &str, said: impl Into<Bilingual>) -> Fault {
    Fault::new(format!("/{name}"), said)
}

impl Form {
    /// Every field that is not filled in as it must be.
    pub(super) fn faults(&self, fields: &Fields) -> Vec<Fault> {
        self.fields.iter().filter_map(|field| field.fault(fields)).collect()
    }
}

impl Field {
    fn fault(&self, fields: &Fields) -> Option<Fault> {
        let text = written(fields, &self.name);
        let said = match &self.kind {
            Kind::Ticks(_) | Kind::Choice(_) => return None,
            Kind::Tick if text.is_empty() => ("请勾选确认", "tick it to confirm"),
            _ if text.is_empty() && self.is_needed => ("请填写", "fill this in"),
            _ if text.is_empty() => return None,
            Kind::Line("date") if read_day(text).is_none() => {
                ("请填写日期，如 2026-03-02", "give a day such as 2026-03-02")
            }
            Kind::Line("number") if text.parse::<i64>().is_err() => ("请填写整数", "give a whole number"),
            _ if AMOUNTS.contains(&self.name.as_str()) && amount(text).is_none() => {
                ("请填写金额（元），如 12000.00", "give an amount in yuan such as 12000.00")
            }
            _ if text.chars().count() > CHARACTERS => {
                let zh = format!("字数过多，最多 {CHARACTERS} 字");
                let en = format!("too long; at most {CHARACTERS} characters");
                return Some(fault(&self.name, (zh, en)));
            }
            _ => return None,
        };
        Some(fault(&self.name, said))
    }
}

/// An amount with two places or none.
fn amount(text: &str) -> Option<Fen> {
    Fen::parse(text).or_else(|_| Fen::parse(&format!("{text}.00"))).ok()
}

/// The command of a form.
pub(super) fn command(
    action: ActionKind,
    fields: &Fields,
    own: OrganisationId,
) -> Result<Command, EngineError> {
    if action == ActionKind::CommitFunds {
        return funds::command(fields);
    }
    let mut command = Map::new();
    command.insert("action".into(), json!(action.word()));
    for (name, text) in fields.iter().filter(|(name, _)| !BESIDE.contains(&name.as_str())) {
        command.insert(name.clone(), value(name, text.trim()));
    }
    match action {
        ActionKind::AcceptQuote => {
            command.insert(IN_BUDGET.into(), json!(!written(fields, IN_BUDGET).is_empty()));
        }
        ActionKind::Consult => {
            let codes: Vec<&str> = fields.keys().filter_map(|name| invited(name)).collect();
            command.retain(|name, _| invited(name).is_none());
            command.insert(INVITED.into(), json!(codes));
        }
        ActionKind::Propose => {
            command.insert("without".into(), json!([]));
        }
        ActionKind::AcceptAssignment | ActionKind::RefuseAssignment => {
            command.insert("community".into(), json!(own));
        }
        ActionKind::DeliverAssignment => {
            let report = command.remove("report").unwrap_or_default();
            command.insert("community".into(), json!(own));
            command.insert("delivery".into(), json!({ "report": report }));
        }
        _ => parts::read(action, fields, &mut command).map_err(EngineError::Malformed)?,
    }
    serde_json::from_value(Value::Object(command))
        .map_err(|_| EngineError::Malformed(vec![Fault::new("", UNREAD_FORM)]))
}

/// A field as commands have it.
fn value(name: &str, text: &str) -> Value {
    let whole = || text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number));
    match name {
        _ if text.is_empty() => Value::Null,
        "budget_year" | "objection" => whole(),
        name if AMOUNTS.contains(&name) => amount(text).map_or_else(|| json!(text), |amount| json!(amount)),
        _ => json!(text),
    }
}

/// The code of an organisation that was ticked.
fn invited(name: &str) -> Option<&str> {
    name.strip_prefix(INVITED)?.strip_prefix('.')
}

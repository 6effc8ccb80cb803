//! What stands behind a decision, for whoever wants to check it: which rules fired and what each had looked at, by which rule
//! set and calendar; and who held the request how long.

use engine::HeldLine;
use serde_json::Value;
use store::DecisionRecord;
use workflow::assessment::TraceResult;
use workflow::request::Request;

use crate::eyes::Eyes;
use crate::pages::chips::whole_day;
use crate::reply::{Failed, Tell};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

/// The newest decision record, and the steps with their holders.
pub(super) struct Record {
    pub(super) trace: Option<Trace>,
    pub(super) held: Vec<Held>,
}

/// What became of every rule.
pub(super) struct Trace {
    pub(super) made_at: String,
    pub(super) rule_set: String,
    pub(super) hash: String,
    /// Rules that had something to say come first.
    pub(super) lines: Vec<Ruled>,
    pub(super) fired: usize,
}

pub(super) struct Ruled {
    pub(super) rule: String,
    pub(super) result: &'static str,
    pub(super) tone: &'static str,
    /// What it looked at, and what it found.
    pub(super) inputs: Vec<(String, String)>,
}

/// A step with a limit.
pub(super) struct Held {
    pub(super) stage: &'static str,
    pub(super) holder: String,
    pub(super) begun: String,
    pub(super) due: String,
    pub(super) done: Option<String>,
    pub(super) days: u32,
    pub(super) late: Option<(u32, &'static str)>,
}

pub(super) async fn of(
    server: &Server,
    member: &Member,
    (request, record): (&Request, Option<&DecisionRecord>),
    eyes: &Eyes,
) -> Result<Record, Failed> {
    let (tongue, engine) = (member.tongue(), &server.engine);
    let offset = engine.content().rules.parameters().jurisdiction.offset();
    let held = engine.held(request.id, engine.scope(&member.known.actor), member.visitor.now).await;
    let trace = record.map(|record| Trace {
        made_at: record.made_at.with_timezone(&offset).format("%Y-%m-%d %H:%M").to_string(),
        ..Trace::of(&eyes.record(record, request), tongue)
    });
    Ok(Record { trace, held: held.tell(tongue)?.iter().map(|line| Held::of(line, tongue)).collect() })
}

impl Trace {
    /// A record as its reader may see it.
    fn of(record: &Value, tongue: Tongue) -> Trace {
        let text = |pointer: &str| record.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let list = |pointer: &str| record.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
        let ruled = |line: &Value| {
            let rule = line.get("rule").and_then(Value::as_str).unwrap_or_default();
            let found =
                list("/assessment/findings").filter(|one| one.get("rule").is_some_and(|of| of == rule));
            let facts = found.filter_map(|one| one.get("facts"));
            Ruled::of(rule, line, facts.flat_map(inputs).collect(), tongue)
        };
        let mut lines: Vec<(TraceResult, Ruled)> = list("/trace").filter_map(ruled).collect();
        lines.sort_by_key(|(result, _)| rank(*result));
        let version = (text("/assessment/rule_set/name"), text("/assessment/rule_set/version"));
        Trace {
            made_at: String::new(),
            rule_set: format!("{} {}", version.0, version.1),
            hash: text("/rule_set_hash").chars().take(12).collect(),
            fired: lines.iter().filter(|(result, _)| *result == TraceResult::Fired).count(),
            lines: lines.into_iter().map(|(_, line)| line).collect(),
        }
    }
}

/// What fired or failed stands above what passed, and that above what was never asked.
fn rank(result: TraceResult) -> u8 {
    match result {
        TraceResult::Failed => 0,
        TraceResult::Fired => 1,
        TraceResult::Passed => 2,
        TraceResult::NotAsked => 3,
        TraceResult::NotInForce => 4,
    }
}

impl Ruled {
    fn of(
        rule: &str,
        line: &Value,
        found: Vec<(String, String)>,
        tongue: Tongue,
    ) -> Option<(TraceResult, Ruled)> {
        let result = TraceResult::from_word(line.get("result")?.as_str()?)?;
        let tone = match result {
            TraceResult::Failed => "bad",
            TraceResult::Fired => "wait",
            TraceResult::Passed => "good",
            TraceResult::NotAsked | TraceResult::NotInForce => "quiet",
        };
        let mut own = line.get("decided_by").map(inputs).unwrap_or_default();
        own.extend(found);
        own.dedup();
        Some((result, Ruled { rule: rule.to_owned(), result: result.name(tongue.0), tone, inputs: own }))
    }
}

/// Values by their names; what has no name stands alone.
fn inputs(value: &Value) -> Vec<(String, String)> {
    let written = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Null => Vec::new(),
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), written(value))).collect(),
        other => vec![(String::new(), written(other))],
    }
}

impl Held {
    fn of(line: &HeldLine, tongue: Tongue) -> Held {
        let held = &line.held;
        let holder = line.organisation.clone().unwrap_or_else(|| held.whose.name(tongue.0).to_owned());
        let late = held.late.as_ref().filter(|late| late.days.0 > 0);
        Held {
            stage: held.stage.name(tongue.0),
            holder,
            begun: whole_day(held.begun_on, tongue),
            due: whole_day(held.due, tongue),
            done: held.done.map(|day| whole_day(day, tongue)),
            days: held.days.0,
            late: late.map(|late| (late.days.0, late.cause.name(tongue.0))),
        }
    }
}

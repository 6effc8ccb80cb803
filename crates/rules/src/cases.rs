//! The cases beside the scripts: a rule's file of small changes to the sample, each with what the rule must say.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};
use workflow::assessment::Finding;
use workflow::calendar::Calendar;
use workflow::catalogue::Open;
use workflow::facts;

use crate::set::{RuleSet, SAMPLE_FILE};

/// One case of a rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleCase {
    name: String,
    /// New values by JSON pointer in the sample.
    change: Map<String, Value>,
    /// The days on which the item is open, where the catalogue's own are not meant.
    open: Option<Open>,
    /// The codes the rule must give, with the facts they must carry.
    expect: Map<String, Value>,
}

/// What became of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    pub rule: String,
    pub name: String,
    /// Why it failed; none if it passed.
    pub failure: Option<String>,
}

/// Runs every case of a set; a rule without a file of cases fails.
#[must_use]
pub fn run_cases(set: &RuleSet, calendar: &Arc<Calendar>) -> Vec<CaseResult> {
    let sample = set.files.get(SAMPLE_FILE).and_then(|text| serde_json::from_str::<Value>(text).ok());
    let sample = sample.unwrap_or_default();
    let mut results = Vec::new();
    for rule in &set.rules {
        let id = &rule.head.id;
        let failed = |name: &str, failure: String| CaseResult {
            rule: id.clone(),
            name: name.to_owned(),
            failure: Some(failure),
        };
        let file = format!("cases/{id}.json");
        let Some(text) = set.files.get(&file) else {
            results.push(failed("", format!("{file} is missing")));
            continue;
        };
        match serde_json::from_str::<Vec<RuleCase>>(text) {
            Err(error) => results.push(failed("", format!("{file}: {error}"))),
            Ok(cases) => results.extend(cases.into_iter().map(|case| {
                let failure = run(set, calendar, id, &sample, &case).err();
                CaseResult { rule: id.clone(), name: case.name, failure }
            })),
        }
    }
    results
}

fn run(
    set: &RuleSet,
    calendar: &Arc<Calendar>,
    rule: &str,
    sample: &Value,
    case: &RuleCase,
) -> Result<(), String> {
    let mut facts = sample.clone();
    for (pointer, value) in &case.change {
        *facts.pointer_mut(pointer).ok_or_else(|| format!("the sample has nothing at {pointer}"))? =
            value.clone();
    }
    let mut priced = facts::read(&facts)
        .and_then(|facts| set.case(facts, calendar).map_err(|fault| vec![fault]))
        .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
    if let Some((open, item)) = case.open.zip(priced.item.as_mut()) {
        item.open = open;
    }
    let judgement = set.judge(priced);
    let own = judgement.assessment.findings.into_iter().filter(|finding| finding.rule == rule);
    let own: Vec<Finding> = own.collect();
    let unfilled =
        own.iter().find(|finding| finding.message.zh.contains('{') || finding.message.en.contains('{'));
    if let Some(finding) = unfilled {
        return Err(format!("the wording of `{}` names a fact that is not given", finding.code));
    }
    let found: Map<String, Value> =
        own.into_iter().map(|finding| (finding.code, Value::Object(finding.facts))).collect();
    if found == case.expect {
        return Ok(());
    }
    Err(format!("expected {}, found {}", Value::Object(case.expect.clone()), Value::Object(found)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::run_cases;
    use crate::{RuleSet, default_calendar_csv, read_calendar};

    #[test]
    fn every_rule_of_the_built_in_set_has_cases_and_passes_them() {
        let set = RuleSet::built_in();
        let calendar =
            read_calendar("cn-2007-2026", &default_calendar_csv()).expect("the calendar is built in");
        let results = run_cases(&set, &Arc::new(calendar));
        let failed: Vec<_> = results.iter().filter(|result| result.failure.is_some()).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        for rule in &set.rules {
            let cases = results.iter().filter(|result| result.rule == rule.head.id).count();
            assert!(cases >= 4, "{} has {cases} cases", rule.head.id);
        }
    }
}

//! The acceptance cases: the expected result of every facts object, field by field.

use std::sync::Arc;

use rules::{RuleSet, default_calendar_csv, read_calendar};
use serde_json::Value;

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("acceptance/assess.json")).expect("the cases are JSON")
}

#[test]
fn every_case_gives_exactly_what_is_expected() {
    let set = RuleSet::built_in();
    let calendar =
        Arc::new(read_calendar("cn-2007-2026", &default_calendar_csv()).expect("the calendar reads"));
    let mut wrong = Vec::new();
    for case in cases() {
        let found = match set.assess_document(&case["facts"], &calendar) {
            Ok(judgement) => serde_json::to_value(judgement.assessment).expect("an assessment is JSON"),
            Err(faults) => panic!("{}: {faults:?}", case["name"]),
        };
        let expect = &case["expect"];
        for key in ["outcome", "class", "function", "price", "quota", "decide_by", "provisional"] {
            if found[key] != expect[key] {
                wrong.push(format!("{} {key}: expected {}, found {}", case["name"], expect[key], found[key]));
            }
        }
        let (expected, found) = (findings(&expect["findings"]), findings(&found["findings"]));
        if expected != found {
            wrong.push(format!("{} findings: expected {expected:?}, found {found:?}", case["name"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Findings without their wording, in an order of their own.
pub(crate) fn findings(list: &Value) -> Vec<String> {
    let keys = ["rule", "severity", "code", "facts"];
    let plain = |finding: &Value| keys.map(|key| finding[key].to_string()).join(" ");
    let mut plain: Vec<String> = list.as_array().expect("an array").iter().map(plain).collect();
    plain.sort();
    plain
}

//! Ways out of each blocking finding of the built-in rules, and how far the search goes.

use std::sync::Arc;

use serde_json::{Value, json};
use workflow::assessment::Outcome;
use workflow::calendar::Calendar;
use workflow::facts::{self, Facts};

use super::{Change, Way};
use crate::set::{RuleSet, SAMPLE_FILE};

/// The sample with some places of it replaced.
fn sample(changes: &[(&str, Value)]) -> Facts {
    let rules = RuleSet::built_in();
    let mut document: Value = serde_json::from_str(&rules.files()[SAMPLE_FILE]).expect("the sample is JSON");
    for (pointer, value) in changes {
        *document.pointer_mut(pointer).unwrap_or_else(|| panic!("`{pointer}` is there")) = value.clone();
    }
    facts::read(&document).expect("the sample reads")
}

fn calendar() -> Arc<Calendar> {
    Arc::new(crate::read_calendar("test", &crate::default_calendar_csv()).expect("the calendar is good"))
}

fn ways(changes: &[(&str, Value)]) -> Vec<Way> {
    RuleSet::built_in().ways(&sample(changes), &calendar()).expect("the item is known")
}

/// Every way is one: the changed facts are assessed again, apart from the search.
fn is_true(changes: &[(&str, Value)], way: &Way) {
    let mut facts = sample(changes);
    for change in &way.changes {
        super::apply(change, &mut facts);
    }
    let assessment = RuleSet::built_in().assess(facts, &calendar()).expect("the item is known").assessment;
    assert_eq!((assessment.outcome, assessment.price.total), (way.outcome, way.price), "{way:?}");
    assert!(matches!(way.outcome, Outcome::Purchase | Outcome::Admit), "{way:?}");
}

fn told(changes: &[(&str, Value)]) -> Vec<Way> {
    let ways = ways(changes);
    for way in &ways {
        is_true(changes, way);
    }
    ways
}

#[test]
fn what_is_admitted_needs_no_way() {
    assert_eq!(ways(&[]), Vec::new());
}

#[test]
fn a_start_that_is_too_early_moves_to_the_first_day_that_is_possible() {
    let ways = told(&[("/request/starts_on", json!("2026-03-20"))]);
    let Some([Change::Start { starts_on, ends_on }]) = ways.first().map(|way| way.changes.as_slice()) else {
        panic!("{ways:?}");
    };
    assert_eq!((starts_on.to_string(), ends_on.to_string()), ("2026-04-14".into(), "2026-09-25".into()));
}

#[test]
fn a_full_community_is_left_out_or_asked_for_less() {
    let full = json!([
        { "code": "420202001001", "name": "甲", "households": 2400, "residents": 7000, "workers": 10,
          "booked": { "2026-05": "900.00", "2026-06": "1050.00", "2026-07": "1150.00", "2026-08": "1050.00" } },
        { "code": "420202001002", "name": "乙", "households": 2400, "residents": 7000, "workers": 10, "booked": {} }
    ]);
    let ways = told(&[("/communities", full)]);
    let first = |wanted: fn(&Change) -> bool| ways.iter().any(|way| way.changes.iter().any(wanted));
    assert!(
        first(|change| *change == Change::Without { communities: vec!["420202001001".into()] }),
        "{ways:?}"
    );
    assert!(first(|change| matches!(change, Change::Start { .. })), "{ways:?}");
    assert!(first(|change| matches!(change, Change::Coverage { .. })), "{ways:?}");
}

#[test]
fn two_faults_need_two_changes() {
    let ways =
        told(&[("/request/starts_on", json!("2026-03-20")), ("/request/governing_document", Value::Null)]);
    let [Way { changes, .. }, ..] = ways.as_slice() else { panic!("no way") };
    let kinds = changes.iter().map(|change| match change {
        Change::Documents { .. } => "document",
        Change::Start { .. } => "start",
        other => panic!("{other:?}"),
    });
    assert_eq!(kinds.collect::<Vec<_>>(), ["document", "start"]);
}

#[test]
fn a_mass_organisation_finds_a_cosigner() {
    let ways = told(&[("/request/department/kind", json!("mass_organisation"))]);
    assert!(ways.iter().any(|way| matches!(way.changes[..], [Change::Cosigner { .. }])), "{ways:?}");
}

#[test]
fn nothing_helps_a_prohibited_item_and_the_search_ends() {
    let rules = RuleSet::built_in();
    let negative = rules.catalogue().values().find(|item| item.class == workflow::catalogue::Class::Negative);
    let item = negative.map(|item| item.code.clone()).expect("an item of the negative list");
    assert_eq!(ways(&[("/request/item", json!(item))]), Vec::new());
}

#[test]
fn a_change_is_read_back_as_it_was_told() {
    for way in told(&[("/request/starts_on", json!("2026-03-20"))]) {
        for change in way.changes {
            let written = serde_json::to_string(&change).expect("it is written");
            assert_eq!(serde_json::from_str::<Change>(&written).expect("it is read"), change);
        }
    }
}

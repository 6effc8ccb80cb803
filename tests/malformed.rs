//! Malformed facts: whatever comes in, it is either assessed or refused, each fault with the place where it lies.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use proptest::sample::Index;
use rules::{RuleSet, default_files};
use serde_json::{Map, Value, json};
use workflow::calendar::Calendar;
use workflow::facts::{Fault, read, read_application};

use crate::memory::{CALENDAR, cases};

static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::built_in);
static SHARED_CALENDAR: LazyLock<Arc<Calendar>> = LazyLock::new(|| Arc::new(CALENDAR.clone()));

/// The sample with one value of everything.
fn sample() -> Value {
    let mut sample: Value =
        serde_json::from_str(&default_files()["cases/base.json"]).expect("the sample is JSON");
    sample["request"]["burdens"] = json!([
        { "kind": "form", "name": "健康档案表", "number": null, "approval": null, "expires_on": null }
    ]);
    sample["request"]["personal_data"] = json!(["name"]);
    sample["communities"][0]["booked"] = json!({ "2026-05": "950.00" });
    sample["admitted"] = json!([
        { "number": "1", "item": "C08-07", "starts_on": "2026-05-01", "ends_on": "2026-05-31", "communities": ["1"] }
    ]);
    sample["siblings"] = json!([
        { "number": "2", "item": null, "title": "档案更新", "starts_on": "2026-05-01", "ends_on": "2026-05-31",
          "price": "10.00", "stage": "review",
          "communities": [ { "code": "1", "granted_minutes": "6.5", "unbooked": { "2026-05": "1.00" } } ] }
    ]);
    sample
}

/// Puts a value at a place, or takes the place away.
fn put(document: &mut Value, pointer: &str, value: Option<Value>) {
    let Some((parent, key)) = pointer.rsplit_once('/') else {
        *document = value.unwrap_or_default();
        return;
    };
    let key = key.replace("~1", "/").replace("~0", "~");
    match (document.pointer_mut(parent).expect("the parent is there"), value) {
        (Value::Object(map), Some(value)) => drop(map.insert(key, value)),
        (Value::Object(map), None) => drop(map.remove(&key)),
        (Value::Array(list), value) => {
            let index: usize = key.parse().expect("an index");
            match value {
                Some(value) if index < list.len() => list[index] = value,
                Some(value) => list.push(value),
                None => drop(list.remove(index)),
            }
        }
        (other, _) => panic!("{other} holds nothing"),
    }
}

fn faults(document: &Value) -> Vec<Fault> {
    RULES.assess_document(document, &SHARED_CALENDAR).err().unwrap_or_default()
}

/// One place each, with what is put there.
fn wrong_places() -> Vec<(&'static str, Value)> {
    vec![
        ("", json!([])),
        ("", json!("facts")),
        ("/today", json!("2026-02-30")),
        ("/today", json!("2026- 3- 2")),
        ("/today", json!("+026-03-02")),
        ("/today", json!("1999-12-31")),
        ("/today", json!(20_260_302)),
        ("/tomorrow", json!("2026-03-03")),
        ("/request", Value::Null),
        ("/request/term", json!("forever")),
        ("/request/title", json!("标\u{0}题")),
        ("/request/title", json!("长".repeat(4_001))),
        ("/request/item", json!(" ")),
        ("/request/item", json!("C99-99")),
        ("/request/department/kind", json!("State_Organ")),
        ("/request/department/hosts_office", json!("false")),
        ("/request/starts_on", json!("2100-01-01")),
        ("/request/a~1b~0c", json!(1)),
        ("/request/work", json!({})),
        ("/request/work", json!(vec![json!({}); 101])),
        ("/request/work/0/times", json!(-1)),
        ("/request/work/0/times", json!(1.0)),
        ("/request/work/0/times", json!(u64::MAX)),
        ("/request/work/0/minutes_per_unit", json!("1e3")),
        ("/request/work/0/minutes_per_unit", json!("6.5000001")),
        ("/request/work/0/minutes_per_unit", json!(6.5)),
        ("/request/work/0/volume", json!({ "per": "household", "coverage": "1", "fixed": 1 })),
        ("/request/work/0/volume", json!({})),
        ("/request/work/0/volume/coverage", json!("1.000001")),
        ("/request/work/0/volume/per", json!("person")),
        ("/request/direct_costs/0/amount", json!("1000")),
        ("/request/direct_costs/0/amount", json!("1000.0")),
        ("/request/direct_costs/0/amount", json!("1000.000")),
        ("/request/direct_costs/0/amount", json!("-1.00")),
        ("/request/direct_costs/0/amount", json!("1000000000000.00")),
        ("/request/burdens/0/kind", json!("tax")),
        ("/request/personal_data/0", json!("\t")),
        ("/request/offer/budget_year", json!(1999)),
        ("/request/offer/in_budget", json!(1)),
        ("/communities", json!({ "0": {} })),
        ("/communities/0/code", json!("")),
        ("/communities/0/households", json!(10_000_001)),
        ("/communities/0/booked", json!([])),
        ("/communities/0/booked/2026-13", json!("1.00")),
        ("/communities/0/booked/2026-06", json!("1.005")),
        ("/register/held", json!("name")),
        ("/admitted/0/ends_on", Value::Null),
        ("/admitted/0/communities/0", json!(420_202)),
    ]
}

#[test]
fn each_fault_is_named_with_exactly_its_place() {
    assert_eq!(faults(&sample()), Vec::new());
    for (pointer, value) in wrong_places() {
        is_named(pointer, &value);
    }
}

/// A value that does not belong there is the one fault, with exactly its place.
pub(crate) fn is_named(pointer: &str, value: &Value) {
    let mut document = sample();
    put(&mut document, pointer, Some(value.clone()));
    let found: Vec<String> = faults(&document).into_iter().map(|fault| fault.pointer).collect();
    assert_eq!(found, [pointer], "{value:.60}");
}

#[test]
fn what_must_be_there_is_missed_at_its_place() {
    let needed = [
        "/today",
        "/request",
        "/request/term",
        "/request/department/name",
        "/request/department/kind",
        "/request/department/hosts_office",
        "/request/work/0/what",
        "/request/work/0/volume",
        "/request/work/0/volume/per",
        "/request/work/0/volume/coverage",
        "/request/work/0/times",
        "/request/work/0/minutes_per_unit",
        "/request/work/0/day",
        "/request/work/0/worker",
        "/request/direct_costs/0/amount",
        "/request/burdens/0/name",
        "/request/offer/amount",
        "/communities/0/code",
        "/communities/0/households",
        "/communities/0/residents",
        "/admitted/0/number",
        "/siblings/0/stage",
        "/siblings/0/communities/0/granted_minutes",
    ];
    for pointer in needed {
        let mut document = sample();
        put(&mut document, pointer, None);
        let found: Vec<String> = faults(&document).into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(found, [pointer]);
    }
}

#[test]
fn what_may_be_missing_may_be_missing() {
    for key in ["communities", "register", "admitted", "siblings"] {
        let mut document = sample();
        put(&mut document, &format!("/{key}"), None);
        assert_eq!(faults(&document), Vec::new(), "{key}");
    }
    let Value::Object(keys) = sample()["request"].clone() else { panic!("an object") };
    for key in keys.keys().filter(|key| *key != "term") {
        let mut document = sample();
        put(&mut document, &format!("/request/{key}"), None);
        assert_eq!(faults(&document), Vec::new(), "{key}");
    }
}

#[test]
fn all_faults_are_named_at_once_and_in_the_order_of_the_form() {
    let mut document = sample();
    for (pointer, value) in
        [("/request/term", json!(7)), ("/communities/0/residents", json!(-1)), ("/x", json!(0))]
    {
        put(&mut document, pointer, Some(value));
    }
    let found: Vec<String> = faults(&document).into_iter().map(|fault| fault.pointer).collect();
    assert_eq!(found, ["/x", "/request/term", "/communities/0/residents"]);
}

#[test]
fn a_community_is_given_once_and_work_has_an_end() {
    let mut document = sample();
    let twin = document["communities"][0].clone();
    put(&mut document, "/communities/1", Some(twin));
    let found = faults(&document);
    assert_eq!(found.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(), ["/communities"]);
    let mut document = sample();
    document["communities"][0]["households"] = json!(10_000_000);
    document["request"]["work"][0]["times"] = json!(10_000);
    document["request"]["work"][0]["minutes_per_unit"] = json!("999999999.999999");
    let found = faults(&document);
    assert_eq!(found.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(), ["/request/work"]);
}

#[test]
fn a_fault_reads_as_its_place_and_its_reason() {
    let mut document = sample();
    put(&mut document, "/request/work/0/day", Some(json!("sunday")));
    let said: Vec<String> = faults(&document).iter().map(ToString::to_string).collect();
    assert_eq!(said, ["/request/work/0/day: `sunday` is none of working, extended, rest, holiday"]);
    let said: Vec<String> = faults(&Value::Null).iter().map(ToString::to_string).collect();
    assert_eq!(said, ["/: an object is expected here"]);
}

/// One change of a document somewhere.
#[derive(Debug, Clone)]
enum Change {
    Take,
    Rename(&'static str),
    Replace(Value),
    Repeat,
    Wrap,
}

fn garbage() -> impl Strategy<Value = Value> {
    let texts = prop::sample::select(vec![
        "",
        " ",
        "\u{0}",
        "NaN",
        "1e5",
        "-1.00",
        "0",
        "1.0",
        "1.00",
        "1.000",
        "999999999999.99",
        "9999999999999.99",
        "１２.００",
        "2026-02-30",
        "2026-2-3",
        "0001-01-01",
        "2099-12-31",
        "9999-12-31",
        "C99-99",
        "C02-07",
        "working",
        "household",
        "emergency",
        "null",
        "\u{202e}gpj.exe",
        "{title}",
        "0.000001",
        "999999999.999999",
    ]);
    let numbers = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![0u64, 1, 3, 10_000, 10_000_000, u64::MAX]).prop_map(Value::from),
    ];
    let leaf = prop_oneof![
        4 => texts.prop_map(Value::from),
        2 => numbers,
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => ".{0,12}".prop_map(Value::from),
        1 => Just(json!("长".repeat(4_001))),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let keys = prop_oneof!["[a-z]{1,4}", "[~/]{1,3}", Just("today".to_owned())];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((keys, inner), 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        2 => Just(Change::Take),
        1 => prop::sample::select(vec!["x", "", "a/b", "~", "Today", "term "]).prop_map(Change::Rename),
        5 => garbage().prop_map(Change::Replace),
        1 => Just(Change::Repeat),
        1 => Just(Change::Wrap),
    ]
}

/// Every place of a document by its pointer.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => {
            for (key, member) in map {
                places(member, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(list) => {
            for (index, element) in list.iter().enumerate() {
                places(element, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn changed(document: &mut Value, place: Index, change: &Change) {
    let mut all = Vec::new();
    places(document, "", &mut all);
    let pointer = place.get(&all);
    let value = document.pointer(pointer).cloned().unwrap_or_default();
    match change {
        Change::Take if pointer.is_empty() => {}
        Change::Take => put(document, pointer, None),
        Change::Replace(other) => put(document, pointer, Some(other.clone())),
        Change::Wrap => put(document, pointer, Some(json!([value]))),
        Change::Rename(name) => {
            if let Some(Value::Object(map)) = document.pointer_mut(pointer)
                && let Some(first) = map.keys().next().cloned()
            {
                let member = map.remove(&first).unwrap_or_default();
                map.insert((*name).to_owned(), member);
            }
        }
        Change::Repeat => {
            if let Some(Value::Array(list)) = document.pointer_mut(pointer) {
                list.extend(list.clone());
            }
        }
    }
}

/// Whether a pointer names something in the document, or a key that an object there lacks.
fn resolves(document: &Value, pointer: &str) -> bool {
    let lacking = || pointer.rsplit_once('/').and_then(|(parent, _)| document.pointer(parent));
    document.pointer(pointer).is_some() || lacking().is_some_and(Value::is_object)
}

fn accepted() -> Vec<Value> {
    let cases: Vec<Map<String, Value>> =
        serde_json::from_str(include_str!("acceptance/assess.json")).expect("the cases are JSON");
    cases.into_iter().filter_map(|mut case| case.remove("facts")).collect()
}

static ACCEPTED: LazyLock<Vec<Value>> = LazyLock::new(accepted);

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn whatever_comes_in_is_assessed_or_refused_with_its_places(
        which in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), change()), 1..4),
    ) {
        let mut document = which.get(&ACCEPTED).clone();
        for (place, change) in &changes {
            changed(&mut document, *place, change);
        }
        match RULES.assess_document(&document, &SHARED_CALENDAR) {
            Ok(judgement) => {
                let again = RULES.assess_document(&document, &SHARED_CALENDAR);
                prop_assert_eq!(again.map(|again| again.assessment), Ok(judgement.assessment));
                let facts = serde_json::to_value(read(&document).expect("it was read")).expect("facts are JSON");
                prop_assert_eq!(read(&facts), read(&document), "facts read as they are written");
            }
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                for Fault { pointer, message } in faults {
                    prop_assert!(resolves(&document, &pointer), "{pointer}: {}", message.en);
                    prop_assert!(!message.zh.is_empty() && !message.en.is_empty());
                }
            }
        }
    }

    #[test]
    fn an_application_is_read_or_refused_with_its_places(value in garbage(), place in any::<Index>()) {
        let mut application = sample()["request"].take();
        changed(&mut application, place, &Change::Replace(value));
        if let Err(faults) = read_application(&application) {
            prop_assert!(!faults.is_empty());
            prop_assert!(faults.iter().all(|fault| resolves(&application, &fault.pointer)), "{faults:?}");
        }
    }
}

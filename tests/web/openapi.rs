//! The description of the API against the router, both ways, and its problem codes against the sources.

use std::collections::BTreeSet;

use serde_json::Value;

use super::client::Site;
use crate::desk::Desk;

super::told_on_both! {
    the_description_and_the_router_agree
    every_code_is_documented
    every_operation_has_its_chinese_summary_and_nothing_else_has
    every_change_may_come_twice
    links_lead_from_what_is_named_to_what_can_be_done
}

/// Posts that keep no answer for a repeated call, and why.
const KEPT_NOWHERE: &[(&str, &str)] = &[
    ("assess", "changes nothing"),
    ("try_out", "changes nothing"),
    ("change_password", "what is sent holds a password; once it is changed the old one opens nothing"),
    ("offer_factor", "changes nothing"),
    ("turn_on_factor", "what is sent holds a password; a factor that is on is not turned on again"),
    ("take_own_identity", "what is sent holds a password; what was taken is not there any more"),
    ("turn_off_factor", "what is sent holds a password; a code works once"),
    ("renew_recovery_codes", "what is sent holds a password; a code works once"),
];

async fn every_change_may_come_twice(desk: Desk) {
    let site = Site::of(desk).await;
    let document = site.browser().get("/api/openapi.json").await.value();
    let paths = document["paths"].as_object().unwrap();
    let posts = paths.values().filter_map(|methods| methods.get("post"));
    let takes_key = |post: &&Value| {
        let parameters = post["parameters"].as_array().unwrap();
        parameters.iter().any(|one| one["name"] == "Idempotency-Key")
    };
    let (with, without): (Vec<_>, Vec<_>) = posts.partition(takes_key);
    let without: BTreeSet<&str> = without.iter().filter_map(|post| post["operationId"].as_str()).collect();
    assert!(with.len() > 40, "{}", with.len());
    assert_eq!(without, KEPT_NOWHERE.iter().map(|(id, _)| *id).collect());
}

async fn the_description_and_the_router_agree(desk: Desk) {
    let site = Site::of(desk).await;
    let document = site.browser().get("/api/openapi.json").await.is(200).value();
    assert_eq!(document["openapi"], "3.1.0");
    let mut described = BTreeSet::new();
    let mut names = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            described.insert((method.to_uppercase(), path.clone()));
            assert!(names.insert(operation["operationId"].to_string()), "{path} {method}");
            assert!(operation["responses"].as_object().unwrap().keys().any(|status| status.starts_with('2')));
        }
    }
    let routed: BTreeSet<(String, String)> = web::rows()
        .into_iter()
        .filter(|row| row.path.starts_with("/api/v1/"))
        .map(|row| (row.method.to_string(), row.path.to_owned()))
        .collect();
    assert_eq!(described, routed);
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

/// Whoever takes an operation away takes its Chinese summary away, too.
async fn every_operation_has_its_chinese_summary_and_nothing_else_has(desk: Desk) {
    let site = Site::of(desk).await;
    let document = site.browser().get("/api/openapi.json").await.value();
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|path| path.as_object().unwrap().values());
    let ids: BTreeSet<String> =
        operations.filter_map(|one| one["operationId"].as_str()).map(str::to_owned).collect();
    let sources = crate::tidy::sources(&["crates/web/src/api"]);
    let (_, chinese) = sources.iter().find(|(name, _)| name.ends_with("/chinese.rs")).unwrap();
    let named = chinese.split("    (\"").skip(1).filter_map(|rest| rest.split('"').next());
    assert_eq!(named.map(str::to_owned).collect::<BTreeSet<_>>(), ids);
}

/// Words that the sources give as codes of errors.
fn words_of_code() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, source) in crate::tidy::sources(&["crates/workflow/src", "crates/engine/src"]) {
        for place in ["pub fn code(&self) -> &'static str {", "pub fn code(self) -> &'static str {"] {
            let body = source.split_once(place).map_or("", |(_, body)| body);
            let body = body.split("\n    }\n").next().unwrap_or_default();
            found.extend(body.split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

async fn every_code_is_documented(desk: Desk) {
    let site = Site::of(desk).await;
    let document = site.browser().get("/api/openapi.json").await.value();
    let codes = document.pointer("/components/schemas/Problem/properties/code/enum").unwrap();
    let codes: BTreeSet<String> =
        codes.as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let words = words_of_code();
    assert!(words.len() > 60, "{words:?}");
    assert_eq!(words.difference(&codes).collect::<Vec<_>>(), Vec::<&String>::new());
}

/// Every link names an operation and a parameter of it; what is made can be read, and what is read can be acted on.
async fn links_lead_from_what_is_named_to_what_can_be_done(desk: Desk) {
    let site = Site::of(desk).await;
    let document = site.browser().get("/api/openapi.json").await.value();
    let paths = document["paths"].as_object().unwrap();
    let operations: Vec<&Value> =
        paths.values().flat_map(|path| path.as_object().unwrap().values()).collect();
    let named = |id: &Value| operations.iter().find(|one| one["operationId"] == *id).copied();
    let mut found = BTreeSet::new();
    for from in &operations {
        let good = from["responses"].as_object().unwrap().values().filter_map(|one| one["links"].as_object());
        for link in good.flat_map(serde_json::Map::values) {
            let to = named(&link["operationId"]).expect("an operation");
            let known: Vec<String> = to["parameters"].as_array().unwrap().iter().map(place).collect();
            assert!(
                link["parameters"].as_object().unwrap().keys().all(|name| known.contains(name)),
                "{link}"
            );
            found.insert((from["operationId"].to_string(), to["operationId"].to_string()));
        }
    }
    for (from, to) in [
        ("draft_request", "show_request"),
        ("list_requests", "request_history"),
        ("show_request", "act_on_request"),
        ("file_complaint", "show_complaint"),
    ] {
        assert!(found.contains(&(format!("\"{from}\""), format!("\"{to}\""))), "{from} → {to}: {found:?}");
    }
}

fn place(parameter: &Value) -> String {
    format!("{}.{}", parameter["in"].as_str().unwrap(), parameter["name"].as_str().unwrap())
}

//! Everything the engine can do is reachable by the API: its public use cases and the views that pages read are held against
//! the operations, and what has none stands here with its reason.

use std::collections::{BTreeMap, BTreeSet};

use crate::tidy::sources;

/// Use cases without an operation, and why.
const USE_CASES: &[(&str, &str)] = &[
    ("first_administrators", "before anybody can sign in, on the command line"),
    ("has_administrators", "before anybody can sign in, on the command line"),
    ("take_factor_of", "at the terminal, for whoever runs the server"),
    ("act_on_card", "with the version that was seen: act_on_card_seen"),
    ("actor", "who acts is found by token or session"),
    ("add_person", "at the terminal, with roles at once; by an administrator: enrol"),
    ("build_plan", "with the version that was seen: build_plan_seen"),
    ("call", "the clock calls web-hooks"),
    ("call_all", "the clock calls web-hooks"),
    ("call_all_by", "the clock calls web-hooks"),
    ("candidate", "a part of signing in, which is a page"),
    ("begin_round", "a part of signing in, which is a page"),
    ("end_round", "a part of signing in, which is a page"),
    ("link_own_identity", "one's own identity is linked by a browser that goes to the provider and back"),
    ("meant", "a part of signing in, which is a page"),
    ("close", "ends the engine itself"),
    ("complaint_evidence", "as a whole, for the command line; downloads go piece by piece"),
    ("delivered_bytes", "as a whole, for the command line; downloads go piece by piece"),
    ("community_seen_by", "narrower than the API: a department reads hours without their tasks"),
    ("decide_complaint", "with the version that was seen: decide_complaint_seen"),
    ("deliver", "the clock delivers letters"),
    ("deliver_all", "the clock delivers letters"),
    ("digest", "the clock makes digests"),
    ("doctor", "for whoever runs the server, on the command line"),
    ("audit", "takes long: begin_errand"),
    ("import", "takes long: begin_errand"),
    ("import_by", "takes long: begin_errand"),
    ("limits", "within a scope: limits_within"),
    ("limits_as_of", "within a scope: limits_within_as_of"),
    ("open", "begins the engine itself"),
    ("open_session", "a part of signing in, which is a page"),
    ("payments", "page by page: payments_after"),
    ("pending", "for the figures of the server"),
    ("piece", "what a download is made of: web/src/downloads.rs"),
    ("prefer", "with what was seen: prefer_seen"),
    ("publish_plan", "with the version that was seen: publish_plan_seen"),
    ("rebuild_search", "for whoever runs the server, on the command line"),
    ("refuse_sign_in", "a part of signing in, which is a page"),
    ("run", "the clock itself"),
    ("seal", "the clock seals"),
    ("seal_when_due", "the clock seals"),
    ("session", "a part of signing in, which is a page"),
    ("set_password", "a part of signing in, which is a page"),
    ("set_roles", "at the terminal, for whoever runs the server; by an administrator: give_roles"),
    ("sweep", "the clock sweeps"),
    ("sweep_once_for", "the clock sweeps"),
    ("troubles", "for the state of the server, not for its matters"),
    ("token", "who acts is found by token or session"),
];

/// Views of pages without an operation, and why.
const VIEWS: &[(&str, &str)] = &[
    ("sign_ins", "page by page: sign_ins_after"),
    ("letter_lines", "page by page: letter_lines_after"),
    ("proposals", "within the plan of a year"),
    ("recipients", "for pages that name people"),
    ("disclosed", "page by page: disclosed_after"),
    ("found_ids", "page by page: found_lines"),
    ("newest_seal", "for the state of the server, not for its matters"),
    ("organisation", "by code, within what the operations read"),
    ("organisation_by_id", "within what the operations read"),
    ("organisations_of", "within what the operations read"),
    ("request_lines", "page by page: request_lines_after"),
    ("requests_of", "whole requests are read one by one"),
    ("sieved_lines", "page by page: request_lines_after"),
];

/// Names that stand between two marks.
fn between<'a>(source: &'a str, before: &str) -> impl Iterator<Item = &'a str> {
    source.split(before).skip(1).filter_map(|rest| {
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')?;
        rest.get(..end).filter(|name| !name.is_empty())
    })
}

fn use_cases() -> BTreeSet<String> {
    let sources = sources(&["crates/engine/src"]);
    let of_engine = sources.iter().filter(|(_, source)| source.contains("impl Engine {"));
    of_engine.flat_map(|(_, source)| between(source, "    pub async fn ").map(str::to_owned)).collect()
}

fn views_of_pages() -> BTreeSet<String> {
    let pages = sources(&["crates/web/src/pages"]);
    let marks = ["reader.", "reader()."];
    pages
        .iter()
        .flat_map(|(_, source)| marks.iter().flat_map(|mark| between(source, mark)).map(str::to_owned))
        .collect()
}

/// What of the names no operation calls, beside the exceptions; and exceptions that are none.
fn missing(names: &BTreeSet<String>, exceptions: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let api: String = sources(&["crates/web/src/api"]).into_iter().map(|(_, source)| source).collect();
    let plain: String = api.split_whitespace().collect();
    let called = |name: &str| plain.contains(&format!(".{name}("));
    let excepted: BTreeMap<&str, &str> = exceptions.iter().copied().collect();
    let without = names.iter().filter(|name| !called(name) && !excepted.contains_key(name.as_str()));
    let idle = excepted.keys().filter(|name| !names.contains(**name)).map(|name| (*name).to_owned());
    (without.cloned().collect(), idle.collect())
}

#[test]
fn every_use_case_has_an_operation() {
    let found = use_cases();
    assert!(found.len() > 70, "{}", found.len());
    assert_eq!(missing(&found, USE_CASES), (Vec::new(), Vec::new()));
}

#[test]
fn every_view_of_a_page_has_an_operation() {
    let found = views_of_pages();
    assert!(found.len() > 15, "{found:?}");
    let (without, _) = missing(&found, VIEWS);
    assert_eq!(without, Vec::<String>::new());
}

#[test]
fn a_use_case_without_an_operation_is_found() {
    let invented = BTreeSet::from(["walk_the_dog".to_owned(), "act".to_owned()]);
    assert_eq!(missing(&invented, &[]).0, ["walk_the_dog"]);
}

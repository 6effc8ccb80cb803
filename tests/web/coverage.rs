//! Everything the engine can do is reachable by the API: its public use cases and the views that pages read are held against
//! the operations, and what has none stands here with its reason.

use std::collections::{BTreeMap, BTreeSet};

use crate::tidy::sources;

/// Use cases without an operation, and why.
const USE_CASES: &[(&str, &str)] = &[
    ("account", "the administration of accounts has pages only so far"),
    ("accounts", "the administration of accounts has pages only so far"),
    ("administered_places", "the administration of accounts has pages only so far"),
    ("change_account", "the administration of accounts has pages only so far"),
    ("change_password", "one's own password and factor have a page only"),
    ("close_account", "the administration of accounts has pages only so far"),
    ("end_other_sessions", "one's own password and factor have a page only"),
    ("enrol", "the administration of accounts has pages only so far"),
    ("first_administrators", "before anybody can sign in, on the command line"),
    ("give_roles", "the administration of accounts has pages only so far"),
    ("has_administrators", "before anybody can sign in, on the command line"),
    ("job_lines", "jobs of the clock have a page only so far"),
    ("renew_recovery", "one's own password and factor have a page only"),
    ("reopen_account", "the administration of accounts has pages only so far"),
    ("run_job", "jobs of the clock have a page only so far"),
    ("set_factor", "one's own password and factor have a page only"),
    ("take_factor_of", "the administration of accounts has pages only so far"),
    ("take_own_factor", "one's own password and factor have a page only"),
    ("act_on_meeting", "meetings have pages only so far"),
    ("call_meeting", "meetings have pages only so far"),
    ("meeting", "meetings have pages only so far"),
    ("meetings", "meetings have pages only so far"),
    ("own_ratings", "a page only so far; one department's are read by rating_results"),
    ("ratings_of_year", "a page only so far; one department's are read by rating_results"),
    ("ripe_cases", "meetings have pages only so far"),
    ("act_on_card", "with the version that was seen: act_on_card_seen"),
    ("actor", "who acts is found by token or session"),
    ("add_person", "the register of people is kept by the command line and its own pages"),
    ("build_plan", "with the version that was seen: build_plan_seen"),
    ("call", "the clock calls web-hooks"),
    ("call_all", "the clock calls web-hooks"),
    ("candidate", "a part of signing in, which is a page"),
    ("close", "ends the engine itself"),
    ("community_seen_by", "narrower than the API: a department reads hours without their tasks"),
    ("decide_complaint", "with the version that was seen: decide_complaint_seen"),
    ("deliver", "the clock delivers letters"),
    ("deliver_all", "the clock delivers letters"),
    ("digest", "the clock makes digests"),
    ("doctor", "for whoever runs the server, on the command line"),
    ("end_session", "a part of signing in, which is a page"),
    ("import", "by a person: import_by"),
    ("limits", "within a scope: limits_within"),
    ("limits_as_of", "within a scope: limits_within_as_of"),
    ("open", "begins the engine itself"),
    ("open_session", "a part of signing in, which is a page"),
    ("payments", "page by page: payments_after"),
    ("pending", "for the figures of the server"),
    ("publish_plan", "with the version that was seen: publish_plan_seen"),
    ("rebuild_search", "for whoever runs the server, on the command line"),
    ("refuse_sign_in", "a part of signing in, which is a page"),
    ("run", "the clock itself"),
    ("seal", "the clock seals"),
    ("seal_when_due", "the clock seals"),
    ("session", "a part of signing in, which is a page"),
    ("set_password", "a part of signing in, which is a page"),
    ("set_roles", "the register of people is kept by the command line and its own pages"),
    ("sweep", "the clock sweeps"),
    ("sweep_once_for", "the clock sweeps"),
    ("troubles", "for the state of the server, not for its matters"),
    ("token", "who acts is found by token or session"),
];

/// Views of pages without an operation, and why.
const VIEWS: &[(&str, &str)] = &[
    ("calendar_loads", "calendars as they were loaded have a page only so far"),
    ("calendars", "calendars as they were loaded have a page only so far"),
    ("credential", "one's own password and factor have a page only"),
    ("recovery_codes_left", "one's own password and factor have a page only"),
    ("sessions", "one's own sessions have a page only"),
    ("sign_ins", "the administration of accounts has pages only so far"),
    ("sweep_failures", "jobs of the clock have a page only so far"),
    ("event_lines", "the log of events has a page only so far"),
    ("letter_lines", "page by page: letter_lines_after"),
    ("letters_about", "letters about one request stand on its page only so far"),
    ("proposals", "within the plan of a year"),
    ("recipients", "for pages that name people"),
    ("requests_named", "names of requests stand on pages only"),
    ("disclosed", "page by page: disclosed_after"),
    ("found_ids", "page by page: found_lines"),
    ("names", "names of people stand on pages only"),
    ("newest_seal", "for the state of the server, not for its matters"),
    ("webhook", "web-hooks are read as a list: webhooks_of"),
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

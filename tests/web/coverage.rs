//! Everything the engine can do is reachable by a page and by the API: its public use cases are held against both, and the
//! views that pages read against the operations. What has none stands here with its reason, and stands here for good cause.

use std::collections::BTreeSet;

use crate::tidy::sources;

/// Use cases that neither a page nor an operation calls, and why.
const APART: &[(&str, &str)] = &[
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
    ("close", "ends the engine itself"),
    ("complaint_evidence", "as a whole, for the command line; downloads go piece by piece"),
    ("delivered_bytes", "as a whole, for the command line; downloads go piece by piece"),
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
    ("pending", "for the figures of the server"),
    ("piece", "what a download is made of: web/src/downloads.rs"),
    ("publish_plan", "with the version that was seen: publish_plan_seen"),
    ("rebuild_search", "for whoever runs the server, on the command line"),
    ("run", "the clock itself"),
    ("seal", "the clock seals"),
    ("seal_when_due", "the clock seals"),
    ("session", "who acts is found by token or session"),
    ("set_roles", "at the terminal, for whoever runs the server; by an administrator: give_roles"),
    ("sweep", "the clock sweeps"),
    ("sweep_once_for", "the clock sweeps"),
    ("token", "who acts is found by token or session"),
];

/// Use cases that only pages call, and why.
const ON_PAGES_ONLY: &[(&str, &str)] = &[
    ("candidate", "a part of signing in, which is a page"),
    ("begin_round", "a part of signing in, which is a page"),
    ("end_round", "a part of signing in, which is a page"),
    ("link_own_identity", "one's own identity is linked by a browser that goes to the provider and back"),
    ("meant", "a part of signing in, which is a page"),
    ("community_seen_by", "narrower than the API: a department reads hours without their tasks"),
    ("open_session", "a part of signing in, which is a page"),
    ("payments", "page by page: payments_after"),
    ("prefer", "a form says all of it anew; a program with what it has seen: prefer_seen"),
    ("refuse_sign_in", "a part of signing in, which is a page"),
    ("set_password", "a part of signing in, which is a page"),
    ("troubles", "for the state of the server, not for its matters"),
];

/// Use cases that only operations call, and why.
const BY_PROGRAMS_ONLY: &[(&str, &str)] = &[
    ("act_on_many_once", "a form that comes twice is told by its versions: act_on_many"),
    ("pay_base_funds", "a form names the share, of which the whole is one: pay_base_funds_up_to"),
    ("payments_after", "a page shows the newest: payments"),
    ("prefer_seen", "a form says all of it anew: prefer"),
    ("webhook", "a page asks for its calls, and shows it beside them: webhook_calls"),
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

/// What pages are made of, and what operations are.
const PAGES: &[&str] = &["pages", "sign_in", "uploads"];
const OPERATIONS: &[&str] = &["api"];

/// What stands before the name of a use case, and before that of a view.
const ENGINE: &[&str] = &["engine.", "engine()."];
const READER: &[&str] = &["reader.", "reader().", "engine.", "engine()."];

/// Which of the names the sources call.
fn called(names: &BTreeSet<String>, (parts, receivers): (&[&str], &[&str])) -> BTreeSet<String> {
    let all = sources(&["crates/web/src"]);
    let is_meant = |name: &str| parts.iter().any(|part| name.starts_with(&format!("crates/web/src/{part}")));
    let text: String = all.into_iter().filter(|(name, _)| is_meant(name)).map(|(_, source)| source).collect();
    let plain: String = text.split_whitespace().collect();
    let is_called = |name: &&String| receivers.iter().any(|of| plain.contains(&format!("{of}{name}(")));
    names.iter().filter(is_called).cloned().collect()
}

fn named(exceptions: &[(&str, &str)]) -> BTreeSet<String> {
    exceptions.iter().map(|(name, _)| (*name).to_owned()).collect()
}

/// What of the names no operation calls, beside the exceptions; and exceptions that are none.
fn missing(names: &BTreeSet<String>, exceptions: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let (called, excepted) = (called(names, (OPERATIONS, READER)), named(exceptions));
    let without = names.iter().filter(|name| !called.contains(*name) && !excepted.contains(*name));
    let idle = excepted.iter().filter(|name| !names.contains(*name) || called.contains(*name));
    (without.cloned().collect(), idle.cloned().collect())
}

#[test]
fn every_use_case_has_a_page_and_an_operation() {
    let found = use_cases();
    assert!(found.len() > 70, "{}", found.len());
    let (on_pages, by_programs) = (called(&found, (PAGES, ENGINE)), called(&found, (OPERATIONS, ENGINE)));
    let neither: BTreeSet<String> = found
        .iter()
        .filter(|name| !on_pages.contains(*name) && !by_programs.contains(*name))
        .cloned()
        .collect();
    let differ = |one: &BTreeSet<String>, other: &BTreeSet<String>| -> BTreeSet<String> {
        one.difference(other).cloned().collect()
    };
    assert_eq!(neither, named(APART));
    assert_eq!(differ(&on_pages, &by_programs), named(ON_PAGES_ONLY), "what programs cannot do");
    assert_eq!(differ(&by_programs, &on_pages), named(BY_PROGRAMS_ONLY), "what people cannot do");
}

#[test]
fn every_view_of_a_page_has_an_operation() {
    let found = views_of_pages();
    assert!(found.len() > 15, "{found:?}");
    let (without, _) = missing(&found, VIEWS);
    assert_eq!(without, Vec::<String>::new());
}

#[test]
fn a_use_case_without_a_page_or_an_operation_is_found() {
    let invented = BTreeSet::from(["walk_the_dog".to_owned(), "act".to_owned()]);
    assert_eq!(missing(&invented, &[]).0, ["walk_the_dog"]);
    assert_eq!(called(&invented, (PAGES, ENGINE)), BTreeSet::from(["act".to_owned()]));
}

//! What may be done to a request: one closed shape for each action, told by its word.

use serde_json::{Value, json};
use workflow::assignment::RefusalReason;
use workflow::consultation::{InquiryKind, Ruling, Stance};
use workflow::stage::Verdict;

use crate::api::schema::{all, amount, closed, day, decimal, flag, list, maybe, named, said, uuid, year};

/// The command of an action with the keys it needs and those it may have.
fn way(action: &str, needed: &[(&str, Value)], others: &[(&str, Value)]) -> Value {
    let mut keys = vec![("action", json!({ "const": action }))];
    keys.extend(needed.iter().cloned());
    closed(&keys, others)
}

/// Every command of a person.
pub(crate) fn ways() -> Vec<Value> {
    [filing(), deciding(), working()].into_iter().flatten().collect()
}

fn filing() -> Vec<Value> {
    let reason = [("reason", said())];
    vec![
        way("submit", &[], &[]),
        way("accept_filing", &[], &[]),
        way("return", &reason, &[]),
        way("withdraw", &[], &[]),
        way("nudge", &[], &[("text", maybe(&said()))]),
        way("quote", &[], &[]),
        way("accept_quote", &[("amount", amount()), ("in_budget", flag()), ("budget_year", year())], &[]),
        way("decline_quote", &[], &[]),
        way("ask_reconsideration", &reason, &[]),
        way("file", &[], &[]),
    ]
}

fn deciding() -> Vec<Value> {
    let reason = [("reason", said())];
    let consult = [
        ("kind", all(InquiryKind::ALL, InquiryKind::word)),
        ("question", said()),
        ("invited", list(&named())),
    ];
    let resolve = [
        ("objection", json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000 })),
        ("ruling", all(Ruling::ALL, Ruling::word)),
        ("answer", said()),
    ];
    vec![
        way("reprice", &[("price", amount()), ("reason", said())], &[]),
        way("consult", &consult, &[]),
        way("opine", &[("stance", all(Stance::ALL, Stance::word)), ("text", said())], &[]),
        way("close_consultation", &[], &[]),
        way("extend", &reason, &[]),
        way(
            "propose",
            &[("verdict", all(Verdict::ALL, Verdict::word)), ("without", list(&named()))],
            &[("reason", maybe(&said()))],
        ),
        way("approve", &[], &[]),
        way("approve_forced", &reason, &[]),
        way("send_back", &reason, &[]),
        way("object", &[("text", said())], &[]),
        way("resolve", &resolve, &[]),
        way("uphold", &reason, &[]),
        way("overturn", &reason, &[]),
    ]
}

fn working() -> Vec<Value> {
    let reason = [("reason", said())];
    let refusal = [("community", uuid()), ("reason", all(RefusalReason::ALL, RefusalReason::word))];
    let done = closed(&[("code", named()), ("share", decimal()), ("direct", amount())], &[]);
    let ruling = [("community", uuid()), ("accepted", decimal()), ("reason", said())];
    vec![
        way("move", &[("starts_on", day()), ("ends_on", day()), ("reason", said())], &[]),
        way("commit_funds", &[], &[]),
        way("commit_funds_from", &[("source", source())], &[]),
        way("accept_assignment", &[("community", uuid())], &[]),
        way("refuse_assignment", &refusal, &[("text", maybe(&said()))]),
        way("suspend", &reason, &[]),
        way("resume", &reason, &[]),
        way("terminate", &[("done", list(&done)), ("reason", said())], &[]),
        way("dispute", &[("community", uuid()), ("reason", said())], &[]),
        way("rule_on_dispute", &ruling, &[]),
        way("confirm", &[], &[]),
    ]
}

/// What pays a request.
fn source() -> Value {
    let later = closed(&[("later_line", closed(&[("year", year())], &[]))], &[]);
    let special = closed(&[("special", uuid())], &[]);
    json!({ "anyOf": [{ "type": "string", "enum": ["budget_line", "contingency"] }, later, special] })
}

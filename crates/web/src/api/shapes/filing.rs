//! What a department files: the application of `contract.md`. Keys that may be missing may be null as well.

use serde_json::{Value, json};
use workflow::facts::{BodyKind, BurdenKind, DayFactor, Per, Term, Worker, limits};

use crate::api::schema::{all, amount, closed, day, decimal, flag, maybe};

/// A text of a request.
fn text() -> Value {
    json!({ "type": "string", "maxLength": limits::CHARACTERS })
}

/// A text that is not blank.
fn name() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": limits::CHARACTERS })
}

fn whole(most: i64) -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": most })
}

fn lines(of: &Value) -> Value {
    maybe(&json!({ "type": "array", "items": of, "maxItems": limits::LINES }))
}

/// The keys of an application, those that are needed first.
pub(crate) fn application() -> Value {
    let document =
        closed(&[], &[("title", maybe(&text())), ("number", maybe(&text())), ("expires_on", maybe(&day()))]);
    let said = || maybe(&text());
    let declarations = closed(&[], &[("department", said()), ("community", said()), ("support", said())]);
    let offer_year = json!({ "type": "integer", "minimum": 2000, "maximum": 2099 });
    let offer = closed(&[("amount", amount()), ("in_budget", flag()), ("budget_year", offer_year)], &[]);
    let department = closed(
        &[("name", text()), ("kind", all(BodyKind::ALL, BodyKind::word)), ("hosts_office", flag())],
        &[],
    );
    closed(
        &[("term", all(Term::ALL, Term::word))],
        &[
            ("title", maybe(&text())),
            ("description", maybe(&text())),
            ("department", maybe(&department)),
            ("cosigned_by", maybe(&all(BodyKind::ALL, BodyKind::word))),
            ("item", maybe(&name())),
            ("starts_on", maybe(&day())),
            ("ends_on", maybe(&day())),
            ("occurred_on", maybe(&day())),
            ("governing_document", maybe(&document)),
            ("declarations", maybe(&declarations)),
            ("work", lines(&work())),
            ("direct_costs", lines(&closed(&[("what", text()), ("amount", amount())], &[]))),
            ("burdens", lines(&burden())),
            ("personal_data", lines(&name())),
            ("offer", maybe(&offer)),
        ],
    )
}

fn work() -> Value {
    let covered = closed(&[("per", all(Per::ALL, Per::word)), ("coverage", decimal())], &[]);
    let fixed = closed(&[("fixed", whole(limits::UNITS))], &[]);
    closed(
        &[
            ("what", text()),
            ("volume", json!({ "anyOf": [covered, fixed] })),
            ("times", whole(limits::TIMES)),
            ("minutes_per_unit", decimal()),
            ("day", all(DayFactor::ALL, DayFactor::word)),
            ("worker", all(Worker::ALL, Worker::word)),
        ],
        &[],
    )
}

fn burden() -> Value {
    let needed = [("kind", all(BurdenKind::ALL, BurdenKind::word)), ("name", text())];
    let said = || maybe(&text());
    closed(&needed, &[("number", said()), ("approval", said()), ("expires_on", maybe(&day()))])
}

/// Codes of communities.
pub(crate) fn codes() -> Value {
    json!({ "type": "array", "items": name(), "maxItems": limits::COMMUNITIES })
}

/// An application that is assessed as it stands.
pub(crate) fn example() -> Value {
    json!({
        "application": {
            "title": "老年人健康档案核查", "item": "C08-07", "term": "temporary",
            "starts_on": "2026-05-06", "ends_on": "2026-08-31",
            "governing_document": { "title": "基本公共卫生服务规范", "number": "国卫基层发〔2026〕1号", "expires_on": "2027-12-31" },
            "declarations": { "department": "统筹安排", "community": "入户核查", "support": "培训两次" },
            "work": [{
                "what": "入户核查", "volume": { "per": "household", "coverage": "0.30" }, "times": 1,
                "minutes_per_unit": "6.5", "day": "working", "worker": "community",
            }],
            "direct_costs": [{ "what": "印刷", "amount": "1000.01" }],
            "personal_data": ["name", "phone"],
            "offer": { "amount": "30000.00", "in_budget": true, "budget_year": 2026 },
        },
        "communities": ["420202001001", "420202001002"],
    })
}

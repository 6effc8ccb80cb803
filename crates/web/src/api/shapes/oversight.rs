//! Limits, cards, complaints, inspections, ratings, lateness and figures.

use serde_json::{Value, json};
use workflow::card::{CardStageKind, Colour};
use workflow::complaint::{ComplaintStageKind, Hearer};
use workflow::inspection::PlanStageKind;

use super::place;
use crate::api::files;
use crate::api::schema::{
    all, both, closed, count, day, flag, hours, list, maybe, moment, money, month, named, object,
    object_with, open, page, page_without, said, text, uuid, whole,
};

pub(crate) fn limits() -> Value {
    page_without(&object(&[
        ("request", uuid()),
        ("number", text()),
        ("title", text()),
        ("stage", text()),
        ("kind", text()),
        ("community", maybe(&text())),
        ("whose", text()),
        ("due", day()),
        ("provisional", flag()),
        ("days_left", whole()),
        ("is_late", flag()),
        ("left", both()),
        ("card", maybe(&all(Colour::ALL, Colour::word))),
    ]))
}

pub(crate) fn card() -> Value {
    object(&[
        ("id", uuid()),
        ("district", uuid()),
        ("organisation", uuid()),
        ("request", uuid()),
        ("number", text()),
        ("title", text()),
        ("department", text()),
        ("step", text()),
        ("begun_on", day()),
        ("due", day()),
        ("given_on", day()),
        ("colour", all(Colour::ALL, Colour::word)),
        ("cause", text()),
        ("stage", all(CardStageKind::ALL, CardStageKind::word)),
        ("version", whole()),
    ])
}

pub(crate) fn cards() -> Value {
    page(&card())
}

fn step(word: &str, key: &str) -> Value {
    closed(&[("action", json!({ "const": word })), (key, said())], &[])
}

pub(crate) fn card_action() -> Value {
    json!({ "anyOf": [step("contest", "text"), step("uphold", "reason"), step("cancel", "reason")] })
}

pub(crate) fn complaint_action() -> Value {
    let take = closed(&[("action", json!({ "const": "take" }))], &[]);
    json!({ "anyOf": [take, step("uphold", "order"), step("dismiss", "reason")] })
}

/// What the accused see has no id, no due day and none of the complainant's words.
pub(crate) fn complaint() -> Value {
    let stage = object(&[("stage", all(ComplaintStageKind::ALL, ComplaintStageKind::word))]);
    let imposed = object(&[("what", text()), ("since", day()), ("covered_by", maybe(&text()))]);
    let evidence = object(&[("id", uuid()), ("name", text()), ("sha256", text()), ("size", count())]);
    let whole = [
        ("id", uuid()),
        ("department", place()),
        ("imposed", imposed),
        ("filed_on", day()),
        ("due", day()),
        ("hearer", all(Hearer::ALL, Hearer::word)),
        ("escalated_on", maybe(&day())),
        ("version", whole()),
        ("evidence", list(&evidence)),
        ("coverage", list(&open())),
        ("history", list(&open())),
        ("unreadable", count()),
        ("since", day()),
        ("order", text()),
        ("on", day()),
    ];
    object_with(&[("number", text()), ("community", place()), ("stage", stage)], &whole)
}

pub(crate) fn complaints() -> Value {
    page_without(&complaint())
}

pub(crate) fn accusable() -> Value {
    list(&place())
}

pub(crate) fn new_complaint() -> Value {
    let needed = [("department", named()), ("what", said()), ("since", day())];
    closed(&needed, &[("covered_by", maybe(&named())), ("files", files::files())])
}

pub(crate) fn complaint_example() -> Value {
    json!({
        "department": "HEALTH", "what": "要求社区每周上报台账", "since": "2026-03-02", "covered_by": null,
        "files": [{ "name": "通知.png", "content": files::DOT }],
    })
}

pub(crate) fn changed_complaint() -> Value {
    object(&[
        ("id", uuid()),
        ("number", text()),
        ("stage", all(ComplaintStageKind::ALL, ComplaintStageKind::word)),
        ("hearer", all(Hearer::ALL, Hearer::word)),
        ("version", whole()),
    ])
}

fn visit() -> Value {
    object(&[
        ("community", uuid()),
        ("code", text()),
        ("name", text()),
        ("on", day()),
        ("looks", list(&open())),
    ])
}

fn refused() -> Value {
    object(&[("department", uuid()), ("named", text()), ("cause", text())])
}

pub(crate) fn proposal() -> Value {
    object(&[
        ("district", uuid()),
        ("department", uuid()),
        ("year", whole()),
        ("named", open()),
        ("by", uuid()),
        ("on", day()),
        ("cause", maybe(&text())),
    ])
}

pub(crate) fn inspection() -> Value {
    object(&[
        ("number", text()),
        ("year", whole()),
        ("stage", all(PlanStageKind::ALL, PlanStageKind::word)),
        ("visits", list(&visit())),
        ("refused", list(&refused())),
        ("proposals", list(&proposal())),
        ("version", whole()),
        ("unreadable", count()),
    ])
}

/// The code of an item, or the number or id of a request.
pub(crate) fn new_proposal() -> Value {
    closed(&[("named", named())], &[])
}

/// Days on which a community, or without one none, can be visited.
pub(crate) fn busy_days() -> Value {
    let busy = closed(&[("day", day())], &[("community", maybe(&named()))]);
    closed(&[("busy", list(&busy))], &[])
}

pub(crate) fn built_plan() -> Value {
    object(&[
        ("number", text()),
        ("year", whole()),
        ("stage", all(PlanStageKind::ALL, PlanStageKind::word)),
        ("built_on", day()),
        ("visits", list(&visit())),
        ("refused", list(&refused())),
        ("short", list(&text())),
        ("version", whole()),
    ])
}

pub(crate) fn lateness() -> Value {
    let party = object(&[
        ("organisation", maybe(&text())),
        ("whose", maybe(&text())),
        ("steps", count()),
        ("days", count()),
        ("late_steps", count()),
        ("late_days", json!({ "type": "object", "additionalProperties": count() })),
    ]);
    object(&[("year", whole()), ("parties", list(&party)), ("unreadable", count())])
}

pub(crate) fn escalations() -> Value {
    list(&object(&[
        ("whose", text()),
        ("after", count()),
        ("to", text()),
        ("executor", text()),
        ("reaches_nobody_in", list(&text())),
    ]))
}

pub(crate) fn refusals() -> Value {
    page(&object(&[
        ("request", uuid()),
        ("number", maybe(&text())),
        ("title", text()),
        ("community", place()),
        ("on", day()),
        ("reason", text()),
        ("share", money()),
    ]))
}

pub(crate) fn figures() -> Value {
    let request = object(&[
        ("department", maybe(&place())),
        ("function", count()),
        ("month", month()),
        ("stage", text()),
        ("requests", count()),
        ("price", money()),
    ]);
    let hour = object(&[
        ("department", maybe(&place())),
        ("function", count()),
        ("community", maybe(&place())),
        ("hours", hours()),
    ]);
    let by_month = object(&[("month", month()), ("function", count()), ("hours", hours())]);
    let time = object(&[("request", uuid()), ("submitted", moment()), ("decided", moment())]);
    let ground = object(&[("code", text()), ("message", both()), ("requests", count())]);
    let can = object(&[("workers", count()), ("capacity", hours()), ("reserve", hours())]);
    let capacity = object(&[("community", maybe(&place())), ("capacity", can)]);
    object(&[
        ("year", whole()),
        ("requests", list(&request)),
        ("hours", list(&hour)),
        ("months", list(&by_month)),
        ("times", list(&time)),
        ("grounds", list(&ground)),
        ("capacities", list(&capacity)),
    ])
}

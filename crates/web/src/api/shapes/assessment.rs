//! Facts and assessments (`contract.md`), trials, and by what is judged.

use serde_json::{Value, json};
use workflow::assessment::Outcome;
use workflow::catalogue::{Class, Function};
use workflow::facts::limits;

use super::filing;
use crate::api::schema::{
    all, both, closed, count, day, decimal, flag, hours, list, maybe, money, month, object, open, page, text,
    uuid, whole, words,
};

/// One facts object (`contract.md`), or an array of them. What stands beside the request is told in that file.
pub(crate) fn facts() -> Value {
    let units = json!({ "type": "integer", "minimum": 0, "maximum": limits::UNITS });
    let community = closed(
        &[("code", text()), ("name", text()), ("households", units.clone()), ("residents", units)],
        &[("workers", maybe(&count())), ("booked", maybe(&open()))],
    );
    let lists = [
        ("communities", maybe(&list(&community))),
        ("register", maybe(&open())),
        ("admitted", maybe(&list(&open()))),
        ("siblings", maybe(&list(&open()))),
    ];
    let one = closed(&[("today", day()), ("request", filing::application())], &lists);
    json!({ "anyOf": [one, list(&one)] })
}

pub(crate) fn assessment() -> Value {
    let finding = object(&[
        ("rule", text()),
        ("severity", text()),
        ("code", text()),
        ("message", both()),
        ("citation", text()),
    ]);
    let quota = object(&[
        ("community", text()),
        ("month", month()),
        ("hours", hours()),
        ("free", hours()),
        ("over", hours()),
    ]);
    object(&[
        ("outcome", all(Outcome::ALL, Outcome::word)),
        ("class", maybe(&all(Class::ALL, Class::word))),
        ("function", maybe(&whole())),
        ("price", object(&[("total", money()), ("communities", list(&open()))])),
        ("quota", list(&quota)),
        ("findings", list(&finding)),
        ("decide_by", maybe(&day())),
        ("provisional", flag()),
    ])
}

pub(crate) fn assessments() -> Value {
    json!({ "anyOf": [assessment(), list(&assessment())] })
}

/// A filing, perhaps of a request that is kept already.
pub(crate) fn trial_filing() -> Value {
    let filing = [("application", filing::application()), ("communities", filing::codes())];
    closed(&filing, &[("request", maybe(&text()))])
}

pub(crate) fn trial() -> Value {
    let way = object(&[
        ("changes", list(&object(&[("input", text())]))),
        ("outcome", all(Outcome::ALL, Outcome::word)),
        ("price", money()),
    ]);
    object(&[("request", maybe(&uuid())), ("assessment", assessment()), ("ways", list(&way))])
}

pub(crate) fn choosable() -> Value {
    page(&object(&[
        ("code", text()),
        ("name", text()),
        ("households", count()),
        ("residents", count()),
        ("free", hours()),
        ("subdistrict", maybe(&super::place())),
    ]))
}

pub(crate) fn catalogue() -> Value {
    page(&object(&[
        ("code", text()),
        ("title", both()),
        ("category", both()),
        ("function", maybe(&all(Function::ALL, Function::word))),
        ("class", all(Class::ALL, Class::word)),
        ("yearly_hours", decimal()),
        ("requester", both()),
        ("open", object(&[("from", maybe(&day())), ("until", maybe(&day()))])),
    ]))
}

pub(crate) fn calendar() -> Value {
    let changed = object(&[("day", day()), ("kind", words(&["rest", "work"]))]);
    let month = object(&[("month", month()), ("working_days", count()), ("changed", list(&changed))]);
    object(&[("year", whole()), ("version", text()), ("provisional", flag()), ("months", list(&month))])
}

pub(crate) fn rules() -> Value {
    object(&[
        ("name", text()),
        ("version", text()),
        ("hash", text()),
        ("calendar", text()),
        ("parameters", open()),
    ])
}

//! Letters, deputies, mergers, imports, jobs, calendars and the audit.

use engine::Job;
use serde_json::{Value, json};
use store::LetterState;
use workflow::actor::Role;
use workflow::letters::{LetterMode, QuietHours};

use crate::api::schema::{
    all, closed, count, day, list, maybe, moment, money, named, object, page, text, uuid, whole, words, year,
};

pub(crate) fn letter_state() -> Value {
    all(LetterState::ALL, LetterState::word)
}

pub(crate) fn letters() -> Value {
    page(&object(&[
        ("id", uuid()),
        ("state", letter_state()),
        ("kind", text()),
        ("recipient", text()),
        ("subject", maybe(&text())),
        ("request", maybe(&uuid())),
        ("tries", count()),
        ("next_at", maybe(&moment())),
        ("sent_at", maybe(&moment())),
        ("reason", maybe(&text())),
    ]))
}

/// One letter, or without one all that are dead.
pub(crate) fn retry() -> Value {
    closed(&[], &[("letter", maybe(&uuid()))])
}

pub(crate) fn retried() -> Value {
    object(&[("letters", count())])
}

pub(crate) fn cancelled() -> Value {
    object(&[("cancelled", uuid())])
}

pub(crate) fn preference() -> Value {
    let keys = [
        ("language", words(&["zh", "en"])),
        ("letters", all(LetterMode::ALL, LetterMode::word)),
        ("quiet", all(QuietHours::ALL, QuietHours::word)),
    ];
    closed(&keys, &[])
}

fn role() -> Value {
    all(Role::ALL, Role::word)
}

pub(crate) fn deputies() -> Value {
    let who = object(&[("name", text()), ("email", text())]);
    page(&object(&[
        ("id", uuid()),
        ("principal", maybe(&who)),
        ("deputy", maybe(&who)),
        ("role", role()),
        ("from", day()),
        ("until", day()),
    ]))
}

/// Both people by their addresses.
pub(crate) fn new_deputy() -> Value {
    let keys =
        [("principal", named()), ("deputy", named()), ("role", role()), ("from", day()), ("until", day())];
    closed(&keys, &[])
}

pub(crate) fn deputy_example() -> Value {
    json!({
        "principal": "review@example.org", "deputy": "review2@example.org", "role": "reviewer",
        "from": "2026-05-06", "until": "2026-05-20",
    })
}

pub(crate) fn deputy() -> Value {
    object(&[("id", uuid()), ("role", role()), ("from", day()), ("until", day())])
}

pub(crate) fn deputy_ending() -> Value {
    closed(&[("principal", named()), ("role", role()), ("last", day())], &[])
}

pub(crate) fn ended_deputies() -> Value {
    object(&[("ended", count())])
}

/// Codes of both communities.
pub(crate) fn merger() -> Value {
    closed(&[("from", named()), ("into", named())], &[])
}

pub(crate) fn merged() -> Value {
    object(&[
        ("from", text()),
        ("into", text()),
        ("on", day()),
        ("requests", count()),
        ("people", count()),
        ("money", money()),
    ])
}

/// The text of a table (CSV), and its name, which becomes the version of a calendar.
pub(crate) fn table() -> Value {
    closed(&[("name", named()), ("text", text())], &[])
}

pub(crate) fn job() -> Value {
    let counts = json!({ "type": "object", "additionalProperties": count() });
    let last = object(&[("ran_at", moment()), ("counts", counts), ("failure", maybe(&text()))]);
    object(&[("job", all(Job::ALL, Job::word)), ("last", maybe(&last)), ("next", moment())])
}

pub(crate) fn jobs() -> Value {
    list(&job())
}

pub(crate) fn sweep_failures() -> Value {
    page(&object(&[
        ("request", uuid()),
        ("number", maybe(&text())),
        ("first_at", moment()),
        ("last_at", moment()),
        ("tries", count()),
        ("failure", text()),
    ]))
}

/// One loading of a calendar, with its text as it was loaded.
pub(crate) fn calendar_loads() -> Value {
    page(&object(&[
        ("loaded_at", moment()),
        ("version", text()),
        ("first_year", maybe(&year())),
        ("last_year", maybe(&year())),
        ("text", text()),
    ]))
}

/// An event as it lies in its chain, with the names of who did it and of what it is about.
pub(crate) fn events() -> Value {
    page(&object(&[
        ("subject", uuid()),
        ("about", maybe(&text())),
        ("seq", whole()),
        ("district", uuid()),
        ("at", moment()),
        ("person", maybe(&uuid())),
        ("by", maybe(&text())),
        ("role", text()),
        ("action", text()),
        ("before", text()),
        ("after", text()),
        ("reason", maybe(&text())),
        ("detail", text()),
        ("changes", text()),
        ("hash", text()),
    ]))
}

//! The shapes of bodies and answers, as the description tells them.

use serde_json::{Value, json};
use workflow::action::ActionKind;
use workflow::assessment::Outcome;
use workflow::catalogue::Class;
use workflow::stage::StageKind;

use super::schema::{
    closed, day, flag, hours, list, maybe, moment, money, month, object, object_with, open, text, uuid,
    whole, words,
};

fn all<T: Copy>(list: &[T], word: fn(T) -> &'static str) -> Value {
    let found: Vec<&str> = list.iter().map(|one| word(*one)).collect();
    words(&found)
}

pub(crate) fn stage() -> Value {
    all(StageKind::ALL, StageKind::word)
}

/// One facts object (`contract.md`), or an array of them.
pub(crate) fn facts() -> Value {
    let request = object_with(&[], &[("title", maybe(&text())), ("item", maybe(&text()))]);
    let community = object_with(&[("code", text()), ("households", whole())], &[("name", text())]);
    let lists = [("communities", list(&community)), ("register", open()), ("admitted", list(&open()))];
    let one = closed(&[("today", day()), ("request", request)], &lists);
    json!({ "anyOf": [one, list(&one)] })
}

fn assessment() -> Value {
    let finding = object(&[
        ("rule", text()),
        ("severity", text()),
        ("code", text()),
        ("message", object(&[("zh", text()), ("en", text())])),
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

/// What a department files: the application of `contract.md`, and the codes of communities.
pub(crate) fn filing() -> Value {
    closed(&[("application", open()), ("communities", list(&text()))], &[])
}

pub(crate) fn request_page() -> Value {
    let line = object(&[
        ("id", uuid()),
        ("number", maybe(&text())),
        ("title", text()),
        ("department", uuid()),
        ("item", maybe(&text())),
        ("class", maybe(&text())),
        ("price", money()),
        ("stage", stage()),
        ("starts_on", maybe(&day())),
        ("ends_on", maybe(&day())),
        ("events", whole()),
    ]);
    object(&[("items", list(&line)), ("next", maybe(&uuid()))])
}

fn event() -> Value {
    object(&[
        ("seq", whole()),
        ("at", moment()),
        ("person", maybe(&uuid())),
        ("role", text()),
        ("action", text()),
        ("before", text()),
        ("after", text()),
        ("reason", maybe(&text())),
        ("detail", text()),
        ("hash", text()),
    ])
}

pub(crate) fn history() -> Value {
    list(&event())
}

pub(crate) fn request() -> Value {
    object(&[
        ("id", uuid()),
        ("number", maybe(&text())),
        ("application", open()),
        ("stage", open()),
        ("version", whole()),
        ("assignments", list(&open())),
        ("dossier", open()),
        ("assessment", maybe(&assessment())),
        ("trace", json!({})),
        ("history", history()),
        ("open_actions", list(&all(ActionKind::ALL, ActionKind::word))),
    ])
}

/// What a changed request is answered with.
pub(crate) fn done() -> Value {
    object(&[
        ("id", uuid()),
        ("number", maybe(&text())),
        ("stage", stage()),
        ("version", whole()),
        ("price", money()),
    ])
}

/// A command: its action, and what the action needs.
pub(crate) fn command() -> Value {
    object(&[("action", text())])
}

pub(crate) fn bulk() -> Value {
    let entry = object_with(&[("request", text()), ("action", text())], &[("seen", maybe(&whole()))]);
    json!({ "type": "array", "items": entry, "maxItems": super::requests::MANY })
}

pub(crate) fn bulk_answers() -> Value {
    let problem = json!({ "$ref": "#/components/schemas/Problem" });
    list(&object_with(&[("request", text()), ("status", whole())], &[("done", done()), ("problem", problem)]))
}

pub(crate) fn organisations() -> Value {
    list(&object(&[
        ("id", uuid()),
        ("code", text()),
        ("name", text()),
        ("name_en", text()),
        ("kind", text()),
        ("parent", maybe(&text())),
        ("district", maybe(&text())),
        ("body", maybe(&text())),
        ("hosts_office", flag()),
        ("closed_on", maybe(&day())),
        ("merged_into", maybe(&text())),
    ]))
}

pub(crate) fn communities() -> Value {
    list(&object(&[
        ("code", text()),
        ("name", text()),
        ("name_en", text()),
        ("closed_on", maybe(&day())),
        ("households", maybe(&whole())),
        ("residents", maybe(&whole())),
        ("workers", maybe(&whole())),
        ("station_workers", maybe(&whole())),
    ]))
}

pub(crate) fn quota() -> Value {
    let figures =
        || ["capacity", "reserve", "booked", "forced", "free", "over"].map(|name| (name, hours())).to_vec();
    let task =
        object(&[("request", uuid()), ("number", maybe(&text())), ("title", text()), ("hours", hours())]);
    let mut month_keys = vec![("month", month()), ("provisional", flag()), ("tasks", list(&task))];
    month_keys.extend(figures());
    let pool =
        object(&[("pool", text()), ("total", object(&figures())), ("months", list(&object(&month_keys)))]);
    object(&[
        ("code", text()),
        ("name", text()),
        ("year", whole()),
        ("as_of", maybe(&day())),
        ("pools", list(&pool)),
    ])
}

pub(crate) fn forecast() -> Value {
    let mut keys = vec![("code", text()), ("name", text()), ("pool", text()), ("month", month())];
    let figures =
        ["capacity", "booked", "publication", "review", "renewal", "season", "total", "free", "over"];
    keys.extend(figures.map(|name| (name, hours())));
    keys.push(("lines", list(&open())));
    object(&[("quarter", text()), ("rows", list(&object(&keys)))])
}

pub(crate) fn me() -> Value {
    let place = object(&[("id", uuid()), ("code", text()), ("name", text())]);
    object(&[
        ("id", uuid()),
        ("name", text()),
        ("email", text()),
        ("language", text()),
        ("organisation", place),
        ("roles", list(&text())),
        ("signed_in_by", words(&["session", "read", "write"])),
        ("form_token", maybe(&text())),
    ])
}

pub(crate) fn limits() -> Value {
    list(&object(&[
        ("request", uuid()),
        ("number", text()),
        ("title", text()),
        ("stage", stage()),
        ("kind", text()),
        ("community", maybe(&text())),
        ("whose", text()),
        ("due", day()),
        ("provisional", flag()),
        ("days_left", whole()),
        ("is_late", flag()),
        ("left", object(&[("zh", text()), ("en", text())])),
        ("card", maybe(&text())),
    ]))
}

pub(crate) fn cards() -> Value {
    list(&object(&[
        ("id", uuid()),
        ("colour", text()),
        ("given_on", day()),
        ("number", text()),
        ("title", text()),
    ]))
}

fn account() -> Value {
    object(&[("kind", text()), ("code", maybe(&text()))])
}

pub(crate) fn budget() -> Value {
    let sums = [
        "appropriated",
        "carried_in",
        "carried_out",
        "lapsed",
        "committed",
        "escrow",
        "paid",
        "returned",
        "free",
    ];
    let mut keys = vec![("account", account())];
    keys.extend(sums.map(|name| (name, money())));
    list(&object(&keys))
}

pub(crate) fn ledger() -> Value {
    let entry = object(&[
        ("posting", uuid()),
        ("date", day()),
        ("purpose", text()),
        ("other", account()),
        ("amount", money()),
        ("balance", money()),
        ("request", maybe(&text())),
        ("event", text()),
    ]);
    list(&object(&[("account", account()), ("balance", money()), ("entries", list(&entry))]))
}

fn place() -> Value {
    object(&[("code", text()), ("name", text())])
}

/// What the accused see has no id, no due day and none of the complainant's words.
pub(crate) fn complaint() -> Value {
    let needed = [("number", text()), ("community", place()), ("stage", open())];
    object_with(
        &needed,
        &[("id", uuid()), ("department", place()), ("imposed", open()), ("due", day()), ("order", text())],
    )
}

pub(crate) fn complaints() -> Value {
    list(&complaint())
}

pub(crate) fn new_complaint() -> Value {
    let needed = [("department", text()), ("what", text()), ("since", day())];
    closed(&needed, &[("covered_by", maybe(&text()))])
}

pub(crate) fn filed_complaint() -> Value {
    object(&[("id", uuid()), ("number", text()), ("stage", text()), ("hearer", text())])
}

pub(crate) fn inspection() -> Value {
    object(&[
        ("number", text()),
        ("year", whole()),
        ("stage", text()),
        ("visits", list(&open())),
        ("refused", list(&open())),
        ("proposals", list(&open())),
    ])
}

fn token_keys() -> Vec<(&'static str, Value)> {
    let reach = words(&["read", "write"]);
    vec![
        ("id", uuid()),
        ("name", text()),
        ("reach", reach),
        ("created_at", moment()),
        ("expires_at", moment()),
        ("used_at", maybe(&moment())),
    ]
}

pub(crate) fn tokens() -> Value {
    list(&object(&token_keys()))
}

/// The token itself is in no other answer.
pub(crate) fn made_token() -> Value {
    let mut keys = token_keys();
    keys.push(("token", text()));
    object(&keys)
}

pub(crate) fn new_token() -> Value {
    let name = json!({ "type": "string", "minLength": 1, "maxLength": 100 });
    let days = json!({ "type": "integer", "minimum": 1, "maximum": engine::LONGEST_TOKEN_DAYS });
    closed(&[("name", name), ("reach", words(&["read", "write"])), ("days", days)], &[])
}

pub(crate) fn ended_token() -> Value {
    object(&[("ended", uuid())])
}

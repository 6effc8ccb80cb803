//! Money as it is read.

use serde_json::Value;
use workflow::ledger::{AccountKind, Purpose};

use crate::api::schema::{
    all, count, day, flag, list, maybe, money, object, object_with, page, text, uuid, whole,
};

fn account() -> Value {
    let needed = [
        ("kind", all(AccountKind::ALL, AccountKind::word)),
        ("code", text()),
        ("name", text()),
        ("name_en", text()),
    ];
    object_with(&needed, &[("year", whole())])
}

fn purpose() -> Value {
    all(Purpose::ALL, Purpose::word)
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
        "rewarded",
        "free",
    ];
    let mut keys = vec![("account", account())];
    keys.extend(sums.map(|name| (name, money())));
    page(&object(&keys))
}

pub(crate) fn base_funds() -> Value {
    page(&object(&[
        ("code", text()),
        ("name", text()),
        ("households", count()),
        ("due", money()),
        ("arrived", money()),
        ("missing", money()),
    ]))
}

pub(crate) fn special_funds() -> Value {
    page(&object(&[
        ("id", uuid()),
        ("district", uuid()),
        ("code", text()),
        ("name", text()),
        ("name_en", text()),
        ("first_year", whole()),
        ("last_year", whole()),
        ("purpose", text()),
    ]))
}

pub(crate) fn payments() -> Value {
    page(&object(&[
        ("posting", uuid()),
        ("on", day()),
        ("purpose", purpose()),
        ("community", account()),
        ("request", maybe(&text())),
        ("amount", money()),
    ]))
}

pub(crate) fn ledger() -> Value {
    let entry = object(&[
        ("account", account()),
        ("posting", uuid()),
        ("date", day()),
        ("purpose", purpose()),
        ("other", account()),
        ("amount", money()),
        ("balance", money()),
        ("request", maybe(&text())),
        ("event", text()),
        ("reverses", maybe(&uuid())),
        ("reversed_by", maybe(&uuid())),
    ]);
    let held = object(&[("account", account()), ("balance", money())]);
    object(&[("accounts", list(&held)), ("items", list(&entry)), ("next", maybe(&text()))])
}

pub(crate) fn statement() -> Value {
    let movement =
        object(&[("purpose", purpose()), ("postings", count()), ("into", money()), ("out", money())]);
    let account = object(&[
        ("account", account()),
        ("opening", money()),
        ("movements", list(&movement)),
        ("closing", money()),
        ("balanced", flag()),
    ]);
    object(&[("code", text()), ("year", maybe(&whole())), ("accounts", list(&account))])
}

//! Places and their hours.

use serde_json::Value;
use workflow::hours::Pool;

use crate::api::schema::{
    all, count, day, flag, hours, list, maybe, month, object, open, page, text, uuid, whole,
};

fn pool() -> Value {
    all(Pool::ALL, Pool::word)
}

pub(crate) fn organisations() -> Value {
    page(&object(&[
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
    page(&object(&[
        ("code", text()),
        ("name", text()),
        ("name_en", text()),
        ("closed_on", maybe(&day())),
        ("households", maybe(&count())),
        ("residents", maybe(&count())),
        ("workers", maybe(&count())),
        ("station_workers", maybe(&count())),
    ]))
}

pub(crate) fn quota() -> Value {
    let figures =
        || ["capacity", "reserve", "booked", "forced", "free", "over"].map(|name| (name, hours())).to_vec();
    let task = object(&[
        ("request", uuid()),
        ("number", maybe(&text())),
        ("title", text()),
        ("function", maybe(&whole())),
        ("hours", hours()),
        ("forced", hours()),
    ]);
    let mut month_keys =
        vec![("month", month()), ("workers", count()), ("provisional", flag()), ("tasks", list(&task))];
    month_keys.extend(figures());
    let pool = object(&[
        ("pool", pool()),
        ("total", object(&figures())),
        ("peak_week", maybe(&open())),
        ("months", list(&object(&month_keys))),
    ]);
    object(&[
        ("code", text()),
        ("name", text()),
        ("year", whole()),
        ("as_of", maybe(&day())),
        ("pools", list(&pool)),
    ])
}

pub(crate) fn forecast() -> Value {
    let mut keys = vec![("code", text()), ("name", text()), ("pool", pool()), ("month", month())];
    let figures =
        ["capacity", "booked", "publication", "review", "renewal", "season", "total", "free", "over"];
    keys.extend(figures.map(|name| (name, hours())));
    keys.push(("lines", list(&open())));
    let lines = list(&object(&keys));
    let goes_on = [("next", maybe(&text())), ("unreadable", count())];
    object(&[[("quarter", text()), ("items", lines)], goes_on].concat())
}

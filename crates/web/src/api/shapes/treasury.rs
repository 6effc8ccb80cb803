//! What finance sends, and what comes back.

use serde_json::{Value, json};
use workflow::budget::CarryOver;

use crate::api::schema::{
    all, amount, closed, count, decimal, flag, maybe, money, named, object, said, text, uuid, year,
};

pub(crate) fn into_line() -> Value {
    closed(&[("department", named()), ("year", year()), ("amount", amount())], &[])
}

pub(crate) fn into_line_example() -> Value {
    json!({ "department": "HEALTH", "year": 2026, "amount": "300000.00" })
}

pub(crate) fn out_of_line() -> Value {
    closed(&[("department", named()), ("year", year()), ("amount", amount()), ("reason", said())], &[])
}

pub(crate) fn into_year() -> Value {
    closed(&[("year", year()), ("amount", amount())], &[])
}

pub(crate) fn out_of_year() -> Value {
    closed(&[("year", year()), ("amount", amount()), ("reason", said())], &[])
}

/// Without a share all that is due.
pub(crate) fn base_funds_share() -> Value {
    closed(&[("year", year())], &[("share", maybe(&decimal()))])
}

pub(crate) fn reward() -> Value {
    let keys = [
        ("fund", named()),
        ("request", named()),
        ("community", named()),
        ("amount", amount()),
        ("reason", said()),
    ];
    closed(&keys, &[])
}

/// The id of a posting, or `CODE#NUMBER` of an event as ledgers show it.
pub(crate) fn reversal() -> Value {
    closed(&[("of", named()), ("reason", said())], &[])
}

pub(crate) fn closing() -> Value {
    closed(&[("year", year())], &[("rule", maybe(&all(CarryOver::ALL, CarryOver::word)))])
}

pub(crate) fn new_fund() -> Value {
    let keys = [
        ("code", named()),
        ("name", named()),
        ("first_year", year()),
        ("last_year", year()),
        ("purpose", said()),
    ];
    closed(&keys, &[("name_en", text())])
}

pub(crate) fn opened() -> Value {
    object(&[("id", uuid())])
}

pub(crate) fn moved() -> Value {
    object(&[("done", flag())])
}

pub(crate) fn paid() -> Value {
    object(&[("sum", money())])
}

pub(crate) fn closed_year() -> Value {
    object(&[("sources", count()), ("carried_over", money()), ("lapsed", money())])
}

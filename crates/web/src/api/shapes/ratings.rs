//! What communities say of departments.

use serde_json::Value;

use super::place;
use crate::api::schema::{count, day, flag, list, object, open, page, text, uuid, whole};

fn answer() -> Value {
    object(&[("kind", text())])
}

pub(crate) fn of_department() -> Value {
    let one = object(&[
        ("id", uuid()),
        ("request", uuid()),
        ("community", place()),
        ("given_on", day()),
        ("answer", answer()),
    ]);
    let results = object(&[
        ("answers", count()),
        ("criteria", list(&open())),
        ("meetings", open()),
        ("texts", list(&text())),
        ("withheld", flag()),
    ]);
    object(&[("department", place()), ("year", whole()), ("results", results), ("answers", list(&one))])
}

pub(crate) fn of_year() -> Value {
    page(&of_department())
}

pub(crate) fn own() -> Value {
    page(&object(&[
        ("id", uuid()),
        ("request", uuid()),
        ("department", place()),
        ("year", whole()),
        ("given_on", day()),
        ("answer", answer()),
    ]))
}

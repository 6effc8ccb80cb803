//! What belongs to one request: deliveries, ratings, records, lateness, load and files.

use serde_json::{Value, json};
use workflow::facts::DayFactor;
use workflow::hours::Pool;

use crate::api::files;
use crate::api::schema::{
    all, amount, closed, count, day, hours, list, maybe, moment, month, object, open, page, said, text, uuid,
    whole,
};

/// The bytes of a file.
pub(crate) fn bytes() -> Value {
    json!({ "type": "string", "format": "binary" })
}

pub(crate) fn delivery() -> Value {
    let worked = closed(&[("day", all(DayFactor::ALL, DayFactor::word)), ("hours", amount())], &[]);
    let others = [("actual", maybe(&amount())), ("worked", list(&worked)), ("files", files::files())];
    closed(&[("report", said())], &others)
}

pub(crate) fn delivery_example() -> Value {
    json!({
        "report": "入户核查 742 户，全部完成", "actual": null, "worked": [],
        "files": [{ "name": "现场.png", "content": files::DOT }],
    })
}

pub(crate) fn rating() -> Value {
    let mark = json!({ "type": "integer", "minimum": 0, "maximum": 255 });
    let marks = json!({ "type": "object", "additionalProperties": mark });
    let committee =
        closed(&[("kind", json!({ "const": "committee" })), ("marks", marks)], &[("text", maybe(&said()))]);
    let votes = || json!({ "type": "integer", "minimum": 0, "maximum": 1_000_000 });
    let meeting = closed(
        &[
            ("kind", json!({ "const": "meeting" })),
            ("held_on", day()),
            ("representatives", votes()),
            ("present", votes()),
            ("satisfied", votes()),
            ("basically", votes()),
            ("not_satisfied", votes()),
        ],
        &[],
    );
    json!({ "anyOf": [committee, meeting] })
}

pub(crate) fn rating_example() -> Value {
    json!({ "kind": "committee", "marks": { "funds_on_time": 5, "clear_task": 4, "support": 4, "burden": 5 }, "text": "培训到位" })
}

pub(crate) fn given_rating() -> Value {
    object(&[("id", uuid()), ("request", uuid()), ("year", whole()), ("given_on", day())])
}

pub(crate) fn records() -> Value {
    page(&object(&[
        ("id", uuid()),
        ("made_at", moment()),
        ("rule_set_hash", text()),
        ("calendar", uuid()),
        ("facts", open()),
        ("assessment", open()),
        ("trace", json!({})),
    ]))
}

/// Every step that had a limit.
pub(crate) fn lateness() -> Value {
    list(&object(&[("organisation", maybe(&text())), ("stage", text()), ("whose", text())]))
}

pub(crate) fn load() -> Value {
    let figures =
        ["capacity", "reserve", "booked", "forced", "free", "over"].map(|name| (name, hours())).to_vec();
    list(&object(&[
        ("community", text()),
        ("pool", all(Pool::ALL, Pool::word)),
        ("month", month()),
        ("hours", hours()),
        ("figures", object(&figures)),
    ]))
}

pub(crate) fn files() -> Value {
    page(&object(&[("community", text()), ("name", text()), ("sha256", text()), ("size", count())]))
}

//! Meetings of the leading group and the cases that they can hear.

use serde_json::{Value, json};
use workflow::meeting::{MeetingActionKind, MeetingStageKind, Ripe};

use crate::api::schema::{
    all, closed, count, day, list, maybe, moment, money, named, object, object_with, page_without, said,
    text, uuid, whole,
};

/// Minutes of a day; no case is given more.
const MINUTES: u32 = 1440;
/// Votes or people that one meeting can have.
const PEOPLE: u32 = 1000;

fn number(most: u32) -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": most })
}

fn stage_kind() -> Value {
    all(MeetingStageKind::ALL, MeetingStageKind::word)
}

pub(crate) fn meetings() -> Value {
    page_without(&object(&[
        ("id", uuid()),
        ("number", text()),
        ("held_on", day()),
        ("place", text()),
        ("stage", stage_kind()),
        ("cases", count()),
        ("decided", count()),
        ("carried_over", count()),
        ("version", whole()),
    ]))
}

fn outcome() -> Value {
    let word = |word: &str| json!({ "const": word });
    let decided = [
        ("outcome", word("decided")),
        ("action", text()),
        ("after", text()),
        ("by", uuid()),
        ("reason", maybe(&text())),
        ("event", whole()),
    ];
    let stays = |kind: &str| object(&[("outcome", word(kind)), ("stage", text())]);
    json!({ "anyOf": [object(&decided), stays("carried_over"), stays("dropped"), { "type": "null" }] })
}

/// Who voted how is not told, only how many; whoever objects is named in the objection.
fn votes() -> Vec<(&'static str, Value)> {
    vec![
        ("for", number(PEOPLE)),
        ("against", number(PEOPLE)),
        ("abstaining", number(PEOPLE)),
        ("objections", json!({ "type": "array", "items": said(), "maxItems": PEOPLE })),
        ("opinion", maybe(&said())),
    ]
}

fn case_keys() -> Vec<(&'static str, Value)> {
    let read = [
        ("for", count()),
        ("against", count()),
        ("abstaining", count()),
        ("objections", list(&text())),
        ("opinion", maybe(&text())),
    ];
    vec![
        ("request", uuid()),
        ("number", text()),
        ("title", text()),
        ("ripe", all(Ripe::ALL, Ripe::word)),
        ("minutes", count()),
        ("vote", maybe(&object(&read))),
        ("outcome", outcome()),
    ]
}

fn meeting_keys(case: &Value) -> Vec<(&'static str, Value)> {
    let stage = object_with(
        &[("stage", stage_kind())],
        &[
            ("present", list(&text())),
            ("opened_at", moment()),
            ("closed_at", moment()),
            ("by", uuid()),
            ("reason", text()),
        ],
    );
    vec![
        ("id", uuid()),
        ("number", text()),
        ("held_on", day()),
        ("place", text()),
        ("called_by", uuid()),
        ("stage", stage),
        ("agenda", list(case)),
        ("version", whole()),
    ]
}

pub(crate) fn meeting() -> Value {
    object(&meeting_keys(&object(&case_keys())))
}

pub(crate) fn whole_meeting() -> Value {
    let mut case = case_keys();
    case.extend([
        ("request_stage", maybe(&text())),
        ("request_version", maybe(&whole())),
        ("price", maybe(&money())),
    ]);
    let mut keys = meeting_keys(&object(&case));
    keys.push(("people", list(&object(&[("id", uuid()), ("name", text())]))));
    keys.push(("open_actions", list(&all(MeetingActionKind::ALL, MeetingActionKind::word))));
    object(&keys)
}

pub(crate) fn new_meeting() -> Value {
    closed(&[("held_on", day()), ("place", named())], &[])
}

pub(crate) fn new_meeting_example() -> Value {
    json!({ "held_on": "2026-03-16", "place": "三楼会议室" })
}

pub(crate) fn meeting_action() -> Value {
    let step = |action: MeetingActionKind, keys: &[(&'static str, Value)]| {
        let mut all = vec![("action", json!({ "const": action.word() }))];
        all.extend_from_slice(keys);
        closed(&all, &[])
    };
    let slot = closed(&[("request", uuid()), ("minutes", number(MINUTES))], &[]);
    let cases = json!({ "type": "array", "items": slot, "maxItems": PEOPLE });
    let present = json!({ "type": "array", "items": named(), "maxItems": PEOPLE });
    let mut record = vec![("request", uuid())];
    record.extend(votes());
    json!({ "anyOf": [
        step(MeetingActionKind::Arrange, &[("cases", cases)]),
        step(MeetingActionKind::Open, &[("present", present)]),
        step(MeetingActionKind::Record, &record),
        step(MeetingActionKind::Close, &[]),
        step(MeetingActionKind::Cancel, &[("reason", said())]),
    ] })
}

pub(crate) fn action_example() -> Value {
    json!({
        "action": "record_votes", "request": "0198f2c0-0000-7000-8000-000000000000", "for": 5, "against": 1,
        "abstaining": 0, "objections": ["王芳：月度工时偏紧"], "opinion": "同意，减少一次入户",
    })
}

pub(crate) fn ripe_cases() -> Value {
    page_without(&object(&[
        ("request", uuid()),
        ("number", text()),
        ("title", text()),
        ("ripe", all(Ripe::ALL, Ripe::word)),
        ("department", maybe(&text())),
        ("price", money()),
        ("due", maybe(&day())),
        ("carried_over_from", maybe(&text())),
        ("version", whole()),
    ]))
}

//! What an errand came to, in the words of its kind.

use engine::ErrandKind;
use serde_json::Value;
use store::{Errand, ErrandState, MismatchKind};
use workflow::actor::Role;
use workflow::calendar::read_day;

use crate::pages::addresses::of_request;
use crate::pages::administration::counts;
use crate::pages::chips::whole_day;
use crate::tongue::Tongue;

/// What is shown of it.
pub(super) enum Shown {
    Nothing,
    Checked(Checked),
    Counted(Vec<String>),
    Imported { rows: u64, moved: Option<Vec<Moved>> },
    Failed(String),
}

/// What a check has found.
pub(super) struct Checked {
    pub(super) chains: u64,
    pub(super) events: u64,
    pub(super) rows: u64,
    pub(super) seals: u64,
    pub(super) count: u64,
    pub(super) places: Vec<Found>,
}

pub(super) struct Found {
    pub(super) kind: &'static str,
    pub(super) place: String,
    pub(super) about: String,
}

/// A limit that a calendar moved.
pub(super) struct Moved {
    pub(super) to: String,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) whose: &'static str,
    pub(super) old: String,
    pub(super) new: String,
}

impl Shown {
    pub(super) fn of(errand: &Errand, tongue: Tongue) -> Shown {
        let Some(result) = errand.result.as_deref() else { return Shown::Nothing };
        let result: Value = serde_json::from_str(result).unwrap_or_default();
        match (errand.state, ErrandKind::from_word(&errand.kind)) {
            (ErrandState::Failed, _) => Shown::Failed(failure(&result, tongue)),
            (_, _) if result.is_null() => Shown::Nothing,
            (_, Some(ErrandKind::Check)) => Shown::Checked(Checked::of(&result, tongue)),
            (_, Some(ErrandKind::Job)) => Shown::Counted(counts(&result, tongue)),
            (_, Some(ErrandKind::Import)) => imported(&result, tongue),
            (_, None) => Shown::Nothing,
        }
    }
}

fn number(value: &Value, key: &str) -> u64 {
    value.get(key).and_then(Value::as_u64).unwrap_or_default()
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn lines<T>(value: &Value, key: &str, line: impl Fn(&Value) -> T) -> Vec<T> {
    value.get(key).and_then(Value::as_array).map(|lines| lines.iter().map(line).collect()).unwrap_or_default()
}

/// The words, after the place in a file where there is one.
fn failure(result: &Value, tongue: Tongue) -> String {
    let message = result.get("message").map(|message| text(message, tongue.say("zh", "en")));
    let message = message.unwrap_or_default();
    let Some(place) = result.get("place").filter(|place| place.is_object()) else { return message };
    let (row, column) = (number(place, "row"), text(place, "column"));
    let place = match (column.is_empty(), tongue.say("zh", "en")) {
        (true, "zh") => format!("第 {row} 行"),
        (true, _) => format!("line {row}"),
        (false, "zh") => format!("第 {row} 行，{column} 列"),
        (false, _) => format!("line {row}, column {column}"),
    };
    let nothing = tongue.say("未导入任何内容", "nothing was brought in");
    format!("{place}: {message} — {nothing}")
}

fn imported(result: &Value, tongue: Tongue) -> Shown {
    let day = |one: &Value, key: &str| {
        read_day(&text(one, key)).map(|day| whole_day(day, tongue)).unwrap_or_default()
    };
    let moved = |one: &Value| Moved {
        to: of_request(&text(one, "number")),
        number: text(one, "number"),
        title: text(one, "title"),
        whose: Role::from_word(&text(one, "whose")).map_or("", |role| role.name(tongue.0)),
        old: day(one, "old_due"),
        new: day(one, "new_due"),
    };
    let is_calendar = text(result, "kind") == "calendar";
    let moved = is_calendar.then(|| lines(result, "moved", moved));
    Shown::Imported { rows: number(result, "rows"), moved }
}

impl Checked {
    fn of(result: &Value, tongue: Tongue) -> Checked {
        let found = |one: &Value| {
            let kind = MismatchKind::from_word(&text(one, "kind")).map_or("", |kind| kind.name(tongue.0));
            let event = one.get("event").and_then(Value::as_i64);
            let event = event.map(|event| format!(" #{event}")).unwrap_or_default();
            Found { kind, place: format!("{}{event}", text(one, "place")), about: text(one, "about") }
        };
        Checked {
            chains: number(result, "chains"),
            events: number(result, "events"),
            rows: number(result, "rows"),
            seals: number(result, "seals"),
            count: number(result, "mismatches"),
            places: lines(result, "places", found),
        }
    }
}

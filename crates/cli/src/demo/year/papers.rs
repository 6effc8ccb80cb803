//! The papers of a request as a clerk would write them: title, document, declarations, lines of work, costs, burdens.

use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Value, json};
use workflow::calendar::Calendar;
use workflow::catalogue::{Class, Item};
use workflow::request::Request;

use crate::demo::year::dates::YEAR;
use crate::demo::year::dice::Dice;
use crate::demo::year::plan::season;

/// What comes with a task and should not.
const BURDENS: [(&str, &str); 8] = [
    ("form", "情况统计周报表"),
    ("ledger", "专项工作台账"),
    ("survey", "居民满意度问卷"),
    ("target", "完成率月度排名"),
    ("plaque", "工作站挂牌"),
    ("inspection", "季度检查打分"),
    ("certificate", "居住情况证明"),
    ("target", "APP注册户数指标"),
];

/// Writes a value into its place, which is there already.
pub(crate) fn put(papers: &mut Value, place: &str, value: Value) {
    if let Some(cell) = papers.pointer_mut(place) {
        *cell = value;
    }
}

/// What an emergency's work looks like: it is paid by the hour.
pub(crate) fn emergency(dice: &mut Dice, item: &Item, begins_on: NaiveDate) -> Value {
    let days = dice.between(5, 28);
    let ends_on = begins_on.checked_add_days(Days::new(days)).unwrap_or(begins_on);
    let mut papers = ordinary(dice, item, (begins_on, ends_on));
    put(&mut papers, "/term", json!("emergency"));
    put(&mut papers, "/occurred_on", json!(begins_on));
    put(&mut papers, "/offer", Value::Null);
    put(&mut papers, "/burdens", json!([]));
    papers
}

/// What any other request looks like.
pub(crate) fn ordinary(dice: &mut Dice, item: &Item, (starts_on, ends_on): (NaiveDate, NaiveDate)) -> Value {
    let number = dice.between(1, 60);
    let title = match dice.below(3) {
        0 => format!("{}{}", season(starts_on), item.title.zh),
        1 => format!("{}年{}（第{number}批）", YEAR, item.title.zh),
        _ => format!("{}月起{}", starts_on.month(), item.title.zh),
    };
    let paid = matches!(item.class, Class::Purchase);
    let expires = ends_on.checked_add_days(Days::new(dice.between(0, 400))).unwrap_or(ends_on);
    let expires =
        if dice.percent(3) { ends_on.checked_sub_days(Days::new(8)).unwrap_or(ends_on) } else { expires };
    json!({
        "title": title,
        "cosigned_by": dice.percent(50).then_some("state_organ"),
        "item": dice.percent(97).then_some(&item.code),
        "description": format!("按目录开展{}", item.title.zh),
        "term": "temporary",
        "starts_on": starts_on,
        "ends_on": ends_on,
        "occurred_on": null,
        "governing_document": {
            "title": format!("关于做好{}的通知", title_core(item)),
            "number": format!("〔{YEAR}〕{number}号"),
            "expires_on": expires,
        },
        "declarations": {
            "department": "负责业务培训、审核和对外答复，派员到场指导",
            "community": format!("协助开展{}，做好登记和引导", item.title.zh),
            "support": "提供资料、设备和培训，按规定拨付经费",
        },
        "work": work(dice, item, (starts_on, ends_on)),
        "direct_costs": costs(dice, paid),
        "burdens": burdens(dice),
        "personal_data": personal_data(dice),
        "offer": paid.then(|| offer(dice)),
    })
}

fn title_core(item: &Item) -> &str {
    &item.title.zh
}

/// About the item's hours for such a period, more where a department wants too much.
fn work(dice: &mut Dice, item: &Item, (starts_on, ends_on): (NaiveDate, NaiveDate)) -> Value {
    let days = ends_on.signed_duration_since(starts_on).num_days().max(1);
    let yearly = (item.yearly_hours.millionths() / 1_000_000).clamp(12, 400);
    let usual = yearly.saturating_mul(days) / 365;
    let wanted = usual.saturating_mul(i64::try_from(dice.between(60, 190)).unwrap_or(100)) / 100;
    let hours = wanted.clamp(3, 70);
    let minutes = dice.pick(&[20_i64, 30, 40, 60]).copied().unwrap_or(30);
    let units = (hours * 60 / minutes).max(2);
    let kind = dice.pick(&["working", "working", "working", "working", "extended", "rest"]).copied();
    let day = if hours > 40 { Some("working") } else { kind };
    let mut lines = vec![json!({
        "what": format!("上门或到站办理{}", item.title.zh),
        "volume": { "fixed": units },
        "times": 1,
        "minutes_per_unit": minutes.to_string(),
        "day": day,
        "worker": "community",
    })];
    if dice.percent(30) {
        let coverage = dice.pick(&["0.01", "0.02", "0.03", "0.05"]).copied();
        lines.push(json!({
            "what": "入户告知和登记",
            "volume": { "per": "household", "coverage": coverage },
            "times": 1,
            "minutes_per_unit": "6",
            "day": "working",
            "worker": "community",
        }));
    }
    Value::Array(lines)
}

/// So many hours in each community, whatever its size.
pub(crate) fn fixed_work(item: &Item, hours: i64) -> Value {
    json!([{
        "what": format!("集中办理{}", item.title.zh),
        "volume": { "fixed": hours },
        "times": 1,
        "minutes_per_unit": "60",
        "day": "working",
        "worker": "community",
    }])
}

/// The budget holds the money for it.
pub(crate) fn in_budget(application: &mut Value) {
    if application.pointer("/offer").is_some_and(Value::is_object) {
        put(application, "/offer/in_budget", json!(true));
    }
}

fn costs(dice: &mut Dice, paid: bool) -> Value {
    if !paid || dice.percent(60) {
        return json!([]);
    }
    json!([{ "what": "宣传资料印刷", "amount": format!("{}.00", dice.between(3, 24) * 100) }])
}

fn burdens(dice: &mut Dice) -> Value {
    let count = dice.weigh(&[(0, 60), (1, 28), (2, 12)]).unwrap_or(0);
    let burden = |dice: &mut Dice| {
        let (kind, name) = dice.pick(&BURDENS).copied().unwrap_or_default();
        let numbered = dice.percent(40);
        json!({
            "kind": kind,
            "name": name,
            "number": numbered.then(|| format!("B-{}", dice.between(100, 999))),
            "approval": numbered.then_some("统制备〔2025〕8号"),
            "expires_on": numbered.then_some("2027-12-31"),
        })
    };
    (0..count).map(|_| burden(dice)).collect()
}

fn personal_data(dice: &mut Dice) -> Value {
    match dice.below(4) {
        0 => json!(["name", "phone", "address"]),
        1 => json!(["name", "employment"]),
        _ => json!([]),
    }
}

fn offer(dice: &mut Dice) -> Value {
    let amount = format!("{}00.00", dice.between(20, 400));
    json!({ "amount": amount, "in_budget": dice.percent(97), "budget_year": YEAR })
}

/// The papers after the department has mended them: whole, and in time from today.
pub(crate) fn mended(application: &Value, today: NaiveDate, calendar: &Calendar) -> Value {
    let mut mended = application.clone();
    for (place, text) in [
        ("/declarations/support", "提供资料、设备和培训，按规定拨付经费"),
        ("/declarations/department", "负责业务培训、审核和对外答复，派员到场指导"),
    ] {
        if let Some(cell) = mended.pointer_mut(place).filter(|cell| cell.is_null()) {
            *cell = json!(text);
        }
    }
    if application.get("term").and_then(Value::as_str) == Some("emergency") {
        return mended;
    }
    let date = |key: &str| -> Option<NaiveDate> { application.get(key)?.as_str()?.parse().ok() };
    let (Some(starts_on), Some(ends_on)) = (date("starts_on"), date("ends_on")) else { return mended };
    let earliest = calendar.limit(today, 31).due;
    if starts_on < earliest {
        let length = ends_on.signed_duration_since(starts_on);
        put(&mut mended, "/starts_on", json!(earliest));
        put(&mut mended, "/ends_on", json!(earliest + length));
        put(&mut mended, "/governing_document/expires_on", json!(earliest + length));
    }
    mended
}

/// The same again after its end.
pub(crate) fn renewed(
    application: &Value,
    request: &Request,
    calendar: &Calendar,
    today: NaiveDate,
) -> Value {
    let mut papers = application.clone();
    let Some((start, end)) = request.application.period() else { return papers };
    let starts_on = end.succ_opt().unwrap_or(end).max(calendar.limit(today, 31).due);
    let length = end.signed_duration_since(start).min(chrono::Duration::days(60));
    put(&mut papers, "/title", json!(format!("{}（续期）", request.title())));
    put(&mut papers, "/starts_on", json!(starts_on));
    put(&mut papers, "/ends_on", json!(starts_on + length));
    put(&mut papers, "/governing_document/expires_on", json!(starts_on + length));
    papers
}

/// A little more of the same, later in the period.
pub(crate) fn supplementary(
    application: &Value,
    request: &Request,
    calendar: &Calendar,
    today: NaiveDate,
) -> Value {
    let mut papers = application.clone();
    let Some((_, end)) = request.application.period() else { return papers };
    let starts_on = calendar.limit(today, 31).due;
    put(&mut papers, "/title", json!(format!("{}（追加）", request.title())));
    put(&mut papers, "/starts_on", json!(starts_on));
    put(&mut papers, "/ends_on", json!(end.max(starts_on + chrono::Duration::days(20))));
    put(&mut papers, "/direct_costs", json!([]));
    put(
        &mut papers,
        "/work",
        json!([{
            "what": "补充办理",
            "volume": { "fixed": 1 },
            "times": 1,
            "minutes_per_unit": "20",
            "day": "working",
            "worker": "community",
        }]),
    );
    papers
}

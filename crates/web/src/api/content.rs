//! By what is judged: the catalogue of items, the calendar of a year, the rule set and its numbers.

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use chrono::{Datelike, NaiveDate, Weekday};
use serde_json::{Value, json};
use workflow::calendar::{Calendar, Month};
use workflow::catalogue::Item;

use super::caller::{Asked, Caller, Said, answer};
use super::operation::{Group, Operation};
use super::shapes::assessment as shapes;
use super::slice::{Order, SLICED, Slice};
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let operations = vec![
        Operation::new(
            (Method::GET, "/api/v1/catalogue", all, get(catalogue)),
            ("list_catalogue", "The items of the catalogue in force, by code"),
            shapes::catalogue,
        )
        .sliced(),
        Operation::new(
            (Method::GET, "/api/v1/calendars/{year}", all, get(calendar)),
            ("show_calendar", "Working days of a year by month, and the days on which a notice changes them"),
            shapes::calendar,
        ),
        Operation::new(
            (Method::GET, "/api/v1/rules", all, get(rules)),
            ("show_rules", "The rule set in force: name, version, hash and its numbers"),
            shapes::rules,
        ),
    ];
    operations.into_iter().map(|one| one.within(Group::Assessment)).collect()
}

async fn catalogue(State(server): State<Server>, caller: Caller, asked: Asked) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let slice = Slice::of(&asked.only(&SLICED).said(tongue)?).said(tongue)?;
    let content = server.engine.content();
    let items: Vec<&Item> = content.rules.catalogue().values().collect();
    Ok(slice.page((items, Order::Rising), |item| item.code.clone(), |item| json!(item)))
}

/// Days off that would be worked, and days worked that would be off.
fn changed(calendar: &Calendar, month: Month) -> Vec<Value> {
    let days = month.first().iter_days().take_while(|day| *day <= month.last());
    let changed = days.filter_map(|day: NaiveDate| {
        let usual = !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let is_working = calendar.is_working(day);
        let kind = if is_working { "work" } else { "rest" };
        (usual != is_working).then(|| json!({ "day": day, "kind": kind }))
    });
    changed.collect()
}

async fn calendar(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let year = super::inspections::year(&written).said(caller.tongue())?;
    let content = server.engine.content();
    let calendar = &content.calendar;
    let first = NaiveDate::from_ymd_opt(year, 1, 1).map(Month::of);
    let months = std::iter::successors(first, |month| Some(month.next())).take(12);
    let month = |month: Month| {
        json!({
            "month": month, "working_days": calendar.working_days(month.first(), month.last()),
            "changed": changed(calendar, month),
        })
    };
    let is_provisional = first.is_some_and(|month| calendar.is_provisional(month.first()));
    let months: Vec<Value> = months.map(month).collect();
    Ok(answer(&json!({
        "year": year, "version": calendar.version(), "provisional": is_provisional, "months": months,
    })))
}

async fn rules(State(server): State<Server>, _: Caller) -> Result<Response, Failed> {
    let content = server.engine.content();
    let name = content.rules.name();
    Ok(answer(&json!({
        "name": name.name, "version": name.version, "hash": name.hash, "calendar": content.calendar.version(),
        "parameters": content.rules.parameters(),
    })))
}

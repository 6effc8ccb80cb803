//! By what is judged: the catalogue of items, the calendar of a year, the rule set and its numbers.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc, Weekday};
use serde_json::{Value, json};
use store::StoredCalendar;
use uuid::Uuid;
use workflow::actor::Role;
use workflow::calendar::{Calendar, Month};
use workflow::catalogue::Item;

use super::caller::{Caller, Said, answer};
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::shapes::{assessment as shapes, office};
use super::slice::Order;
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
            (Method::GET, "/api/v1/calendars", Admits::Roles(&[Role::Admin]), get(calendars)),
            ("list_calendars", "Calendars as they were loaded, the one in force first, each with its text"),
            office::calendar_loads,
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

async fn catalogue(reading: Reading) -> Result<Response, Failed> {
    let slice = reading.slice()?;
    let content = reading.engine().content();
    let items: Vec<&Item> = content.rules.catalogue().values().collect();
    Ok(slice.page((items, Order::Rising), |item| item.code.clone(), |item| json!(item)))
}

/// The first and the last year of a calendar's file, which its last column names.
pub(crate) fn years(content: &str) -> Option<(i32, i32)> {
    let years = content.lines().skip(1).filter_map(|line| line.rsplit(',').next()?.trim().parse().ok());
    let years: Vec<i32> = years.collect();
    Some((*years.iter().min()?, *years.iter().max()?))
}

async fn calendars(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let known = reading.reader().calendars().await.said(tongue)?;
    let known: BTreeMap<Uuid, StoredCalendar> = known.into_iter().map(|one| (one.id, one)).collect();
    let loads = reading.reader().calendar_loads().await.said(tongue)?;
    let name = |(at, id): &(DateTime<Utc>, Uuid)| {
        format!("{}|{id}", at.to_rfc3339_opts(SecondsFormat::Micros, true))
    };
    let line = |(at, id): &(DateTime<Utc>, Uuid)| {
        let loaded = known.get(id);
        let years = loaded.and_then(|one| years(&one.content));
        json!({
            "loaded_at": at, "version": loaded.map(|one| one.version.as_str()).unwrap_or_default(),
            "first_year": years.map(|(first, _)| first), "last_year": years.map(|(_, last)| last),
            "text": loaded.map(|one| one.content.as_str()).unwrap_or_default(),
        })
    };
    Ok(slice.page((loads, Order::Falling), name, line))
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

//! The calendar in force, a year by month, for administrators and whoever oversees a district; those that were loaded; and a
//! new one by administrators: which limits it moves is told by its errand.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{Datelike, NaiveDate};
use engine::ImportKind;
use workflow::calendar::{Calendar, CountedDay, Limit, Month};

use super::imports::bring_in;
use super::{at, frame, imported, may_change, tabs};
use crate::api::content::years;
use crate::pages::errands::ErrandLine;
use crate::pages::frame::{Entry, Frame};
use crate::pages::years::Asked;
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Answer, Tell, page_with};
use crate::server::Server;
use crate::uploads::Uploaded;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "administration/calendars.html")]
struct CalendarsPage {
    frame: Frame,
    tabs: Vec<Entry>,
    year: i32,
    /// The years that can be chosen, the newest first.
    years: Vec<i32>,
    working_days: u32,
    /// The notice of the year is not loaded.
    is_provisional: bool,
    months: Vec<MonthLine>,
    /// When, which version, which years it knows; the one in force first.
    loads: Vec<(String, String, String)>,
    may_change: bool,
    columns: String,
    refusal: Option<String>,
    errands: Vec<ErrandLine>,
}

/// A month, and the days of it that a notice names.
struct MonthLine {
    month: Month,
    working_days: u32,
    rest: Vec<Stretch>,
    work: Vec<Stretch>,
}

/// Days in a row under one name.
struct Stretch {
    name: String,
    first: NaiveDate,
    last: NaiveDate,
}

pub(super) async fn show(State(server): State<Server>, member: Member, Query(asked): Query<Asked>) -> Answer {
    shown(&server, &member, (asked, None)).await
}

pub(super) async fn import(State(server): State<Server>, member: Member, uploaded: Uploaded) -> Answer {
    match bring_in(&server, &member, (ImportKind::Calendar, uploaded)).await.tell(member.tongue())? {
        Ok(answer) => Ok(answer),
        Err(refusal) => shown(&server, &member, (Asked::default(), Some(refusal))).await,
    }
}

async fn shown(server: &Server, member: &Member, (asked, refusal): (Asked, Option<Problem>)) -> Answer {
    let tongue = member.tongue();
    let reader = server.engine.reader();
    let known = reader.calendars().await.tell(tongue)?;
    let known: BTreeMap<_, _> = known.into_iter().map(|one| (one.id, one)).collect();
    let loads = reader.calendar_loads().await.tell(tongue)?;
    let loads = loads.into_iter().rev().filter_map(|(time, id)| {
        let calendar = known.get(&id)?;
        Some((at(server, time), calendar.version.clone(), span(&calendar.content)))
    });
    let content = server.engine.content();
    let this_year = server.engine.today(member.visitor.now).year();
    let year = asked.or(this_year);
    let choice: BTreeSet<i32> = content.calendar.noticed_years().chain([year, this_year]).collect();
    let months = months(&content.calendar, year);
    let status = refusal.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    Ok(page_with(
        status,
        &CalendarsPage {
            frame: frame(member, "/administration/calendars"),
            tabs: tabs(member, "/administration/calendars"),
            year,
            years: choice.into_iter().rev().collect(),
            working_days: months.iter().map(|line| line.working_days).sum(),
            is_provisional: months.iter().any(|line| content.calendar.is_provisional(line.month.first())),
            months,
            loads: loads.collect(),
            may_change: may_change(member),
            columns: ImportKind::Calendar.columns().join(","),
            refusal: refusal.map(|problem| problem.said()),
            errands: imported(server, member).await.tell(tongue)?,
        },
    ))
}

fn span(content: &str) -> String {
    years(content).map(|(first, last)| format!("{first}–{last}")).unwrap_or_default()
}

fn months(calendar: &Calendar, year: i32) -> Vec<MonthLine> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).map(Month::of);
    let months = std::iter::successors(first, |month| Some(month.next())).take(12);
    months.map(|month| MonthLine::of(calendar, month)).collect()
}

impl MonthLine {
    fn of(calendar: &Calendar, month: Month) -> MonthLine {
        let (first, last) = (month.first(), month.last());
        let working_days = calendar.working_days(first, last);
        // The arithmetic of a limit that takes the whole month names each day, and the notice that decides it.
        let start = first.pred_opt().unwrap_or(first);
        let whole = Limit { start, working_days, due: last, provisional: calendar.is_provisional(last) };
        let days = calendar.explain(&whole);
        MonthLine {
            month,
            working_days,
            rest: stretches(days.iter().filter(|day| day.number.is_none())),
            work: stretches(days.iter().filter(|day| day.number.is_some())),
        }
    }
}

/// The days that a notice names, those in a row under one name together.
fn stretches<'a>(days: impl Iterator<Item = &'a CountedDay>) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    for day in days {
        let Some(name) = &day.because else { continue };
        match found.last_mut() {
            Some(one) if one.name == *name && one.last.succ_opt() == Some(day.date) => one.last = day.date,
            _ => found.push(Stretch { name: name.clone(), first: day.date, last: day.date }),
        }
    }
    found
}

impl Stretch {
    fn days(&self) -> String {
        let (first, last) = (self.first.format("%m-%d"), self.last.format("%m-%d"));
        if self.first == self.last { first.to_string() } else { format!("{first}–{last}") }
    }
}

//! Calendars: those that were loaded, and a new one with the limits that it moves.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use engine::ImportKind;

use super::imports::{News, bring_in};
use super::{at, tabs};
use crate::api::content::years;
use crate::pages::addresses::of_request;
use crate::pages::chips::whole_day;
use crate::pages::frame::{Entry, Frame};
use crate::reply::{Answer, Tell, page_with};
use crate::server::Server;
use crate::uploads::Uploaded;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "administration/calendars.html")]
struct CalendarsPage {
    frame: Frame,
    tabs: Vec<Entry>,
    /// When, which version, which years it knows; the one in force first.
    loads: Vec<(String, String, String)>,
    columns: String,
    rows: Option<usize>,
    moved: Vec<Moved>,
    refusal: Option<String>,
}

struct Moved {
    to: String,
    number: String,
    title: String,
    whose: &'static str,
    old: String,
    new: String,
}

pub(super) async fn show(State(server): State<Server>, member: Member) -> Answer {
    shown(&server, &member, News { imported: None, refusal: None }).await
}

pub(super) async fn import(State(server): State<Server>, member: Member, uploaded: Uploaded) -> Answer {
    let news = bring_in(&server, &member, (ImportKind::Calendar, uploaded)).await.tell(member.tongue())?;
    shown(&server, &member, news).await
}

async fn shown(server: &Server, member: &Member, news: News) -> Answer {
    let tongue = member.tongue();
    let reader = server.engine.reader();
    let known = reader.calendars().await.tell(tongue)?;
    let known: BTreeMap<_, _> = known.into_iter().map(|one| (one.id, one)).collect();
    let loads = reader.calendar_loads().await.tell(tongue)?;
    let loads = loads.into_iter().rev().filter_map(|(time, id)| {
        let calendar = known.get(&id)?;
        Some((at(server, time), calendar.version.clone(), span(&calendar.content)))
    });
    let status = news.refusal.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let rows = news.imported.as_ref().map(|imported| imported.rows);
    let moved = news.imported.map(|imported| imported.moved).unwrap_or_default();
    let moved = moved.into_iter().map(|limit| Moved {
        to: of_request(&limit.number),
        number: limit.number,
        title: limit.title,
        whose: limit.whose.name(tongue.0),
        old: whole_day(limit.old_due, tongue),
        new: whole_day(limit.new_due, tongue),
    });
    Ok(page_with(
        status,
        &CalendarsPage {
            frame: Frame::of(member, "/administration"),
            tabs: tabs(member, "/administration/calendars"),
            loads: loads.collect(),
            columns: ImportKind::Calendar.columns().join(","),
            rows,
            moved: moved.collect(),
            refusal: news.refusal.map(|problem| problem.said()),
        },
    ))
}

fn span(content: &str) -> String {
    years(content).map(|(first, last)| format!("{first}–{last}")).unwrap_or_default()
}

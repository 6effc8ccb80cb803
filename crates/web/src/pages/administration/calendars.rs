//! Calendars: those that were loaded, and a new one; which limits it moves is told by its errand.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use engine::{ErrandKind, ImportKind};

use super::imports::bring_in;
use super::{at, tabs};
use crate::api::content::years;
use crate::pages::errands::{ErrandLine, lines as errands_of};
use crate::pages::frame::{Entry, Frame};
use crate::problem::Problem;
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
    refusal: Option<String>,
    errands: Vec<ErrandLine>,
}

pub(super) async fn show(State(server): State<Server>, member: Member) -> Answer {
    shown(&server, &member, None).await
}

pub(super) async fn import(State(server): State<Server>, member: Member, uploaded: Uploaded) -> Answer {
    match bring_in(&server, &member, (ImportKind::Calendar, uploaded)).await.tell(member.tongue())? {
        Ok(answer) => Ok(answer),
        Err(refusal) => shown(&server, &member, Some(refusal)).await,
    }
}

async fn shown(server: &Server, member: &Member, refusal: Option<Problem>) -> Answer {
    let tongue = member.tongue();
    let reader = server.engine.reader();
    let known = reader.calendars().await.tell(tongue)?;
    let known: BTreeMap<_, _> = known.into_iter().map(|one| (one.id, one)).collect();
    let loads = reader.calendar_loads().await.tell(tongue)?;
    let loads = loads.into_iter().rev().filter_map(|(time, id)| {
        let calendar = known.get(&id)?;
        Some((at(server, time), calendar.version.clone(), span(&calendar.content)))
    });
    let status = refusal.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    Ok(page_with(
        status,
        &CalendarsPage {
            frame: Frame::of(member, "/administration"),
            tabs: tabs(member, "/administration/calendars"),
            loads: loads.collect(),
            columns: ImportKind::Calendar.columns().join(","),
            refusal: refusal.map(|problem| problem.said()),
            errands: errands_of(server, member, ErrandKind::Import).await.tell(tongue)?,
        },
    ))
}

fn span(content: &str) -> String {
    years(content).map(|(first, last)| format!("{first}–{last}")).unwrap_or_default()
}

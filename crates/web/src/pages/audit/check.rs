//! The check of the chains: every event, seal and row is held against the histories, and against seals that the auditors
//! keep from their letters.

use std::str::FromStr;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use store::{Mismatch, Witness};

use crate::pages::frame::Frame;
use crate::posted::Posted;
use crate::reply::{Answer, Tell, page_with};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "audit/check.html")]
struct CheckPage {
    frame: Frame,
    witnesses: String,
    refusal: Option<String>,
    newest: Option<String>,
    result: Option<Checked>,
}

/// What a check has found.
struct Checked {
    at: String,
    chains: usize,
    events: usize,
    rows: usize,
    seals: usize,
    mismatches: Vec<Found>,
}

struct Found {
    kind: &'static str,
    place: String,
    about: String,
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    witnesses: String,
}

pub(crate) async fn show(State(server): State<Server>, member: Member) -> Answer {
    shown(&server, &member, (Wanted { witnesses: String::new() }, None, None)).await
}

pub(crate) async fn run(
    State(server): State<Server>,
    member: Member,
    Posted(wanted): Posted<Wanted>,
) -> Answer {
    let tongue = member.tongue();
    let lines = wanted.witnesses.lines().map(str::trim).filter(|line| !line.is_empty());
    let witnesses: Vec<Witness> = match lines.map(Witness::from_str).collect() {
        Ok(witnesses) => witnesses,
        Err(fault) => return shown(&server, &member, (wanted, Some(fault), None)).await,
    };
    let audited = server.engine.audit(&witnesses).await.tell(tongue)?;
    let offset = server.engine.content().rules.parameters().jurisdiction.offset();
    let result = Checked {
        at: member.visitor.now.with_timezone(&offset).format("%Y-%m-%d %H:%M:%S").to_string(),
        chains: audited.chains.len(),
        events: audited.events,
        rows: audited.rows,
        seals: audited.seals,
        mismatches: audited.mismatches.into_iter().map(|one| Found::of(one, tongue)).collect(),
    };
    shown(&server, &member, (wanted, None, Some(result))).await
}

async fn shown(
    server: &Server,
    member: &Member,
    (wanted, refusal, result): (Wanted, Option<String>, Option<Checked>),
) -> Answer {
    let newest = server.engine.reader().newest_seal().await.tell(member.tongue())?;
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = CheckPage {
        frame: Frame::of(member, "/audit"),
        witnesses: wanted.witnesses,
        refusal,
        newest: newest.map(|seal| format!("{}:{}", seal.number, seal.hash)),
        result,
    };
    Ok(page_with(status, &template))
}

impl Found {
    fn of(one: Mismatch, tongue: Tongue) -> Found {
        let Mismatch { kind, place, event, about } = one;
        let event = event.map(|event| format!(" #{event}")).unwrap_or_default();
        Found { kind: kind.name(tongue.0), place: format!("{place}{event}"), about }
    }
}

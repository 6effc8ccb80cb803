//! The check of the chains is begun here: every event, seal and row is held against the histories, and against seals that the
//! auditors keep from their letters. It takes long, so it is an errand with a page of its own.

use std::str::FromStr;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use engine::{ErrandKind, ErrandOrder};
use serde::Deserialize;
use store::Witness;

use crate::pages::errands::{ErrandLine, begin, lines};
use crate::pages::frame::Frame;
use crate::posted::Posted;
use crate::reply::{Answer, Tell, page_with};
use crate::server::Server;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "audit/check.html")]
struct CheckPage {
    frame: Frame,
    witnesses: String,
    refusal: Option<String>,
    newest: Option<String>,
    errands: Vec<ErrandLine>,
}

#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    witnesses: String,
}

pub(crate) async fn show(State(server): State<Server>, member: Member) -> Answer {
    shown(&server, &member, (Wanted { witnesses: String::new() }, None)).await
}

pub(crate) async fn run(
    State(server): State<Server>,
    member: Member,
    Posted(wanted): Posted<Wanted>,
) -> Answer {
    let lines = wanted.witnesses.lines().map(str::trim).filter(|line| !line.is_empty());
    let witnesses: Vec<Witness> = match lines.map(Witness::from_str).collect() {
        Ok(witnesses) => witnesses,
        Err(fault) => return shown(&server, &member, (wanted, Some(fault))).await,
    };
    begin(&server, &member, ErrandOrder::Check(witnesses)).await.tell(member.tongue())
}

async fn shown(server: &Server, member: &Member, (wanted, refusal): (Wanted, Option<String>)) -> Answer {
    let newest = server.engine.reader().newest_seal().await.tell(member.tongue())?;
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = CheckPage {
        frame: Frame::of(member, "/audit"),
        witnesses: wanted.witnesses,
        refusal,
        newest: newest.map(|seal| format!("{}:{}", seal.number, seal.hash)),
        errands: lines(server, member, ErrandKind::Check).await.tell(member.tongue())?,
    };
    Ok(page_with(status, &template))
}

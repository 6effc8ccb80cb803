//! An errand: what somebody has begun that takes longer than a page, with a bar as far as it has come, and what it came to. Without
//! a script the page asks again by itself; with it the bar goes on.

mod result;

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::routing::get;
use chrono::{DateTime, Utc};
use engine::{By, EngineError, ErrandKind, ErrandOrder, ImportKind, Job};
use serde_json::Value;
use store::{Errand, ErrandState, StoreError};
use workflow::id::ErrandId;

use self::result::Shown;
use crate::access::Admits;
use crate::pages::frame::Frame;
use crate::reply::{Answer, Tell, go, page};
use crate::routes::{Route, reads};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

pub(crate) fn routes() -> Vec<Route> {
    vec![reads("/errands/{id}", Admits::SignedIn, get(show))]
}

#[derive(Template)]
#[template(path = "errands/one.html")]
struct ErrandPage {
    frame: Frame,
    name: String,
    back: Back,
    state: &'static str,
    tone: &'static str,
    is_running: bool,
    events: String,
    done: i64,
    /// None where nobody can say how many there are.
    total: Option<i64>,
    begun: String,
    ended: Option<String>,
    shown: Shown,
}

/// The page from which it was begun.
struct Back {
    to: &'static str,
    name: &'static str,
}

/// One errand in a list.
pub(crate) struct ErrandLine {
    pub(crate) to: String,
    pub(crate) name: String,
    pub(crate) state: &'static str,
    pub(crate) tone: &'static str,
    pub(crate) begun: String,
}

/// Errands that a list shows.
const LISTED: usize = 5;
/// What is over so soon is shown with its result at once.
const SOON: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(25);

fn by(member: &Member) -> By<'_> {
    By { actor: &member.known.actor, now: member.visitor.now }
}

/// Begins an errand and leads to its page.
pub(crate) async fn begin(
    server: &Server,
    member: &Member,
    order: ErrandOrder,
) -> Result<axum::response::Response, EngineError> {
    let engine = &server.engine;
    let errand = engine.begin_errand(by(member), order, Arc::clone(&server.now)).await?;
    let over = async {
        while engine.errand(by(member), errand.id).await?.state == ErrandState::Running {
            tokio::time::sleep(LOOK).await;
        }
        Ok::<(), EngineError>(())
    };
    // If it is not over, its page shows how far it is.
    if let Ok(looked) = tokio::time::timeout(SOON, over).await {
        looked?;
    }
    Ok(go(&format!("/errands/{}", errand.id)))
}

/// The newest errands of somebody of one kind.
pub(crate) async fn lines(
    server: &Server,
    member: &Member,
    kind: ErrandKind,
) -> Result<Vec<ErrandLine>, EngineError> {
    let tongue = member.tongue();
    let errands = server.engine.errands(by(member)).await?;
    let own = errands.into_iter().filter(|errand| errand.kind == kind.word()).take(LISTED);
    let line = |errand: Errand| ErrandLine {
        to: format!("/errands/{}", errand.id),
        name: name(&errand, tongue),
        state: errand.state.name(tongue.0),
        tone: tone(errand.state),
        begun: at(server, errand.begun_at),
    };
    Ok(own.map(line).collect())
}

async fn show(State(server): State<Server>, member: Member, Path(written): Path<String>) -> Answer {
    let tongue = member.tongue();
    let id = written.parse().map(ErrandId).map_err(|_| StoreError::NotFound("errand")).tell(tongue)?;
    let errand = server.engine.errand(by(&member), id).await.tell(tongue)?;
    let back = back(&errand, tongue);
    Ok(page(&ErrandPage {
        frame: Frame::of(&member, if back.to.starts_with("/audit") { "/audit" } else { "/administration" }),
        name: name(&errand, tongue),
        back,
        state: errand.state.name(tongue.0),
        tone: tone(errand.state),
        is_running: errand.state == ErrandState::Running,
        events: format!("/api/v1/errands/{id}/events"),
        done: errand.done,
        total: Some(errand.total).filter(|total| *total > 0),
        begun: at(&server, errand.begun_at),
        ended: errand.ended_at.map(|ended| at(&server, ended)),
        shown: Shown::of(&errand, tongue),
    }))
}

fn wanted(errand: &Errand) -> Value {
    serde_json::from_str(&errand.wanted).unwrap_or_default()
}

/// What it is about, with the job or the table.
fn name(errand: &Errand, tongue: Tongue) -> String {
    let kind = ErrandKind::from_word(&errand.kind);
    let wanted = wanted(errand);
    let word = |key: &str| wanted.get(key).and_then(Value::as_str).unwrap_or_default();
    let about = match kind {
        Some(ErrandKind::Job) => Job::from_word(word("job")).map(|job| job.name(tongue.0).to_owned()),
        Some(ErrandKind::Import) => {
            let table = ImportKind::from_word(word("table")).map_or("", |table| table.name(tongue.0));
            Some(format!("{table} {}", word("name")).trim().to_owned())
        }
        Some(ErrandKind::Check) | None => None,
    };
    let kind = kind.map(|kind| kind.name(tongue.0)).unwrap_or_default();
    match about {
        Some(about) => format!("{kind}{}{about}", tongue.say("：", ": ")),
        None => kind.to_owned(),
    }
}

fn back(errand: &Errand, tongue: Tongue) -> Back {
    let (to, zh, en) = match ErrandKind::from_word(&errand.kind) {
        Some(ErrandKind::Check) | None => ("/audit/check", "校验历史链", "Check of the chains"),
        Some(ErrandKind::Job) => ("/administration/jobs", "作业", "Jobs"),
        Some(ErrandKind::Import) => match wanted(errand).get("table").and_then(Value::as_str) {
            Some("calendar") => ("/administration/calendars", "工作日历", "Calendars"),
            _ => ("/administration/places", "机构和社区", "Organisations"),
        },
    };
    Back { to, name: tongue.say(zh, en) }
}

fn tone(state: ErrandState) -> &'static str {
    match state {
        ErrandState::Running => "wait",
        ErrandState::Finished => "good",
        ErrandState::Failed | ErrandState::Interrupted => "bad",
    }
}

fn at(server: &Server, time: DateTime<Utc>) -> String {
    let offset = server.engine.content().rules.parameters().jurisdiction.offset();
    time.with_timezone(&offset).format("%Y-%m-%d %H:%M:%S").to_string()
}

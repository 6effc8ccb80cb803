//! One meeting: while it is prepared the agenda to be arranged, in session each case with its votes and the ordinary
//! actions of whoever looks, and afterwards the minutes.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use engine::{By, Engine, EngineError, MeetingView, RipeCases};
use workflow::id::UserId;
use workflow::meeting::{CaseOutcome, MeetingActionKind, MeetingStage, MeetingStageKind, open};
use workflow::request::Moment;

use super::agenda::Offered;
use super::cases::CaseLine;
use super::list::tone;
use crate::pages::actions::Kind;
use crate::pages::chips::whole_day;
use crate::pages::frame::Frame;
use crate::problem::Problem;
use crate::reply::{Answer, Tell, page_with};
use crate::server::Server;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "meetings/one.html")]
struct MeetingPage {
    frame: Frame,
    refusal: Option<String>,
    id: String,
    number: String,
    on: String,
    place: String,
    stage: &'static str,
    tone: &'static str,
    version: i64,
    /// Opened and closed, as people write times.
    opened: Option<String>,
    closed: Option<String>,
    cancelled: Option<String>,
    called_by: String,
    closed_by: String,
    present: Vec<String>,
    minutes: u32,
    cases: Vec<CaseLine>,
    offered: Vec<Offered>,
    decided: usize,
    carried: usize,
    dropped: usize,
    /// Steps that are open to the reader.
    open: Vec<MeetingActionKind>,
    is_over: bool,
}

pub(crate) async fn show(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
) -> Answer {
    shown(&server, &member, (&written, None)).await
}

pub(super) async fn shown(
    server: &Server,
    member: &Member,
    (written, refusal): (&str, Option<Problem>),
) -> Answer {
    let tongue = member.tongue();
    let engine = &server.engine;
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let view = engine.meeting(by, written).await.tell(tongue)?;
    let meeting = &view.meeting;
    let stage = meeting.stage.kind();
    let roles = member.known.roles();
    let may = |action: &MeetingActionKind| roles.iter().any(|role| !open(stage, *action, *role).is_empty());
    let steps: Vec<MeetingActionKind> = MeetingActionKind::ALL.iter().copied().filter(may).collect();
    let RipeCases { cases: ripe, unreadable } = offered(engine, by, (&view, &steps)).await.tell(tongue)?;
    let content = engine.content();
    let parameters = content.rules.parameters();
    let moment = Moment { now: member.visitor.now, calendar: &content.calendar, parameters };
    let names = engine.reader().names(&people(&view)).await.tell(tongue)?;
    let name = |user: &UserId| names.get(user).cloned().unwrap_or_default();
    let offset = parameters.jurisdiction.offset();
    let time = |at: DateTime<Utc>| at.with_timezone(&offset).format("%Y-%m-%d %H:%M").to_string();
    let (closed_at, closed_by) = match &meeting.stage {
        MeetingStage::Closed { closed_at, by, .. } => (Some(time(*closed_at)), name(by)),
        _ => (None, String::new()),
    };
    let case = |(index, case)| CaseLine::of((index, case), &view, ((&moment, member), &names));
    let [decided, carried, dropped] = tallies(&view);
    let status = refusal.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let template = MeetingPage {
        frame: Frame::of(member, "/meetings").without(&unreadable),
        refusal: refusal.map(|problem| problem.said()),
        id: meeting.id.to_string(),
        number: meeting.number.clone(),
        on: whole_day(meeting.held_on, tongue),
        place: meeting.place.clone(),
        stage: stage.name(tongue.0),
        tone: tone(stage),
        version: meeting.version,
        opened: meeting.stage.opened_at().map(time),
        closed: closed_at,
        cancelled: match &meeting.stage {
            MeetingStage::Cancelled { reason } => Some(reason.clone()),
            _ => None,
        },
        called_by: name(&meeting.called_by),
        closed_by,
        present: meeting.stage.present().to_vec(),
        minutes: meeting.agenda.iter().map(|case| case.minutes).sum(),
        cases: meeting.agenda.iter().enumerate().map(case).collect(),
        offered: Offered::all(&ripe, meeting, (&moment, tongue)),
        decided,
        carried,
        dropped,
        open: steps,
        is_over: stage == MeetingStageKind::Closed,
    };
    Ok(page_with(status, &template))
}

/// The cases that could be put on the agenda, where that may be done, and why rows behind the page were not read.
async fn offered(
    engine: &Engine,
    by: By<'_>,
    (view, steps): (&MeetingView, &[MeetingActionKind]),
) -> Result<RipeCases, EngineError> {
    let mut unreadable: BTreeSet<String> = view.unreadable.iter().cloned().collect();
    let mut cases = Vec::new();
    if steps.contains(&MeetingActionKind::Arrange) {
        let ripe = engine.ripe_cases(by).await?;
        unreadable.extend(ripe.unreadable);
        cases = ripe.cases;
    }
    Ok(RipeCases { cases, unreadable: Vec::from_iter(unreadable) })
}

impl MeetingPage {
    fn may(&self, word: &str) -> bool {
        self.open.iter().any(|action| action.word() == word)
    }
}

/// Everybody whose name the page tells.
fn people(view: &MeetingView) -> Vec<UserId> {
    let closed_by = match &view.meeting.stage {
        MeetingStage::Closed { by, .. } => Some(*by),
        _ => None,
    };
    let deciders = view.outcomes.values().filter_map(|outcome| match outcome {
        CaseOutcome::Decided { by, .. } => Some(*by),
        _ => None,
    });
    deciders.chain(closed_by).chain([view.meeting.called_by]).collect()
}

/// How many cases were decided, carried over, and ended by themselves.
fn tallies(view: &MeetingView) -> [usize; 3] {
    let count = |is: fn(&CaseOutcome) -> bool| view.outcomes.values().filter(|one| is(one)).count();
    [
        count(|one| matches!(one, CaseOutcome::Decided { .. })),
        count(|one| matches!(one, CaseOutcome::CarriedOver { .. })),
        count(|one| matches!(one, CaseOutcome::Dropped { .. })),
    ]
}

//! One meeting: while it is prepared the agenda to be arranged, in session each case with its votes and the ordinary
//! actions of whoever looks, and afterwards the minutes.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use engine::{By, EngineError, MeetingView, RipeCases};
use uuid::Uuid;
use workflow::id::{RequestId, UserId};
use workflow::meeting::{CaseOutcome, MeetingActionKind, MeetingStage, MeetingStageKind, open};
use workflow::request::Moment;

use super::agenda::Offered;
use super::cases::CaseLine;
use super::list::tone;
use crate::pages::actions::{Fields, Kind, Lost, Refused, written};
use crate::pages::chips::whole_day;
use crate::pages::frame::Frame;
use crate::problem::Problem;
use crate::reply::{Answer, Tell, page_with};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "meetings/one.html")]
struct MeetingPage {
    frame: Frame,
    /// Why the step was refused that is filled in again.
    refusal: Option<String>,
    /// The action on a case that was refused and is open no more.
    lost: Option<Lost>,
    /// What was sent with the step that was refused.
    sent: Sent,
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

/// A step of the meeting that was refused.
pub(super) struct Sent {
    pub(super) step: Option<MeetingActionKind>,
    pub(super) fields: Fields,
}

/// What comes back to the page.
pub(super) enum Back {
    Nothing,
    Step(Sent, Problem),
    Action(RequestId, Refused),
}

pub(crate) async fn show(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
) -> Answer {
    shown(&server, &member, (&written, Back::Nothing)).await
}

/// The page with an action on one of its cases that was refused.
pub(crate) async fn shown_again(
    server: &Server,
    member: &Member,
    (meeting, request, refused): (Uuid, RequestId, Refused),
) -> Answer {
    shown(server, member, (&meeting.to_string(), Back::Action(request, refused))).await
}

pub(super) async fn shown(server: &Server, member: &Member, (written, back): (&str, Back)) -> Answer {
    let tongue = member.tongue();
    let engine = &server.engine;
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let view = engine.meeting(by, written).await.tell(tongue)?;
    let meeting = &view.meeting;
    let stage = meeting.stage.kind();
    let roles = member.known.roles();
    let may = |action: &MeetingActionKind| roles.iter().any(|role| !open(stage, *action, *role).is_empty());
    let steps: Vec<MeetingActionKind> = MeetingActionKind::ALL.iter().copied().filter(may).collect();
    let RipeCases { cases: ripe, unreadable } = offered_to(server, by, (&view, &steps)).await.tell(tongue)?;
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
    let status = back.problem().map_or(StatusCode::OK, |problem| problem.status);
    let mut cases: Vec<CaseLine> = meeting.agenda.iter().enumerate().map(case).collect();
    let mut offered = Offered::all(&ripe, meeting, (&moment, tongue));
    let (refusal, sent, lost) = back.fills((&mut offered, &mut cases), (&view, &steps, tongue));
    let template = MeetingPage {
        frame: Frame::of(member, "/meetings").without(&unreadable),
        refusal,
        lost,
        sent,
        id: meeting.id.to_string(),
        number: meeting.number.clone(),
        on: whole_day(meeting.held_on, tongue),
        place: meeting.place.clone(),
        stage: stage.name(tongue.0),
        tone: tone(stage),
        version: meeting.version,
        opened: meeting.stage.opened_at().map(time),
        closed: closed_at,
        cancelled: cancelled(&meeting.stage),
        called_by: name(&meeting.called_by),
        closed_by,
        present: meeting.stage.present().to_vec(),
        minutes: meeting.agenda.iter().map(|case| case.minutes).sum(),
        cases,
        offered,
        decided,
        carried,
        dropped,
        open: steps,
        is_over: stage == MeetingStageKind::Closed,
    };
    Ok(page_with(status, &template))
}

/// The cases that could be put on the agenda, where that may be done, and why rows behind the page were not read.
async fn offered_to(
    server: &Server,
    by: By<'_>,
    (view, steps): (&MeetingView, &[MeetingActionKind]),
) -> Result<RipeCases, EngineError> {
    let mut unreadable: BTreeSet<String> = view.unreadable.iter().cloned().collect();
    let mut cases = Vec::new();
    if steps.contains(&MeetingActionKind::Arrange) {
        let ripe = server.engine.ripe_cases(by).await?;
        unreadable.extend(ripe.unreadable);
        cases = ripe.cases;
    }
    Ok(RipeCases { cases, unreadable: Vec::from_iter(unreadable) })
}

fn cancelled(stage: &MeetingStage) -> Option<String> {
    match stage {
        MeetingStage::Cancelled { reason } => Some(reason.clone()),
        _ => None,
    }
}

impl Back {
    fn problem(&self) -> Option<&Problem> {
        match self {
            Back::Nothing => None,
            Back::Step(_, problem) => Some(problem),
            Back::Action(_, refused) => Some(&refused.problem),
        }
    }

    /// Fills in again what was sent: why it was refused, the step, and what is left of an action that is open no more.
    fn fills(
        self,
        (offered, cases): (&mut [Offered], &mut [CaseLine]),
        (view, open, tongue): (&MeetingView, &[MeetingActionKind], Tongue),
    ) -> (Option<String>, Sent, Option<Lost>) {
        let nothing = Sent { step: None, fields: Fields::new() };
        match self {
            Back::Nothing => (None, nothing, None),
            Back::Step(sent, problem) if !sent.step.is_some_and(|step| open.contains(&step)) => {
                let typed =
                    ["present", "reason", "opinion", "objections"].map(|name| written(&sent.fields, name));
                (None, nothing, Some(Lost::of(&problem, &typed)))
            }
            Back::Step(sent, problem) => {
                if sent.step == Some(MeetingActionKind::Arrange) {
                    for one in offered {
                        one.fill(&sent.fields);
                    }
                }
                (Some(problem.said()), sent, None)
            }
            Back::Action(id, refused) => {
                let case = cases.iter_mut().find(|case| case.id == id.to_string());
                let forms = case.map(|case| case.forms.as_mut_slice()).unwrap_or_default();
                let request = view.requests.iter().find(|request| request.id == id);
                let lost = match request {
                    Some(request) => refused.fills(forms, (request, tongue)),
                    None => Some(Lost::of(&refused.problem, &[])),
                };
                (None, nothing, lost)
            }
        }
    }
}

impl MeetingPage {
    /// Whether this is the step that was refused.
    fn was_sent(&self, word: &str) -> bool {
        self.sent.step.is_some_and(|step| step.word() == word)
    }

    /// What was sent with the step of this word.
    fn typed(&self, word: &str, field: &str) -> &str {
        if self.was_sent(word) { written(&self.sent.fields, field) } else { "" }
    }

    /// Whether the votes of this case were sent and refused.
    fn voted(&self, case: &str) -> bool {
        self.was_sent(MeetingActionKind::Record.word()) && written(&self.sent.fields, "request") == case
    }

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

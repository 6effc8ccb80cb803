//! The meetings of the district, the newest first; the cases that are ripe; and the call of a new one.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use engine::{By, EngineError, Meetings, NewMeeting};
use serde::Deserialize;
use workflow::actor::Role;
use workflow::calendar::read_day;
use workflow::facts::Fault;
use workflow::meeting::{CaseOutcome, Meeting, MeetingStageKind};

use crate::pages::chips::whole_day;
use crate::pages::frame::Frame;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::reply::{Answer, Tell, go, page_with};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "meetings/list.html")]
struct MeetingsPage {
    frame: Frame,
    refusal: Option<String>,
    lines: Vec<Line>,
    ripe: usize,
    carried: usize,
    may_call: bool,
    today: String,
    written: Called,
}

struct Line {
    to: String,
    number: String,
    on: String,
    place: String,
    stage: &'static str,
    tone: &'static str,
    cases: usize,
    decided: usize,
    carried: usize,
}

#[derive(Default, Deserialize)]
pub(crate) struct Called {
    held_on: String,
    place: String,
}

pub(crate) async fn show(State(server): State<Server>, member: Member) -> Answer {
    shown(&server, &member, (None, Called::default())).await
}

async fn shown(server: &Server, member: &Member, (refusal, written): (Option<Problem>, Called)) -> Answer {
    let tongue = member.tongue();
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let Meetings { meetings, unreadable } = server.engine.meetings(by).await.tell(tongue)?;
    let ripe = server.engine.ripe_cases(by).await.tell(tongue)?;
    // A meeting that cannot be read is missing from both.
    let unreadable: BTreeSet<String> = unreadable.into_iter().chain(ripe.unreadable).collect();
    let (ripe, unreadable) = (ripe.cases, Vec::from_iter(unreadable));
    let status = refusal.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let template = MeetingsPage {
        frame: Frame::of(member, "/meetings").without(&unreadable),
        refusal: refusal.map(|problem| problem.said()),
        lines: meetings.iter().map(|meeting| Line::of(meeting, tongue)).collect(),
        carried: ripe.iter().filter(|case| case.carried_over_from.is_some()).count(),
        ripe: ripe.len(),
        may_call: member.known.has(Role::Reviewer) || member.known.has(Role::Approver),
        today: server.engine.today(member.visitor.now).to_string(),
        written,
    };
    Ok(page_with(status, &template))
}

pub(crate) async fn call(
    State(server): State<Server>,
    member: Member,
    Posted(written): Posted<Called>,
) -> Answer {
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let said = ("请填写日期", "enter a day");
    let fault = || EngineError::Malformed(vec![Fault::new("/held_on", said)]);
    let done = match read_day(written.held_on.trim()).ok_or_else(fault) {
        Ok(held_on) => {
            let place = written.place.clone();
            server.engine.call_meeting(by, NewMeeting { held_on, place }).await
        }
        Err(error) => Err(error),
    };
    let error = match done {
        Ok(meeting) => return Ok(go(&format!("/meetings/{}", meeting.id))),
        Err(error) => error,
    };
    let problem = Problem::of(&error, member.tongue());
    if problem.is_broken() {
        return Err(error).tell(member.tongue());
    }
    shown(&server, &member, (Some(problem), written)).await
}

/// The colour of a meeting's stage.
pub(super) fn tone(stage: MeetingStageKind) -> &'static str {
    match stage {
        MeetingStageKind::Called => "open",
        MeetingStageKind::InSession => "wait",
        MeetingStageKind::Closed => "good",
        MeetingStageKind::Cancelled => "quiet",
    }
}

impl Line {
    fn of(meeting: &Meeting, tongue: Tongue) -> Line {
        let count = |is: fn(&CaseOutcome) -> bool| {
            meeting.agenda.iter().filter_map(|case| case.outcome.as_ref()).filter(|one| is(one)).count()
        };
        let stage = meeting.stage.kind();
        Line {
            to: format!("/meetings/{}", meeting.id),
            number: meeting.number.clone(),
            on: whole_day(meeting.held_on, tongue),
            place: meeting.place.clone(),
            stage: stage.name(tongue.0),
            tone: tone(stage),
            cases: meeting.agenda.len(),
            decided: count(|one| matches!(one, CaseOutcome::Decided { .. })),
            carried: count(|one| matches!(one, CaseOutcome::CarriedOver { .. })),
        }
    }
}

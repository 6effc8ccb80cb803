//! The steps of a meeting as forms send them; what is refused comes back with the meeting.

use axum::extract::{Path, State};
use engine::{By, EngineError, MeetingWish, Seen};
use workflow::facts::Fault;
use workflow::id::RequestId;
use workflow::meeting::{MeetingActionKind, Vote};

use super::one::{Back, Sent, shown};
use crate::pages::actions::{Fields, written as text};
use crate::posted::{Posted, version};
use crate::problem::Problem;
use crate::reply::{Answer, Failed, go};
use crate::server::Server;
use crate::visitor::Member;

pub(crate) async fn arrange(
    State(server): State<Server>,
    member: Member,
    Path(id): Path<String>,
    Posted(fields): Posted<Fields>,
) -> Answer {
    let wish = agenda(&fields);
    done(&server, &member, (&id, fields), (MeetingActionKind::Arrange, wish)).await
}

pub(crate) async fn open(
    State(server): State<Server>,
    member: Member,
    Path(id): Path<String>,
    Posted(fields): Posted<Fields>,
) -> Answer {
    let present = lines(&fields, "present");
    done(&server, &member, (&id, fields), (MeetingActionKind::Open, Ok(MeetingWish::Open { present }))).await
}

pub(crate) async fn record(
    State(server): State<Server>,
    member: Member,
    Path(id): Path<String>,
    Posted(fields): Posted<Fields>,
) -> Answer {
    let wish = vote(&fields);
    done(&server, &member, (&id, fields), (MeetingActionKind::Record, wish)).await
}

pub(crate) async fn close(
    State(server): State<Server>,
    member: Member,
    Path(id): Path<String>,
    Posted(fields): Posted<Fields>,
) -> Answer {
    done(&server, &member, (&id, fields), (MeetingActionKind::Close, Ok(MeetingWish::Close))).await
}

pub(crate) async fn cancel(
    State(server): State<Server>,
    member: Member,
    Path(id): Path<String>,
    Posted(fields): Posted<Fields>,
) -> Answer {
    let reason = text(&fields, "reason").to_owned();
    let wish = Ok(MeetingWish::Cancel { reason });
    done(&server, &member, (&id, fields), (MeetingActionKind::Cancel, wish)).await
}

async fn done(
    server: &Server,
    member: &Member,
    (id, fields): (&str, Fields),
    (step, wish): (MeetingActionKind, Result<MeetingWish, EngineError>),
) -> Answer {
    let tongue = member.tongue();
    let problem = match tried(server, member, (id, &fields), wish).await {
        Ok(meeting) => return Ok(go(&format!("/meetings/{meeting}"))),
        Err(problem) if problem.ends_here() => return Err(Failed::person(problem, tongue)),
        Err(problem) => problem,
    };
    let sent = Sent { step: Some(step), fields };
    shown(server, member, (id, Back::Step(sent, problem))).await
}

async fn tried(
    server: &Server,
    member: &Member,
    (id, fields): (&str, &Fields),
    wish: Result<MeetingWish, EngineError>,
) -> Result<String, Problem> {
    let tongue = member.tongue();
    let seen = Seen::Version(version(text(fields, "version"), tongue)?);
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let done = match wish {
        Ok(wish) => server.engine.act_on_meeting(by, (id, seen), &wish).await,
        Err(error) => Err(error),
    };
    done.map(|meeting| meeting.id.to_string()).map_err(|error| Problem::shown_again(&error, tongue))
}

/// The cases with a place, in the order of their places.
fn agenda(fields: &Fields) -> Result<MeetingWish, EngineError> {
    let mut cases: Vec<(u32, RequestId, u32)> = Vec::new();
    for (name, place) in fields.iter().filter(|(_, place)| !place.trim().is_empty()) {
        let Some(id) = name.strip_prefix("place.") else { continue };
        let request = id.parse().map(RequestId).map_err(|_| fault(name))?;
        let place = place.trim().parse().map_err(|_| fault(name))?;
        cases.push((place, request, number(fields, &format!("minutes.{id}"))?));
    }
    cases.sort_unstable();
    Ok(MeetingWish::Arrange(cases.into_iter().map(|(_, request, minutes)| (request, minutes)).collect()))
}

fn vote(fields: &Fields) -> Result<MeetingWish, EngineError> {
    let request = text(fields, "request").parse().map(RequestId).map_err(|_| fault("request"))?;
    let vote = Vote {
        in_favour: number(fields, "for")?,
        against: number(fields, "against")?,
        abstaining: number(fields, "abstaining")?,
        objections: lines(fields, "objections"),
        opinion: Some(text(fields, "opinion").to_owned()).filter(|opinion| !opinion.is_empty()),
    };
    Ok(MeetingWish::Record { request, vote })
}

fn lines(fields: &Fields, name: &str) -> Vec<String> {
    text(fields, name).lines().map(str::to_owned).collect()
}

/// A number; nothing is none.
fn number(fields: &Fields, name: &str) -> Result<u32, EngineError> {
    match text(fields, name) {
        "" => Ok(0),
        written => written.parse().map_err(|_| fault(name)),
    }
}

fn fault(name: &str) -> EngineError {
    let said = ("请填写数字", "enter a number");
    EngineError::Malformed(vec![Fault::new(format!("/{name}"), said)])
}

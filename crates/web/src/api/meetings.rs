//! Meetings of the leading group: called, prepared, held and closed; the cases that one can hear. A case is decided by the
//! ordinary action on its request.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use engine::{MeetingView, MeetingWish, Meetings, NewMeeting, RipeCase, RipeCases, Seen};
use serde::Deserialize;
use serde_json::{Value, json};
use workflow::actor::Role;
use workflow::deadline::deadline;
use workflow::id::{RequestId, UserId};
use workflow::meeting::{Case, CaseOutcome, Meeting, MeetingActionKind, MeetingStage, Vote, open};
use workflow::request::Moment;

use super::caller::{Said, answer, with};
use super::change::{Change, versioned};
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::shapes::meetings as shapes;
use super::slice::Order;
use crate::access::Admits;
use crate::pages::meetings::READS;
use crate::reply::Failed;

pub(crate) fn operations() -> Vec<Operation> {
    let reads = Admits::Roles(READS);
    let conducts = Admits::Roles(&[Role::Reviewer, Role::Approver]);
    let operations = vec![
        Operation::new(
            (Method::GET, "/api/v1/meetings", reads, get(list)),
            ("list_meetings", "Meetings of the leading group, newest first, with what became of their cases"),
            shapes::meetings,
        )
        .sliced(),
        Operation::new(
            (Method::POST, "/api/v1/meetings", conducts, post(call)),
            ("call_meeting", "Call a meeting of the caller's district; it gets the next number of the year"),
            shapes::meeting,
        )
        .takes(shapes::new_meeting)
        .such_as(shapes::new_meeting_example)
        .makes()
        .repeatable(),
        Operation::new(
            (Method::GET, "/api/v1/meetings/{id}", reads, get(show)),
            (
                "show_meeting",
                "One meeting: agenda, who is present, votes, what became of each case so far, and what the caller may do now",
            ),
            shapes::whole_meeting,
        ),
        Operation::new(
            (Method::POST, "/api/v1/meetings/{id}/actions", conducts, post(act)),
            (
                "act_on_meeting",
                "Arrange the agenda, open the meeting, record the votes of a case, close it, or cancel it",
            ),
            shapes::meeting,
        )
        .takes(shapes::meeting_action)
        .such_as(shapes::action_example)
        .versioned()
        .repeatable(),
        Operation::new(
            (Method::GET, "/api/v1/ripe-cases", reads, get(ripe)),
            ("list_ripe_cases", "Requests that a meeting could hear, those carried over first"),
            shapes::ripe_cases,
        )
        .sliced(),
    ];
    operations.into_iter().map(|one| one.within(Group::Oversight)).collect()
}

fn as_json(meeting: &Meeting) -> Value {
    json!({
        "id": meeting.id, "number": meeting.number, "held_on": meeting.held_on, "place": meeting.place,
        "called_by": meeting.called_by, "stage": meeting.stage, "agenda": meeting.agenda,
        "version": meeting.version,
    })
}

async fn list(reading: Reading) -> Result<Response, Failed> {
    let slice = reading.slice()?;
    let Meetings { meetings, unreadable } =
        reading.engine().meetings(reading.by()).await.said(reading.tongue())?;
    let count = |meeting: &Meeting, is: fn(&CaseOutcome) -> bool| {
        meeting.agenda.iter().filter_map(|case| case.outcome.as_ref()).filter(|one| is(one)).count()
    };
    let line = |meeting: &Meeting| {
        json!({
            "id": meeting.id, "number": meeting.number, "held_on": meeting.held_on, "place": meeting.place,
            "stage": meeting.stage.kind(), "cases": meeting.agenda.len(),
            "decided": count(meeting, |one| matches!(one, CaseOutcome::Decided { .. })),
            "carried_over": count(meeting, |one| matches!(one, CaseOutcome::CarriedOver { .. })),
            "version": meeting.version,
        })
    };
    Ok(slice.page_without((meetings, Order::Falling, &unreadable), |meeting| meeting.id.to_string(), line))
}

/// Everybody who is named by an id.
fn people(view: &MeetingView) -> Vec<UserId> {
    let closed_by = match &view.meeting.stage {
        MeetingStage::Closed { by, .. } => Some(*by),
        MeetingStage::Called | MeetingStage::InSession { .. } | MeetingStage::Cancelled { .. } => None,
    };
    let deciders = view.outcomes.values().filter_map(|outcome| match outcome {
        CaseOutcome::Decided { by, .. } => Some(*by),
        CaseOutcome::CarriedOver { .. } | CaseOutcome::Dropped { .. } => None,
    });
    deciders.chain(closed_by).chain([view.meeting.called_by]).collect()
}

/// A case with where its request stands now, and what has become of it so far.
fn case(case: &Case, view: &MeetingView) -> Value {
    let request = view.requests.iter().find(|request| request.id == case.request);
    let shown = with(json!(case), "outcome", json!(view.outcomes.get(&case.request)));
    let shown = with(shown, "request_stage", json!(request.map(|request| request.stage.kind())));
    let shown = with(shown, "request_version", json!(request.map(|request| request.version)));
    with(shown, "price", json!(request.map(workflow::request::Request::price)))
}

async fn show(Path(written): Path<String>, reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let view = reading.engine().meeting(reading.by(), &written).await.said(tongue)?;
    let names: BTreeMap<UserId, String> = reading.reader().names(&people(&view)).await.said(tongue)?;
    let names: Vec<Value> = names.iter().map(|(id, name)| json!({ "id": id, "name": name })).collect();
    let (stage, roles) = (view.meeting.stage.kind(), reading.caller.0.known.roles());
    let may = |action: &&MeetingActionKind| roles.iter().any(|role| !open(stage, **action, *role).is_empty());
    let actions: Vec<&MeetingActionKind> = MeetingActionKind::ALL.iter().filter(may).collect();
    let agenda: Vec<Value> = view.meeting.agenda.iter().map(|one| case(one, &view)).collect();
    let shown = with(as_json(&view.meeting), "agenda", json!(agenda));
    let shown = with(shown, "people", json!(names));
    Ok(versioned(answer, &with(shown, "open_actions", json!(actions))))
}

#[derive(Deserialize)]
struct Called {
    held_on: NaiveDate,
    place: String,
}

async fn call(change: Change) -> Result<Response, Failed> {
    let Called { held_on, place } = change.read()?;
    let work = change.server.engine.call_meeting(change.by(), NewMeeting { held_on, place });
    change.done(StatusCode::CREATED, work, as_json).await
}

/// A case with the minutes that it is given.
#[derive(Deserialize)]
struct Slot {
    request: RequestId,
    minutes: u32,
}

#[derive(Deserialize)]
#[serde(tag = "action")]
enum Step {
    #[serde(rename = "arrange_meeting")]
    Arrange { cases: Vec<Slot> },
    #[serde(rename = "open_meeting")]
    Open { present: Vec<String> },
    #[serde(rename = "record_votes")]
    Record {
        request: RequestId,
        #[serde(flatten)]
        vote: Vote,
    },
    #[serde(rename = "close_meeting")]
    Close,
    #[serde(rename = "cancel_meeting")]
    Cancel { reason: String },
}

impl Step {
    fn wish(self) -> MeetingWish {
        match self {
            Step::Arrange { cases } => {
                MeetingWish::Arrange(cases.into_iter().map(|one| (one.request, one.minutes)).collect())
            }
            Step::Open { present } => MeetingWish::Open { present },
            Step::Record { request, vote } => MeetingWish::Record { request, vote },
            Step::Close => MeetingWish::Close,
            Step::Cancel { reason } => MeetingWish::Cancel { reason },
        }
    }
}

async fn act(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let seen = Seen::Version(change.seen()?);
    let wish = change.read::<Step>()?.wish();
    let work = change.server.engine.act_on_meeting(change.by(), (&written, seen), &wish);
    change.done(StatusCode::OK, work, as_json).await
}

/// What was carried over comes first, then the oldest.
fn name(case: &RipeCase) -> String {
    let rank = u8::from(case.carried_over_from.is_none());
    format!("{rank}|{}", case.request.id)
}

async fn ripe(reading: Reading) -> Result<Response, Failed> {
    let slice = reading.slice()?;
    let RipeCases { cases, unreadable } =
        reading.engine().ripe_cases(reading.by()).await.said(reading.tongue())?;
    let content = reading.engine().content();
    let parameters = content.rules.parameters();
    let moment = Moment { now: reading.caller.now(), calendar: &content.calendar, parameters };
    let line = |case: &RipeCase| {
        let request = &case.request;
        let department = request.application.department.as_ref();
        json!({
            "request": request.id, "number": request.number(), "title": request.title(), "ripe": case.ripe,
            "department": department.map(|one| one.name.as_str()), "price": request.price(),
            "due": deadline(request, &moment).map(|limit| limit.due),
            "carried_over_from": case.carried_over_from, "version": request.version,
        })
    };
    Ok(slice.page_without((cases, Order::Rising, &unreadable), name, line))
}

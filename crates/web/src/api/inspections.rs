//! The unified inspection of a year: proposed by departments, built by a reviewer, published by an approver.

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};
use workflow::actor::Role;
use workflow::inspection::{Busy, Plan, Proposal};

use super::caller::{Caller, Said, answer, fault};
use super::change::{Change, versioned};
use super::complaints::by;
use super::operation::{Group, Operation};
use super::schema;
use super::shapes::oversight as shapes;
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;
use crate::unread::counted;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let path = "/api/v1/inspections/{year}";
    let operations = vec![
        Operation::new(
            (Method::GET, path, all, get(plan)),
            ("show_inspection", "The unified inspection of a year as the caller may see it"),
            shapes::inspection,
        ),
        Operation::new(
            (
                Method::POST,
                "/api/v1/inspections/{year}/proposals",
                Admits::Roles(&[Role::Submitter]),
                post(propose),
            ),
            ("propose_inspection", "Propose to inspect an item or a request; the cause says why it may not be"),
            shapes::proposal,
        )
        .takes(shapes::new_proposal)
        .makes()
        .repeatable(),
        Operation::new(
            (Method::POST, "/api/v1/inspections/{year}/build", Admits::Roles(&[Role::Reviewer]), post(build)),
            (
                "build_inspection",
                "Build the draft of a year, for the first time (`If-None-Match: *`) or anew, around busy days",
            ),
            shapes::built_plan,
        )
        .takes(shapes::busy_days)
        .versioned_or_new()
        .repeatable(),
        Operation::new(
            (
                Method::POST,
                "/api/v1/inspections/{year}/publish",
                Admits::Roles(&[Role::Approver]),
                post(publish),
            ),
            ("publish_inspection", "Publish the plan of a year; every community hears of its date"),
            shapes::built_plan,
        )
        .takes(schema::nothing)
        .versioned()
        .repeatable(),
    ];
    operations.into_iter().map(|one| one.within(Group::Oversight)).collect()
}

pub(super) fn year(written: &str) -> Result<i32, engine::EngineError> {
    let year = written.parse().ok().filter(|year| workflow::calendar::YEARS.contains(year));
    year.ok_or_else(|| fault("/path/year", ("应为年份", "a year is expected here")))
}

async fn plan(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let view = server.engine.plan(by(&caller), year(&written).said(tongue)?).await.said(tongue)?;
    let shown = json!({
        "number": view.number, "year": view.year, "stage": view.stage, "visits": view.visits,
        "refused": view.refused, "proposals": view.proposals, "version": view.version,
        "unreadable": counted(&view.unreadable),
    });
    Ok(versioned(answer, &shown))
}

#[derive(Deserialize)]
struct Named {
    named: String,
}

fn proposed(proposal: &Proposal) -> Value {
    json!(proposal)
}

async fn propose(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let year = year(&written).said(change.tongue())?;
    let Named { named } = change.read()?;
    let work = change.server.engine.propose_inspection(change.by(), (year, &named));
    change.done(StatusCode::CREATED, work, proposed).await
}

#[derive(Deserialize)]
struct BusyDay {
    #[serde(default)]
    community: Option<String>,
    day: NaiveDate,
}

#[derive(Deserialize)]
struct Around {
    busy: Vec<BusyDay>,
}

fn built(plan: &Plan) -> Value {
    json!({
        "number": plan.number, "year": plan.year, "stage": plan.stage.kind(), "built_on": plan.built_on,
        "visits": plan.content.visits, "refused": plan.content.refused, "short": plan.content.short,
        "version": plan.version,
    })
}

async fn build(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let year = year(&written).said(change.tongue())?;
    let seen = change.seen_or_new()?;
    let Around { busy } = change.read()?;
    let busy: Vec<Busy> =
        busy.into_iter().map(|BusyDay { community, day }| Busy { community, day }).collect();
    let work = change.server.engine.build_plan_seen(change.by(), (year, seen), &busy);
    change.done(StatusCode::OK, work, built).await
}

async fn publish(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let year = year(&written).said(change.tongue())?;
    let seen = engine::Seen::Version(change.seen()?);
    let work = change.server.engine.publish_plan_seen(change.by(), (year, seen));
    change.done(StatusCode::OK, work, built).await
}

//! The unified inspection of a year: proposed by departments, built by a reviewer, published by an approver; and what
//! communities say of departments.

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};
use workflow::actor::Role;
use workflow::inspection::{Busy, Plan, Proposal};
use workflow::rating::Rating;

use super::caller::{Caller, Said, answer, fault};
use super::change::{Change, versioned};
use super::complaints::{Places, by};
use super::operation::{Group, Operation};
use super::shapes::oversight as shapes;
use super::{caller::Asked, schema};
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;

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
        Operation::new(
            (Method::GET, "/api/v1/departments/{code}/ratings", all, get(ratings)),
            ("department_ratings", "What communities answered about a department in a year, as the caller may see it"),
            shapes::ratings,
        )
        .asks("year", schema::year),
    ];
    operations.into_iter().map(|one| one.within(Group::Oversight)).collect()
}

pub(super) fn year(written: &str) -> Result<i32, engine::EngineError> {
    let year = written.parse().ok().filter(|year| schema::YEARS.contains(year));
    year.ok_or_else(|| fault("/path/year", "a year is expected here"))
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

async fn ratings(
    State(server): State<Server>,
    caller: Caller,
    Path(code): Path<String>,
    asked: Asked,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let asked = asked.only(&["year"]).said(tongue)?;
    let year = super::places::year(&asked, &caller).said(tongue)?;
    let view = server.engine.rating_results(by(&caller), (&code, year)).await.said(tongue)?;
    let places = Places::of(&server, &caller).await?;
    let line = |rating: &Rating| {
        json!({
            "id": rating.id, "request": rating.request, "community": places.of_id(rating.community),
            "given_on": rating.given_on, "answer": rating.answer,
        })
    };
    Ok(answer(&json!({
        "department": places.of_id(view.department), "year": view.year, "results": view.results,
        "answers": view.answers.iter().map(line).collect::<Vec<_>>(),
    })))
}

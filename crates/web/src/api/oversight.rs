//! Complaints about imposed work, and the unified inspection of a year.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use engine::{By, ComplaintView, Given, NewComplaint};
use serde::Deserialize;
use serde_json::{Value, json};
use workflow::actor::Role;
use workflow::complaint::{Complaint, ComplaintStageKind};
use workflow::id::OrganisationId;

use super::caller::{Caller, Said, Sent, answer, answer_with, fault};
use super::operation::Operation;
use super::requests::{Repeated, again};
use super::shapes;
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    vec![
        Operation::new(
            (Method::GET, "/api/v1/complaints", all, get(list)),
            (
                "list_complaints",
                "Complaints that the caller may see, newest first; the accused see an order only",
            ),
            shapes::complaints,
        ),
        Operation::new(
            (Method::POST, "/api/v1/complaints", Admits::Roles(&[Role::Committee]), post(file)),
            (
                "file_complaint",
                "A committee reports work that was imposed on its community without admission",
            ),
            shapes::filed_complaint,
        )
        .takes(shapes::new_complaint)
        .makes()
        .repeatable(),
        Operation::new(
            (Method::GET, "/api/v1/complaints/{id}", all, get(show)),
            ("show_complaint", "One complaint with evidence and history, as the caller may see it"),
            shapes::complaint,
        ),
        Operation::new(
            (Method::GET, "/api/v1/inspections/{year}", all, get(plan)),
            ("show_inspection", "The unified inspection of a year as the caller may see it"),
            shapes::inspection,
        ),
    ]
}

fn by(caller: &Caller) -> By<'_> {
    By { actor: caller.actor(), now: caller.now() }
}

/// Codes and names of organisations.
struct Places(BTreeMap<OrganisationId, Value>);

impl Places {
    async fn of(server: &Server, caller: &Caller) -> Result<Places, Failed> {
        let tree = server.engine.reader().organisations().await.said(caller.tongue())?;
        let place = |one: store::Organisation| (one.id, json!({ "code": one.code, "name": one.name }));
        Ok(Places(tree.into_iter().map(place).collect()))
    }

    fn of_id(&self, id: OrganisationId) -> &Value {
        self.0.get(&id).unwrap_or(&Value::Null)
    }
}

fn as_json(places: &Places, view: &ComplaintView) -> Value {
    match view {
        ComplaintView::Order(order) => json!({
            "number": order.number, "community": places.of_id(order.community), "since": order.since,
            "stage": { "stage": ComplaintStageKind::Upheld }, "order": order.order, "on": order.on,
        }),
        ComplaintView::Whole { complaint, due, evidence, history, coverage } => json!({
            "id": complaint.id, "number": complaint.number, "community": places.of_id(complaint.community),
            "department": places.of_id(complaint.department), "imposed": complaint.imposed,
            "filed_on": complaint.filed_on, "due": due, "hearer": complaint.hearer,
            "escalated_on": complaint.escalated_on, "stage": complaint.stage, "version": complaint.version,
            "evidence": evidence, "coverage": coverage, "history": history,
        }),
    }
}

async fn list(State(server): State<Server>, caller: Caller) -> Result<Response, Failed> {
    let views = server.engine.complaints(by(&caller)).await.said(caller.tongue())?;
    let places = Places::of(&server, &caller).await?;
    Ok(answer(&views.iter().map(|view| as_json(&places, view)).collect::<Vec<_>>()))
}

async fn show(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let view = server.engine.complaint(by(&caller), &written).await.said(caller.tongue())?;
    Ok(answer(&as_json(&Places::of(&server, &caller).await?, &view)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filed {
    department: String,
    what: String,
    since: NaiveDate,
    covered_by: Option<String>,
}

fn filed(complaint: &Complaint) -> Value {
    json!({ "id": complaint.id, "number": complaint.number, "stage": complaint.stage.kind(), "hearer": complaint.hearer })
}

async fn file(
    State(server): State<Server>,
    caller: Caller,
    (uri, headers): (Uri, HeaderMap),
    sent: Sent,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let repeated = Repeated::of(&headers, &uri, &sent).said(tongue)?;
    let Filed { department, what, since, covered_by } = sent.read().said(tongue)?;
    let new = NewComplaint { department, what, since, covered_by, evidence: Vec::new() };
    let made = StatusCode::CREATED;
    let given = match &repeated {
        None => Given::Now(server.engine.file_complaint(by(&caller), new).await.said(tongue)?),
        Some(repeated) => {
            let keeping = repeated.keeping(made, |complaint| filed(complaint).to_string());
            server.engine.file_complaint_once(by(&caller), new, keeping).await.said(tongue)?
        }
    };
    Ok(match given {
        Given::Now(complaint) => answer_with(made, &filed(&complaint)),
        Given::Before(kept) => again(kept),
    })
}

async fn plan(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let year = written.parse().map_err(|_| fault("/path/year", "a year is expected here")).said(tongue)?;
    let view = server.engine.plan(by(&caller), year).await.said(tongue)?;
    Ok(answer(&json!({
        "number": view.number, "year": view.year, "stage": view.stage, "visits": view.visits,
        "refused": view.refused, "proposals": view.proposals,
    })))
}

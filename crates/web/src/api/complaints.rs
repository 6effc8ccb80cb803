//! Complaints about imposed work: filed with files, read as far as the reader may, taken, upheld or dismissed.

use std::collections::BTreeMap;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use engine::{By, ComplaintView, Complaints, NewComplaint, Seen};
use serde::Deserialize;
use serde_json::{Value, json};
use store::Organisation;
use workflow::actor::Role;
use workflow::complaint::{Complaint, ComplaintAction, ComplaintStageKind};
use workflow::id::OrganisationId;

use super::caller::{Caller, Said, answer};
use super::change::{Change, versioned};
use super::files::{FILES_BODY, File, bytes_of};
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::shapes::{dossier, oversight as shapes};
use super::slice::Order;
use crate::access::Admits;
use crate::downloads::hand_out;
use crate::reply::Failed;
use crate::server::Server;
use crate::unread::counted;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let committee = Admits::Roles(&[Role::Committee]);
    let hearers = Admits::Roles(&[Role::Reviewer, Role::Approver]);
    let with_files = post(file).layer(DefaultBodyLimit::max(FILES_BODY));
    let operations = vec![
        Operation::new(
            (Method::GET, "/api/v1/complaints", all, get(list)),
            (
                "list_complaints",
                "Complaints that the caller may see, newest first; the accused see an order only",
            ),
            shapes::complaints,
        )
        .sliced(),
        Operation::new(
            (Method::POST, "/api/v1/complaints", committee, with_files),
            (
                "file_complaint",
                "A committee reports work that was imposed on its community without admission",
            ),
            shapes::changed_complaint,
        )
        .takes(shapes::new_complaint)
        .such_as(shapes::complaint_example)
        .makes()
        .repeatable(),
        Operation::new(
            (Method::GET, "/api/v1/accusable", committee, get(accusable)),
            (
                "list_accusable",
                "Departments and subdistricts about which the caller's community may complain",
            ),
            shapes::accusable,
        ),
        Operation::new(
            (Method::GET, "/api/v1/complaints/{id}", all, get(show)),
            ("show_complaint", "One complaint with evidence and history, as the caller may see it"),
            shapes::complaint,
        ),
        Operation::new(
            (Method::POST, "/api/v1/complaints/{id}/actions", hearers, post(act)),
            ("act_on_complaint", "Take a complaint, uphold it with an order, or dismiss it with a reason"),
            shapes::changed_complaint,
        )
        .takes(shapes::complaint_action)
        .versioned()
        .repeatable(),
        Operation::new(
            (Method::GET, "/api/v1/complaints/{id}/files/{name}", all, get(evidence)),
            ("fetch_evidence", "The bytes of one file beside a complaint"),
            dossier::bytes,
        )
        .gives("application/octet-stream"),
    ];
    operations.into_iter().map(|one| one.within(Group::Oversight)).collect()
}

pub(super) fn by(caller: &Caller) -> By<'_> {
    By { actor: caller.actor(), now: caller.now() }
}

/// Codes and names of organisations.
pub(super) struct Places(BTreeMap<OrganisationId, Value>);

impl Places {
    pub(super) async fn of(server: &Server, caller: &Caller) -> Result<Places, Failed> {
        let tree = server.engine.reader().organisations().await.said(caller.tongue())?;
        Ok(Places(tree.iter().map(|one| (one.id, place(one))).collect()))
    }

    pub(super) fn of_id(&self, id: OrganisationId) -> &Value {
        self.0.get(&id).unwrap_or(&Value::Null)
    }
}

fn place(one: &Organisation) -> Value {
    json!({ "code": one.code, "name": one.name })
}

fn as_json(places: &Places, view: &ComplaintView) -> Value {
    match view {
        ComplaintView::Order(order) => json!({
            "number": order.number, "community": places.of_id(order.community), "since": order.since,
            "stage": { "stage": ComplaintStageKind::Upheld }, "order": order.order, "on": order.on,
        }),
        ComplaintView::Whole { complaint, due, evidence, history, coverage, unreadable } => json!({
            "id": complaint.id, "number": complaint.number, "community": places.of_id(complaint.community),
            "department": places.of_id(complaint.department), "imposed": complaint.imposed,
            "filed_on": complaint.filed_on, "due": due, "hearer": complaint.hearer,
            "escalated_on": complaint.escalated_on, "stage": complaint.stage, "version": complaint.version,
            "evidence": evidence, "coverage": coverage, "history": history,
            "unreadable": counted(unreadable),
        }),
    }
}

/// Numbers are given in the order of filing; ids are, too, where the reader sees them.
fn name(view: &ComplaintView) -> String {
    match view {
        ComplaintView::Order(order) => format!("{}|{}", order.on, order.number),
        ComplaintView::Whole { complaint, .. } => format!("{}|{}", complaint.filed_on, complaint.id),
    }
}

async fn list(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let Complaints { complaints, unreadable } =
        reading.engine().complaints(reading.by()).await.said(tongue)?;
    let places = Places::of(&reading.server, &reading.caller).await?;
    Ok(slice.page_without((complaints, Order::Falling, &unreadable), name, |view| as_json(&places, view)))
}

async fn show(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let view = server.engine.complaint(by(&caller), &written).await.said(caller.tongue())?;
    Ok(versioned(answer, &as_json(&Places::of(&server, &caller).await?, &view)))
}

async fn evidence(
    State(server): State<Server>,
    caller: Caller,
    Path((written, name)): Path<(String, String)>,
) -> Result<Response, Failed> {
    let found = server.engine.complaint_file(by(&caller), (&written, &name)).await;
    Ok(hand_out(&server, found.said(caller.tongue())?))
}

async fn accusable(State(server): State<Server>, caller: Caller) -> Result<Response, Failed> {
    let found = server.engine.accusable_by(caller.actor()).await.said(caller.tongue())?;
    Ok(answer(&found.iter().map(place).collect::<Vec<_>>()))
}

#[derive(Deserialize)]
struct Filed {
    department: String,
    what: String,
    since: NaiveDate,
    covered_by: Option<String>,
    #[serde(default)]
    files: Vec<File>,
}

fn changed(complaint: &Complaint) -> Value {
    json!({
        "id": complaint.id, "number": complaint.number, "stage": complaint.stage.kind(),
        "hearer": complaint.hearer, "version": complaint.version,
    })
}

async fn file(change: Change) -> Result<Response, Failed> {
    let Filed { department, what, since, covered_by, files } = change.read()?;
    let evidence = bytes_of(files).said(change.tongue())?;
    let new = NewComplaint { department, what, since, covered_by, evidence };
    let work = change.server.engine.file_complaint(change.by(), new);
    change.done(StatusCode::CREATED, work, changed).await
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum Step {
    Take,
    Uphold { order: String },
    Dismiss { reason: String },
}

async fn act(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let seen = Seen::Version(change.seen()?);
    let action = match change.read()? {
        Step::Take => ComplaintAction::Take,
        Step::Uphold { order } => ComplaintAction::Uphold { order },
        Step::Dismiss { reason } => ComplaintAction::Dismiss { reason },
    };
    let work = change.server.engine.decide_complaint_seen(change.by(), (&written, seen), action);
    change.done(StatusCode::OK, work, changed).await
}

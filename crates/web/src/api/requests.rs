//! Requests: listed, read, drafted, corrected, acted on.

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post, put};
use engine::{Command, EngineError, Filing, Order, Seen};
use serde::Deserialize;
use serde_json::{Value, json};
use workflow::action::ActionKind;
use workflow::decide::may_try;
use workflow::facts::Fault;
use workflow::id::RequestId;
use workflow::request::Request;
use workflow::stage::StageKind;
use workflow::unread::unread;

use super::caller::{Caller, Said, Sent, answer, at_version, fault};
use super::change::Change;
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::shapes::requests as shapes;
use super::slice::Order as Way;
use crate::access::Admits;
use crate::eyes::Eyes;
use crate::reply::Failed;
use crate::server::Server;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let (one, history) = ("/api/v1/requests/{id}", "/api/v1/requests/{id}/history");
    let actions = "/api/v1/requests/{id}/actions";
    let operations = vec![
        Operation::new(
            (Method::GET, "/api/v1/requests", all, get(list)),
            ("list_requests", "Requests that the caller may see, newest first"),
            shapes::request_page,
        )
        .asks("stage", shapes::stage)
        .sliced_by_id(),
        Operation::new(
            (Method::POST, "/api/v1/requests", all, post(draft)),
            ("draft_request", "Draft a request of the caller's own department"),
            shapes::done,
        )
        .takes(shapes::filing)
        .such_as(shapes::filing_example)
        .makes()
        .repeatable(),
        Operation::new(
            (Method::GET, one, all, get(show)),
            ("show_request", "One request with its assessment, history and what the caller may do now"),
            shapes::request,
        ),
        Operation::new(
            (Method::PUT, one, all, put(correct)),
            ("correct_request", "Replace what a draft or a returned request says"),
            shapes::done,
        )
        .takes(shapes::filing)
        .such_as(shapes::filing_example)
        .versioned(),
        Operation::new(
            (Method::GET, history, all, get(past)),
            ("request_history", "What has happened to a request, oldest first"),
            shapes::history_page,
        )
        .sliced(),
        Operation::new(
            (Method::POST, actions, all, post(act)),
            ("act_on_request", "Carry out an open action on a request"),
            shapes::done,
        )
        .takes(shapes::command)
        .such_as(shapes::command_example)
        .versioned()
        .repeatable(),
    ];
    operations.into_iter().map(|one| one.within(Group::Requests)).collect()
}

async fn list(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let stage = reading.asked.text("stage").map(|word| {
        let said = || (format!("没有“{word}”这个阶段"), format!("`{word}` is no stage"));
        StageKind::from_word(word).ok_or_else(|| fault("/query/stage", said()))
    });
    let stages: Vec<StageKind> = stage.transpose().said(tongue)?.into_iter().collect();
    let page = (slice.after_id().said(tongue)?.map(RequestId), slice.most as u64 + 1);
    let found = reading.reader().request_lines_after(reading.scope(), &stages, page).await;
    Ok(slice.read(found.said(tongue)?, |line| line.id.to_string(), |line| json!(line)))
}

/// The request that somebody wrote down, within what the caller may see.
pub(super) async fn named(server: &Server, caller: &Caller, written: &str) -> Result<RequestId, Failed> {
    server.engine.reader().request_id(written, caller.scope(server)).await.said(caller.tongue())
}

async fn show(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let (reader, scope) = (server.engine.reader(), caller.scope(&server));
    let id = named(&server, &caller, &written).await?;
    let request = reader.request(id, scope).await.said(tongue)?;
    let history = reader.history(id).await.said(tongue)?;
    let record = reader.records(id).await.said(tongue)?.into_iter().next();
    let eyes = Eyes::of(&server, scope).await.said(tongue)?;
    let open = ActionKind::ALL.iter().filter(|action| may_try(&request, **action, caller.actor()));
    let shown = json!({
        "id": request.id, "number": request.number, "application": request.application,
        "stage": request.stage, "version": request.version,
        "assignments": eyes.assignments(&request), "dossier": eyes.dossier(&request),
        "assessment": record.as_ref().map(|record| eyes.assessment(&request, &record.assessment)),
        "trace": record.as_ref().map(|record| eyes.trace(record, &request)),
        "history": history.iter().map(|event| eyes.event(event, &request)).collect::<Vec<_>>(),
        "open_actions": open.collect::<Vec<_>>(),
    });
    Ok(at_version(answer(&shown), request.version))
}

async fn past(Path(written): Path<String>, reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let (reader, scope) = (reading.reader(), reading.scope());
    let id = named(&reading.server, &reading.caller, &written).await?;
    let request = reader.request(id, scope).await.said(tongue)?;
    let history = reader.history(id).await.said(tongue)?;
    let eyes = Eyes::of(&reading.server, scope).await.said(tongue)?;
    let name = |event: &store::EventLine| format!("{:010}", event.seq);
    Ok(slice.page((history, Way::Rising), name, |event| eyes.event(event, &request)))
}

#[derive(Deserialize)]
struct Filed {
    application: Value,
    communities: Vec<String>,
}

pub(super) fn filing(sent: &Sent) -> Result<Filing, EngineError> {
    filing_of(&sent.value)
}

/// A filing within a body that may hold more.
pub(super) fn filing_of(sent: &Value) -> Result<Filing, EngineError> {
    let read = serde_json::from_value(sent.clone());
    let Filed { application, communities } = read.map_err(|error| fault("", unread(&error)))?;
    Filing::read(&application, communities).map_err(below_application)
}

/// Faults of an application, seen from the body that holds it.
pub(super) fn below_application(error: EngineError) -> EngineError {
    let of_body = |one: Fault| match one.pointer.starts_with("/communities") {
        true => one,
        false => Fault { pointer: format!("/application{}", one.pointer), ..one },
    };
    match error {
        EngineError::Malformed(faults) => EngineError::Malformed(faults.into_iter().map(of_body).collect()),
        other => other,
    }
}

/// What a changed request is answered with.
pub(super) fn done(request: &Request) -> Value {
    json!({
        "id": request.id, "number": request.number, "stage": request.stage.kind(), "version": request.version,
        "price": request.price(),
    })
}

async fn draft(change: Change) -> Result<Response, Failed> {
    let filing = filing(&change.sent).said(change.tongue())?;
    let work = change.server.engine.draft(filing, change.caller.actor(), change.caller.now());
    change.done(StatusCode::CREATED, work, done).await
}

/// The order of a change on the request that somebody wrote down.
pub(super) async fn order<'a>(change: &'a Change, written: &str) -> Result<Order<'a>, Failed> {
    let request = named(&change.server, &change.caller, written).await?;
    let (actor, now) = (change.caller.actor(), change.caller.now());
    Ok(Order { request, actor, seen: Seen::Version(change.seen()?), now })
}

async fn correct(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let order = order(&change, &written).await?;
    let filing = filing(&change.sent).said(change.tongue())?;
    change.done(StatusCode::OK, change.server.engine.correct(order, filing), done).await
}

async fn act(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let order = order(&change, &written).await?;
    let command: Command = change.read()?;
    change.done(StatusCode::OK, change.server.engine.act(order, command), done).await
}

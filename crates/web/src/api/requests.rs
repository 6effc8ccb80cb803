//! Requests: listed, read, drafted, corrected, acted on; one or many.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post, put};
use engine::{Command, EngineError, Filing, Given, Keeping, Order, Wanted};
use serde::Deserialize;
use serde_json::{Value, json};
use store::KeptAnswer;
use workflow::action::ActionKind;
use workflow::decide::may_try;
use workflow::facts::Fault;
use workflow::id::RequestId;
use workflow::request::Request;
use workflow::stage::StageKind;

use super::caller::{Asked, Caller, Said, Sent, answer, answer_with, at_version, fault, seen, spoken};
use super::operation::Operation;
use super::{schema, shapes};
use crate::access::Admits;
use crate::problem::Problem;
use crate::reply::Failed;
use crate::secrets::digest;
use crate::server::Server;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let (one, history) = ("/api/v1/requests/{id}", "/api/v1/requests/{id}/history");
    let actions = "/api/v1/requests/{id}/actions";
    vec![
        Operation::new(
            (Method::GET, "/api/v1/requests", all, get(list)),
            ("list_requests", "Requests that the caller may see, newest first"),
            shapes::request_page,
        )
        .asks("stage", shapes::stage)
        .asks("limit", limit)
        .asks("after", schema::uuid),
        Operation::new(
            (Method::POST, "/api/v1/requests", all, post(draft)),
            ("draft_request", "Draft a request of the caller's own department"),
            shapes::done,
        )
        .takes(shapes::filing)
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
        .versioned(),
        Operation::new(
            (Method::GET, history, all, get(past)),
            ("request_history", "What has happened to a request, oldest first"),
            shapes::history,
        ),
        Operation::new(
            (Method::POST, actions, all, post(act)),
            ("act_on_request", "Carry out an open action on a request"),
            shapes::done,
        )
        .takes(shapes::command)
        .versioned()
        .repeatable(),
        Operation::new(
            (Method::POST, "/api/v1/bulk", all, post(bulk)),
            ("act_on_many", "Carry out many commands, each with an answer of its own"),
            shapes::bulk_answers,
        )
        .takes(shapes::bulk)
        .repeatable(),
    ]
}

/// Lines of a page without a `limit`, and at most.
const USUAL: i32 = 50;
const MOST: i32 = 100;

fn limit() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL })
}

async fn list(State(server): State<Server>, caller: Caller, asked: Asked) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let asked = asked.only(&["stage", "limit", "after"]).said(tongue)?;
    let most = asked.number("limit", 1..=MOST).said(tongue)?.unwrap_or(USUAL);
    let stage = asked.text("stage").map(|word| {
        StageKind::from_word(word).ok_or_else(|| fault("/query/stage", format!("`{word}` is no stage")))
    });
    let stages: Vec<StageKind> = stage.transpose().said(tongue)?.into_iter().collect();
    let after = asked.text("after").map(|text| {
        text.parse().map(RequestId).map_err(|_| fault("/query/after", format!("`{text}` is no id")))
    });
    let after = after.transpose().said(tongue)?;
    let most = usize::try_from(most).unwrap_or_default();
    let page = (after, most as u64 + 1);
    let found = server.engine.reader().request_lines_after(caller.scope(&server), &stages, page).await;
    let mut lines = found.said(tongue)?;
    let more = lines.len() > most;
    lines.truncate(most);
    let next = lines.last().filter(|_| more).map(|line| line.id);
    Ok(answer(&json!({ "items": lines, "next": next })))
}

async fn show(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let (reader, scope) = (server.engine.reader(), caller.scope(&server));
    let id = reader.request_id(&written, scope).await.said(tongue)?;
    let request = reader.request(id, scope).await.said(tongue)?;
    let history = reader.history(id).await.said(tongue)?;
    let record = reader.records(id).await.said(tongue)?.into_iter().next();
    let open = ActionKind::ALL.iter().filter(|action| may_try(&request, **action, caller.actor()));
    let shown = json!({
        "id": request.id, "number": request.number, "application": request.application,
        "stage": request.stage, "version": request.version, "assignments": request.assignments,
        "dossier": request.dossier,
        "assessment": record.as_ref().map(|record| &record.assessment),
        "trace": record.as_ref().map(|record| &record.trace), "history": history,
        "open_actions": open.collect::<Vec<_>>(),
    });
    Ok(at_version(answer(&shown), request.version))
}

async fn past(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let reader = server.engine.reader();
    let id = reader.request_id(&written, caller.scope(&server)).await.said(tongue)?;
    Ok(answer(&reader.history(id).await.said(tongue)?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filed {
    application: Value,
    communities: Vec<String>,
}

fn filing(sent: &Sent) -> Result<Filing, EngineError> {
    let Filed { application, communities } = sent.read()?;
    Filing::read(&application, communities).map_err(|error| match error {
        EngineError::Malformed(faults) => {
            let below = |one: Fault| Fault { pointer: format!("/application{}", one.pointer), ..one };
            EngineError::Malformed(faults.into_iter().map(below).collect())
        }
        other => other,
    })
}

/// What a changed request is answered with.
fn done(request: &Request) -> Value {
    json!({
        "id": request.id, "number": request.number, "stage": request.stage.kind(), "version": request.version,
        "price": request.price(),
    })
}

fn done_text(request: &Request) -> String {
    done(request).to_string()
}

/// The key of a call that may come twice, and the digest of what it asks for.
pub(super) struct Repeated(String, String);

impl Repeated {
    pub(super) fn of(headers: &HeaderMap, uri: &Uri, sent: &Sent) -> Result<Option<Repeated>, EngineError> {
        let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
        let key = value.to_str().ok().filter(|key| !key.is_empty() && key.len() <= LONGEST_KEY);
        let Some(key) = key else {
            return Err(fault(
                "/header/Idempotency-Key",
                format!("1 to {LONGEST_KEY} plain characters are expected here"),
            ));
        };
        let asked = format!("{}\n{}", uri.path(), String::from_utf8_lossy(&sent.bytes));
        Ok(Some(Repeated(key.to_owned(), digest(&asked))))
    }

    pub(super) fn keeping<T>(&self, status: StatusCode, body: fn(&T) -> String) -> Keeping<'_, T> {
        Keeping { key: &self.0, digest: &self.1, status: status.as_u16(), body }
    }
}

/// Bytes of an idempotency key.
const LONGEST_KEY: usize = 200;

/// The first answer, again.
pub(super) fn again(kept: KeptAnswer) -> Response {
    let version =
        serde_json::from_str::<Value>(&kept.body).ok().and_then(|body| body.get("version")?.as_i64());
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let mut answer = spoken(status, kept.body);
    answer
        .headers_mut()
        .insert(HeaderName::from_static("idempotent-replayed"), HeaderValue::from_static("true"));
    match version {
        Some(version) => at_version(answer, version),
        None => answer,
    }
}

async fn draft(
    State(server): State<Server>,
    caller: Caller,
    (uri, headers): (Uri, HeaderMap),
    sent: Sent,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let repeated = Repeated::of(&headers, &uri, &sent).said(tongue)?;
    let filing = filing(&sent).said(tongue)?;
    let (engine, made) = (&server.engine, StatusCode::CREATED);
    let drafted = match &repeated {
        None => Given::Now(engine.draft(filing, caller.actor(), caller.now()).await.said(tongue)?),
        Some(repeated) => {
            let keeping = repeated.keeping(made, done_text);
            engine.draft_once(filing, (caller.actor(), caller.now()), keeping).await.said(tongue)?
        }
    };
    Ok(answered(drafted, made))
}

fn answered(given: Given<Request>, status: StatusCode) -> Response {
    match given {
        Given::Now(request) => at_version(answer_with(status, &done(&request)), request.version),
        Given::Before(kept) => again(kept),
    }
}

async fn correct(
    State(server): State<Server>,
    caller: Caller,
    (Path(written), headers): (Path<String>, HeaderMap),
    sent: Sent,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let version = seen(&headers, tongue)?;
    let filing = filing(&sent).said(tongue)?;
    let request = server.engine.reader().request_id(&written, caller.scope(&server)).await.said(tongue)?;
    let order = Order { request, actor: caller.actor(), seen: Some(version), now: caller.now() };
    let corrected = server.engine.correct(order, filing).await.said(tongue)?;
    Ok(answered(Given::Now(corrected), StatusCode::OK))
}

async fn act(
    State(server): State<Server>,
    caller: Caller,
    (Path(written), uri, headers): (Path<String>, Uri, HeaderMap),
    sent: Sent,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let request = server.engine.reader().request_id(&written, caller.scope(&server)).await.said(tongue)?;
    let repeated = Repeated::of(&headers, &uri, &sent).said(tongue)?;
    let version = seen(&headers, tongue)?;
    let command: Command = sent.read().said(tongue)?;
    let order = Order { request, actor: caller.actor(), seen: Some(version), now: caller.now() };
    let done = match &repeated {
        None => Given::Now(server.engine.act(order, command).await.said(tongue)?),
        Some(repeated) => {
            let keeping = repeated.keeping(StatusCode::OK, done_text);
            server.engine.act_once(order, command, keeping).await.said(tongue)?
        }
    };
    Ok(answered(done, StatusCode::OK))
}

/// Commands of one call.
pub(super) const MANY: usize = 200;

async fn bulk(
    State(server): State<Server>,
    caller: Caller,
    (uri, headers): (Uri, HeaderMap),
    sent: Sent,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let repeated = Repeated::of(&headers, &uri, &sent).said(tongue)?;
    let wanted = wanted(&sent.value).said(tongue)?;
    let by = (caller.actor(), caller.now());
    let answers = match &repeated {
        None => {
            let done = server.engine.act_on_many(by.0, &wanted, by.1).await;
            done.into_iter().map(|one| one.map(Given::Now)).collect()
        }
        Some(repeated) => {
            server.engine.act_on_many_once(by, &wanted, repeated.keeping(StatusCode::OK, done_text)).await
        }
    };
    let line = |(wanted, given): (&Wanted, &Result<Given<Request>, EngineError>)| match given {
        Ok(Given::Now(request)) => json!({ "request": wanted.request, "status": 200, "done": done(request) }),
        Ok(Given::Before(kept)) => {
            let done: Value = serde_json::from_str(&kept.body).unwrap_or_default();
            json!({ "request": wanted.request, "status": kept.status, "done": done })
        }
        Err(error) => {
            let problem = Problem::of(error, tongue);
            json!({ "request": wanted.request, "status": problem.status.as_u16(), "problem": problem.details() })
        }
    };
    let lines: Vec<Value> = wanted.iter().zip(&answers).map(line).collect();
    Ok(answer(&lines))
}

fn wanted(sent: &Value) -> Result<Vec<Wanted>, EngineError> {
    match sent.as_array() {
        Some(list) if list.len() <= MANY => {
            list.iter().enumerate().map(|(index, entry)| Wanted::read(entry, index)).collect()
        }
        _ => Err(fault("", format!("an array of at most {MANY} commands is expected here"))),
    }
}

//! Errands: long work is begun by a call that answers at once with its address; there it is followed, by looking or as a stream,
//! by whoever has begun it. Whatever a call of its own begins stands here, too: the audit of the whole database.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use axum::response::sse::Event;
use axum::routing::{get, post};
use engine::{By, EngineError, ErrandKind, ErrandOrder};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Errand, ErrandState, Scope, StoreError, Witness};
use workflow::actor::Role;
use workflow::facts::Fault;
use workflow::id::ErrandId;

use super::caller::{Caller, Said, answer};
use super::change::Change;
use super::following::{Followed, News, Pass, accepts_streams, followed, over};
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::shapes::errands as shapes;
use super::slice::Order;
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;
use crate::tongue::Tongue;

pub(crate) fn operations() -> Vec<Operation> {
    let (all, auditor) = (Admits::SignedIn, Admits::Roles(&[Role::Auditor]));
    let operations = vec![
        Operation::new(
            (Method::POST, "/api/v1/audit/checks", auditor, post(check)),
            (
                "check_audit",
                "Begin to walk every chain, seal and row; what does not agree is told to city auditors with its place",
            ),
            shapes::errand,
        )
        .takes(shapes::witnesses)
        .begins()
        .repeatable(),
        Operation::new(
            (Method::GET, "/api/v1/errands", all, get(list)),
            ("list_errands", "Long work that the caller has begun, newest first"),
            shapes::errands,
        )
        .sliced(),
        Operation::new(
            (Method::GET, "/api/v1/errands/{id}", all, get(show)),
            ("show_errand", "How far long work of the caller has come, and what it came to"),
            shapes::errand,
        ),
        Operation::new(
            (Method::GET, "/api/v1/errands/{id}/events", all, get(follow)),
            (
                "follow_errand",
                "The same; as a stream that goes on to its end for whoever accepts text/event-stream",
            ),
            shapes::errand,
        )
        .streams(),
    ];
    operations.into_iter().map(|one| one.within(Group::Office)).collect()
}

/// Begins an errand and answers with its address.
pub(super) async fn begun(change: &Change, order: ErrandOrder) -> Result<Response, Failed> {
    let clock = Arc::clone(&change.server.now);
    let work = change.server.engine.begin_errand(change.by(), order, clock);
    change.done(StatusCode::ACCEPTED, work, as_json).await
}

fn as_json(errand: &Errand) -> Value {
    let Errand { id, kind, wanted, state, done, total, begun_at, ended_at, result, .. } = errand;
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let result = result.as_deref().map_or(Value::Null, read);
    let (result, failure) = match state {
        ErrandState::Failed => (Value::Null, result),
        _ => (result, Value::Null),
    };
    json!({
        "id": id, "kind": kind, "wanted": read(wanted), "state": state, "done": done, "total": total,
        "begun_at": begun_at, "ended_at": ended_at, "result": result, "failure": failure,
        "address": format!("/api/v1/errands/{id}"),
    })
}

/// As the caller may see it: places where the database was changed are told to auditors of the city.
fn seen(errand: &Errand, (scope, tongue): (Scope, Tongue)) -> Value {
    let mut shown = as_json(errand);
    if let Some(message) = shown.pointer_mut("/failure/message") {
        *message = message.get(tongue.say("zh", "en")).cloned().unwrap_or_default();
    }
    if errand.kind == ErrandKind::Check.word()
        && scope != Scope::Everything
        && let Some(places) = shown.pointer_mut("/result/places")
    {
        *places = Value::Null;
    }
    shown
}

#[derive(Deserialize)]
struct Check {
    #[serde(default)]
    witnesses: Vec<String>,
}

async fn check(change: Change) -> Result<Response, Failed> {
    let Check { witnesses } = change.read()?;
    let read = |(index, text): (usize, &String)| {
        let said = |en: String| (format!("“{text}”应为“序号:散列值”"), en);
        Witness::from_str(text).map_err(|en| Fault::new(format!("/witnesses/{index}"), said(en)))
    };
    let witnesses: Result<Vec<Witness>, Fault> = witnesses.iter().enumerate().map(read).collect();
    let witnesses = witnesses.map_err(|fault| EngineError::Malformed(vec![fault])).said(change.tongue())?;
    begun(&change, ErrandOrder::Check(witnesses)).await
}

fn id_of(written: &str) -> Result<ErrandId, EngineError> {
    written.parse().map(ErrandId).map_err(|_| StoreError::NotFound("errand").into())
}

async fn list(reading: Reading) -> Result<Response, Failed> {
    let slice = reading.slice()?;
    let errands = reading.engine().errands(reading.by()).await.said(reading.tongue())?;
    let eyes = (reading.scope(), reading.tongue());
    Ok(slice.page((errands, Order::Falling), |one| one.id.to_string(), |one| seen(one, eyes)))
}

async fn show(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let id = id_of(&written).said(tongue)?;
    let errand = server.engine.errand(caller.by(), id).await.said(tongue)?;
    Ok(answer(&seen(&errand, (caller.scope(&server), tongue))))
}

async fn follow(
    State(server): State<Server>,
    caller: Caller,
    (Path(written), headers): (Path<String>, HeaderMap),
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let id = id_of(&written).said(tongue)?;
    let errand = server.engine.errand(caller.by(), id).await.said(tongue)?;
    if !accepts_streams(&headers) {
        return Ok(answer(&seen(&errand, (caller.scope(&server), tongue))));
    }
    followed(Progress { id, tongue, told: None }, (&server, &caller), &headers)
}

/// How far an errand has come.
struct Progress {
    id: ErrandId,
    tongue: Tongue,
    /// The steps that were told last.
    told: Option<(i64, i64)>,
}

impl Followed for Progress {
    const LOOK: Duration = Duration::from_millis(500);

    async fn look(&mut self, server: &Server, pass: &Pass) -> Result<Option<News>, EngineError> {
        let Some(actor) = pass.actor_of_today(server).await? else { return Ok(None) };
        let by = By { actor: &actor, now: (server.now)() };
        let errand = server.engine.errand(by, self.id).await?;
        let shown = seen(&errand, (server.engine.scope(&actor), self.tongue)).to_string();
        let steps = Some((errand.done, errand.total));
        if errand.state != ErrandState::Running {
            return Ok(Some(News { events: vec![over(&shown)], is_last: true }));
        }
        if self.told == steps {
            return Ok(Some(News::default()));
        }
        self.told = steps;
        let event = Event::default().event("progress").data(shown);
        Ok(Some(News { events: vec![event], is_last: false }))
    }
}

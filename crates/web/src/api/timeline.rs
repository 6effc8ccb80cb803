//! A request's timeline as it goes on: server-sent events whose ids are places in the history, so that whoever comes back
//! misses nothing. An event says what was done and no more; the rest is read with the history. Session or token, roles and
//! scope are looked at again while it runs.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use engine::EngineError;
use futures_util::stream;
use serde_json::{Value, json};
use store::{EventLine, Scope, SessionState, StoreError};
use tokio::sync::watch;
use workflow::actor::Actor;
use workflow::id::RequestId;

use super::caller::{Asked, Caller, Said, answer};
use super::operation::{Group, Operation};
use super::schema::{list, moment, object, text, whole};
use crate::access::Admits;
use crate::guard::{SESSION, bearer, cookie};
use crate::problem::Problem;
use crate::reply::Failed;
use crate::secrets::digest;
use crate::server::Server;
use crate::streams::Place;

pub(crate) fn operations() -> Vec<Operation> {
    let follows = (Method::GET, "/api/v1/requests/{id}/events", Admits::SignedIn, get(follow));
    let said = "What happens to a request, after a place in its history; as a stream for whoever accepts text/event-stream";
    vec![
        Operation::new(follows, ("follow_request", said), steps)
            .asks("after", after)
            .streams()
            .within(Group::Requests),
    ]
}

fn after() -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": i32::MAX, "default": 0 })
}

fn steps() -> Value {
    list(&object(&[
        ("seq", whole()),
        ("at", moment()),
        ("role", text()),
        ("action", text()),
        ("before", text()),
        ("after", text()),
    ]))
}

/// Events that are read at once.
const MANY: u64 = 200;
/// How often the history is looked at for what other nodes have written; a commit of this node is seen sooner.
const LOOK: Duration = Duration::from_secs(2);
/// After a commit: many that come together are looked at once.
const SOON: Duration = Duration::from_millis(100);
/// Looks after which session, roles and scope are looked at again; before an event is sent they always are.
const LOOKS: u32 = 5;
/// Something is sent at least this often, so that nobody between takes the stream for dead.
const BEAT: Duration = Duration::from_secs(15);
/// When a browser that was cut off comes again.
const RETRY: Duration = Duration::from_secs(3);

async fn follow(
    State(server): State<Server>,
    caller: Caller,
    (Path(written), headers): (Path<String>, HeaderMap),
    asked: Asked,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let after = asked.number("after", 0..=i32::MAX).said(tongue)?.map_or(0, i64::from);
    let scope = caller.scope(&server);
    let id = server.engine.reader().request_id(&written, scope).await.said(tongue)?;
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/event-stream") {
        let found = server.engine.reader().events_after((id, scope), after, MANY).await.said(tongue)?;
        let events = found.ok_or(StoreError::NotFound("request")).said(tongue)?;
        return Ok(answer(&events.iter().map(step).collect::<Vec<_>>()));
    }
    let place = server.streams.take(caller.0.known.worker.person.user);
    let place = place.ok_or_else(|| {
        let said = tongue.say("同时打开的页面过多，请先关闭一些", "too many streams are open; close some");
        Failed::program(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_streams", said), tongue)
    })?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let opening = Event::default().comment("").retry(RETRY);
    let follower = Follower {
        pass: Pass::of(&headers),
        request: id,
        scope,
        after: last.unwrap_or(after),
        looks: 0,
        ready: VecDeque::from([opening]),
        is_over: false,
        commits: server.engine.commits(),
        stopping: server.stopping.subscribe(),
        server,
        _place: place,
    };
    let events = Sse::new(stream::unfold(follower, Follower::next));
    let mut answer = events.keep_alive(KeepAlive::new().interval(BEAT)).into_response();
    // A proxy that gathers answers before it passes them on is asked not to.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    answer.headers_mut().insert(unbuffered.0, unbuffered.1);
    Ok(answer)
}

fn step(event: &EventLine) -> Value {
    let EventLine { seq, at, role, action, before, after, .. } = event;
    json!({ "seq": seq, "at": at, "role": role, "action": action, "before": before, "after": after })
}

/// By what somebody has come in, as the hash that is kept of it.
enum Pass {
    Session(String),
    Token(String),
}

impl Pass {
    fn of(headers: &HeaderMap) -> Pass {
        match bearer(headers) {
            Some(token) => Pass::Token(digest(token)),
            None => Pass::Session(digest(cookie(headers, SESSION).unwrap_or_default())),
        }
    }
}

/// Somebody who follows a request.
struct Follower {
    server: Server,
    pass: Pass,
    request: RequestId,
    scope: Scope,
    /// The place up to which all has been read.
    after: i64,
    looks: u32,
    ready: VecDeque<Event>,
    /// Nothing more may be read; the reader has been told so.
    is_over: bool,
    commits: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    _place: Place,
}

impl Follower {
    /// The next event, whenever it comes; none when the session, the right to read or the server has ended.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Follower)> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some((Ok(event), self));
            }
            if self.is_over || *self.stopping.borrow() {
                return None;
            }
            match self.look().await {
                Ok(Some(())) => {}
                Ok(None) => {
                    // Else a browser comes again every few seconds, to be refused each time.
                    self.is_over = true;
                    self.ready.push_back(Event::default().event("over").data("over"));
                }
                Err(error) => {
                    tracing::warn!(%error, "a timeline could not be read on");
                    return None;
                }
            }
            if self.ready.is_empty() && !self.is_over {
                self.waits().await;
            }
        }
    }

    /// Reads what is new; none where it may no longer be read.
    async fn look(&mut self) -> Result<Option<()>, EngineError> {
        let server = self.server.clone();
        let reader = server.engine.reader();
        let Some(mut events) = reader.events_after((self.request, self.scope), self.after, MANY).await?
        else {
            return Ok(None);
        };
        if !events.is_empty() || self.looks.is_multiple_of(LOOKS) {
            let Some(scope) = self.scope_of_today().await? else { return Ok(None) };
            if scope != self.scope {
                self.scope = scope;
                let again = reader.events_after((self.request, scope), self.after, MANY).await?;
                let Some(again) = again else { return Ok(None) };
                events = again;
            }
        }
        self.looks = self.looks.wrapping_add(1);
        for event in events {
            self.after = event.seq;
            let told = Event::default().event("step").id(event.seq.to_string());
            self.ready.push_back(told.data(step(&event).to_string()));
        }
        Ok(Some(()))
    }

    /// What the person may see now; none if nobody is signed in any more. A stream is no use of a session: it does not keep
    /// one alive.
    async fn scope_of_today(&self) -> Result<Option<Scope>, EngineError> {
        let (server, now) = (&self.server, (self.server.now)());
        let (engine, limits) = (&server.engine, &server.settings.limits);
        let reader = engine.reader();
        let person = match &self.pass {
            Pass::Token(hash) => reader.token(hash, now).await?.map(|token| token.person),
            Pass::Session(hash) => {
                let session = reader.session(hash).await?.filter(|session| {
                    session.state == SessionState::Open && session.lives(now, (limits.idle, limits.whole))
                });
                session.map(|session| session.person)
            }
        };
        let Some(person) = person else { return Ok(None) };
        if reader.credential(person).await?.is_some_and(|credential| credential.is_held()) {
            return Ok(None);
        }
        match reader.person_on(person, engine.today(now)).await {
            Ok(person) => Ok(Some(engine.scope(&Actor::Person(person)))),
            Err(StoreError::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn waits(&mut self) {
        let commits = &mut self.commits;
        let woken = async {
            // The sender lives as long as the engine, which the follower holds.
            let _ = commits.changed().await;
            tokio::time::sleep(SOON).await;
        };
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = self.stopping.wait_for(|stopping| *stopping) => {}
        }
    }
}

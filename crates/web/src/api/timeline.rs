//! A request's timeline as it goes on: server-sent events whose ids are places in the history, so that whoever comes back
//! misses nothing. An event says what was done and no more; the rest is read with the history. Session or token, roles and
//! scope are looked at again while it runs.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::response::sse::Event;
use axum::routing::get;
use engine::EngineError;
use futures_util::stream;
use serde_json::{Value, json};
use store::{EventLine, Scope, StoreError};
use tokio::sync::watch;
use workflow::id::RequestId;

use super::caller::{Asked, Caller, Said, answer};
use super::following::{Pass, accepts_streams, opening, place_of, streamed};
use super::operation::{Group, Operation};
use super::schema::{list, moment, object, text, whole};
use crate::access::Admits;
use crate::reply::Failed;
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
    if !accepts_streams(&headers) {
        let found = server.engine.reader().events_after((id, scope), after, MANY).await.said(tongue)?;
        let events = found.ok_or(StoreError::NotFound("request")).said(tongue)?;
        return Ok(answer(&events.iter().map(step).collect::<Vec<_>>()));
    }
    let place = place_of(&server, &caller)?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let follower = Follower {
        pass: Pass::of(&headers),
        request: id,
        scope,
        after: last.unwrap_or(after),
        looks: 0,
        ready: VecDeque::from([opening()]),
        is_over: false,
        commits: server.engine.commits(),
        stopping: server.stopping.subscribe(),
        server,
        _place: place,
    };
    Ok(streamed(stream::unfold(follower, Follower::next)))
}

fn step(event: &EventLine) -> Value {
    let EventLine { seq, at, role, action, before, after, .. } = event;
    json!({ "seq": seq, "at": at, "role": role, "action": action, "before": before, "after": after })
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

    /// What the person may see now; none if nobody is signed in any more.
    async fn scope_of_today(&self) -> Result<Option<Scope>, EngineError> {
        let actor = self.pass.actor_of_today(&self.server).await?;
        Ok(actor.map(|actor| self.server.engine.scope(&actor)))
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

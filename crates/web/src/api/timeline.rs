//! A request's timeline as it goes on: server-sent events whose ids are places in the history, so that whoever comes back
//! misses nothing. An event says what was done and no more; the rest is read with the history. Session or token, roles and
//! scope are looked at again while it runs.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::response::sse::Event;
use axum::routing::get;
use engine::EngineError;
use serde_json::{Value, json};
use store::{EventLine, Scope, StoreError};
use workflow::id::RequestId;

use super::caller::{Asked, Caller, Said, answer};
use super::following::{Followed, News, Pass, accepts_streams, followed};
use super::operation::{Group, Operation};
use super::schema::{list, moment, object, text, whole};
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;

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
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let timeline = Timeline { request: id, scope, after: last.unwrap_or(after), looks: 0 };
    followed(timeline, (&server, &caller), &headers)
}

fn step(event: &EventLine) -> Value {
    let EventLine { seq, at, role, action, before, after, .. } = event;
    json!({ "seq": seq, "at": at, "role": role, "action": action, "before": before, "after": after })
}

/// The history of a request after a place.
struct Timeline {
    request: RequestId,
    scope: Scope,
    /// The place up to which all has been read.
    after: i64,
    looks: u32,
}

impl Followed for Timeline {
    const LOOK: Duration = Duration::from_secs(2);

    async fn look(&mut self, server: &Server, pass: &Pass) -> Result<Option<News>, EngineError> {
        let reader = server.engine.reader();
        let Some(mut events) = reader.events_after((self.request, self.scope), self.after, MANY).await?
        else {
            return Ok(None);
        };
        if !events.is_empty() || self.looks.is_multiple_of(LOOKS) {
            let Some(actor) = pass.actor_of_today(server).await? else { return Ok(None) };
            let scope = server.engine.scope(&actor);
            if scope != self.scope {
                self.scope = scope;
                let again = reader.events_after((self.request, scope), self.after, MANY).await?;
                let Some(again) = again else { return Ok(None) };
                events = again;
            }
        }
        self.looks = self.looks.wrapping_add(1);
        self.after = events.last().map_or(self.after, |event| event.seq);
        let told = |event: &EventLine| {
            Event::default().event("step").id(event.seq.to_string()).data(step(event).to_string())
        };
        Ok(Some(News { events: events.iter().map(told).collect(), is_last: false }))
    }
}

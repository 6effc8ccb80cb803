//! What streams share: their place among a person's others, the pass by which somebody has come in and which is looked at
//! again while they run, and how an answer that goes on is sent.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use engine::EngineError;
use futures_util::Stream;
use store::{SessionState, StoreError};
use workflow::actor::Actor;

use super::caller::Caller;
use crate::guard::{SESSION, bearer, cookie};
use crate::problem::Problem;
use crate::reply::Failed;
use crate::secrets::digest;
use crate::server::Server;
use crate::streams::Place;

/// Something is sent at least this often, so that nobody between takes the stream for dead.
const BEAT: Duration = Duration::from_secs(15);
/// When a browser that was cut off comes again.
const RETRY: Duration = Duration::from_secs(3);

pub(super) fn accepts_streams(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepts.is_some_and(|accepts| accepts.contains("text/event-stream"))
}

/// A place for one more stream of the caller.
pub(super) fn place_of(server: &Server, caller: &Caller) -> Result<Place, Failed> {
    let tongue = caller.tongue();
    server.streams.take(caller.0.known.worker.person.user).ok_or_else(|| {
        let said = tongue.say("同时打开的页面过多，请先关闭一些", "too many streams are open; close some");
        Failed::program(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_streams", said), tongue)
    })
}

/// What a stream begins with.
pub(super) fn opening() -> Event {
    Event::default().comment("").retry(RETRY)
}

/// The last event of a stream that is over; else a browser comes again every few seconds.
pub(super) fn over(data: &str) -> Event {
    Event::default().event("over").data(data)
}

/// An answer that goes on.
pub(super) fn streamed(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let mut answer = Sse::new(events).keep_alive(KeepAlive::new().interval(BEAT)).into_response();
    // A proxy that gathers answers before it passes them on is asked not to.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    answer.headers_mut().insert(unbuffered.0, unbuffered.1);
    answer
}

/// By what somebody has come in, as the hash that is kept of it.
pub(super) enum Pass {
    Session(String),
    Token(String),
}

impl Pass {
    pub(super) fn of(headers: &HeaderMap) -> Pass {
        match bearer(headers) {
            Some(token) => Pass::Token(digest(token)),
            None => Pass::Session(digest(cookie(headers, SESSION).unwrap_or_default())),
        }
    }

    /// Who it is with the roles of today; none if nobody is signed in any more. A stream is no use of a session: it does not
    /// keep one alive.
    pub(super) async fn actor_of_today(&self, server: &Server) -> Result<Option<Actor>, EngineError> {
        let (now, limits) = ((server.now)(), &server.settings.limits);
        let engine = &server.engine;
        let reader = engine.reader();
        let person = match self {
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
            Ok(person) => Ok(Some(Actor::Person(person))),
            Err(StoreError::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

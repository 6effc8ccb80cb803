//! Streams: something is looked at again and again and told as server-sent events, until it is over, may no longer be read, or
//! the server ends. Each has a place among its person's others, and the pass by which somebody has come in is looked at again.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use engine::EngineError;
use futures_util::stream;
use store::{SessionState, StoreError};
use tokio::sync::watch;
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
/// After a commit of this node: many that come together are looked at once.
const SOON: Duration = Duration::from_millis(100);

/// What is followed.
pub(super) trait Followed: Send + 'static {
    /// How often it is looked at for what other nodes have done; what this node commits is seen sooner.
    const LOOK: Duration;

    /// What is new since the last look; none where it may no longer be read.
    fn look(
        &mut self,
        server: &Server,
        pass: &Pass,
    ) -> impl Future<Output = Result<Option<News>, EngineError>> + Send;
}

/// What a look has found.
#[derive(Default)]
pub(super) struct News {
    pub(super) events: Vec<Event>,
    /// Nothing comes after these.
    pub(super) is_last: bool,
}

pub(super) fn accepts_streams(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepts.is_some_and(|accepts| accepts.contains("text/event-stream"))
}

/// An answer that goes on.
pub(super) fn followed(
    what: impl Followed,
    (server, caller): (&Server, &Caller),
    headers: &HeaderMap,
) -> Result<Response, Failed> {
    let follower = Follower {
        followed: what,
        pass: Pass::of(headers),
        ready: VecDeque::from([Event::default().comment("").retry(RETRY)]),
        is_over: false,
        commits: server.engine.commits(),
        stopping: server.stopping.subscribe(),
        _place: place_of(server, caller)?,
        server: server.clone(),
    };
    let events = stream::unfold(follower, Follower::next);
    let mut answer = Sse::new(events).keep_alive(KeepAlive::new().interval(BEAT)).into_response();
    // A proxy that gathers answers before it passes them on is asked not to.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    answer.headers_mut().insert(unbuffered.0, unbuffered.1);
    Ok(answer)
}

/// A place for one more stream of the caller.
fn place_of(server: &Server, caller: &Caller) -> Result<Place, Failed> {
    let tongue = caller.tongue();
    server.streams.take(caller.0.known.worker.person.user).ok_or_else(|| {
        let said = tongue.say("同时打开的页面过多，请先关闭一些", "too many streams are open; close some");
        Failed::program(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_streams", said), tongue)
    })
}

/// The last event of a stream that is over; else a browser comes again every few seconds.
pub(super) fn over(data: &str) -> Event {
    Event::default().event("over").data(data)
}

/// Somebody who follows.
struct Follower<F> {
    followed: F,
    server: Server,
    pass: Pass,
    ready: VecDeque<Event>,
    /// Nothing more comes; the reader has been told so.
    is_over: bool,
    commits: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    _place: Place,
}

impl<F: Followed> Follower<F> {
    /// The next event, whenever it comes; none when all is told or the server ends.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Follower<F>)> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some((Ok(event), self));
            }
            if self.is_over || *self.stopping.borrow() {
                return None;
            }
            match self.followed.look(&self.server, &self.pass).await {
                Ok(Some(News { events, is_last })) => {
                    self.is_over = is_last;
                    self.ready.extend(events);
                }
                Ok(None) => {
                    self.is_over = true;
                    self.ready.push_back(over("over"));
                }
                Err(error) => {
                    tracing::warn!(%error, "a stream could not be gone on with");
                    return None;
                }
            }
            if self.ready.is_empty() && !self.is_over {
                self.waits().await;
            }
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
            () = tokio::time::sleep(F::LOOK) => {}
            _ = self.stopping.wait_for(|stopping| *stopping) => {}
        }
    }
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

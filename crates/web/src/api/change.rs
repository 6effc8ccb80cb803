//! A call that changes something: who calls, what was sent and whether it has the shape that the description tells, what the
//! caller has seen, and by which key the call may come twice.

use std::any::Any;
use std::collections::HashMap;
use std::sync::OnceLock;

use axum::extract::{FromRequest, FromRequestParts, MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use engine::{By, EngineError, Given, Keeping, Seen};
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::{KeptAnswer, StoreError};

use super::caller::{Caller, Said, Sent, answer_with, at_version, fault, spoken};
use super::check::check;
use crate::problem::Problem;
use crate::reply::Failed;
use crate::secrets::digest;
use crate::server::Server;
use crate::tongue::Tongue;

/// One call that changes something.
pub(crate) struct Change {
    pub(crate) server: Server,
    pub(crate) caller: Caller,
    pub(crate) sent: Sent,
    headers: HeaderMap,
    repeated: Option<Repeated>,
}

impl Change {
    pub(crate) fn tongue(&self) -> Tongue {
        self.caller.tongue()
    }

    pub(crate) fn by(&self) -> By<'_> {
        self.caller.by()
    }

    /// The body as a type.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Failed> {
        self.sent.read().said(self.tongue())
    }

    /// The version that the caller has seen, from `If-Match`.
    pub(crate) fn seen(&self) -> Result<i64, Failed> {
        seen(&self.headers, self.tongue())
    }

    /// The same, or that nothing is there yet, from `If-None-Match`.
    pub(crate) fn seen_or_new(&self) -> Result<Seen, Failed> {
        let nothing = self.headers.get(header::IF_NONE_MATCH).is_some_and(|value| value == "*");
        if nothing { Ok(Seen::Nothing) } else { self.seen().map(Seen::Version) }
    }

    /// Carries out a use case and answers with what came of it; a call that came before gets its first answer.
    pub(crate) fn done<T: Any + Send>(
        &self,
        status: StatusCode,
        work: impl Future<Output = Result<T, EngineError>> + Send,
        body: fn(&T) -> Value,
    ) -> impl Future<Output = Result<Response, Failed>> + Send {
        self.done_and_shown(status, work, (body, |_, shown| shown))
    }

    /// The same where the first answer shows more than is kept of it.
    pub(crate) fn done_and_shown<T: Any + Send>(
        &self,
        status: StatusCode,
        work: impl Future<Output = Result<T, EngineError>> + Send,
        (body, show): (fn(&T) -> Value, impl FnOnce(&T, Value) -> Value + Send),
    ) -> impl Future<Output = Result<Response, Failed>> + Send {
        // Boxed: the whole of a change is one large future.
        let work = Box::pin(work);
        async move {
            let engine = &self.server.engine;
            let given = match &self.repeated {
                None => work.await.map(Given::Now),
                Some(repeated) => {
                    engine.given_once(self.caller.actor(), repeated.keeping(status, body), work).await
                }
            };
            Ok(match given.said(self.tongue())? {
                Given::Now(done) => versioned(|value| answer_with(status, value), &show(&done, body(&done))),
                Given::Before(kept) => again(kept),
            })
        }
    }

    /// The key of a call that may come twice.
    pub(crate) fn repeated(&self) -> Option<&Repeated> {
        self.repeated.as_ref()
    }
}

impl FromRequest<Server> for Change {
    type Rejection = Failed;

    async fn from_request(request: Request, server: &Server) -> Result<Change, Failed> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, server).await?;
        let tongue = caller.tongue();
        let (headers, method, uri) = (parts.headers.clone(), parts.method.clone(), parts.uri.clone());
        let route = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned());
        let taken = taken().get(&(parts.method.clone(), route.unwrap_or_default()));
        let Some(taken) = taken else { return Err(StoreError::NotFound("operation")).said(tongue) };
        let is_blind = !headers.contains_key(header::IF_MATCH);
        if is_blind && taken.needs_version {
            return Err(version_needed(tongue));
        }
        let sent = match &taken.shape {
            Some(_) => Sent::from_request(Request::from_parts(parts, body), server).await?,
            None => Sent::nothing(),
        };
        let repeated = match taken.is_repeatable {
            true => Repeated::of(&headers, (&method, uri.path()), &sent).said(tongue)?,
            false => None,
        };
        let faults = taken.shape.as_ref().map(|shape| check(shape, &sent.value)).unwrap_or_default();
        if !faults.is_empty() {
            return Err(EngineError::Malformed(faults)).said(tongue);
        }
        Ok(Change { server: server.clone(), caller, sent, headers, repeated })
    }
}

/// What an operation takes: the shape of its body, whether it must be told which version was seen, and whether it keeps
/// the answer to a call that may come twice.
struct Taken {
    shape: Option<Value>,
    needs_version: bool,
    is_repeatable: bool,
}

fn taken() -> &'static HashMap<(Method, String), Taken> {
    static TAKEN: OnceLock<HashMap<(Method, String), Taken>> = OnceLock::new();
    TAKEN.get_or_init(|| {
        let of = |operation: super::Operation| {
            let taken = Taken {
                shape: operation.body.map(|shape| shape()),
                needs_version: operation.is_versioned && !operation.may_be_new,
                is_repeatable: operation.is_repeatable,
            };
            let row = operation.route.row;
            ((row.method, row.path.to_owned()), taken)
        };
        super::operations().into_iter().map(of).collect()
    })
}

/// The key of a call that may come twice, and the digest of what it asks for.
pub(crate) struct Repeated {
    pub(crate) key: String,
    digest: String,
}

/// Bytes of an idempotency key.
const LONGEST_KEY: usize = 200;

impl Repeated {
    fn of(
        headers: &HeaderMap,
        (method, path): (&Method, &str),
        sent: &Sent,
    ) -> Result<Option<Repeated>, EngineError> {
        let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
        let key = value.to_str().ok().filter(|key| !key.is_empty() && key.len() <= LONGEST_KEY);
        let key = key.filter(|key| key.bytes().all(|byte| byte.is_ascii_graphic()));
        let Some(key) = key else {
            let zh = format!("应为 1 至 {LONGEST_KEY} 个不含空格的 ASCII 字符");
            let en = format!("1 to {LONGEST_KEY} plain characters are expected here");
            return Err(fault("/header/Idempotency-Key", (zh, en)));
        };
        let asked = format!("{method} {path}\n{}", String::from_utf8_lossy(&sent.bytes));
        Ok(Some(Repeated { key: key.to_owned(), digest: digest(&asked) }))
    }

    pub(crate) fn keeping<T>(&self, status: StatusCode, body: fn(&T) -> Value) -> Keeping<'_, T> {
        Keeping { key: &self.key, digest: &self.digest, status: status.as_u16(), body }
    }
}

/// The first answer, again.
fn again(kept: KeptAnswer) -> Response {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let value: Value = serde_json::from_str(&kept.body).unwrap_or_default();
    let mut answer = versioned(|_| spoken(status, kept.body), &value);
    answer
        .headers_mut()
        .insert(HeaderName::from_static("idempotent-replayed"), HeaderValue::from_static("true"));
    answer
}

/// An answer with the version of what is in it, and the address of what has begun.
pub(crate) fn versioned(answer: impl FnOnce(&Value) -> Response, value: &Value) -> Response {
    let version = value.get("version").and_then(Value::as_i64);
    let mut answer = answer(value);
    let address = value.get("address").and_then(Value::as_str);
    let address = address.and_then(|address| HeaderValue::from_str(address).ok());
    if let Some(address) = address.filter(|_| answer.status() == StatusCode::ACCEPTED) {
        answer.headers_mut().insert(header::LOCATION, address);
    }
    match version {
        Some(version) => at_version(answer, version),
        None => answer,
    }
}

/// The version that the caller has seen, from `If-Match`.
fn seen(headers: &HeaderMap, tongue: Tongue) -> Result<i64, Failed> {
    let text = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let version = text.trim().strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    version.and_then(|version| version.parse::<i64>().ok()).ok_or_else(|| version_needed(tongue))
}

pub(crate) fn version_needed(tongue: Tongue) -> Failed {
    let said = tongue.say("请用 If-Match 写明您看到的版本", "say in If-Match which version you have seen");
    Failed::program(Problem::new(StatusCode::PRECONDITION_REQUIRED, "version_needed", said), tongue)
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, HeaderValue, Method, Repeated, Sent};

    #[test]
    fn the_same_key_of_another_method_belongs_to_another_call() {
        let headers = HeaderMap::from_iter([(
            super::HeaderName::from_static("idempotency-key"),
            HeaderValue::from_static("one"),
        )]);
        let digest = |method: Method, path: &str| {
            let repeated = Repeated::of(&headers, (&method, path), &Sent::nothing()).expect("a key");
            repeated.expect("a key").digest
        };
        assert_ne!(digest(Method::POST, "/a"), digest(Method::PUT, "/a"));
        assert_ne!(digest(Method::POST, "/a"), digest(Method::POST, "/b"));
        assert_eq!(digest(Method::POST, "/a"), digest(Method::POST, "/a"));
    }
}

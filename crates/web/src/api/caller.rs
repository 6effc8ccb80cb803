//! Who calls the API, what was sent with the call, and how it is answered: always JSON, problems included.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use engine::EngineError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::Scope;
use workflow::actor::Actor;
use workflow::calendar::{first_day, last_day};
use workflow::facts::Fault;

use super::check::check;
use crate::problem::Problem;
use crate::reply::Failed;
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::{Means, Member, Visitor};

/// Somebody who calls the API: by a token, or by a session whose changes carry its form token in `X-Form-Token`.
pub(crate) struct Caller(pub(crate) Member);

impl Caller {
    pub(crate) fn tongue(&self) -> Tongue {
        self.0.tongue()
    }

    pub(crate) fn actor(&self) -> &Actor {
        &self.0.known.actor
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.0.visitor.now
    }

    pub(crate) fn scope(&self, server: &Server) -> Scope {
        server.engine.scope(self.actor())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Caller, Failed> {
        let tongue = parts.extensions.get::<Visitor>().map_or(Tongue::asked(&parts.headers), |v| v.tongue);
        let member = Member::from_request_parts(parts, state).await.map_err(|status| {
            Failed::program(
                Problem::new(status, "sign_in_needed", tongue.say("请先登录", "sign in first")),
                tongue,
            )
        })?;
        let changes = ![Method::GET, Method::HEAD].contains(&parts.method);
        if changes && let Means::Session(session) = &member.known.means {
            let sent = parts.headers.get("x-form-token").and_then(|value| value.to_str().ok());
            if sent != Some(session.form_token.as_str()) {
                let said = tongue.say("缺少会话的表单令牌", "the form token of the session is missing");
                return Err(Failed::program(Problem::new(StatusCode::FORBIDDEN, "stale_form", said), tongue));
            }
        }
        Ok(Caller(member))
    }
}

/// Puts an error into a problem for the caller.
pub(crate) trait Said<T> {
    fn said(self, tongue: Tongue) -> Result<T, Failed>;
}

impl<T, E: Into<EngineError>> Said<T> for Result<T, E> {
    fn said(self, tongue: Tongue) -> Result<T, Failed> {
        self.map_err(|error| Failed::program(Problem::of(&error.into(), tongue), tongue))
    }
}

/// One fault of what was sent.
pub(crate) fn fault(pointer: &str, message: impl Into<String>) -> EngineError {
    EngineError::Malformed(vec![Fault { pointer: pointer.to_owned(), message: message.into() }])
}

/// A body of JSON, and the bytes it came in.
pub(crate) struct Sent {
    pub(crate) value: Value,
    pub(crate) bytes: Bytes,
}

impl Sent {
    /// The body as a type, or the place of what is wrong with it.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, EngineError> {
        serde_json::from_value(self.value.clone()).map_err(|error| fault("", error.to_string()))
    }
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &S) -> Result<Sent, Failed> {
        let visitor = request.extensions().get::<Visitor>();
        let tongue = visitor.map_or_else(|| Tongue::asked(request.headers()), |visitor| visitor.tongue);
        let bytes = Bytes::from_request(request, state).await.map_err(|_| {
            let said = tongue.say("内容过长", "that is too long");
            Failed::program(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_long", said), tongue)
        })?;
        let value =
            serde_json::from_slice(&bytes).map_err(|error| fault("", error.to_string())).said(tongue)?;
        Ok(Sent { value, bytes })
    }
}

/// What stands behind the question mark.
pub(crate) struct Asked(Vec<(String, String)>);

impl Asked {
    /// Refuses what no operation of that name knows.
    pub(crate) fn only(self, known: &[&str]) -> Result<Asked, EngineError> {
        let twice = |index: usize, name: &str| self.0.iter().take(index).any(|(other, _)| other == name);
        let faults = self.0.iter().enumerate().filter_map(|(index, (name, _))| {
            let message = match () {
                () if !known.contains(&name.as_str()) => "there is no such parameter",
                () if twice(index, name) => "is given twice",
                () => return None,
            };
            Some(Fault { pointer: format!("/query/{name}"), message: message.to_owned() })
        });
        let faults: Vec<Fault> = faults.collect();
        if faults.is_empty() { Ok(self) } else { Err(EngineError::Malformed(faults)) }
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn number(&self, name: &str, within: RangeInclusive<i32>) -> Result<Option<i32>, EngineError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| within.contains(number));
        let said = || {
            fault(
                &format!("/query/{name}"),
                format!("a number from {} to {} is expected here", within.start(), within.end()),
            )
        };
        number.map(Some).ok_or_else(said)
    }

    /// A day that a calendar can count.
    pub(crate) fn counted_day(&self, name: &str) -> Result<Option<NaiveDate>, EngineError> {
        let within = |day: &NaiveDate| (first_day()..=last_day()).contains(day);
        let day = self.day(name)?;
        if day.is_some_and(|day| !within(&day)) {
            return Err(fault(&format!("/query/{name}"), "a day from 2000 to 2099 is expected here"));
        }
        Ok(day)
    }

    pub(crate) fn day(&self, name: &str) -> Result<Option<NaiveDate>, EngineError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let day = workflow::calendar::read_day(text);
        day.map(Some)
            .ok_or_else(|| fault(&format!("/query/{name}"), "a day such as 2026-05-06 is expected here"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asked, Failed> {
        let pairs = serde_urlencoded::from_str(parts.uri.query().unwrap_or_default());
        let tongue = Tongue::asked(&parts.headers);
        let asked = pairs.map(Asked).map_err(|error| fault("/query", error.to_string())).said(tongue)?;
        let path = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
        let faults: Vec<Fault> = asked.0.iter().flat_map(|pair| misshapen(path, pair)).collect();
        if faults.is_empty() { Ok(asked) } else { Err(EngineError::Malformed(faults)).said(tongue) }
    }
}

/// What is wrong with the text of a parameter; numbers are read where they are asked for.
fn misshapen(path: &str, (name, text): &(String, String)) -> Vec<Fault> {
    let Some(shape) = shapes_of_texts().get(&(path.to_owned(), name.clone())) else { return Vec::new() };
    let faults = check(shape, &Value::String(text.clone())).into_iter();
    faults.map(|fault| Fault { pointer: format!("/query/{name}"), ..fault }).collect()
}

/// The shapes of the parameters that are texts, by path and name.
fn shapes_of_texts() -> &'static HashMap<(String, String), Value> {
    static SHAPES: OnceLock<HashMap<(String, String), Value>> = OnceLock::new();
    SHAPES.get_or_init(|| {
        let of = |operation: super::Operation| {
            let path = operation.route.row.path;
            let named = operation.parameters.into_iter();
            named.map(move |one| ((path.to_owned(), one.name.to_owned()), (one.schema)()))
        };
        let all = super::operations().into_iter().flat_map(of);
        all.filter(|(_, shape)| shape.get("type").is_some_and(|kind| kind == "string")).collect()
    })
}

/// An object with one key more.
pub(crate) fn with(mut object: Value, key: &str, value: Value) -> Value {
    if let Some(keys) = object.as_object_mut() {
        keys.insert(key.to_owned(), value);
    }
    object
}

/// An answer of JSON.
pub(crate) fn answer(value: &impl Serialize) -> Response {
    answer_with(StatusCode::OK, value)
}

pub(crate) fn answer_with(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => spoken(status, text),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// An answer whose text is there already.
pub(crate) fn spoken(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// Adds the version of what is answered.
pub(crate) fn at_version(mut answer: Response, version: i64) -> Response {
    if let Ok(value) = HeaderValue::from_str(&format!("\"{version}\"")) {
        answer.headers_mut().insert(header::ETAG, value);
    }
    answer
}

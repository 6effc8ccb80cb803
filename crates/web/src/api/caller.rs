//! Who calls the API, what was sent with the call, and how it is answered: always JSON, problems included.

use std::ops::RangeInclusive;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use engine::EngineError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::Scope;
use workflow::actor::Actor;
use workflow::facts::Fault;

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
        pairs.map(Asked).map_err(|error| fault("/query", error.to_string())).said(tongue)
    }
}

/// The version that the caller has seen, from `If-Match`.
pub(crate) fn seen(headers: &HeaderMap, tongue: Tongue) -> Result<i64, Failed> {
    let text = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let version = text.trim().trim_matches('"').parse::<i64>();
    version.map_err(|_| {
        let said =
            tongue.say("请用 If-Match 写明您看到的版本", "say in If-Match which version you have seen");
        Failed::program(Problem::new(StatusCode::PRECONDITION_REQUIRED, "version_needed", said), tongue)
    })
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

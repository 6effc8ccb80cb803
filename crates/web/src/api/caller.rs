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
use engine::{By, EngineError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::Scope;
use workflow::actor::Actor;
use workflow::calendar::{first_day, last_day};
use workflow::facts::Fault;
use workflow::id::UserId;
use workflow::language::Bilingual;
use workflow::unread::unread;

use super::administration::TABLES;
use super::check::check;
use crate::fit::{self, Kind};
use crate::pages::csv_cells::UTF_8;
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

    pub(crate) fn by(&self) -> By<'_> {
        By { actor: self.actor(), now: self.now() }
    }

    pub(crate) fn user(&self) -> UserId {
        self.0.known.worker.person.user
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
pub(crate) fn fault(pointer: &str, message: impl Into<Bilingual>) -> EngineError {
    EngineError::Malformed(vec![Fault::new(pointer, message)])
}

/// A body of JSON, and the bytes it came in.
pub(crate) struct Sent {
    pub(crate) value: Value,
    pub(crate) bytes: Bytes,
}

impl Sent {
    /// What comes with a call that takes no body.
    pub(crate) fn nothing() -> Sent {
        Sent { value: Value::Null, bytes: Bytes::new() }
    }

    /// The body as a type, or the place of what is wrong with it.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, EngineError> {
        serde_json::from_value(self.value.clone()).map_err(|error| fault("", unread(&error)))
    }
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Failed;

    async fn from_request(request: Request, _: &S) -> Result<Sent, Failed> {
        let visitor = request.extensions().get::<Visitor>();
        let tongue = visitor.map_or_else(|| Tongue::asked(request.headers()), |visitor| visitor.tongue);
        let told = |problem| Failed::program(problem, tongue);
        fit::expects(&request, Kind::Json, tongue).map_err(told)?;
        let is_table = request.extensions().get::<MatchedPath>().is_some_and(|path| path.as_str() == TABLES);
        let bytes = fit::whole(request, tongue).await.map_err(told)?;
        let mut value: Value =
            serde_json::from_slice(&bytes).map_err(|error| fault("", unread(&error))).said(tongue)?;
        if is_table {
            without_mark(&mut value);
        }
        fit::check_json(&value, tongue).map_err(told)?;
        Ok(Sent { value, bytes })
    }
}

/// Tables begin, as ours do, with a mark that spreadsheets write and nobody sees; it is no part of the first heading.
fn without_mark(table: &mut Value) {
    let Some(Value::String(text)) = table.get_mut("text") else { return };
    if text.starts_with(UTF_8) {
        text.drain(..UTF_8.len());
    }
}

/// What stands behind the question mark.
pub(crate) struct Asked(Vec<(String, String)>);

impl Asked {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn number(&self, name: &str, within: RangeInclusive<i32>) -> Result<Option<i32>, EngineError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| within.contains(number));
        let said = || {
            fault(
                &format!("/query/{name}"),
                (
                    format!("应为 {} 至 {} 的数", within.start(), within.end()),
                    format!("a number from {} to {} is expected here", within.start(), within.end()),
                ),
            )
        };
        number.map(Some).ok_or_else(said)
    }

    /// A day that a calendar can count.
    pub(crate) fn counted_day(&self, name: &str) -> Result<Option<NaiveDate>, EngineError> {
        let within = |day: &NaiveDate| (first_day()..=last_day()).contains(day);
        let day = self.day(name)?;
        if day.is_some_and(|day| !within(&day)) {
            let said = ("应为 2000 至 2099 年的日期", "a day from 2000 to 2099 is expected here");
            return Err(fault(&format!("/query/{name}"), said));
        }
        Ok(day)
    }

    pub(crate) fn day(&self, name: &str) -> Result<Option<NaiveDate>, EngineError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let day = workflow::calendar::read_day(text);
        let said = ("应为日期，如 2026-05-06", "a day such as 2026-05-06 is expected here");
        day.map(Some).ok_or_else(|| fault(&format!("/query/{name}"), said))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asked, Failed> {
        let pairs = serde_urlencoded::from_str(parts.uri.query().unwrap_or_default());
        let visitor = parts.extensions.get::<Visitor>();
        let tongue = visitor.map_or_else(|| Tongue::asked(&parts.headers), |visitor| visitor.tongue);
        let unread = ("问号后面的内容无法识别", "what stands behind the question mark cannot be read");
        let asked = pairs.map(Asked).map_err(|_| fault("/query", unread)).said(tongue)?;
        let path = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
        let nothing = HashMap::new();
        let known = parameters().get(path).unwrap_or(&nothing);
        let before = |index: usize| asked.0.iter().take(index).map(|(name, _)| name);
        let faults = asked.0.iter().enumerate().flat_map(|(index, pair)| {
            let is_twice = before(index).any(|name| *name == pair.0);
            faults_of(known, pair, if is_twice { Coming::Again } else { Coming::First })
        });
        let faults: Vec<Fault> = faults.collect();
        if faults.is_empty() { Ok(asked) } else { Err(EngineError::Malformed(faults)).said(tongue) }
    }
}

/// Whether a parameter is given for the first time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coming {
    First,
    Again,
}

/// What is wrong with a parameter by the description: its name, that it is given twice, the shape of a text; numbers are
/// read where they are asked for.
fn faults_of(known: &HashMap<&str, Value>, (name, text): &(String, String), coming: Coming) -> Vec<Fault> {
    let pointer = format!("/query/{name}");
    let said = |zh: &str, en: &str| vec![Fault::new(pointer.as_str(), (zh, en))];
    match known.get(name.as_str()) {
        None => said("没有这个参数", "there is no such parameter"),
        Some(_) if coming == Coming::Again => said("重复给出", "is given twice"),
        Some(shape) if shape.get("type").is_some_and(|kind| kind == "string") => {
            let faults = check(shape, &Value::String(text.clone())).into_iter();
            faults.map(|fault| Fault { pointer: pointer.clone(), ..fault }).collect()
        }
        Some(_) => Vec::new(),
    }
}

/// The parameters that the operations of each path know, with their shapes.
fn parameters() -> &'static HashMap<String, HashMap<&'static str, Value>> {
    static PARAMETERS: OnceLock<HashMap<String, HashMap<&'static str, Value>>> = OnceLock::new();
    PARAMETERS.get_or_init(|| {
        let mut all: HashMap<String, HashMap<&'static str, Value>> = HashMap::new();
        for operation in super::operations() {
            let known = all.entry(operation.route.row.path.to_owned()).or_default();
            known.extend(operation.parameters.into_iter().map(|one| (one.name, (one.schema)())));
        }
        all
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

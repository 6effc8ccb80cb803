//! What comes in is looked at before its handler: a text that holds what nobody can see is refused with its place. Addresses
//! and forms are looked at once for all routes; JSON where it is read, since each route has its own limit of length. Nothing
//! is read as something else than its sender calls it, so that nothing passes by another name. Files are no texts; the
//! fields and names beside them are looked at where they are read.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use serde_json::Value;
use workflow::facts::Fault;
use workflow::text::{Unfit, unfit};

use crate::problem::{Problem, Told};
use crate::tongue::Tongue;

const FORM: &str = "application/x-www-form-urlencoded";
const FORM_WITH_FILES: &str = "multipart/form-data";
const JSON: &str = "application/json";

/// What a body is taken for by whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Json,
    Form,
    FormWithFiles,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Json => JSON,
            Kind::Form => FORM,
            Kind::FormWithFiles => FORM_WITH_FILES,
        }
    }

    fn is_called(self, written: &str) -> bool {
        written == self.name() || (self == Kind::Json && written.ends_with("+json"))
    }
}

/// The request as it came, or why its handler does not see it.
pub(crate) async fn checked(request: Request, tongue: Tongue) -> Result<Request, Problem> {
    let uri = request.uri();
    let asked = [uri.path(), uri.query().unwrap_or_default()];
    if let Some(unfit) = asked.iter().find_map(|part| unfit_pair(part.as_bytes())) {
        return Err(refusal("/query", &unfit, tongue));
    }
    // Some handlers take for a form whatever only begins so.
    if !written_kind(&request).starts_with(FORM) || is_empty(&request) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let bytes = whole(Request::from_parts(parts.clone(), body), tongue).await?;
    match of_form(&bytes) {
        Some((pointer, unfit)) => Err(refusal(&pointer, &unfit, tongue)),
        None => Ok(Request::from_parts(parts, Body::from(bytes))),
    }
}

/// Whether a body is called what it is taken for; where there is none, nothing needs to be said of it.
pub(crate) fn expects(request: &Request, kind: Kind, tongue: Tongue) -> Result<(), Problem> {
    if is_empty(request) || kind.is_called(&written_kind(request)) {
        return Ok(());
    }
    let said = tongue.say("此处只接受的内容类型：", "the content type must be ");
    let said = format!("{said}{}", kind.name());
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "malformed", &said))
}

/// The whole body, up to the limit of its route.
pub(crate) async fn whole(request: Request, tongue: Tongue) -> Result<Bytes, Problem> {
    let too_long = |_| {
        let said = tongue.say("内容过长", "that is too long");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_long", said)
    };
    Bytes::from_request(request, &()).await.map_err(too_long)
}

/// Whether all texts of a JSON value may be kept.
pub(crate) fn check_json(value: &Value, tongue: Tongue) -> Result<(), Problem> {
    match of_json(value) {
        Some((pointer, unfit)) => Err(refusal(&pointer, &unfit, tongue)),
        None => Ok(()),
    }
}

/// The type that the sender tells, without its parameters.
fn written_kind(request: &Request) -> String {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase()
}

fn is_empty(request: &Request) -> bool {
    request.body().size_hint().exact() == Some(0)
}

fn refusal(pointer: &str, unfit: &Unfit, tongue: Tongue) -> Problem {
    let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "text_unfit", &unfit.message(tongue.0));
    problem.faults = vec![Told::of(&Fault::new(pointer, unfit.both()), tongue)];
    problem
}

/// Pairs of a form or of what stands behind a question mark.
type Pairs = Vec<(String, String)>;

fn unfit_pair(bytes: &[u8]) -> Option<Unfit> {
    let pairs: Pairs = serde_urlencoded::from_bytes(bytes).ok()?;
    pairs.iter().find_map(|(name, value)| unfit(name).or_else(|| unfit(value)))
}

fn of_form(bytes: &[u8]) -> Option<(String, Unfit)> {
    let pairs: Pairs = serde_urlencoded::from_bytes(bytes).ok()?;
    pairs.iter().find_map(|(name, value)| {
        let found = unfit(name).or_else(|| unfit(value))?;
        Some((format!("/{}", name.escape_debug()), found))
    })
}

fn of_json(value: &Value) -> Option<(String, Unfit)> {
    let mut waiting = vec![(String::new(), value)];
    while let Some((pointer, value)) = waiting.pop() {
        match value {
            Value::String(text) => {
                if let Some(found) = unfit(text) {
                    return Some((pointer, found));
                }
            }
            Value::Array(values) => {
                let each = values.iter().enumerate();
                waiting.extend(each.map(|(index, value)| (format!("{pointer}/{index}"), value)));
            }
            Value::Object(map) => {
                if let Some(found) = map.keys().find_map(|key| unfit(key)) {
                    return Some((pointer, found));
                }
                waiting.extend(map.iter().map(|(key, value)| (format!("{pointer}/{key}"), value)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    None
}

//! What comes in by address, form or JSON is looked at once, before its handler: a text that holds what nobody can see is
//! refused with its place. Files are no texts; the fields and names beside them are looked at where they are read.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use serde_json::Value;
use workflow::facts::Fault;
use workflow::text::{Unfit, unfit};

use crate::problem::Problem;
use crate::tongue::Tongue;

/// Pairs of a form or of what stands behind a question mark.
type Pairs = Vec<(String, String)>;

/// The request as it came, or why its handler does not see it.
pub(crate) async fn checked(request: Request, tongue: Tongue) -> Result<Request, Problem> {
    let uri = request.uri();
    let asked = [uri.path(), uri.query().unwrap_or_default()];
    if let Some(unfit) = asked.iter().find_map(|part| unfit_pair(part.as_bytes())) {
        return Err(refusal("/query", &unfit, tongue));
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().to_owned();
    let is_form = kind.starts_with("application/x-www-form-urlencoded");
    let is_json = kind.starts_with("application/json");
    if (!is_form && !is_json) || request.body().size_hint().exact() == Some(0) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let limited = Request::from_parts(parts.clone(), body);
    let too_long = |_| {
        let said = tongue.say("内容过长", "that is too long");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_long", said)
    };
    let bytes = Bytes::from_request(limited, &()).await.map_err(too_long)?;
    let found = if is_form { of_form(&bytes) } else { of_json(&bytes) };
    match found {
        Some((pointer, unfit)) => Err(refusal(&pointer, &unfit, tongue)),
        None => Ok(Request::from_parts(parts, Body::from(bytes))),
    }
}

fn refusal(pointer: &str, unfit: &Unfit, tongue: Tongue) -> Problem {
    let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "text_unfit", &unfit.message(tongue.0));
    problem.faults = vec![Fault { pointer: pointer.to_owned(), message: unfit.message(tongue.0) }];
    problem
}

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

/// What is no JSON is named by whoever reads it.
fn of_json(bytes: &[u8]) -> Option<(String, Unfit)> {
    let mut waiting = vec![(String::new(), serde_json::from_slice::<Value>(bytes).ok()?)];
    while let Some((pointer, value)) = waiting.pop() {
        match value {
            Value::String(text) => {
                if let Some(found) = unfit(&text) {
                    return Some((pointer, found));
                }
            }
            Value::Array(values) => {
                let each = values.into_iter().enumerate();
                waiting.extend(each.map(|(index, value)| (format!("{pointer}/{index}"), value)));
            }
            Value::Object(map) => {
                if let Some(found) = map.keys().find_map(|key| unfit(key)) {
                    return Some((pointer, found));
                }
                waiting.extend(map.into_iter().map(|(key, value)| (format!("{pointer}/{key}"), value)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    None
}

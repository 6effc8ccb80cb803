//! The language switch: a cookie, and back to the page one came from.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;
use workflow::language::Language;

use crate::posted::PostedByAnyone;
use crate::reply::{Answer, go};
use crate::tongue::COOKIE;

#[derive(Deserialize)]
pub(crate) struct Choice {
    to: String,
}

pub(crate) async fn choose(
    headers: HeaderMap,
    PostedByAnyone(Choice { to }): PostedByAnyone<Choice>,
) -> Answer {
    let language = Language::of(&to).unwrap_or(Language::Chinese);
    Ok(with_language(go(&back(&headers)), language))
}

/// Keeps the choice in the browser.
pub(crate) fn with_language(mut answer: Response, language: Language) -> Response {
    let cookie =
        format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000", language.code());
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}

/// The path of the page that was left; never another host.
fn back(headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = referer.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
    path.filter(|path| !path.starts_with("//")).unwrap_or("/").to_owned()
}

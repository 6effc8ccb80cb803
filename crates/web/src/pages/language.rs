//! The language switch: a cookie, and back to the page one came from.

use axum::Form;
use axum::http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use workflow::language::Language;

use crate::reply::{Answer, go};
use crate::tongue::COOKIE;

#[derive(Deserialize)]
pub(crate) struct Choice {
    to: String,
}

pub(crate) async fn choose(headers: HeaderMap, Form(Choice { to }): Form<Choice>) -> Answer {
    let language = Language::of(&to).unwrap_or(Language::Chinese);
    let mut answer = go(&back(&headers));
    let cookie =
        format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000", language.code());
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(answer)
}

/// The path of the page that was left; never another host.
fn back(headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = referer.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
    path.filter(|path| !path.starts_with("//")).unwrap_or("/").to_owned()
}

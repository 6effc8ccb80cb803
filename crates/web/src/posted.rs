//! A form of our own pages: it carries the token of its session, else it is refused.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::fit::{self, Kind};
use crate::problem::Problem;
use crate::reply::Failed;
use crate::tongue::Tongue;
use crate::visitor::{Known, Visitor};

/// What is said of a form that no page of ours has sent like this: what its reader says of it helps nobody who typed it.
pub(crate) const UNREAD_FORM: (&str, &str) = (
    "提交的内容无法识别，请刷新页面后重填",
    "The form could not be read; reload the page and fill it in again.",
);

/// The fields of a form whose token was right.
#[derive(Debug)]
pub(crate) struct Posted<T>(pub(crate) T);

/// The fields of a form that is everybody's: it carries the token of the session where there is one.
#[derive(Debug)]
pub(crate) struct PostedByAnyone<T>(pub(crate) T);

/// A form that says no more than that its button was pressed.
#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

/// The version of what the page of a form has shown. A form without it could act on what nobody has looked at.
pub(crate) fn version(written: &str, tongue: Tongue) -> Result<i64, Problem> {
    written.trim().parse().map_err(|_| {
        let said = tongue.say("页面缺少版本信息，请刷新后重试", "This page is out of date; reload it");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "version_needed", said)
    })
}

#[derive(Deserialize)]
struct Token {
    #[serde(rename = "_token", default)]
    token: String,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Posted<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, _: &S) -> Result<Posted<T>, Failed> {
        let is_right = |known: Option<&Known>, token: &str| {
            known.is_some_and(|known| !token.is_empty() && known.form_token() == token)
        };
        fields(request, is_right).await.map(Posted)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for PostedByAnyone<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, _: &S) -> Result<PostedByAnyone<T>, Failed> {
        let is_right =
            |known: Option<&Known>, token: &str| known.is_none_or(|known| known.form_token() == token);
        fields(request, is_right).await.map(PostedByAnyone)
    }
}

/// The fields of a form, if its token is right for whoever sends it.
async fn fields<T: DeserializeOwned>(
    request: Request,
    is_right: impl Fn(Option<&Known>, &str) -> bool,
) -> Result<T, Failed> {
    let visitor = request.extensions().get::<Visitor>().cloned();
    let tongue = visitor.as_ref().map_or_else(|| Tongue::asked(request.headers()), |v| v.tongue);
    let failed =
        |status, code, zh, en| Failed::person(Problem::new(status, code, tongue.say(zh, en)), tongue);
    let told = |problem| Failed::person(problem, tongue);
    fit::expects(&request, Kind::Form, tongue).map_err(told)?;
    let bytes = fit::whole(request, tongue).await.map_err(told)?;
    let Token { token } = serde_urlencoded::from_bytes(&bytes).unwrap_or(Token { token: String::new() });
    if !is_right(visitor.as_ref().and_then(|visitor| visitor.known.as_ref()), &token) {
        let (zh, en) =
            ("页面已过期，请返回刷新后再提交", "the page has expired; go back, reload and send again");
        return Err(failed(StatusCode::FORBIDDEN, "stale_form", zh, en));
    }
    serde_urlencoded::from_bytes::<T>(&bytes).map_err(|_| {
        let (zh, en) = UNREAD_FORM;
        failed(StatusCode::UNPROCESSABLE_ENTITY, "malformed", zh, en)
    })
}

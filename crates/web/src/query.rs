//! What stands behind the question mark of a page. Where it cannot be read, a person is told so in their own language.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::Problem;
use crate::reply::Failed;
use crate::tongue::Tongue;
use crate::visitor::Visitor;

/// The choices of a page, as its address carries them.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query<T>, Failed> {
        let visitor = parts.extensions.get::<Visitor>();
        let tongue = visitor.map_or_else(|| Tongue::asked(&parts.headers), |visitor| visitor.tongue);
        let read = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        read.map(|axum::extract::Query(asked)| Query(asked)).map_err(|_| {
            let said = tongue.say(
                "网址中的筛选条件无法识别，请回到页面重新选择",
                "the choices in this address could not be read; go back and choose again",
            );
            Failed::person(Problem::new(StatusCode::BAD_REQUEST, "malformed", said), tongue)
        })
    }
}

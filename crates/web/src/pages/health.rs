//! Whether the process lives, and whether it can work.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::server::Server;

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers; else the cause is named, without any secret of its address.
pub(crate) async fn ready(State(server): State<Server>) -> Response {
    let (status, body) = match server.engine.reader().newest_seal().await {
        Ok(_) => (StatusCode::OK, json!({ "status": "ready" })),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, json!({ "status": "not ready", "cause": "database" }))
        }
    };
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

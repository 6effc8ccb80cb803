//! Whether the process lives, and whether it can work.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::Trouble;
use serde_json::json;

use crate::server::Server;

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// Whether visitors should be sent here, with the word of each cause. What only somebody should look at (mail, jobs) does
/// not turn visitors away.
pub(crate) async fn ready(State(server): State<Server>) -> Response {
    let troubles = server.engine.troubles(&server.settings.migrations, (server.now)()).await;
    let stops = troubles.iter().any(|trouble| trouble.stops());
    let (status, said) = match (stops, troubles.is_empty()) {
        (true, _) => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
        (false, false) => (StatusCode::OK, "degraded"),
        (false, true) => (StatusCode::OK, "ready"),
    };
    let causes: Vec<&str> = troubles.iter().copied().map(Trouble::word).collect();
    let body = json!({ "status": said, "causes": causes });
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

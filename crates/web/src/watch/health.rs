//! Whether the process lives, and whether it can work.

use std::sync::Arc;

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

/// Whether visitors should be sent here, with the word of each cause. What only somebody should look at (mail, jobs,
/// sign-on) does not turn visitors away.
pub(crate) async fn ready(State(server): State<Server>) -> Response {
    let troubles = server.engine.troubles(&server.settings.migrations, (server.now)()).await;
    let mut causes: Vec<&str> = troubles.iter().copied().map(Trouble::word).collect();
    causes.extend(provider_trouble(&server));
    let stops = troubles.iter().any(|trouble| trouble.stops());
    let (status, said) = match (stops, causes.is_empty()) {
        (true, _) => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
        (false, false) => (StatusCode::OK, "degraded"),
        (false, true) => (StatusCode::OK, "ready"),
    };
    let body = json!({ "status": said, "causes": causes });
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// An identity provider that did not answer when it was asked last; it is asked again meanwhile, since else the trouble would
/// last until somebody tries to sign in.
fn provider_trouble(server: &Server) -> Option<&'static str> {
    let provider = server.sign_on.as_ref().filter(|provider| !provider.is_well())?;
    let (provider, now) = (Arc::clone(provider), (server.now)());
    tokio::spawn(async move { provider.look(now).await });
    Some("sign_on")
}

//! Around every request: its id, its time, its line in the log and its place in the figures. The line holds the pattern
//! of the route, never the address, the query or anything that was sent.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use engine::{SPANS, Traces};
use tracing::Instrument;
use tracing::field::Empty;

use super::request_id::{CURRENT, IsTrusted, choose};
use crate::proxies::is_from_proxy;
use crate::server::Server;

/// The header that carries the id of a request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What stands for the route where none matches.
const NO_ROUTE: &str = "none";

pub(crate) async fn answered(State(server): State<Server>, request: Request, next: Next) -> Response {
    let id = choose(request.headers(), is_trusted(&server, &request));
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let method = method_word(request.method());
    let since = Instant::now();
    let flying = server.figures.begins();
    let trace = tracing::trace_span!(
        target: SPANS, "request", otel.name = %format_args!("{method} {route}"), otel.kind = "server",
        http.request.method = method, http.route = route, request_id = %id, http.response.status_code = Empty,
        otel.status_code = Empty,
    );
    if let Some(parent) = request.headers().get("traceparent").and_then(|parent| parent.to_str().ok())
        && is_trusted(&server, &request) == IsTrusted::Yes
    {
        Traces::join(&trace, parent);
    }
    let span = tracing::error_span!("request", request_id = %id, trace_id = Empty);
    if let Some(id) = Traces::id_of(&trace) {
        span.record("trace_id", id);
    }
    let answering = CURRENT.scope(id.clone(), next.run(request));
    let mut answer = answering.instrument(trace.clone()).instrument(span.clone()).await;
    let (status, taken) = (answer.status().as_u16(), since.elapsed());
    drop(flying);
    trace.record("http.response.status_code", i64::from(status));
    if status >= 500 {
        trace.record("otel.status_code", "ERROR");
    }
    server.figures.answered((method, route, status), taken);
    let milliseconds = u64::try_from(taken.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(method, route, status, milliseconds, "answered"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    answer
}

fn is_trusted(server: &Server, request: &Request) -> IsTrusted {
    match is_from_proxy(&server.settings.trusted_proxies, request.extensions()) {
        true => IsTrusted::Yes,
        false => IsTrusted::No,
    }
}

/// A method as a label; whatever nobody has heard of is one.
fn method_word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

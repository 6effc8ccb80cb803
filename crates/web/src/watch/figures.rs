//! The figures of a running server at `/metrics`: answers by route, status and time, what the engine has done, what
//! waits, and the connections. For this machine, or for whoever has the token of the settings.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use engine::{EngineError, SpanCounts, Tally, Traces};

use super::exposition::{Exposition, Kind};
use crate::problem::{Problem, Reader};
use crate::proxies::{is_from_proxy, source};
use crate::reply::Failed;
use crate::server::Server;
use crate::visitor::Visitor;

/// Upper ends of the spans of time, in milliseconds.
const SPANS: [u64; 10] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000];

/// How long a count of all limits may be old.
const LIMITS_OLD: chrono::Duration = chrono::Duration::seconds(60);

/// What is counted in this process.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    flying: AtomicI64,
    /// By method and route; routes are those of the table and `none`.
    answers: Mutex<BTreeMap<(&'static str, String), Answers>>,
    limits: Mutex<Option<(DateTime<Utc>, Limits)>>,
}

/// The answers of one route.
#[derive(Debug, Clone, Default)]
struct Answers {
    by_status: BTreeMap<u16, u64>,
    /// Not more than the end of each span.
    within: [u64; SPANS.len()],
    count: u64,
    seconds: f64,
}

#[derive(Debug, Clone, Copy)]
struct Limits {
    open: usize,
    late: usize,
}

/// Counts a request while it is being answered, also where it breaks off.
pub(super) struct Flying<'a>(&'a AtomicI64);

impl Drop for Flying<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Figures {
    pub(super) fn begins(&self) -> Flying<'_> {
        self.flying.fetch_add(1, Ordering::Relaxed);
        Flying(&self.flying)
    }

    pub(super) fn answered(&self, (method, route, status): (&'static str, &str, u16), taken: Duration) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let one = answers.entry((method, route.to_owned())).or_default();
        *one.by_status.entry(status).or_default() += 1;
        one.count += 1;
        one.seconds += taken.as_secs_f64();
        let spans = one.within.iter_mut().zip(SPANS);
        spans.filter(|(_, end)| taken <= Duration::from_millis(*end)).for_each(|(within, _)| *within += 1);
    }
}

/// The figures as text.
pub(super) async fn show(
    State(server): State<Server>,
    visitor: Visitor,
    headers: HeaderMap,
    extensions: Extensions,
) -> Response {
    let tongue = visitor.tongue;
    if !is_admitted(&server, &headers, &extensions) {
        let said = tongue.say("仅限本机或持有令牌者", "for this machine, or with the token only");
        return Problem::new(StatusCode::FORBIDDEN, "not_yours", said).answer(Reader::Program, tongue);
    }
    match text(&server).await {
        Ok(text) => {
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
        }
        Err(error) => Failed::program(Problem::of(&error, tongue), tongue).into_response(),
    }
}

/// This machine itself, unless it speaks for somebody else; or whoever has the token.
fn is_admitted(server: &Server, headers: &HeaderMap, extensions: &Extensions) -> bool {
    let token =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if let (Some(wanted), Some(token)) = (&server.settings.metrics_token, token) {
        return wanted.is(token);
    }
    let named = ["forwarded", "x-forwarded-for", "x-real-ip"].iter().any(|name| headers.contains_key(*name));
    let trusted = &server.settings.trusted_proxies;
    let speaks_for_others = named && !is_from_proxy(trusted, extensions);
    !speaks_for_others && source(trusted, headers, extensions).is_some_and(|source| source.is_loopback())
}

async fn text(server: &Server) -> Result<String, EngineError> {
    let mut out = Exposition::default();
    out.figure("zhunru_build_info", Kind::Gauge, "The version that runs.");
    out.sample("zhunru_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    of_answers(&server.figures, &mut out);
    of_engine(&server.engine.tally(), &mut out);
    of_traces(&mut out);
    of_waiting(server, &mut out).await?;
    Ok(out.into_text())
}

fn of_answers(figures: &Figures, out: &mut Exposition) {
    let answers = figures.answers.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let (requests, spans) = ("zhunru_http_requests_total", "zhunru_http_request_duration_seconds");
    out.figure("zhunru_http_requests_in_flight", Kind::Gauge, "Requests that are being answered.");
    out.sample("zhunru_http_requests_in_flight", &[], figures.flying.load(Ordering::Relaxed));
    out.figure(requests, Kind::Counter, "Answers by method, pattern of the route and status.");
    for ((method, route), one) in &answers {
        for (status, count) in &one.by_status {
            let status = status.to_string();
            out.sample(requests, &[("method", method), ("route", route), ("status", &status)], count);
        }
    }
    out.figure(spans, Kind::Histogram, "How long answers took.");
    let (bucket, sum, count) = (format!("{spans}_bucket"), format!("{spans}_sum"), format!("{spans}_count"));
    for ((method, route), one) in &answers {
        let labels = [("method", *method), ("route", route.as_str())];
        for (end, within) in SPANS.iter().zip(one.within) {
            let end = Duration::from_millis(*end).as_secs_f64().to_string();
            out.sample(&bucket, &[labels.as_slice(), &[("le", &end)]].concat(), within);
        }
        out.sample(&bucket, &[labels.as_slice(), &[("le", "+Inf")]].concat(), one.count);
        out.sample(&sum, &labels, one.seconds);
        out.sample(&count, &labels, one.count);
    }
}

fn of_engine(tally: &Tally, out: &mut Exposition) {
    let Tally { actions, swept, delivered, last_sweep, last_delivery } = tally;
    out.figure("zhunru_actions_total", Kind::Counter, "Actions on requests by kind and result.");
    for ((action, result), count) in actions {
        out.sample("zhunru_actions_total", &[("action", action), ("result", result)], count);
    }
    out.figure("zhunru_swept_total", Kind::Counter, "What sweeps of the limits have done.");
    for (what, count) in swept {
        out.sample("zhunru_swept_total", &[("what", what)], count);
    }
    out.figure("zhunru_letters_tried_total", Kind::Counter, "Tries of letters by result.");
    for (result, count) in delivered {
        out.sample("zhunru_letters_tried_total", &[("result", result)], count);
    }
    let moments =
        [("zhunru_last_sweep_seconds", last_sweep), ("zhunru_last_delivery_seconds", last_delivery)];
    for (name, at) in moments {
        out.figure(name, Kind::Gauge, "When this process did it last, in Unix time; 0 if never.");
        out.sample(name, &[], at.map_or(0, |at| at.timestamp()));
    }
}

/// Nothing where nothing is traced.
fn of_traces(out: &mut Exposition) {
    let Some(SpanCounts { sent, dropped }) = Traces::counted() else { return };
    let name = "zhunru_trace_spans_total";
    out.figure(name, Kind::Counter, "Spans of traces by what became of them; dropped ones are lost.");
    for (outcome, count) in [("sent", sent), ("dropped", dropped)] {
        out.sample(name, &[("outcome", outcome)], count);
    }
}

async fn of_waiting(server: &Server, out: &mut Exposition) -> Result<(), EngineError> {
    let pending = server.engine.pending().await?;
    out.figure("zhunru_outbox_letters", Kind::Gauge, "Letters that have not left, by state.");
    for (state, count) in [("waiting", pending.waiting), ("stuck", pending.stuck), ("dead", pending.dead)] {
        out.sample("zhunru_outbox_letters", &[("state", state)], count);
    }
    out.figure("zhunru_sweep_failures", Kind::Gauge, "Requests whose limits could not be carried out.");
    out.sample("zhunru_sweep_failures", &[], pending.sweep_failures);
    out.figure("zhunru_last_tick_seconds", Kind::Gauge, "When any node last took the timer, in Unix time.");
    out.sample("zhunru_last_tick_seconds", &[], pending.last_tick.map_or(0, |at| at.timestamp()));
    let limits = limits(server).await?;
    out.figure("zhunru_limits", Kind::Gauge, "Running limits of requests; counted once a minute.");
    for (state, count) in [("open", limits.open), ("late", limits.late)] {
        out.sample("zhunru_limits", &[("state", state)], count);
    }
    out.figure("zhunru_database_connections", Kind::Gauge, "Connections to the database by pool and state.");
    for pool in server.engine.pools() {
        let used = pool.open.saturating_sub(pool.idle);
        for (state, count) in [("used", used), ("idle", pool.idle)] {
            out.sample("zhunru_database_connections", &[("pool", pool.name), ("state", state)], count);
        }
    }
    Ok(())
}

/// Limits are derived from every running request, so they are counted once a minute at most.
async fn limits(server: &Server) -> Result<Limits, EngineError> {
    let now = (server.now)();
    let known = *server.figures.limits.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, limits)) = known.filter(|(at, _)| *at <= now && now - *at < LIMITS_OLD) {
        return Ok(limits);
    }
    let lines = server.engine.limits(now).await?.limits;
    let late = lines.iter().filter(|line| line.is_late).count();
    let limits = Limits { open: lines.len() - late, late };
    *server.figures.limits.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, limits));
    Ok(limits)
}

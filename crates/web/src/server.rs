//! The server: what its handlers share, and its life from listening to the last answer.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use engine::{Engine, SignInLimits};
use sign_on::{Provider, SignOnError};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::access::Row;
use crate::last_look::last_look;
use crate::secrets::Secret;
use crate::sign_in::provider::{BACK, SignOnSettings};
use crate::streams::Streams;
use crate::tongue::Tongue;
use crate::watch::{Figures, answered};
use crate::{guard, routes};

/// How the server meets its visitors.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// What visitors type, such as `https://zhunru.example.cn`; forms from elsewhere are refused.
    pub origin: String,
    pub limits: SignInLimits,
    /// Where files of forms lie until they are kept, without a name; best on the disk of the database.
    pub arriving: PathBuf,
    /// Bytes of a form or a JSON body, where its route has no limit of its own.
    pub body: usize,
    /// How long an answer may take.
    pub patience: Duration,
    /// How long it may take to a form with files, which come over slow lines.
    pub patience_with_files: Duration,
    /// Proxies of ours; what they say of a visitor's address and of a request's id is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whoever has it reads the figures from elsewhere; without one only this machine does.
    pub metrics_token: Option<Secret>,
    /// What must have been applied to the database for this program to work on it.
    pub migrations: Vec<String>,
    /// The identity provider by which people may sign in, too.
    pub sign_on: Option<SignOnSettings>,
}

impl WebSettings {
    /// The usual settings for an origin: five failures lock an account for a quarter of an hour, a session lies unused for
    /// an hour at most and ends after twelve.
    #[must_use]
    pub fn of(origin: String) -> WebSettings {
        let limits = SignInLimits {
            failures: 5,
            lock: chrono::Duration::minutes(15),
            from_source: 50,
            idle: chrono::Duration::hours(1),
            whole: chrono::Duration::hours(12),
        };
        WebSettings {
            origin,
            limits,
            arriving: std::env::temp_dir(),
            body: 1 << 20,
            patience: Duration::from_secs(30),
            patience_with_files: Duration::from_mins(10),
            trusted_proxies: Vec::new(),
            metrics_token: None,
            migrations: Vec::new(),
            sign_on: None,
        }
    }

    /// # Errors
    /// The origin is none, or would send session cookies over an open network.
    pub fn check(&self) -> Result<(), ServeError> {
        let near = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        let safe =
            self.origin.starts_with("https://") || near.iter().any(|near| self.origin.starts_with(near));
        if !safe || self.origin.matches('/').count() != 2 {
            return Err(ServeError::Origin(self.origin.clone()));
        }
        Ok(())
    }
}

impl WebSettings {
    /// The identity provider, as a client that browsers come back to; nothing is asked of it yet.
    ///
    /// # Errors
    /// What is set about it cannot be meant so.
    pub fn provider(&self) -> Result<Option<Provider>, SignOnError> {
        let redirect = format!("{}{BACK}", self.origin);
        let made = self.sign_on.clone().map(|sign_on| Provider::new(sign_on.provider, redirect));
        made.transpose()
    }

    pub(crate) fn provider_name(&self, tongue: Tongue) -> Option<&str> {
        self.sign_on.as_ref().map(|sign_on| sign_on.name.get(tongue.0))
    }
}

/// Why the server did not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("`{0}` is no origin: give http://127.0.0.1:PORT or https://HOST")]
    Origin(String),
    #[error(transparent)]
    SignOn(#[from] SignOnError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// The clock that the server asks.
type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What all handlers share.
#[derive(Clone)]
pub struct Server {
    pub(crate) engine: Arc<Engine>,
    pub(crate) settings: Arc<WebSettings>,
    pub(crate) now: Clock,
    pub(crate) table: Arc<HashMap<(Method, &'static str), Row>>,
    pub(crate) streams: Arc<Streams>,
    /// Turns true when the server stops; streams end then.
    pub(crate) stopping: Arc<watch::Sender<bool>>,
    /// Hashing a password takes memory; only so many at once.
    pub(crate) hashing: Arc<Semaphore>,
    pub(crate) figures: Arc<Figures>,
    pub(crate) sign_on: Option<Arc<Provider>>,
}

/// Passwords that are hashed at the same time.
const HASHES: usize = 2;

impl Server {
    /// # Errors
    /// As [`WebSettings::check`].
    pub fn new(
        engine: Arc<Engine>,
        settings: WebSettings,
        now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Result<Server, ServeError> {
        settings.check()?;
        let sign_on = settings.provider()?.map(Arc::new);
        let (settings, table) = (Arc::new(settings), Arc::new(routes::table()));
        let now: Clock = Arc::new(now);
        let (hashing, figures) = (Arc::new(Semaphore::new(HASHES)), Arc::default());
        let (streams, stopping) = (Arc::default(), Arc::new(watch::Sender::new(false)));
        Ok(Server { engine, settings, now, table, streams, stopping, hashing, figures, sign_on })
    }

    /// The service with all its guards, for a listener or a test.
    pub fn router(self) -> Router {
        routes::router()
            .fallback(guard::nothing_here)
            .layer(middleware::from_fn_with_state(self.clone(), guard::guard))
            .layer(DefaultBodyLimit::max(self.settings.body))
            .layer(CatchPanicLayer::custom(guard::broken))
            .layer(middleware::from_fn_with_state(self.clone(), in_time))
            .layer(middleware::from_fn_with_state(self.clone(), last_look))
            .layer(CompressionLayer::new())
            .layer(middleware::from_fn_with_state(self.clone(), answered))
            .with_state(self)
    }
}

/// Ends what takes longer than it may.
async fn in_time(State(server): State<Server>, request: Request, next: Next) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let patience = match kind.is_some_and(|kind| kind.starts_with(b"multipart/form-data")) {
        true => server.settings.patience_with_files,
        false => server.settings.patience,
    };
    let answer = tokio::time::timeout(patience, next.run(request)).await;
    answer.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

impl std::fmt::Debug for Server {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Server").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Serves until `stop` turns true; what is being answered then is answered to its end, and streams end.
///
/// # Errors
/// What the listener says.
pub async fn serve(
    server: Server,
    listener: TcpListener,
    mut stop: watch::Receiver<bool>,
) -> Result<(), ServeError> {
    let stopping = Arc::clone(&server.stopping);
    let service = server.router().into_make_service_with_connect_info::<SocketAddr>();
    let stopped = async move {
        // A sender that has gone stops the server, too.
        let _ = stop.wait_for(|stop| *stop).await;
        stopping.send_replace(true);
    };
    Ok(axum::serve(listener, service).with_graceful_shutdown(stopped).await?)
}

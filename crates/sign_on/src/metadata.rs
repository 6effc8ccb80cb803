//! What the provider says of itself, with its keys: read when it is needed, kept for some minutes, and read again when a
//! token names a key that is not among them, but never more often than twice a minute.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Duration, Utc};
use openidconnect::core::CoreProviderMetadata;
use openidconnect::{DiscoveryError, IssuerUrl};
use tokio::sync::Mutex;

use crate::error::SignOnError;
use crate::way::Way;

/// How old what is known may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// As it is used for every sign-in.
    Fresh,
    /// Newer than what has just failed.
    Newer,
}

/// What is known of the provider.
#[derive(Debug, Default)]
pub(crate) struct Known {
    read: Mutex<Reading>,
    /// Whether the last question went without an answer.
    is_silent: AtomicBool,
}

#[derive(Debug, Default)]
struct Reading {
    found: Option<(Arc<CoreProviderMetadata>, DateTime<Utc>)>,
    failed: Option<(SignOnError, DateTime<Utc>)>,
}

impl Wanted {
    fn age(self) -> Duration {
        match self {
            Wanted::Fresh => Duration::minutes(5),
            Wanted::Newer => PAUSE,
        }
    }
}

/// Between two readings that one sign-in after the other could cause.
const PAUSE: Duration = Duration::seconds(30);

impl Known {
    /// What is known, or what the provider says now. Those who come at once wait for one reading.
    pub(crate) async fn metadata(
        &self,
        (issuer, way): (&IssuerUrl, &Way),
        wanted: Wanted,
        now: DateTime<Utc>,
    ) -> Result<Arc<CoreProviderMetadata>, SignOnError> {
        let mut read = self.read.lock().await;
        if let Some((found, at)) = &read.found
            && now - *at < wanted.age()
        {
            return Ok(Arc::clone(found));
        }
        if let Some((error, at)) = &read.failed
            && now - *at < PAUSE
        {
            return Err(error.clone());
        }
        let asked =
            tokio::time::timeout(way.patience, CoreProviderMetadata::discover_async(issuer.clone(), way));
        let found = match asked.await {
            Ok(answer) => answer.map_err(|error| said(&error)),
            Err(_) => Err("no answer in time".to_owned()),
        };
        match found {
            Ok(metadata) => {
                let found = Arc::new(metadata);
                *read = Reading { found: Some((Arc::clone(&found), now)), failed: None };
                self.answers();
                Ok(found)
            }
            Err(why) => {
                let error = SignOnError::Unavailable(why);
                read.failed = Some((error.clone(), now));
                self.is_silent(&error);
                Err(error)
            }
        }
    }

    pub(crate) fn answers(&self) {
        self.is_silent.store(false, Ordering::Relaxed);
    }

    pub(crate) fn is_silent(&self, error: &SignOnError) {
        tracing::warn!(%error, "sign-on");
        self.is_silent.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_well(&self) -> bool {
        !self.is_silent.load(Ordering::Relaxed)
    }
}

/// The error with its causes, without the body of an answer.
fn said<E: std::error::Error>(error: &DiscoveryError<E>) -> String {
    match error {
        DiscoveryError::Request(error) => error.to_string(),
        DiscoveryError::Response(status, _, _) => format!("status {status}"),
        other => other.to_string(),
    }
}

//! A form that makes something new bears a key of its own: sent twice, since its answer was lost or its button pressed twice,
//! it makes one thing. The key comes from the page and not from what is typed, so that more may be typed in between.

use axum::http::StatusCode;
use engine::{EngineError, Keeping};
use serde::Deserialize;
use serde_json::Value;
use store::KeptAnswer;
use uuid::Uuid;

use crate::secrets::digest;

/// The name of the hidden field.
pub(crate) const FIELD: &str = "once";

/// The key of a form, and what the form makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Once {
    key: String,
    digest: String,
}

impl Once {
    /// The key that a form has sent to an address; none where it bears none of ours.
    pub(crate) fn sent(key: &str, address: &str) -> Option<Once> {
        let key = Uuid::parse_str(key).ok()?.simple().to_string();
        Some(Once { key, digest: digest(&format!("POST {address}")) })
    }

    pub(crate) fn keeping<T>(&self, body: fn(&T) -> Value) -> Keeping<'_, T> {
        Keeping { key: &self.key, digest: &self.digest, status: StatusCode::CREATED.as_u16(), body }
    }
}

/// What a form has made when it came first.
#[derive(Debug, Deserialize)]
pub(crate) struct Made {
    pub(crate) id: Uuid,
    pub(crate) version: i64,
}

impl Made {
    pub(crate) fn before(kept: &KeptAnswer) -> Result<Made, EngineError> {
        serde_json::from_str(&kept.body).map_err(|error| EngineError::Broken(error.to_string()))
    }
}

/// The key of a form that is shown: the one that it bore before, else a new one.
pub(crate) fn key_of(before: &str) -> String {
    Uuid::parse_str(before).unwrap_or_else(|_| Uuid::new_v4()).simple().to_string()
}

//! The one place where the real time comes in; everything else takes it as an argument.

use std::time::SystemTime;

use chrono::{DateTime, Utc};

/// The time now.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from(SystemTime::now())
}

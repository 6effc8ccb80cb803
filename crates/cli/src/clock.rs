//! The one place where the real time comes in; everything else takes it as an argument.

use std::sync::OnceLock;
use std::time::SystemTime;

use chrono::{DateTime, Duration, Utc};

/// How far a sandbox's clock is from the real one.
static SHIFT: OnceLock<Duration> = OnceLock::new();

/// The time now.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from(SystemTime::now())
}

/// Lets a sandbox's clock go on from a moment; the first one counts.
pub(crate) fn shift_to(moment: DateTime<Utc>) {
    SHIFT.get_or_init(|| moment - now());
}

/// The time of the sandbox.
pub(crate) fn shifted() -> DateTime<Utc> {
    now() + SHIFT.get().copied().unwrap_or_default()
}

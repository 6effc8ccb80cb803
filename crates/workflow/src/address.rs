//! Addresses of people. Whether one can receive letters is `notifier`'s to say; here is only by which writing it is kept
//! and found.

/// An address as it is kept and looked for: without blanks around it and in small letters, however it was written, since
/// people do not know each other's accounts by capitals.
#[must_use]
pub fn folded(written: &str) -> String {
    written.trim().to_lowercase()
}

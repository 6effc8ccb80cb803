//! What can go wrong with letters. Neither passwords nor addresses appear in any message of ours.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

/// A letter cannot be composed, or a way to deliver letters cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// A name or an address of a sender or recipient.
    #[error("bad address: {0}")]
    BadAddress(&'static str),
    /// The right part of Message-IDs.
    #[error("host `{0}` cannot stand in a Message-ID")]
    BadHost(String),
    #[error("date `{0}` cannot stand in a letter")]
    BadDate(DateTime<Utc>),
    #[error("bad mail server URL: {0}")]
    BadUrl(&'static str),
    /// Letters would cross a network in plain text.
    #[error("mail server `{host}` is not on this machine: use `smtp+starttls://` or `smtps://`")]
    PlainNetwork { host: String },
    /// The address of a web-hook.
    #[error("bad web-hook address: {0}")]
    BadHook(&'static str),
    /// The address or a header of a collector of traces.
    #[error("bad collector: {0}")]
    BadCollector(&'static str),
    #[error("bad root certificate: {0}")]
    BadCertificate(String),
    #[error("mail folder `{}` cannot be made", path.display())]
    Folder { path: PathBuf, source: std::io::Error },
}

/// A letter did not leave; the text says why, for the outbox page. It may quote the mail server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// Worth another try: 4xx, network, timeout.
    #[error("not delivered yet: {0}")]
    Later(String),
    /// No try will help: 5xx, bad address.
    #[error("not deliverable: {0}")]
    Never(String),
}

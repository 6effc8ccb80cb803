//! What can go wrong with letters. Neither passwords nor addresses appear in any message of ours.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use workflow::language::{Bilingual, Language};

/// The same in Chinese and in English.
pub(crate) type Said = (&'static str, &'static str);

/// A letter cannot be composed, or a way to deliver letters cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// A name or an address of a sender or recipient.
    #[error("bad address: {}", .0.1)]
    BadAddress((&'static str, &'static str)),
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
    #[error("bad web-hook address: {}", .0.1)]
    BadHook((&'static str, &'static str)),
    /// The address or a header of a collector of traces.
    #[error("bad collector: {0}")]
    BadCollector(&'static str),
    #[error("bad root certificate: {0}")]
    BadCertificate(String),
    #[error("mail folder `{}` cannot be made", path.display())]
    Folder { path: PathBuf, source: std::io::Error },
}

impl NotifyError {
    /// The failure in the reader's language.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        if language == Language::English {
            return self.to_string();
        }
        match self {
            NotifyError::BadAddress((zh, _)) => format!("邮件地址无效：{zh}"),
            NotifyError::BadHook((zh, _)) => format!("回调地址无效：{zh}"),
            NotifyError::BadHost(host) => format!("主机名“{host}”不能用于邮件编号"),
            NotifyError::BadDate(date) => format!("日期“{date}”不能写入邮件"),
            NotifyError::BadUrl(reason) => format!("邮件服务器地址无效：{reason}"),
            NotifyError::PlainNetwork { host } => {
                format!("邮件服务器“{host}”不在本机，请改用 smtp+starttls:// 或 smtps://")
            }
            NotifyError::BadCollector(reason) => format!("追踪收集器的设置无效：{reason}"),
            NotifyError::BadCertificate(reason) => format!("根证书无效：{reason}"),
            NotifyError::Folder { path, source } => format!("不能建立邮件目录 {}：{source}", path.display()),
        }
    }
}

impl From<NotifyError> for Bilingual {
    fn from(error: NotifyError) -> Bilingual {
        (error.message(Language::Chinese), error.to_string()).into()
    }
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

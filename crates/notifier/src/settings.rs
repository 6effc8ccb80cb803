//! Where the mail server is and how it is reached. Plain text is for this machine only; a password is never shown.

use std::fmt;
use std::net::IpAddr;

use crate::error::NotifyError;

const TIMEOUT_SECONDS: u64 = 30;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    Plain,
    StartTls,
    Tls,
}

/// The mail server.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpSettings {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// User and password.
    pub credentials: Option<(String, String)>,
    /// Trusted besides the public authorities.
    pub root_certificate_pem: Option<Vec<u8>>,
    /// For one letter, from the connection to the server's last answer.
    pub timeout_seconds: u64,
}

impl fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SmtpSettings { host, port, security, credentials, root_certificate_pem, timeout_seconds } = self;
        f.debug_struct("SmtpSettings")
            .field("host", host)
            .field("port", port)
            .field("security", security)
            .field("credentials", &credentials.as_ref().map(|_| "hidden"))
            .field("root_certificate_pem", &root_certificate_pem.as_ref().map(Vec::len))
            .field("timeout_seconds", timeout_seconds)
            .finish()
    }
}

impl SmtpSettings {
    /// `smtp://localhost:25`, `smtp+starttls://user:password@host:587` or `smtps://user:password@host:465`;
    /// user and password may be percent-encoded. No part of the URL is repeated in an error, since each could hold
    /// a piece of a mistyped password.
    pub fn parse(url: &str) -> Result<SmtpSettings, NotifyError> {
        let (scheme, rest) = url.split_once("://").ok_or(NotifyError::BadUrl("no scheme"))?;
        let (security, usual_port) = match scheme {
            "smtp" => (Security::Plain, 25),
            "smtp+starttls" => (Security::StartTls, 587),
            "smtps" => (Security::Tls, 465),
            _ => return Err(NotifyError::BadUrl("the scheme is none of `smtp`, `smtp+starttls`, `smtps`")),
        };
        let (credentials, server) = match rest.rsplit_once('@') {
            Some((credentials, server)) => (Some(parse_credentials(credentials)?), server),
            None => (None, rest),
        };
        let (host, port) = parse_server(server)?;
        let settings = SmtpSettings {
            host,
            port: port.unwrap_or(usual_port),
            security,
            credentials,
            root_certificate_pem: None,
            timeout_seconds: TIMEOUT_SECONDS,
        };
        settings.check().map(|()| settings)
    }

    /// Nothing leaves this machine in plain text.
    pub(crate) fn check(&self) -> Result<(), NotifyError> {
        let loopback = self.host.eq_ignore_ascii_case("localhost")
            || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if self.security == Security::Plain && !loopback {
            return Err(NotifyError::PlainNetwork { host: self.host.clone() });
        }
        Ok(())
    }
}

fn parse_credentials(text: &str) -> Result<(String, String), NotifyError> {
    let (user, password) = text.split_once(':').ok_or(NotifyError::BadUrl("a user without a password"))?;
    let (user, password) = (percent_decode(user)?, percent_decode(password)?);
    if user.is_empty() {
        return Err(NotifyError::BadUrl("a password without a user"));
    }
    // NUL separates the parts of the login, and no server takes a line break.
    if user.chars().chain(password.chars()).any(char::is_control) {
        return Err(NotifyError::BadUrl("a control character in user or password"));
    }
    Ok((user, password))
}

/// `host`, `host:port`, `[::1]` or `[::1]:port`.
fn parse_server(text: &str) -> Result<(String, Option<u16>), NotifyError> {
    let text = text.strip_suffix('/').unwrap_or(text);
    let (host, rest) = if let Some(bracketed) = text.strip_prefix('[') {
        let (host, rest) = bracketed.split_once(']').ok_or(NotifyError::BadUrl("no `]` after `[`"))?;
        host.parse::<std::net::Ipv6Addr>().map_err(|_| NotifyError::BadUrl("no IPv6 address in `[]`"))?;
        (host, rest)
    } else {
        let end = text.find(':').unwrap_or(text.len());
        let (host, rest) = text.split_at(end);
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        if host.is_empty() || !host.bytes().all(known) {
            return Err(NotifyError::BadUrl("no host name"));
        }
        (host, rest)
    };
    let port = match rest.strip_prefix(':') {
        Some(port) => Some(parse_port(port)?),
        None if rest.is_empty() => None,
        None => return Err(NotifyError::BadUrl("something after the host that is no port")),
    };
    Ok((host.to_owned(), port))
}

fn parse_port(text: &str) -> Result<u16, NotifyError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let port = text.parse().ok().filter(|port| digits && *port != 0);
    port.ok_or(NotifyError::BadUrl("the port is no number from 1 to 65535"))
}

fn percent_decode(text: &str) -> Result<String, NotifyError> {
    let broken = NotifyError::BadUrl("a `%` without two hexadecimal digits in user or password");
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (Some(high), Some(low)) = (digit(bytes.next()), digit(bytes.next())) else {
            return Err(broken);
        };
        decoded.push(u8::try_from(high * 16 + low).expect("two hexadecimal digits make a byte"));
    }
    String::from_utf8(decoded).map_err(|_| NotifyError::BadUrl("user or password is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::{Security, SmtpSettings};
    use crate::error::NotifyError;

    #[test]
    fn urls_say_where_and_how() {
        let local = SmtpSettings::parse("smtp://localhost:2525").unwrap();
        assert_eq!((local.host.as_str(), local.port, local.security), ("localhost", 2525, Security::Plain));
        assert_eq!(local.credentials, None);
        let relay =
            SmtpSettings::parse("smtp+starttls://zhun%40ru:p%3A%2F%E5%87%86@mail.example.org:587").unwrap();
        assert_eq!((relay.port, relay.security), (587, Security::StartTls));
        assert_eq!(relay.credentials, Some(("zhun@ru".to_owned(), "p:/准".to_owned())));
        let raw = SmtpSettings::parse("smtps://a:p@ss/w:rd@mail.example.org/").unwrap();
        assert_eq!((raw.port, raw.security), (465, Security::Tls));
        assert_eq!(raw.credentials, Some(("a".to_owned(), "p@ss/w:rd".to_owned())));
        let six = SmtpSettings::parse("smtp://[::1]:25").unwrap();
        assert_eq!((six.host.as_str(), six.port), ("::1", 25));
    }

    #[test]
    fn plain_text_stays_on_this_machine() {
        for url in ["smtp://localhost:25", "smtp://LOCALHOST", "smtp://127.0.0.1:25", "smtp://127.9.9.9"] {
            assert!(SmtpSettings::parse(url).is_ok(), "{url}");
        }
        for host in
            ["mail.example.org", "10.0.0.1", "localhost.example.org", "[2001:db8::1]", "127.1", "0.0.0.0"]
        {
            let refused = SmtpSettings::parse(&format!("smtp://{host}:25")).unwrap_err();
            assert!(matches!(refused, NotifyError::PlainNetwork { .. }), "{refused}");
            assert!(refused.to_string().contains("smtp+starttls"), "{refused}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let settings = SmtpSettings::parse("smtps://user:geheim@mail.example.org:465").unwrap();
        assert!(!format!("{settings:?}").contains("geheim"));
        let broken = ["smtps://user:geheim", "smtps://geheim@host:465", "smtps://user:geheim%@host:465"];
        let more = [
            "smtps://user:geheim@host:x",
            "geheim",
            "geheim://host",
            "smtps://user:geheim@",
            "smtps://:geheim@h",
        ];
        for url in
            broken.into_iter().chain(more).chain(["smtps://a:geheim%0d@h", "smtps://a:geheim@h:25?x=y"])
        {
            let error = SmtpSettings::parse(url).unwrap_err();
            assert!(matches!(error, NotifyError::BadUrl(_)), "{url}");
            assert!(!format!("{error} {error:?}").contains("geheim"), "{url}: {error}");
        }
    }
}

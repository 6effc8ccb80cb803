//! One letter to one mail server over one connection. Encryption, where it is set, is never given up.

use std::fmt;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::address::parse_mailbox;
use crate::error::{DeliveryError, NotifyError};
use crate::settings::{Security, SmtpSettings};
use crate::text::{has_bare_line_break, one_line};

type Server = AsyncSmtpTransport<Tokio1Executor>;

/// Enough to understand a refusal on the outbox page.
const REASON_CHARACTERS: usize = 300;

/// A mail server that is connected to anew for every letter.
#[derive(Clone)]
pub struct Smtp {
    server: AsyncSmtpTransportBuilder,
    timeout: Duration,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl Smtp {
    pub(crate) fn new(settings: &SmtpSettings) -> Result<Smtp, NotifyError> {
        settings.check()?;
        let timeout = Duration::from_secs(settings.timeout_seconds);
        let mut server = Server::builder_dangerous(settings.host.as_str())
            .port(settings.port)
            .tls(encryption(settings)?)
            .timeout(Some(timeout))
            // A connection kept after a try was cut off could read the next letter as the rest of the last one.
            .pool_config(PoolConfig::new().min_idle(0).max_size(0));
        if let Some((user, password)) = &settings.credentials {
            server = server.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Smtp { server, timeout })
    }

    pub(crate) async fn send(&self, letter: &[u8], from: &str, to: &str) -> Result<(), DeliveryError> {
        // lettre 0.11.23 does not double a dot after a bare LF, so a letter could end early and go on as commands.
        if has_bare_line_break(letter) {
            return Err(DeliveryError::Never("a bare CR or LF in the letter".to_owned()));
        }
        let envelope = envelope(from, to).map_err(|reason| DeliveryError::Never(reason.to_string()))?;
        // lettre ends the letter with a CRLF of its own.
        let letter = letter.strip_suffix(b"\r\n").unwrap_or(letter);
        // Built here because lettre needs the runtime as soon as it has a pool, even an empty one.
        let server: Server = self.server.clone().build();
        match tokio::time::timeout(self.timeout, server.send_raw(&envelope, letter)).await {
            Ok(Ok(_accepted)) => Ok(()),
            Ok(Err(error)) => Err(refusal(&error)),
            Err(_) => Err(DeliveryError::Later(format!("no answer within {} s", self.timeout.as_secs()))),
        }
    }
}

impl Smtp {
    /// Connects, greets and signs in, and leaves again.
    pub(crate) async fn answers(&self) -> Result<(), DeliveryError> {
        let server: Server = self.server.clone().build();
        match tokio::time::timeout(self.timeout, server.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(DeliveryError::Later("it does not answer to NOOP".to_owned())),
            Ok(Err(error)) => Err(refusal(&error)),
            Err(_) => Err(DeliveryError::Later(format!("no answer within {} s", self.timeout.as_secs()))),
        }
    }
}

fn envelope(from: &str, to: &str) -> Result<Envelope, NotifyError> {
    let (from, to) = (parse_mailbox(from)?.email, parse_mailbox(to)?.email);
    Ok(Envelope::new(Some(from), vec![to]).expect("there is one recipient"))
}

fn encryption(settings: &SmtpSettings) -> Result<Tls, NotifyError> {
    match settings.security {
        Security::Plain => Ok(Tls::None),
        Security::StartTls => tls_parameters(settings).map(Tls::Required),
        Security::Tls => tls_parameters(settings).map(Tls::Wrapper),
    }
}

fn tls_parameters(settings: &SmtpSettings) -> Result<TlsParameters, NotifyError> {
    let unusable = |error: Error| NotifyError::BadCertificate(error.to_string());
    let mut parameters = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.root_certificate_pem {
        // lettre takes a file without any certificate for an empty list, and the setting would be lost in silence.
        let marker = b"-----BEGIN CERTIFICATE-----";
        if !pem.windows(marker.len()).any(|window| window == marker) {
            return Err(NotifyError::BadCertificate("no PEM certificate in it".to_owned()));
        }
        parameters = parameters.add_root_certificate(Certificate::from_pem(pem).map_err(unusable)?);
    }
    parameters.build().map_err(unusable)
}

/// 5xx is final, except for the login: a password that was changed on the server must not kill every letter. All
/// else may be better next time.
fn refusal(error: &Error) -> DeliveryError {
    let reason = one_line(&error.to_string(), REASON_CHARACTERS);
    let login = error.status().is_some_and(|code| LOGIN_REFUSED.contains(&u16::from(code)));
    if error.is_permanent() && !login { DeliveryError::Never(reason) } else { DeliveryError::Later(reason) }
}

/// RFC 4954: authentication required, too weak, failed, needs encryption.
const LOGIN_REFUSED: [u16; 4] = [530, 534, 535, 538];

#[cfg(test)]
mod tests {
    use super::Smtp;
    use crate::error::{DeliveryError, NotifyError};
    use crate::settings::SmtpSettings;

    fn closed_port() -> SmtpSettings {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        SmtpSettings::parse(&format!("smtp://127.0.0.1:{port}")).unwrap()
    }

    #[tokio::test]
    async fn what_cannot_be_sent_is_refused_before_any_connection() {
        let smtp = Smtp::new(&closed_port()).unwrap();
        for letter in ["a\n.\nMAIL FROM:<x@y.cn>\r\n", "a\r.\r\n"] {
            let sent = smtp.send(letter.as_bytes(), "a@b.cn", "c@d.cn").await;
            assert!(matches!(sent, Err(DeliveryError::Never(_))), "{letter:?}");
        }
        let to = "c@d.cn>\r\nRCPT TO:<e@f.cn";
        assert!(matches!(smtp.send(b"a\r\n", "a@b.cn", to).await, Err(DeliveryError::Never(_))));
        assert!(matches!(smtp.send(b"a\r\n", "a@b.cn", "c@d.cn").await, Err(DeliveryError::Later(_))));
    }

    #[tokio::test]
    async fn a_silent_server_is_left_in_time() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://127.0.0.1:{}", silent.local_addr().unwrap().port());
        let settings = SmtpSettings { timeout_seconds: 1, ..SmtpSettings::parse(&url).unwrap() };
        let sent = Smtp::new(&settings).unwrap().send(b"a\r\n", "a@b.cn", "c@d.cn").await;
        assert!(matches!(sent, Err(DeliveryError::Later(_))), "{sent:?}");
    }

    #[test]
    fn settings_are_checked_without_a_runtime() {
        let mut settings = SmtpSettings::parse("smtps://a:secret@mail.example.org:465").unwrap();
        assert!(!format!("{:?}", Smtp::new(&settings).unwrap()).contains("secret"));
        let broken = b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n".to_vec();
        for pem in [b"no certificate".to_vec(), broken] {
            settings.root_certificate_pem = Some(pem);
            assert!(matches!(Smtp::new(&settings), Err(NotifyError::BadCertificate(_))));
        }
    }
}

//! Calls of web-hooks (Standard Webhooks): one signed POST to a receiver. A try either succeeds or says whether another
//! one is worth it; it never retries, follows no redirect and reads no more of the answer than its status.

mod address;
mod signature;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::error::{DeliveryError, NotifyError};
use crate::tls;
pub(crate) use address::Target;
pub use signature::{Secret, sign};

/// For one call, from the look-up of the name to the status of the answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes the calls of web-hooks.
#[derive(Clone)]
pub struct Caller {
    /// Hosts that may be called though they are not public.
    inside: Arc<[String]>,
    tls: TlsConnector,
    patience: Duration,
}

/// One call of a web-hook: the same id and body in each try.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    pub url: &'a str,
    pub id: &'a str,
    /// JSON.
    pub body: &'a str,
    /// The one in force first; one before it signs, too, for as long as it is valid.
    pub secrets: &'a [Secret],
    /// When this try is made.
    pub at: DateTime<Utc>,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("inside", &self.inside).finish_non_exhaustive()
    }
}

impl Caller {
    /// Calls public hosts by TLS, and those named here wherever they are; plain http leaves this machine never.
    ///
    /// # Errors
    /// The certificate, trusted besides the public authorities, is none.
    pub fn new(
        inside: impl IntoIterator<Item = String>,
        root_pem: Option<&[u8]>,
    ) -> Result<Caller, NotifyError> {
        let tls = tls::connector(root_pem)?;
        let inside = inside.into_iter().map(|host| host.trim().to_ascii_lowercase());
        Ok(Caller { inside: inside.filter(|host| !host.is_empty()).collect(), tls, patience: PATIENCE })
    }

    /// The same with another time limit.
    #[must_use]
    pub fn waiting(self, patience: Duration) -> Caller {
        Caller { patience, ..self }
    }

    /// Whether an address may be called, as far as it says so itself; what its name stands for is looked at with each
    /// call.
    ///
    /// # Errors
    /// It is no address of a web-hook, or none that may be called.
    pub fn check(&self, url: &str) -> Result<(), NotifyError> {
        let target = Target::parse(url)?;
        match target.literal() {
            Some(ip) if !target.may_go_to(ip, &self.inside) => Err(NotifyError::BadHook(address::CLOSED)),
            _ => Ok(()),
        }
    }

    /// Makes one call. Only an answer of 200 to 299 is a success; 410 says that the receiver is gone for good.
    ///
    /// # Errors
    /// [`DeliveryError`]: the answer, or why there was none.
    pub async fn call(&self, call: Call<'_>) -> Result<(), DeliveryError> {
        let target = Target::parse(call.url).map_err(|error| DeliveryError::Never(error.to_string()))?;
        let tried = tokio::time::timeout(self.patience, self.answer(&target, call)).await;
        let status = tried.map_err(|_| DeliveryError::Later("no answer in time".to_owned()))??;
        match status {
            status if status.is_success() => Ok(()),
            StatusCode::GONE => Err(DeliveryError::Never("410: the receiver is gone".to_owned())),
            status if status.is_redirection() => Err(later(&format!("{status}: redirects are not followed"))),
            status => Err(later(&status)),
        }
    }

    async fn answer(&self, target: &Target, call: Call<'_>) -> Result<StatusCode, DeliveryError> {
        let found = tokio::net::lookup_host((target.host(), target.port())).await;
        let found: Vec<SocketAddr> = found.map_err(|error| later(&error))?.collect();
        // The address that was looked at is the one that is called: a name that changes meanwhile changes nothing.
        let open = found.iter().find(|address| target.may_go_to(address.ip(), &self.inside));
        let address = open.ok_or_else(|| later(&address::CLOSED.1))?;
        let stream = TcpStream::connect(address).await.map_err(|error| later(&error))?;
        if !target.is_tls() {
            return send(stream, target, call).await;
        }
        let name = ServerName::try_from(target.host().to_owned()).map_err(|error| later(&error))?;
        let stream = self.tls.connect(name, stream).await.map_err(|error| later(&error))?;
        send(stream, target, call).await
    }
}

async fn send<S>(stream: S, target: &Target, call: Call<'_>) -> Result<StatusCode, DeliveryError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| later(&error))?;
    let (stamp, signature) =
        (call.at.timestamp().to_string(), sign(call.secrets, call.id, call.at, call.body));
    let request = Request::post(target.path())
        .header(header::HOST, target.authority())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("zhunru/", env!("CARGO_PKG_VERSION")))
        .header("webhook-id", call.id)
        .header("webhook-timestamp", stamp)
        .header("webhook-signature", signature)
        .body(call.body.to_owned());
    let request = request.map_err(|error| DeliveryError::Never(error.to_string()))?;
    let asked = sender.send_request(request);
    tokio::pin!(asked, connection);
    // The connection is dropped with the status: whatever more the receiver says is not read.
    tokio::select! {
        answer = &mut asked => answer.map(|answer| answer.status()).map_err(|error| later(&error)),
        ended = &mut connection => match ended {
            Err(error) => Err(later(&error)),
            Ok(()) => asked.await.map(|answer| answer.status()).map_err(|error| later(&error)),
        },
    }
}

pub(crate) fn later(error: &dyn fmt::Display) -> DeliveryError {
    DeliveryError::Later(error.to_string())
}

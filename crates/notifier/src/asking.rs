//! Questions to a host that the settings name, such as a provider of sign-on: one request each over HTTP/1.1, bounded in
//! time and size. Unlike a web-hook it may go into our own networks, since whoever runs the program has named the host;
//! plain text stays on this machine, and redirects are not followed.

use std::fmt;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, Response, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::error::{DeliveryError, NotifyError};
use crate::tls;
use crate::webhook::Target;

/// The bytes of an answer that are read.
const MOST: usize = 256 * 1024;

/// Asks hosts of the settings.
#[derive(Clone)]
pub struct Asker {
    tls: TlsConnector,
    patience: Duration,
}

/// A request; the host follows from the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// `GET` or `POST`.
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl fmt::Debug for Asker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asker").field("patience", &self.patience).finish_non_exhaustive()
    }
}

impl Asker {
    /// Waits so long for each answer, and trusts these authorities besides the public ones.
    ///
    /// # Errors
    /// The certificate is none.
    pub fn new(patience: Duration, root_pem: Option<&[u8]>) -> Result<Asker, NotifyError> {
        Ok(Asker { tls: tls::connector(root_pem)?, patience })
    }

    /// Whether an address can be asked: `https`, or `http` on this machine.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn check(&self, url: &str) -> Result<(), NotifyError> {
        Target::parse(url).map(|_| ())
    }

    /// Asks once.
    ///
    /// # Errors
    /// [`DeliveryError`]: there was no answer, or one that is too long.
    pub async fn ask(&self, question: Question) -> Result<Answered, DeliveryError> {
        let tried = tokio::time::timeout(self.patience, self.answer(question)).await;
        tried.map_err(|_| DeliveryError::Later("no answer in time".to_owned()))?
    }

    async fn answer(&self, question: Question) -> Result<Answered, DeliveryError> {
        let target = Target::parse(&question.url).map_err(|error| DeliveryError::Never(error.to_string()))?;
        let found = tokio::net::lookup_host((target.host(), target.port())).await;
        let found = found.map_err(|error| later(&error))?;
        let open: Vec<SocketAddr> =
            found.filter(|address| target.is_tls() || address.ip().is_loopback()).collect();
        let stream = TcpStream::connect(open.as_slice()).await.map_err(|error| later(&error))?;
        let request = request(&target, question)?;
        if !target.is_tls() {
            return send(stream, request).await;
        }
        let name = ServerName::try_from(target.host().to_owned()).map_err(|error| later(&error))?;
        let stream = self.tls.connect(name, stream).await.map_err(|error| later(&error))?;
        send(stream, request).await
    }
}

fn request(target: &Target, question: Question) -> Result<Request<String>, DeliveryError> {
    let Question { method, url: _, headers, body } = question;
    let request = Request::builder()
        .method(method.as_str())
        .uri(target.path())
        .header(header::HOST, target.authority())
        .header(header::USER_AGENT, concat!("zhunru/", env!("CARGO_PKG_VERSION")));
    let own = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    own.body(body).map_err(|error| DeliveryError::Never(error.to_string()))
}

async fn send<S>(stream: S, request: Request<String>) -> Result<Answered, DeliveryError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| later(&error))?;
    let asked = async move {
        let answer = sender.send_request(request).await.map_err(|error| later(&error))?;
        whole(answer).await
    };
    tokio::pin!(asked, connection);
    tokio::select! {
        answer = &mut asked => answer,
        ended = &mut connection => match ended {
            Err(error) => Err(later(&error)),
            // The last of an answer may still lie between the two.
            Ok(()) => asked.await,
        },
    }
}

async fn whole(answer: Response<Incoming>) -> Result<Answered, DeliveryError> {
    let (head, mut rest) = answer.into_parts();
    let mut body = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut rest).poll_frame(context)).await {
        let frame = frame.map_err(|error| later(&error))?;
        let Ok(part) = frame.into_data() else { continue };
        if body.len() + part.len() > MOST {
            return Err(DeliveryError::Later(format!("the answer is longer than {MOST} bytes")));
        }
        body.extend_from_slice(&part);
    }
    let text = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let headers = head.headers.iter().filter_map(text).collect();
    Ok(Answered { status: head.status.as_u16(), headers, body })
}

fn later(error: &dyn fmt::Display) -> DeliveryError {
    DeliveryError::Later(error.to_string())
}

//! A collector of traces (OTLP over HTTP): one POST of bytes that are encoded already, to where the settings say. As with
//! web-hooks plain http is for this machine only, and a try never retries.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::client::conn::http1;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::error::{DeliveryError, NotifyError};
use crate::tls;
use crate::webhook::{Target, later};

/// Where traces go, below the address of the collector.
const TRACES: &str = "/v1/traces";
/// For one POST, from the look-up of the name to the status of the answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where traces are sent.
#[derive(Clone)]
pub struct Collector {
    target: Target,
    headers: HeaderMap,
    tls: TlsConnector,
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").field("target", &self.target).finish_non_exhaustive()
    }
}

impl Collector {
    /// The collector at an address, with headers of the form `name=value`, which may be secret.
    ///
    /// # Errors
    /// The address is none that may be called, or a header is none.
    pub fn new(url: &str, headers: &[String]) -> Result<Collector, NotifyError> {
        let target = Target::parse(&format!("{}{TRACES}", url.trim_end_matches('/')));
        let target = target.map_err(|error| match error {
            NotifyError::BadHook((_, reason)) => NotifyError::BadCollector(reason),
            other => other,
        })?;
        let headers = headers.iter().map(|written| header_of(written)).collect::<Option<HeaderMap>>();
        let headers = headers.ok_or(NotifyError::BadCollector("a header is written name=value"))?;
        Ok(Collector { target, headers, tls: tls::connector(None)? })
    }

    /// Sends one message.
    ///
    /// # Errors
    /// The collector does not answer, or does not take it.
    pub async fn post(&self, message: Vec<u8>) -> Result<(), DeliveryError> {
        let tried = tokio::time::timeout(PATIENCE, self.answer(message)).await;
        let status = tried.map_err(|_| DeliveryError::Later("no answer in time".to_owned()))??;
        if status.is_success() { Ok(()) } else { Err(later(&status)) }
    }

    async fn answer(&self, message: Vec<u8>) -> Result<StatusCode, DeliveryError> {
        let target = &self.target;
        let stream = TcpStream::connect((target.host(), target.port())).await;
        let stream = stream.map_err(|error| later(&error))?;
        if !stream.peer_addr().is_ok_and(|peer| target.is_tls() || peer.ip().is_loopback()) {
            return Err(DeliveryError::Never("plain http is for this machine only".to_owned()));
        }
        if !target.is_tls() {
            return self.send(stream, message).await;
        }
        let name = ServerName::try_from(target.host().to_owned()).map_err(|error| later(&error))?;
        self.send(self.tls.connect(name, stream).await.map_err(|error| later(&error))?, message).await
    }

    async fn send<S>(&self, stream: S, message: Vec<u8>) -> Result<StatusCode, DeliveryError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| later(&error))?;
        let mut request = Request::post(self.target.path())
            .header(header::HOST, self.target.authority())
            .header(header::CONTENT_TYPE, "application/x-protobuf")
            .body(Whole(Some(Bytes::from(message))))
            .map_err(|error| DeliveryError::Never(error.to_string()))?;
        request.headers_mut().extend(self.headers.clone());
        let asked = sender.send_request(request);
        tokio::pin!(asked, connection);
        // The connection is dropped with the status: whatever more the collector says is not read.
        tokio::select! {
            answer = &mut asked => answer.map(|answer| answer.status()).map_err(|error| later(&error)),
            ended = &mut connection => match ended {
                Err(error) => Err(later(&error)),
                Ok(()) => asked.await.map(|answer| answer.status()).map_err(|error| later(&error)),
            },
        }
    }
}

fn header_of(written: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = written.split_once('=')?;
    let mut value = HeaderValue::from_str(value.trim()).ok()?;
    value.set_sensitive(true);
    Some((name.trim().parse().ok()?, value))
}

/// A body that is there as a whole.
struct Whole(Option<Bytes>);

impl Body for Whole {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::Collector;

    #[test]
    fn a_collector_is_near_or_reached_by_tls_and_its_headers_stay_secret() {
        let near = Collector::new("http://127.0.0.1:4318", &["authorization=Bearer geheim".to_owned()]);
        let shown = format!("{:?}", near.expect("a collector"));
        assert!(shown.contains("/v1/traces") && !shown.contains("geheim"), "{shown}");
        Collector::new("https://otel.example.org/", &[]).expect("a collector");
        for (url, header) in [
            ("http://10.0.0.1:4318", "a=b"),
            ("otel.example.org", "a=b"),
            ("https://otel.example.org", "a"),
            ("https://otel.example.org", "a b=c"),
        ] {
            assert!(Collector::new(url, &[header.to_owned()]).is_err(), "{url} {header}");
        }
    }
}

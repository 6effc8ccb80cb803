//! The requests of the protocol, by our own way to the network: bounded, and without redirects.

use std::pin::Pin;
use std::time::Duration;

use notifier::{Answered, Asker, DeliveryError, Question};
use openidconnect::http::{HeaderMap, HeaderName, HeaderValue, Response};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

/// How the protocol asks.
#[derive(Debug)]
pub(crate) struct Way {
    asker: Asker,
    /// For all questions of one purpose together.
    pub(crate) patience: Duration,
}

impl Way {
    pub(crate) fn by(asker: Asker, patience: Duration) -> Way {
        Way { asker, patience }
    }

    /// Asks for something that the protocol's package does not know.
    pub(crate) async fn ask(&self, question: Question) -> Result<Answered, DeliveryError> {
        self.asker.ask(question).await
    }

    async fn asks(&self, request: HttpRequest) -> Result<HttpResponse, DeliveryError> {
        let (head, body) = request.into_parts();
        let text = |(name, value): (&HeaderName, &HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        let broken = |error: &dyn std::fmt::Display| DeliveryError::Never(error.to_string());
        let question = Question {
            method: head.method.as_str().to_owned(),
            url: head.uri.to_string(),
            headers: head.headers.iter().filter_map(text).collect(),
            body: String::from_utf8(body).map_err(|error| broken(&error))?,
        };
        let Answered { status, headers, body } = self.asker.ask(question).await?;
        let mut response = Response::new(body);
        *response.status_mut() = status.try_into().map_err(|error| broken(&error))?;
        *response.headers_mut() = headers
            .iter()
            .filter_map(|(name, value)| Some((name.parse::<HeaderName>().ok()?, value.parse().ok()?)))
            .collect::<HeaderMap>();
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for Way {
    type Error = DeliveryError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, DeliveryError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.asks(request))
    }
}

//! The provider as its client sees it: where a browser is sent, and the exchange of a code for a name.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use notifier::{Asker, Question};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreJwsSigningAlgorithm,
    CoreProviderMetadata,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, TokenResponse,
};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use crate::error::SignOnError;
use crate::identified::{Identified, check_party, claims_of, has_factor, subject};
use crate::metadata::{Known, Wanted};
use crate::round::Round;
use crate::settings::ProviderSettings;
use crate::way::Way;

/// Codes that are exchanged at the same time.
const AT_ONCE: usize = 8;

/// A token that says it was made later than this from now was made by a clock that cannot be trusted.
const SKEW: Duration = Duration::minutes(5);

/// What a token may be signed with: keys of the provider alone, never a secret that others know, never nothing.
const SIGNED_WITH: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// The client with what discovery tells.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// An identity provider.
#[derive(Debug)]
pub struct Provider {
    settings: ProviderSettings,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    way: Way,
    known: Known,
    turns: Semaphore,
}

/// Why a token does not hold, and whether newer keys could change it.
enum Faulty {
    KeyUnknown,
    Other(SignOnError),
}

impl Provider {
    /// A provider that sends browsers back to `redirect`. Nothing is asked of it yet.
    ///
    /// # Errors
    /// [`SignOnError::Settings`].
    pub fn new(settings: ProviderSettings, redirect: String) -> Result<Provider, SignOnError> {
        settings.check()?;
        let wrong = |error: &dyn std::fmt::Display| SignOnError::Settings(error.to_string());
        let asker =
            Asker::new(settings.patience, settings.root_pem.as_deref()).map_err(|error| wrong(&error))?;
        if asker.check(&settings.issuer).is_err() {
            let why = format!("issuer `{}` is no https address, nor one of this machine", settings.issuer);
            return Err(SignOnError::Settings(why));
        }
        Ok(Provider {
            issuer: IssuerUrl::new(settings.issuer.clone()).map_err(|error| wrong(&error))?,
            redirect: RedirectUrl::new(redirect).map_err(|error| wrong(&error))?,
            way: Way::by(asker, settings.patience),
            known: Known::default(),
            turns: Semaphore::new(AT_ONCE),
            settings,
        })
    }

    /// As it stands in tokens; subjects mean nothing without it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Whether the provider answered when it was asked last.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.known.is_well()
    }

    /// Asks the provider what it says of itself, unless that is known.
    ///
    /// # Errors
    /// It does not answer, or says nothing that can be used.
    pub async fn look(&self, now: DateTime<Utc>) -> Result<(), SignOnError> {
        self.client(Wanted::Fresh, now).await.map(|_| ())
    }

    /// Where a browser is sent.
    ///
    /// # Errors
    /// The provider does not answer.
    pub async fn address(&self, round: &Round, now: DateTime<Utc>) -> Result<String, SignOnError> {
        let client = self.client(Wanted::Fresh, now).await?;
        let (state, nonce) = (CsrfToken::new(round.state()), Nonce::new(round.nonce()));
        let verifier = PkceCodeVerifier::new(round.verifier());
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (address, ..) = client
            .authorize_url(flow, move || state, move || nonce)
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(address.into())
    }

    /// Whom the provider names for the code that came back.
    ///
    /// # Errors
    /// The provider does not answer in time, refuses the code, or says what does not hold.
    pub async fn identify(
        &self,
        round: &Round,
        code: String,
        now: DateTime<Utc>,
    ) -> Result<Identified, SignOnError> {
        let whole = async {
            let _turn = self.turns.acquire().await;
            self.identified(round, code, now).await
        };
        let tried = tokio::time::timeout(self.settings.patience, whole).await;
        let named = tried.unwrap_or_else(|_| Err(SignOnError::Unavailable("no answer in time".to_owned())));
        match &named {
            Ok(_) => self.known.answers(),
            Err(error @ SignOnError::Unavailable(_)) => self.known.is_silent(error),
            Err(error) => tracing::warn!(%error, "sign-on"),
        }
        named
    }

    async fn identified(
        &self,
        round: &Round,
        code: String,
        now: DateTime<Utc>,
    ) -> Result<Identified, SignOnError> {
        let client = self.client(Wanted::Fresh, now).await?;
        let exchange = client.exchange_code(AuthorizationCode::new(code)).map_err(|error| unsound(&error))?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(round.verifier()));
        let answered = exchange.request_async(&self.way).await.map_err(refused)?;
        let token = answered.id_token().ok_or_else(|| unsound(&"there is no ID token"))?;
        match verify(&client, token, round, now) {
            Ok(()) => {}
            Err(Faulty::Other(error)) => return Err(error),
            Err(Faulty::KeyUnknown) => {
                let newer = self.client(Wanted::Newer, now).await?;
                verify(&newer, token, round, now).map_err(Faulty::error)?;
            }
        }
        let claims = claims_of(&token.to_string())?;
        check_party(&claims, &self.settings)?;
        let has_factor = has_factor(&claims, &self.settings);
        let subject = match subject(&claims, &self.settings)? {
            Some(subject) => subject,
            None => self.told_apart(&claims, answered.access_token().secret(), now).await?,
        };
        Ok(Identified { subject, has_factor })
    }

    /// Asks for the claim that the token does not have: providers tell more about a person apart from the token.
    async fn told_apart(
        &self,
        claims: &Map<String, Value>,
        access: &str,
        now: DateTime<Utc>,
    ) -> Result<String, SignOnError> {
        let missing = || unsound(&format!("there is no claim `{}`", self.settings.claim));
        let metadata = self.metadata(Wanted::Fresh, now).await?;
        let endpoint = metadata.userinfo_endpoint().filter(|_| !self.settings.names_by_subject());
        let url = endpoint.ok_or_else(missing)?.to_string();
        let headers = vec![
            ("authorization".to_owned(), format!("Bearer {access}")),
            ("accept".to_owned(), JSON.to_owned()),
        ];
        let question = Question { method: "GET".to_owned(), url, headers, body: String::new() };
        let answered = self.way.ask(question).await.map_err(|error| unavailable(&error))?;
        if answered.status != 200 {
            return Err(unavailable(&format!("status {} for what is told of a person", answered.status)));
        }
        let told: Map<String, Value> =
            serde_json::from_slice(&answered.body).map_err(|error| unsound(&error))?;
        // Else the answer could be about somebody else.
        if told.get("sub").is_none() || told.get("sub") != claims.get("sub") {
            return Err(unsound(&"it tells of another person than the token"));
        }
        subject(&told, &self.settings)?.ok_or_else(missing)
    }

    async fn metadata(
        &self,
        wanted: Wanted,
        now: DateTime<Utc>,
    ) -> Result<Arc<CoreProviderMetadata>, SignOnError> {
        self.known.metadata((&self.issuer, &self.way), wanted, now).await
    }

    async fn client(&self, wanted: Wanted, now: DateTime<Utc>) -> Result<Client, SignOnError> {
        let metadata = self.metadata(wanted, now).await?;
        let sent_apart = metadata.token_endpoint_auth_methods_supported().is_some_and(|methods| {
            methods.contains(&CoreClientAuthMethod::ClientSecretPost)
                && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
        let (id, secret) = (ClientId::new(self.settings.client.clone()), self.settings.secret.clone());
        let metadata = CoreProviderMetadata::clone(&metadata);
        let client = CoreClient::from_provider_metadata(metadata, id, secret.map(ClientSecret::new));
        let client = client.set_redirect_uri(self.redirect.clone());
        Ok(if sent_apart { client.set_auth_type(AuthType::RequestBody) } else { client })
    }
}

const JSON: &str = "application/json";

/// Signature, issuer, audience, nonce and times of a token.
fn verify(client: &Client, token: &CoreIdToken, round: &Round, now: DateTime<Utc>) -> Result<(), Faulty> {
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(SIGNED_WITH)
        .set_time_fn(move || now)
        .set_issue_time_verifier_fn(move |made| match made > now + SKEW {
            true => Err("made in the future".to_owned()),
            false => Ok(()),
        });
    match token.claims(&verifier, &Nonce::new(round.nonce())) {
        Ok(_) => Ok(()),
        Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
            Err(Faulty::KeyUnknown)
        }
        Err(ClaimsVerificationError::SignatureVerification(error)) => Err(Faulty::Other(unsound(&error))),
        Err(error) => Err(Faulty::Other(unsound(&error))),
    }
}

impl Faulty {
    fn error(self) -> SignOnError {
        match self {
            Faulty::KeyUnknown => unsound(&"no key of the provider has signed the token"),
            Faulty::Other(error) => error,
        }
    }
}

/// A code that was used before, or a client that the provider does not know, is refused by an answer; anything else is none.
fn refused<E, T>(error: RequestTokenError<E, T>) -> SignOnError
where
    E: std::error::Error + 'static,
    T: openidconnect::ErrorResponse + 'static,
{
    match error {
        RequestTokenError::ServerResponse(answer) => unsound(&format!("the code was refused: {answer:?}")),
        RequestTokenError::Request(error) => unavailable(&error),
        RequestTokenError::Parse(error, _) => unavailable(&error),
        RequestTokenError::Other(error) => unavailable(&error),
    }
}

fn unsound(error: &dyn std::fmt::Display) -> SignOnError {
    SignOnError::Unsound(error.to_string())
}

fn unavailable(error: &dyn std::fmt::Display) -> SignOnError {
    SignOnError::Unavailable(error.to_string())
}

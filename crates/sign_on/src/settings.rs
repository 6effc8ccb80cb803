//! What is set about the provider.

use std::fmt;
use std::time::Duration;

use crate::error::SignOnError;

/// The claim that names a person where nothing else is set: no provider gives it to anybody else.
const SUBJECT: &str = "sub";
const PATIENCE: Duration = Duration::from_secs(10);

/// One identity provider, and this program as its client.
#[derive(Clone)]
pub struct ProviderSettings {
    /// The address before `/.well-known/openid-configuration`; it may be one of our own networks.
    pub issuer: String,
    pub client: String,
    /// None for a client that the provider knows as public. Never shown.
    pub secret: Option<String>,
    /// The claim that names the person.
    pub claim: String,
    /// Scopes that are asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The word in `acr` or `amr` by which the provider says that it has asked for a second factor; none counts without it.
    pub factor: Option<String>,
    /// An authority of certificates that is trusted besides the public ones.
    pub root_pem: Option<Vec<u8>>,
    /// How long the provider may take, for one question and for all of one sign-in.
    pub patience: Duration,
}

impl ProviderSettings {
    #[must_use]
    pub fn of(issuer: String, client: String) -> ProviderSettings {
        ProviderSettings {
            issuer,
            client,
            secret: None,
            claim: SUBJECT.to_owned(),
            scopes: Vec::new(),
            factor: None,
            root_pem: None,
            patience: PATIENCE,
        }
    }

    pub(crate) fn check(&self) -> Result<(), SignOnError> {
        let empty = [("client", &self.client), ("claim", &self.claim), ("issuer", &self.issuer)];
        match empty.into_iter().find(|(_, value)| value.trim().is_empty()) {
            Some((name, _)) => Err(SignOnError::Settings(format!("the {name} is empty"))),
            None => Ok(()),
        }
    }

    pub(crate) fn names_by_subject(&self) -> bool {
        self.claim == SUBJECT
    }
}

impl fmt::Debug for ProviderSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (issuer, client) = (&self.issuer, &self.client);
        f.debug_struct("ProviderSettings")
            .field("issuer", issuer)
            .field("client", client)
            .finish_non_exhaustive()
    }
}

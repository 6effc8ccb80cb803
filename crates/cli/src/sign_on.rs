//! The options of the identity provider (统一身份认证), and what they come to.

use std::path::PathBuf;

use clap::Args;
use web::{ProviderSettings, SignOnSettings};
use workflow::language::Bilingual;

use crate::print::Failure;

#[derive(Debug, Args)]
pub(crate) struct SignOnOptions {
    /// Issuer of an identity provider (OIDC) by which people may sign in, too
    #[arg(id = "sign_on_issuer", long = "sign-on-issuer", env = "ZHUNRU_SIGN_ON_ISSUER", value_name = "URL")]
    issuer: Option<String>,
    /// What the provider calls this program
    #[arg(id = "sign_on_client", long = "sign-on-client", env = "ZHUNRU_SIGN_ON_CLIENT", value_name = "ID")]
    client: Option<String>,
    /// The program's secret at the provider; better in the file or the variable than on the command line
    #[arg(
        id = "sign_on_secret",
        long = "sign-on-secret",
        env = "ZHUNRU_SIGN_ON_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    secret: Option<String>,
    /// What the button says in Chinese
    #[arg(
        id = "sign_on_name",
        long = "sign-on-name",
        env = "ZHUNRU_SIGN_ON_NAME",
        value_name = "NAME",
        default_value = "统一身份认证登录"
    )]
    name: String,
    /// What the button says in English
    #[arg(
        id = "sign_on_name_en",
        long = "sign-on-name-en",
        env = "ZHUNRU_SIGN_ON_NAME_EN",
        value_name = "NAME",
        default_value = "Sign in by the identity provider"
    )]
    name_en: String,
    /// The claim that names a person, and nobody else ever after
    #[arg(
        id = "sign_on_claim",
        long = "sign-on-claim",
        env = "ZHUNRU_SIGN_ON_CLAIM",
        value_name = "CLAIM",
        default_value = "sub"
    )]
    claim: String,
    /// Scopes to ask for besides `openid`, with commas between them
    #[arg(
        id = "sign_on_scopes",
        long = "sign-on-scopes",
        env = "ZHUNRU_SIGN_ON_SCOPES",
        value_name = "SCOPES",
        value_delimiter = ','
    )]
    scopes: Vec<String>,
    /// The word in `acr` or `amr` that stands for a second factor which counts here (default: our own is asked for)
    #[arg(
        id = "sign_on_factor",
        long = "sign-on-factor",
        env = "ZHUNRU_SIGN_ON_FACTOR",
        value_name = "WORD"
    )]
    factor: Option<String>,
    /// File with an authority of certificates (PEM) that is trusted for the provider, besides the public ones
    #[arg(id = "sign_on_ca", long = "sign-on-ca", env = "ZHUNRU_SIGN_ON_CA", value_name = "FILE")]
    ca: Option<PathBuf>,
}

impl SignOnOptions {
    /// Whether anything of a provider is set.
    pub(crate) fn is_set(&self) -> bool {
        self.issuer.is_some() || self.is_lost()
    }

    /// Whether something is set that means nothing without an issuer.
    fn is_lost(&self) -> bool {
        self.client.is_some() || self.secret.is_some()
    }

    /// The provider, where one is set.
    pub(crate) fn settings(&self) -> Result<Option<SignOnSettings>, Failure> {
        let Some(issuer) = self.issuer.clone() else {
            return match self.is_lost() {
                true => {
                    Err(Failure::Input("`sign_on_client` means nothing without `sign_on_issuer`".to_owned()))
                }
                false => Ok(None),
            };
        };
        let Some(client) = self.client.clone() else {
            return Err(Failure::Input("`sign_on_issuer` needs `sign_on_client`".to_owned()));
        };
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|error| Failure::Input(format!("{}: {error}", path.display())))
        };
        let scopes = self.scopes.iter().map(|scope| scope.trim().to_owned());
        let provider = ProviderSettings {
            secret: self.secret.clone(),
            claim: self.claim.clone(),
            scopes: scopes.filter(|scope| !scope.is_empty()).collect(),
            factor: self.factor.clone(),
            root_pem: self.ca.as_ref().map(read).transpose()?,
            ..ProviderSettings::of(issuer, client)
        };
        let name = Bilingual { zh: self.name.clone(), en: self.name_en.clone() };
        Ok(Some(SignOnSettings { provider, name }))
    }
}

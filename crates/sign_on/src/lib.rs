//! Sign-on by an identity provider (统一身份认证; OIDC, authorization code with PKCE): where a browser is sent, and
//! whom the provider names when it comes back. Which account that is, and whether it may be opened, is `engine`'s; cookies
//! and pages are `web`'s. openidconnect stays in here.

mod error;
mod identified;
mod metadata;
mod provider;
mod round;
mod settings;
mod way;

pub use error::SignOnError;
pub use identified::Identified;
pub use provider::Provider;
pub use round::Round;
pub use settings::ProviderSettings;

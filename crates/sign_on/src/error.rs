//! Why nobody was named: what was set, what the provider did not do, and what it said that does not hold.

/// Why the provider named nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignOnError {
    /// Something of the settings cannot be meant so.
    #[error("sign-on is not set up: {0}")]
    Settings(String),
    /// Worth another try: network, time, an answer that is none.
    #[error("the identity provider does not answer: {0}")]
    Unavailable(String),
    /// The provider refuses the code, or what it says of a person does not hold.
    #[error("what the identity provider says does not hold: {0}")]
    Unsound(String),
}

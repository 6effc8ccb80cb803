//! Whom a sound token names, and how they were asked for it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::error::SignOnError;
use crate::settings::ProviderSettings;

/// Whom the provider has named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// The value of the claim that names people.
    pub subject: String,
    /// Whether the provider has asked for a second factor that counts here.
    pub has_factor: bool,
}

/// A longer name of a person is none.
const LONGEST: usize = 255;

/// The claims of a token whose signature and purpose have been verified.
pub(crate) fn claims_of(token: &str) -> Result<Map<String, Value>, SignOnError> {
    let payload = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims = payload.and_then(|payload| serde_json::from_slice(&payload).ok());
    claims.ok_or_else(|| SignOnError::Unsound("the token has no claims".to_owned()))
}

/// The name of the person in some claims.
pub(crate) fn subject(
    claims: &Map<String, Value>,
    settings: &ProviderSettings,
) -> Result<Option<String>, SignOnError> {
    let found = match claims.get(&settings.claim) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => return Err(SignOnError::Unsound(format!("claim `{}` is no text", settings.claim))),
    };
    let is_name =
        !found.is_empty() && found.len() <= LONGEST && found.chars().all(|letter| !letter.is_control());
    match is_name {
        true => Ok(Some(found)),
        false => Err(SignOnError::Unsound(format!("claim `{}` names nobody", settings.claim))),
    }
}

/// Whether the word that counts stands in `acr` or `amr`.
pub(crate) fn has_factor(claims: &Map<String, Value>, settings: &ProviderSettings) -> bool {
    let Some(word) = &settings.factor else { return false };
    let is_it = |value: &Value| value.as_str() == Some(word);
    let methods = claims.get("amr").and_then(Value::as_array);
    claims.get("acr").is_some_and(is_it) || methods.is_some_and(|methods| methods.iter().any(is_it))
}

/// A token that was given to another client (`azp`) is none for us.
pub(crate) fn check_party(
    claims: &Map<String, Value>,
    settings: &ProviderSettings,
) -> Result<(), SignOnError> {
    match claims.get("azp") {
        Some(party) if party.as_str() != Some(&settings.client) => {
            Err(SignOnError::Unsound("the token was given to another client".to_owned()))
        }
        _ => Ok(()),
    }
}

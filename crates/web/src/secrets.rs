//! Passwords and tokens: argon2id for what people remember, SHA-256 for what is random already.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Hashed for an address that nobody has, so that the answer takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$7f3Wm4M2m0fC0nC0m6d2Fq1s4gq1nB2m7qv7wS4mWb8";

/// Kibibytes, rounds and lanes (OWASP's least for argon2id).
const COST: (u32, u32, u32) = (19_456, 2, 1);

fn argon2() -> Argon2<'static> {
    let (memory, rounds, lanes) = COST;
    let params = Params::new(memory, rounds, lanes, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The PHC string of a password, with a salt of its own.
///
/// # Errors
/// The system has no randomness to give.
pub fn hash_password(password: &str) -> Result<String, String> {
    let hash: Result<argon2::PasswordHash, _> = argon2().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| error.to_string())
}

/// Whether a password is the one of a PHC string; without one the same work is done for nothing.
pub(crate) fn is_password(password: &str, phc: Option<&str>) -> bool {
    let known = phc.and_then(|phc| PasswordHash::new(phc).ok());
    let Some(hash) = known.or_else(|| PasswordHash::new(NOBODY).ok()) else { return false };
    let right = argon2().verify_password(password.as_bytes(), &hash).is_ok();
    right && phc.is_some()
}

/// A random token of 244 bits, and the hash that is kept of it.
#[must_use]
pub fn token() -> (String, String) {
    let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let hash = digest(&token);
    (token, hash)
}

/// A secret of the settings; it is never shown.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub fn new(text: String) -> Secret {
        Secret(text)
    }

    /// Whether a text is the secret; both are hashed first, so that the time of the comparison tells nothing.
    pub(crate) fn is(&self, text: &str) -> bool {
        digest(&self.0) == digest(text)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("hidden")
    }
}

/// SHA-256 in hex.
pub(crate) fn digest(text: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        // A string always has room.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A password for one sign-in: 20 characters that are not mixed up when read aloud.
#[must_use]
pub fn one_time_password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789x";
    let random = [Uuid::new_v4(), Uuid::new_v4()];
    let bytes =
        random.iter().flat_map(|part| part.as_bytes().iter().take(6).chain(part.as_bytes().iter().skip(10)));
    let letters = bytes.filter_map(|byte| LETTERS.get(usize::from(*byte) % LETTERS.len()));
    let letters: Vec<char> = letters.take(20).map(|letter| char::from(*letter)).collect();
    let parts: Vec<String> = letters.chunks(5).map(|part| part.iter().collect()).collect();
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_address_takes_as_long_as_a_known_one() {
        let nobody = PasswordHash::new(NOBODY).expect("it reads, so that it is hashed against");
        let known = hash_password("a sentence of mine").expect("a hash");
        let known = PasswordHash::new(&known).expect("it reads");
        assert_eq!((nobody.algorithm, nobody.version), (known.algorithm, known.version));
        assert_eq!(nobody.params, known.params);
        assert!(!is_password("a sentence of mine", None));
    }
}

//! One way to the provider and back. State, nonce and PKCE verifier follow from one secret that only the browser's cookie
//! holds, so that nothing else has to be kept secret, and nobody can mix them up.

use sha2::{Digest, Sha256};

/// What one way to the provider and back is known by.
pub struct Round {
    secret: String,
}

impl Round {
    /// The round of a cookie.
    #[must_use]
    pub fn of(secret: &str) -> Round {
        Round { secret: secret.to_owned() }
    }

    /// Whether an answer belongs to it. Both are hashed first, so that the time of the comparison tells nothing.
    #[must_use]
    pub fn is_of(&self, state: &str) -> bool {
        hashed(&["compared", &self.state()]) == hashed(&["compared", state])
    }

    pub(crate) fn state(&self) -> String {
        hashed(&["state", &self.secret])
    }

    pub(crate) fn nonce(&self) -> String {
        hashed(&["nonce", &self.secret])
    }

    /// 64 characters, as RFC 7636 allows them.
    pub(crate) fn verifier(&self) -> String {
        hashed(&["verifier", &self.secret])
    }
}

impl std::fmt::Debug for Round {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Round")
    }
}

fn hashed(parts: &[&str]) -> String {
    use std::fmt::Write;
    let whole = parts.join(" ");
    Sha256::digest(whole.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        // A string always has room.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_out_tells_nothing_of_what_stays() {
        let round = Round::of("a secret");
        let all = [round.state(), round.nonce(), round.verifier()];
        assert_ne!(all[0], all[1]);
        assert_ne!(all[1], all[2]);
        assert!(all.iter().all(|part| (43..=128).contains(&part.len()) && !part.contains("secret")));
        assert!(round.is_of(&round.state()) && !round.is_of(&round.nonce()) && !round.is_of(""));
        assert!(!Round::of("another").is_of(&round.state()));
    }
}

//! The signature of a call: HMAC-SHA256 over `id.timestamp.body`, one for each secret that is valid.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What a web-hook and its receiver share.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret(pub [u8; 32]);

impl Secret {
    /// As the receiver keeps it: `whsec_` and the bytes in base64.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("whsec_{}", STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The signatures of a call, parted by blanks, in the order of the secrets.
#[must_use]
pub fn sign(secrets: &[Secret], id: &str, at: DateTime<Utc>, body: &str) -> String {
    let one = |secret: &Secret| {
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret.0).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{}.", at.timestamp()).as_bytes());
        mac.update(body.as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counted by Python's `hmac`, which shares no code with ours.
    #[test]
    fn a_signature_is_that_of_the_standard() {
        let secret = Secret(std::array::from_fn(|index| u8::try_from(index).expect("below 32")));
        assert_eq!(secret.shown(), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let at = DateTime::from_timestamp(1_674_087_231, 0).expect("a time");
        let signed = sign(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, "{\"test\": \"准入\"}");
        assert_eq!(signed, "v1,oT6pFf7tsFR8UbjPt2aETn7q8wf8PrSlhEWOSqc6NF0=");
        assert_eq!(format!("{secret:?}"), "Secret");
    }
}

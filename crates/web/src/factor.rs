//! The second factor: codes of thirty seconds (TOTP), their QR code, and recovery codes for a lost telephone.

use chrono::{DateTime, Utc};
use engine::Proof;
use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;

use crate::pages::addresses::segment;
use crate::secrets::{digest, one_time_password};

/// Bytes of a secret (RFC 4226 asks for 20).
const SECRET_BYTES: usize = 20;
/// Recovery codes that are given at a time.
const RECOVERY_CODES: usize = 10;

/// A new secret in base32.
pub(crate) fn new_secret() -> String {
    let random = [Uuid::new_v4(), Uuid::new_v4()];
    // The bytes of a UUID that say its version are left out.
    let bytes =
        random.iter().flat_map(|part| part.as_bytes().iter().take(6).chain(part.as_bytes().iter().skip(10)));
    let bytes: Vec<u8> = bytes.copied().take(SECRET_BYTES).collect();
    Secret::from(bytes).to_base32()
}

fn totp(secret: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    Builder::new().with_secret(secret).build().ok()
}

/// Whether a text is a secret of ours.
pub(crate) fn is_secret(text: &str) -> bool {
    text.len() == 32 && totp(text).is_some()
}

/// The step of a code that is right now, a step before or after included.
pub(crate) fn step(secret: &str, code: &str, now: DateTime<Utc>) -> Option<i64> {
    if !is_secret(secret) {
        return None;
    }
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let at = u64::try_from(now.timestamp()).ok()?;
    i64::try_from(totp(secret)?.check(&digits, at)?).ok()
}

/// What somebody has shown: a code of the telephone, or else a recovery code that may be one.
pub(crate) fn proof(secret: &str, written: &str, now: DateTime<Utc>) -> Option<Proof> {
    if written.chars().filter(char::is_ascii_alphanumeric).count() <= 8 {
        return step(secret, written, now).map(Proof::Step);
    }
    Some(Proof::Recovery(recovery_hash(written)))
}

/// New recovery codes, to be shown once, with what is kept of them.
pub(crate) fn recovery_codes() -> (Vec<String>, Vec<String>) {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| one_time_password()).collect();
    let hashes = codes.iter().map(|code| recovery_hash(code)).collect();
    (codes, hashes)
}

fn recovery_hash(written: &str) -> String {
    let letters = written.chars().filter(char::is_ascii_alphanumeric);
    digest(&letters.map(|letter| letter.to_ascii_lowercase()).collect::<String>())
}

/// The address that an authenticator reads.
pub(crate) fn address(secret: &str, email: &str) -> String {
    format!("otpauth://totp/zhunru:{}?secret={secret}&issuer=zhunru", segment(email))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the code of second 59 ends in 287082.
    #[test]
    fn a_code_is_that_of_the_standard() {
        let secret = Secret::from(b"12345678901234567890".to_vec()).to_base32();
        let at = DateTime::from_timestamp(59, 0).expect("a time");
        assert_eq!(step(&secret, "287 082", at), Some(1));
        assert_eq!(step(&secret, "287083", at), None);
        let late = DateTime::from_timestamp(120, 0).expect("a time");
        assert_eq!(step(&secret, "287082", late), None, "two steps later it is old");
    }

    #[test]
    fn a_secret_has_its_length_and_its_picture() {
        let secret = new_secret();
        assert_eq!(secret.len(), 32);
        assert_ne!(secret, new_secret());
        let qr = crate::qr::drawn(&address(&secret, "li wei@example.org")).expect("a picture");
        assert!(qr.path.starts_with('M') && qr.side > 30, "{}", qr.side);
    }
}

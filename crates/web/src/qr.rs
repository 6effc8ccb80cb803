//! QR codes as pictures of squares: a secret for a telephone, the address of what is printed.

use qrcodegen::{QrCode, QrCodeEcc};

/// White around a QR code, in its squares.
const QUIET: i32 = 4;

/// The squares of a code.
pub(crate) struct Drawn {
    /// The path of an SVG picture.
    pub(crate) path: String,
    pub(crate) side: i32,
}

/// A text as a QR code; none where it is too long for one.
pub(crate) fn drawn(text: &str) -> Option<Drawn> {
    use std::fmt::Write;
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            // A string always has room.
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    Some(Drawn { path, side: code.size() + 2 * QUIET })
}

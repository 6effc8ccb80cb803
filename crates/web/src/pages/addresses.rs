//! Words of people in addresses: a number with brackets, a name in Chinese.

use std::fmt::Write;

/// A part of a path: everything that is not plain is written in percent.
pub(crate) fn segment(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            written.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(written, "%{byte:02X}");
        }
    }
    written
}

/// The page of a request, by its number or id.
pub(crate) fn of_request(written: &str) -> String {
    format!("/requests/{}", segment(written))
}

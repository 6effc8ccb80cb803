//! Small true files, as people hand them in.

/// A picture without a dot: its beginning, a comment and its end.
pub(crate) const PHOTO: &[u8] = &[0xff, 0xd8, 0xff, 0xfe, 0, 2, 0xff, 0xd9];

/// A picture of one dot.
pub(crate) const DOT: &[u8] = &[
    0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0,
    0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

/// The same in base64, as a program sends it.
pub(crate) const DOT_IN_BASE64: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAAAElFTkSuQmCC";

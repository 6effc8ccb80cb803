//! Files within a body of JSON: a name, and the bytes in base64.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engine::EngineError;
use serde::Deserialize;
use serde_json::{Value, json};
use workflow::facts::Fault;

use super::schema::{closed, named};

/// Bytes of a body with files; one file alone is limited by the parameters of evidence.
pub(super) const FILES_BODY: usize = 64 << 20;

/// A file as it is sent.
#[derive(Deserialize)]
pub(super) struct File {
    name: String,
    content: String,
}

/// The schema of a list of files.
pub(super) fn files() -> Value {
    let content = json!({ "type": "string", "contentEncoding": "base64", "minLength": 1 });
    let file = closed(&[("name", named()), ("content", content)], &[]);
    json!({ "type": "array", "items": file, "maxItems": 100 })
}

/// Names and bytes.
pub(super) fn bytes_of(files: Vec<File>) -> Result<Vec<(String, Vec<u8>)>, EngineError> {
    let (mut read, mut faults) = (Vec::new(), Vec::new());
    for (index, File { name, content }) in files.into_iter().enumerate() {
        match BASE64_STANDARD.decode(content) {
            Ok(bytes) => read.push((name, bytes)),
            Err(error) => faults.push(Fault {
                pointer: format!("/files/{index}/content"),
                message: format!("base64 is expected here: {error}"),
            }),
        }
    }
    if faults.is_empty() { Ok(read) } else { Err(EngineError::Malformed(faults)) }
}

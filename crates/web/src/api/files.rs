//! Files within a body of JSON: a name, and the bytes in base64. They are in memory as a whole while they come, up to the
//! limit of such a body; large files come by the pages' forms.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engine::EngineError;
use serde::Deserialize;
use serde_json::{Value, json};
use store::HandedIn;
use workflow::facts::Fault;

use super::schema::{closed, named};

/// Bytes of a body with files; one file alone is limited by the parameters of evidence.
pub(super) const FILES_BODY: usize = 64 << 20;

/// A picture of one dot, for examples.
pub(super) const DOT: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=";

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

/// The files that were sent.
pub(super) fn bytes_of(files: Vec<File>) -> Result<Vec<HandedIn>, EngineError> {
    let (mut read, mut faults) = (Vec::new(), Vec::new());
    for (index, File { name, content }) in files.into_iter().enumerate() {
        match BASE64_STANDARD.decode(content) {
            Ok(bytes) => read.push(HandedIn::in_memory(name, bytes)),
            Err(error) => {
                let said = ("应为 base64 编码".to_owned(), format!("base64 is expected here: {error}"));
                faults.push(Fault::new(format!("/files/{index}/content"), said));
            }
        }
    }
    if faults.is_empty() { Ok(read) } else { Err(EngineError::Malformed(faults)) }
}

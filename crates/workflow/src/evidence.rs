//! Evidence: files beside a complaint or a delivery. Name, size and kind are judged here; bytes and hash are kept by the store.

use std::collections::BTreeSet;

use crate::oversight::OversightError;
use crate::parameters::EvidenceParameters;
use crate::text::unfit;

/// Longest name of a file, in characters.
const NAME: usize = 200;

/// Whether files may be kept with a subject that holds those names already.
///
/// # Errors
/// A name that is no file's, an empty or too large file, too many files or two of one name, a kind that is not kept.
pub fn check(
    files: &[(String, Vec<u8>)],
    kept: &[String],
    parameters: &EvidenceParameters,
) -> Result<(), OversightError> {
    let (most_files, most_bytes) = (parameters.most_files, parameters.most_bytes);
    let mut names: BTreeSet<&str> = kept.iter().map(String::as_str).collect();
    for (name, bytes) in files {
        let odd = |c: char| c.is_control() || matches!(c, '/' | '\\');
        let characters = name.chars().count();
        if name.trim().is_empty()
            || characters > NAME
            || name.contains(odd)
            || unfit(name).is_some()
            || matches!(&**name, "." | "..")
        {
            return Err(OversightError::FileName(name.escape_debug().to_string()));
        }
        if bytes.is_empty() {
            return Err(OversightError::FileEmpty(name.clone()));
        }
        if bytes.len() > most_bytes {
            return Err(OversightError::FileSize { name: name.clone(), most: most_bytes });
        }
        if !names.insert(name) {
            return Err(OversightError::FileTwice(name.clone()));
        }
    }
    if names.len() > most_files {
        return Err(OversightError::FileCount { most: most_files });
    }
    files.iter().try_for_each(|file| kind(file, parameters))
}

/// The name's ending is of a kind that is kept, and the file begins as such a file does.
fn kind((name, bytes): &(String, Vec<u8>), parameters: &EvidenceParameters) -> Result<(), OversightError> {
    let kinds = &parameters.kinds;
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let Some(begins) = kinds.get(&ending) else {
        let kinds = kinds.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        return Err(OversightError::FileKind { name: name.clone(), kinds });
    };
    let pairs = begins.as_bytes().chunks(2);
    let is_so = pairs.zip(bytes).all(|(hex, byte)| format!("{byte:02x}").as_bytes() == hex);
    if is_so && bytes.len() >= begins.len() / 2 {
        Ok(())
    } else {
        Err(OversightError::FileContent(name.clone()))
    }
}

/// The name under which a community's file is kept with its request: two communities may call theirs the same.
#[must_use]
pub fn kept_name(code: &str, name: &str) -> String {
    format!("{code}/{name}")
}

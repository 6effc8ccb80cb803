//! Evidence: files beside a complaint or a delivery. Name and size are judged here; bytes and hash are kept by the store.

use std::collections::BTreeSet;

use crate::oversight::OversightError;
use crate::parameters::EvidenceParameters;

/// Longest name of a file, in characters.
const NAME: usize = 200;

/// Whether files may be kept with a subject that holds those names already.
///
/// # Errors
/// A name that is no file's, an empty or too large file, too many files or two of one name.
pub fn check(
    files: &[(String, Vec<u8>)],
    kept: &[String],
    parameters: &EvidenceParameters,
) -> Result<(), OversightError> {
    let EvidenceParameters { most_files, most_bytes } = *parameters;
    let mut names: BTreeSet<&str> = kept.iter().map(String::as_str).collect();
    for (name, bytes) in files {
        let odd = |c: char| c.is_control() || matches!(c, '/' | '\\');
        let characters = name.chars().count();
        if name.trim().is_empty() || characters > NAME || name.contains(odd) || matches!(&**name, "." | "..")
        {
            return Err(OversightError::FileName(name.escape_debug().to_string()));
        }
        if bytes.is_empty() || bytes.len() > most_bytes {
            return Err(OversightError::FileSize { name: name.clone(), most: most_bytes });
        }
        if !names.insert(name) || names.len() > most_files {
            return Err(OversightError::FileCount { most: most_files });
        }
    }
    Ok(())
}

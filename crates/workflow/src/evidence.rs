//! Evidence: files beside a complaint or a delivery. Names, sizes and kinds are judged here, and it is said how a kind is
//! known by its content; the content itself is looked at by the engine, bytes and hash are kept by the store.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::oversight::OversightError;
use crate::parameters::EvidenceParameters;
use crate::text::unfit;
use crate::words;

/// Longest name of a file, in characters.
const NAME: usize = 200;

words! {
    /// A form of files that is looked at as a whole.
    FileForm {
        Pdf = "pdf", "PDF 文件", "a PDF document";
        Jpeg = "jpeg", "JPEG 图片", "a JPEG picture";
        Png = "png", "PNG 图片", "a PNG picture";
        Docx = "docx", "Word 文档（docx）", "a document (docx)";
        Xlsx = "xlsx", "Excel 表格（xlsx）", "a spreadsheet (xlsx)";
        Ofd = "ofd", "OFD 文件", "an OFD document";
        Office = "office", "旧版 Office 或 WPS 文件", "a document of an older Office or WPS";
        Text = "text", "文本", "plain text";
        Mp3 = "mp3", "MP3 录音", "an MP3 recording";
        Mp4 = "mp4", "MP4 视频", "an MP4 film";
    }
}

/// How files of a kind are known by their content: a word of [`FileForm`], or the bytes in hex that they begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum FileSign {
    Form(FileForm),
    /// None at all is anything.
    Begins(Vec<u8>),
}

/// What a file seems to be, whatever its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seems {
    Form(FileForm),
    /// The ending that such files have.
    Like(&'static str),
    /// Text in an encoding that is not kept.
    Utf16,
    Unknown,
}

/// Whether files may be kept with a subject that holds those names already; each with its name and size in bytes.
///
/// # Errors
/// A name that is no file's, an empty or too large file, too many files or two of one name, a kind that is not kept.
pub fn check(
    files: &[(&str, u64)],
    kept: &[String],
    parameters: &EvidenceParameters,
) -> Result<(), OversightError> {
    let (most_files, most_bytes) = (parameters.most_files, parameters.most_bytes);
    let mut names: BTreeSet<&str> = kept.iter().map(String::as_str).collect();
    for (name, size) in files.iter().copied() {
        let odd = |c: char| c.is_control() || matches!(c, '/' | '\\');
        let characters = name.chars().count();
        if name.trim().is_empty()
            || characters > NAME
            || name.contains(odd)
            || unfit(name).is_some()
            || matches!(name, "." | "..")
        {
            return Err(OversightError::FileName(name.escape_debug().to_string()));
        }
        if size == 0 {
            return Err(OversightError::FileEmpty(name.to_owned()));
        }
        if size > most_bytes as u64 {
            return Err(OversightError::FileSize { name: name.to_owned(), most: most_bytes });
        }
        if !names.insert(name) {
            return Err(OversightError::FileTwice(name.to_owned()));
        }
    }
    if names.len() > most_files {
        return Err(OversightError::FileCount { most: most_files });
    }
    files.iter().try_for_each(|(name, _)| sign(name, parameters).map(|_| ()))
}

/// How a file of that name is known by its content.
///
/// # Errors
/// The name's ending is of no kind that is kept.
pub fn sign<'a>(name: &str, parameters: &'a EvidenceParameters) -> Result<&'a FileSign, OversightError> {
    let kinds = &parameters.kinds;
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    kinds.get(&ending).ok_or_else(|| {
        let kinds = kinds.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        OversightError::FileKind { name: name.to_owned(), kinds }
    })
}

/// The name under which a community's file is kept with its request: two communities may call theirs the same.
#[must_use]
pub fn kept_name(code: &str, name: &str) -> String {
    format!("{code}/{name}")
}

impl TryFrom<String> for FileSign {
    type Error = String;

    fn try_from(written: String) -> Result<FileSign, String> {
        if let Some(form) = FileForm::from_word(&written) {
            return Ok(FileSign::Form(form));
        }
        let byte = |pair: &[u8]| match pair {
            [_, _] => u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok(),
            _ => None,
        };
        let bytes: Option<Vec<u8>> = written.as_bytes().chunks(2).map(byte).collect();
        bytes.map(FileSign::Begins).ok_or_else(|| {
            let words = FileForm::ALL.iter().map(|form| form.word()).collect::<Vec<_>>().join(", ");
            format!("`{written}` is neither one of {words} nor bytes in hex")
        })
    }
}

impl From<FileSign> for String {
    fn from(sign: FileSign) -> String {
        sign.to_string()
    }
}

impl fmt::Display for FileSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileSign::Form(form) => f.write_str(form.word()),
            FileSign::Begins(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
        }
    }
}

impl Seems {
    /// What people read; nothing where it is not known.
    #[must_use]
    pub fn name(self, language: Language) -> Option<String> {
        match (self, language) {
            (Seems::Form(form), language) => Some(form.name(language).to_owned()),
            (Seems::Like(ending), Language::Chinese) => Some(format!(".{ending} 文件")),
            (Seems::Like(ending), Language::English) => Some(format!("a file of the kind .{ending}")),
            (Seems::Utf16, Language::Chinese) => Some("UTF-16 编码的文本（请存为 UTF-8）".to_owned()),
            (Seems::Utf16, Language::English) => Some("text in UTF-16, to be saved as UTF-8".to_owned()),
            (Seems::Unknown, _) => None,
        }
    }
}

//! Whether a file is what its ending says, by its content: from its first byte to its last, and only so far as telling it
//! apart and seeing that nothing is missing needs. Whether it is harmless is not asked; nobody is shown it, only handed it.

mod film;
mod packed;
mod paper;
mod picture;
mod plain;
mod sound;

use std::io;

use store::HandedIn;
use workflow::evidence::{FileForm, Seems};

/// What a look at a file's content says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judged {
    Whole,
    /// It is of its form, and breaks off.
    CutOff,
    /// It is of another form, or of none.
    Other,
}

/// Bytes that are read at once.
const CHUNK: usize = 64 << 10;

/// Looks at a file of a form.
pub(crate) fn judge(file: &HandedIn, form: FileForm) -> io::Result<Judged> {
    match form {
        FileForm::Pdf => paper::pdf(file),
        FileForm::Jpeg => picture::jpeg(file),
        FileForm::Png => picture::png(file),
        FileForm::Docx => packed::with(file, "word/document.xml"),
        FileForm::Xlsx => packed::with(file, "xl/workbook.xml"),
        FileForm::Ofd => packed::with(file, "OFD.xml"),
        FileForm::Office => paper::office(file),
        FileForm::Text => plain::text(file),
        FileForm::Mp3 => sound::mp3(file),
        FileForm::Mp4 => film::mp4(file),
    }
}

/// Whether a file begins with bytes; whatever comes after them is not looked at.
pub(crate) fn begins(file: &HandedIn, bytes: &[u8]) -> io::Result<Judged> {
    let is_so = file.read(0, bytes.len())? == bytes;
    Ok(if is_so { Judged::Whole } else { Judged::Other })
}

/// What a file seems to be: first by the forms that are kept, then by how other files begin.
pub(crate) fn seems(file: &HandedIn) -> io::Result<Seems> {
    for form in FileForm::ALL {
        if judge(file, *form)? == Judged::Whole {
            return Ok(Seems::Form(*form));
        }
    }
    let head = file.read(0, 8 << 10)?;
    if matches!(head.as_slice(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return Ok(Seems::Utf16);
    }
    Ok(infer::get(&head).map_or(Seems::Unknown, |kind| Seems::Like(kind.extension())))
}

/// So many bytes of a place; none where the file is over before.
fn exactly<const N: usize>(file: &HandedIn, from: u64) -> io::Result<Option<[u8; N]>> {
    Ok(file.read(from, N)?.try_into().ok())
}

#[cfg(test)]
mod tests;

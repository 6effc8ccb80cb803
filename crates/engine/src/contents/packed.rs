//! Documents that are ZIP archives: told apart by a file that is in each, and whole if the list at their end is.

use std::io;

use store::HandedIn;

use super::{Judged, exactly};

/// The longest comment with the end record before it.
const TAIL: usize = 22 + 0xffff;
/// Bytes of the list of files that are looked through; no document that is kept has a longer one.
const LIST: usize = 4 << 20;
/// Bytes of an entry of the list without its names.
const ENTRY: usize = 46;

/// An archive with a file of that name.
pub(super) fn with(file: &HandedIn, wanted: &str) -> io::Result<Judged> {
    if exactly(file, 0)? != Some(*b"PK\x03\x04") {
        return Ok(Judged::Other);
    }
    let tail = file.read(file.size().saturating_sub(TAIL as u64), TAIL)?;
    let end = tail.windows(22).rev().find_map(|end| {
        let number = |at: usize| Some(u32::from_le_bytes(end.get(at..at + 4)?.try_into().ok()?));
        end.starts_with(b"PK\x05\x06").then(|| number(12).zip(number(16))).flatten()
    });
    let Some((length, from)) = end else { return Ok(Judged::CutOff) };
    let length = usize::try_from(length).unwrap_or(LIST).min(LIST);
    let list = file.read(u64::from(from), length)?;
    if list.len() < length {
        return Ok(Judged::CutOff);
    }
    Ok(if names(&list).any(|name| name == wanted.as_bytes()) { Judged::Whole } else { Judged::Other })
}

/// The names in the list at an archive's end.
fn names(mut list: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (head, rest) =
            list.split_at_checked(ENTRY).filter(|(head, _)| head.starts_with(b"PK\x01\x02"))?;
        let length =
            |at: usize| Some(usize::from(u16::from_le_bytes(head.get(at..at + 2)?.try_into().ok()?)));
        let (name, rest) = rest.split_at_checked(length(28)?)?;
        list = rest.get(length(30)? + length(32)?..)?;
        Some(name)
    })
}

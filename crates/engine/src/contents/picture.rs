//! Pictures: JPEG by its segments and scans to the mark of its end, PNG by its chunks to the last one. What stands behind the
//! end, as some phones leave it, does not matter.

use std::io;

use store::HandedIn;

use super::{CHUNK, Judged, exactly};

const END: u8 = 0xd9;
const SCAN: u8 = 0xda;

pub(super) fn jpeg(file: &HandedIn) -> io::Result<Judged> {
    if exactly(file, 0)? != Some([0xff, 0xd8, 0xff]) {
        return Ok(Judged::Other);
    }
    let mut from = 2;
    loop {
        let Some([mark, kind]) = exactly(file, from)? else { return Ok(Judged::CutOff) };
        match (mark, kind) {
            (0xff, END) => return Ok(Judged::Whole),
            // Any number of these may stand before a kind.
            (0xff, 0xff) => from += 1,
            (0xff, kind) => {
                let Some(length) = exactly(file, from + 2)?.map(u16::from_be_bytes) else {
                    return Ok(Judged::CutOff);
                };
                if length < 2 {
                    return Ok(Judged::Other);
                }
                from += 2 + u64::from(length);
                if kind == SCAN {
                    let Some(after) = scan(file, from)? else { return Ok(Judged::CutOff) };
                    from = after;
                }
            }
            _ => return Ok(Judged::Other),
        }
    }
}

/// The place of the mark that ends a scan.
fn scan(file: &HandedIn, mut from: u64) -> io::Result<Option<u64>> {
    let is_mark = |pair: &[u8]| matches!(pair, [0xff, kind] if !matches!(kind, 0 | 0xff | 0xd0..=0xd7));
    loop {
        let chunk = file.read(from, CHUNK)?;
        if chunk.len() < 2 {
            return Ok(None);
        }
        if let Some(at) = chunk.windows(2).position(is_mark) {
            return Ok(Some(from + at as u64));
        }
        from += chunk.len() as u64 - 1;
    }
}

pub(super) fn png(file: &HandedIn) -> io::Result<Judged> {
    if exactly(file, 0)? != Some(*b"\x89PNG\r\n\x1a\n") {
        return Ok(Judged::Other);
    }
    let mut from = 8;
    loop {
        let Some([a, b, c, d, kind @ ..]) = exactly::<8>(file, from)? else { return Ok(Judged::CutOff) };
        if from == 8 && kind != *b"IHDR" {
            return Ok(Judged::Other);
        }
        // Length and kind before, the check sum behind.
        from += 12 + u64::from(u32::from_be_bytes([a, b, c, d]));
        match (from > file.size(), &kind) {
            (true, _) => return Ok(Judged::CutOff),
            (false, b"IEND") => return Ok(Judged::Whole),
            (false, _) => {}
        }
    }
}

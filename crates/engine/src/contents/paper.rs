//! Papers: PDF with the mark at its end, and documents of older Offices and WPS, whose table of sectors says how far they reach.

use std::io;

use store::HandedIn;

use super::{Judged, exactly};

/// Where the mark at a PDF's end is looked for; signatures and mail programs leave something behind it.
const TAIL: usize = 4 << 10;

pub(super) fn pdf(file: &HandedIn) -> io::Result<Judged> {
    if exactly(file, 0)? != Some(*b"%PDF-") {
        return Ok(Judged::Other);
    }
    let tail = file.read(file.size().saturating_sub(TAIL as u64), TAIL)?;
    let ends = tail.windows(5).any(|bytes| bytes == b"%%EOF");
    Ok(if ends { Judged::Whole } else { Judged::CutOff })
}

/// A sector that nothing uses.
const FREE: [u8; 4] = [0xff; 4];
/// Where the header lists the sectors of the table, and how many it can list.
const LISTED: (u64, u64) = (76, 109);

/// A compound file ([MS-CFB]): the last sector in use must be there.
pub(super) fn office(file: &HandedIn) -> io::Result<Judged> {
    if exactly(file, 0)? != Some([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return Ok(Judged::Other);
    }
    let Some(shift) = exactly(file, 30)?.map(u16::from_le_bytes) else { return Ok(Judged::CutOff) };
    if !matches!(shift, 9 | 12) {
        return Ok(Judged::Other);
    }
    let sector = 1_u64 << shift;
    let entries = sector / 4;
    for listed in 0..LISTED.1 {
        let Some(place) = exactly(file, LISTED.0 + 4 * listed)? else { return Ok(Judged::CutOff) };
        if place == FREE {
            break;
        }
        let table = file.read((u64::from(u32::from_le_bytes(place)) + 1) * sector, 4 << (shift - 2))?;
        if table.len() as u64 != sector {
            return Ok(Judged::CutOff);
        }
        let last = table.chunks(4).rposition(|entry| entry != FREE);
        let last = last.map(|last| listed * entries + last as u64);
        // The header stands before the first sector; the last one may be short.
        if last.is_some_and(|last| (last + 1) * sector >= file.size()) {
            return Ok(Judged::CutOff);
        }
    }
    Ok(Judged::Whole)
}

//! MP4: boxes, each of which says how long it is; the first one names the brands (ISO/IEC 14496-12).

use std::io;

use store::HandedIn;

use super::{Judged, exactly};

/// Brands of films that phones and cameras write, and players open, as `.mp4`.
const BRANDS: [&[u8; 4]; 22] = [
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42",
    b"mp71", b"avc1", b"av01", b"hvc1", b"M4V ", b"MSNV", b"dash", b"mmp4", b"3gp4", b"3gp5", b"3gp6",
];
/// Bytes of the first box: a header, one brand with its version, and some dozens of others.
const FIRST: std::ops::RangeInclusive<u64> = 16..=1024;
const BOXES: usize = 100_000;

pub(super) fn mp4(file: &HandedIn) -> io::Result<Judged> {
    let Some(first) = header(file, 0)?.filter(|first| first.kind == *b"ftyp") else {
        return Ok(Judged::Other);
    };
    if !FIRST.contains(&first.length) {
        return Ok(Judged::Other);
    }
    let brands = file.read(8, usize::try_from(first.length - 8).unwrap_or_default())?;
    // The second four bytes are the version of the first brand.
    let brands = brands.chunks(4).enumerate().filter(|(place, _)| *place != 1);
    if !brands.into_iter().any(|(_, brand)| BRANDS.iter().any(|known| known.as_slice() == brand)) {
        return Ok(Judged::Other);
    }
    let (mut from, mut has_index) = (first.length, false);
    for _ in 0..BOXES {
        if from == file.size() {
            break;
        }
        let Some(next) = header(file, from)? else { return Ok(Judged::CutOff) };
        if next.length < 8 || next.kind.iter().any(u8::is_ascii_control) {
            return Ok(Judged::Other);
        }
        from = from.saturating_add(next.length);
        if from > file.size() {
            return Ok(Judged::CutOff);
        }
        has_index |= next.kind == *b"moov";
    }
    // The index comes last where a film is written as it is taken.
    Ok(if has_index { Judged::Whole } else { Judged::CutOff })
}

struct Header {
    kind: [u8; 4],
    /// Bytes of the whole box.
    length: u64,
}

fn header(file: &HandedIn, from: u64) -> io::Result<Option<Header>> {
    let (Some(length), Some(kind)) = (exactly(file, from)?, exactly(file, from + 4)?) else {
        return Ok(None);
    };
    let length = match u32::from_be_bytes(length) {
        0 => file.size() - from,
        1 => exactly(file, from + 8)?.map_or(u64::MAX, u64::from_be_bytes),
        length => u64::from(length),
    };
    Ok(Some(Header { kind, length }))
}

//! MP3: tags, then frames, each of which says how long it is. A recording that ends early is still a recording, so only what is
//! missing from its first two frames is seen.

use std::io;

use store::HandedIn;

use super::{CHUNK, Judged, exactly};

/// Tags before the first frame.
const TAGS: usize = 8;

pub(super) fn mp3(file: &HandedIn) -> io::Result<Judged> {
    let mut from = 0;
    for _ in 0..TAGS {
        let Some(length) = tag(file, from)? else { break };
        from += length;
    }
    if from >= file.size() {
        return Ok(if from == 0 { Judged::Other } else { Judged::CutOff });
    }
    if from == 0 {
        return two_frames(file, 0);
    }
    // Some writers leave a gap between tag and sound.
    let gap = file.read(from, CHUNK)?;
    for (at, _) in gap.iter().enumerate().filter(|(_, byte)| **byte == 0xff) {
        let judged = two_frames(file, from + at as u64)?;
        if judged != Judged::Other {
            return Ok(judged);
        }
    }
    Ok(Judged::Other)
}

/// Bytes of the ID3 tag at a place.
fn tag(file: &HandedIn, from: u64) -> io::Result<Option<u64>> {
    let Some([b'I', b'D', b'3', _, _, flags, a, b, c, d]) = exactly(file, from)? else { return Ok(None) };
    if [a, b, c, d].iter().any(|byte| *byte > 0x7f) {
        return Ok(None);
    }
    let length = [a, b, c, d].iter().fold(0, |length, byte| (length << 7) | u64::from(*byte));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Ok(Some(10 + length + footer))
}

fn two_frames(file: &HandedIn, from: u64) -> io::Result<Judged> {
    let Some(first) = exactly(file, from)?.and_then(frame) else { return Ok(Judged::Other) };
    match exactly(file, from + first.length)? {
        None => Ok(Judged::CutOff),
        Some(bytes) => {
            let is_alike = frame(bytes).is_some_and(|next| next.rate == first.rate);
            Ok(if is_alike { Judged::Whole } else { Judged::Other })
        }
    }
}

struct Frame {
    /// Bytes from its beginning to the next one's.
    length: u64,
    /// Samples a second, which no frame of a recording changes.
    rate: u64,
}

/// What the four bytes before a frame say (ISO/IEC 11172-3 and 13818-3, layer III).
fn frame([sync, kind, rates, _]: [u8; 4]) -> Option<Frame> {
    if sync != 0xff || kind & 0xe0 != 0xe0 || (kind >> 1) & 3 != 1 {
        return None;
    }
    let (halved, kilobits, slot) = match (kind >> 3) & 3 {
        3 => (0, [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320], 144_000),
        2 => (1, LOW, 72_000),
        0 => (2, LOW, 72_000),
        _ => return None,
    };
    let kilobits = kilobits.get(usize::from(rates >> 4).checked_sub(1)?)?;
    let rate = [44_100_u64, 48_000, 32_000].get(usize::from((rates >> 2) & 3))? >> halved;
    let padding = u64::from((rates >> 1) & 1);
    Some(Frame { length: slot * kilobits / rate + padding, rate })
}

const LOW: [u64; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

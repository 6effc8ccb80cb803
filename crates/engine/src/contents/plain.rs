//! Text: UTF-8 or GB18030, without a character that no text has.

use std::io;

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8};
use store::HandedIn;

use super::{CHUNK, Judged};

pub(super) fn text(file: &HandedIn) -> io::Result<Judged> {
    let mut tries = [UTF_8, GB18030].map(Try::of);
    let mut from = 0;
    loop {
        let chunk = file.read(from, CHUNK)?;
        if chunk.is_empty() {
            break;
        }
        from += chunk.len() as u64;
        for one in &mut tries {
            one.takes(&chunk);
        }
        if tries.iter().all(|one| one.decoder.is_none()) {
            return Ok(Judged::Other);
        }
    }
    let first = tries.into_iter().find_map(Try::ends);
    Ok(first.unwrap_or(Judged::Other))
}

/// A try to read the text in one encoding; without a decoder it has failed.
struct Try {
    decoder: Option<Decoder>,
    read: String,
}

impl Try {
    fn of(encoding: &'static Encoding) -> Try {
        Try { decoder: Some(encoding.new_decoder_with_bom_removal()), read: String::new() }
    }

    fn takes(&mut self, chunk: &[u8]) {
        let Some(decoder) = &mut self.decoder else { return };
        if decode(decoder, chunk, (&mut self.read, Last::No)).is_none() {
            self.decoder = None;
        }
    }

    /// The end of a file that could be read to there; within a character it is cut off.
    fn ends(mut self) -> Option<Judged> {
        let decoder = self.decoder.as_mut()?;
        let done = decode(decoder, &[], (&mut self.read, Last::Yes));
        Some(if done.is_some() { Judged::Whole } else { Judged::CutOff })
    }
}

#[derive(PartialEq)]
enum Last {
    No,
    Yes,
}

/// None where the bytes are no text in this encoding.
fn decode(decoder: &mut Decoder, chunk: &[u8], (read, last): (&mut String, Last)) -> Option<()> {
    read.clear();
    read.reserve(decoder.max_utf8_buffer_length_without_replacement(chunk.len())?);
    let (result, _) = decoder.decode_to_string_without_replacement(chunk, read, last == Last::Yes);
    let is_plain = |c: char| !c.is_control() || matches!(c, '\t' | '\r' | '\n');
    (result == DecoderResult::InputEmpty && read.chars().all(is_plain)).then_some(())
}

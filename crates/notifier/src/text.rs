//! Makes text from outside harmless: one line for headers, paragraphs for bodies. It does not encode; lettre does.

/// Text for one header line: control characters become spaces, invisible ones go, spaces are not repeated.
pub(crate) fn one_line(text: &str, limit_characters: usize) -> String {
    let visible = text.chars().filter(|character| !is_direction(*character) && !is_zero_width(*character));
    let spaced: String = visible.map(|character| if is_break(character) { ' ' } else { character }).collect();
    let words: Vec<&str> = spaced.split(' ').filter(|word| !word.is_empty()).collect();
    // Readers decode `=?…?=` in headers, which would bring back what was removed here.
    let line = words.join(" ").replace("=?", "= ?");
    if line.chars().count() <= limit_characters {
        return line;
    }
    let kept: String = line.chars().take(limit_characters.saturating_sub(1)).collect();
    kept + "…"
}

/// Text for a body: every line ends with LF, no other control character but the tab, nothing that turns text round.
pub(crate) fn paragraphs(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept = lines.chars().filter(|character| !is_direction(*character));
    kept.map(|character| match character {
        '\n' | '\t' => character,
        other if other.is_control() => ' ',
        other => other,
    })
    .collect()
}

/// Whether bytes hold a CR without LF or an LF without CR (`reliability.md` F3).
pub(crate) fn has_bare_line_break(bytes: &[u8]) -> bool {
    let mut before = 0;
    for &byte in bytes {
        if (before == b'\r') != (byte == b'\n') {
            return true;
        }
        before = byte;
    }
    before == b'\r'
}

fn is_break(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

fn is_direction(character: char) -> bool {
    matches!(character, '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn is_zero_width(character: char) -> bool {
    matches!(character, '\u{200B}'..='\u{200F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::{has_bare_line_break, one_line, paragraphs};

    #[test]
    fn a_header_line_stays_one_line() {
        assert_eq!(one_line("甲\r\nBcc: x\u{0}\u{85}\u{2028}乙", 200), "甲 Bcc: x 乙");
        assert_eq!(one_line("\u{202E}a\u{2066}b\u{200B}c\u{FEFF}", 200), "abc");
        assert_eq!(one_line("x =?utf-8?q?=0D=0ABcc:_y?=", 200), "x = ?utf-8?q?=0D=0ABcc:_y?=");
        assert_eq!(one_line("=\u{200B}?=\u{202E}?", 200), "= ?= ?");
        assert_eq!(one_line("一二三四", 3), "一二…");
    }

    #[test]
    fn a_body_keeps_its_lines_only() {
        assert_eq!(paragraphs("a\rb\r\nc\n\u{1b}[2J\td\u{202E}"), "a\nb\nc\n [2J\td");
    }

    #[test]
    fn bare_line_breaks_are_found() {
        for clean in ["", "a", "a\r\n", "\r\n\r\n.\r\n"] {
            assert!(!has_bare_line_break(clean.as_bytes()), "{clean:?}");
        }
        for bare in ["\n", "\r", "a\n.\r\n", "a\r\n\n", "a\r\r\n", "a\rb"] {
            assert!(has_bare_line_break(bare.as_bytes()), "{bare:?}");
        }
    }
}

//! The text of a rule before it is compiled: its length, characters that a reader cannot see, backticks, which would
//! put texts together, and the sentence that explains a full-width mark. It does not know the language of the scripts.

use crate::error::LoadFault;

/// The longest script that is compiled; the limit keeps compiling fast.
const BYTES: usize = 32 * 1024;

/// Full-width marks that a Chinese keyboard gives where the language wants half-width ones.
const FULL_WIDTH: [char; 19] = [
    '；', '，', '：', '。', '、', '！', '？', '（', '）', '【', '】', '｛', '｝', '“', '”', '‘', '’', '＝',
    '｜',
];

/// The text without a byte order mark, which some editors write.
pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// What is wrong with the text as such.
pub(crate) fn check(file: &str, text: &str) -> Vec<LoadFault> {
    if text.len() > BYTES {
        return vec![LoadFault::new(file, 0, format!("the file is longer than {BYTES} bytes"))];
    }
    let mut faults = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some((column, hidden)) = line.chars().enumerate().find(|(_, c)| is_hidden(*c)) {
            let message =
                format!("the character U+{:04X} cannot be seen and is not allowed", u32::from(hidden));
            faults.push(LoadFault::at(file, index + 1, column + 1, message));
        }
        if outside_quotes(line).any(|c| c == '`') {
            faults.push(LoadFault::new(
                file,
                index + 1,
                "a text stands in double quotes; backticks are not allowed",
            ));
        }
    }
    faults
}

/// Controls and marks of direction: what is read would not be what is run.
fn is_hidden(character: char) -> bool {
    (character.is_control() && character != '\t')
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A compiler's message, with a sentence for the trap of full-width marks.
pub(crate) fn explained(message: String, text: &str, line: usize) -> String {
    let line = line.checked_sub(1).and_then(|index| text.lines().nth(index)).unwrap_or_default();
    match outside_quotes(line).find(|c| FULL_WIDTH.contains(c)) {
        Some(mark) => format!("{message}; the mark `{mark}` is full-width: write it in half width (半角)"),
        None => message,
    }
}

/// The characters of a line that are neither comment nor quoted.
fn outside_quotes(line: &str) -> impl Iterator<Item = char> {
    let code = line.split("//").next().unwrap_or_default();
    code.split('"').step_by(2).flat_map(str::chars)
}

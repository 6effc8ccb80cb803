//! Folding: what makes no difference to whoever looks for something is made alike, and folded text is cut into pairs.

use std::collections::BTreeSet;

/// Stands behind every character that a text can have.
pub(super) const LAST: char = '\u{10FFFF}';

/// Full-width and half-width letters, upper and lower case and the usual kinds of brackets are alike; what has no width
/// is left out. All else stays, rare Han included.
pub(super) fn fold(text: &str) -> String {
    text.chars().filter(|letter| !is_nothing(*letter)).map(narrow).flat_map(char::to_lowercase).collect()
}

/// The overlapping pairs of each word, and its last character alone, so that every character begins one.
pub(super) fn grams(folded: &str) -> BTreeSet<String> {
    let mut grams = BTreeSet::new();
    for word in folded.split_whitespace() {
        let letters: Vec<char> = word.chars().collect();
        grams.extend(letters.windows(2).map(|pair| pair.iter().collect::<String>()));
        grams.extend(letters.last().map(char::to_string));
    }
    grams
}

/// Characters without width, marks of direction, and controls that are no space.
fn is_nothing(letter: char) -> bool {
    let has_no_width = matches!(letter, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{AD}');
    has_no_width || (letter.is_control() && !letter.is_whitespace())
}

fn narrow(letter: char) -> char {
    match letter {
        '〔' | '【' | '［' => '[',
        '〕' | '】' | '］' => ']',
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => {
            let half = u32::from(letter) - u32::from('！') + u32::from('!');
            char::from_u32(half).unwrap_or(letter)
        }
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::{fold, grams};

    #[test]
    fn width_case_and_brackets_make_no_difference() {
        assert_eq!(fold("ＡＢＣ（１２）准〔2026〕"), "abc(12)准[2026]");
        assert_eq!(fold("准［２０２６］　Ｎｏ．５"), "准[2026] no.5");
        assert_eq!(fold("消\u{200B}防\u{FEFF}\u{202E}检\u{7}查"), "消防检查");
        assert_eq!(fold("𠮷野家"), "𠮷野家");
    }

    #[test]
    fn pairs_do_not_reach_over_a_space_and_every_character_begins_one() {
        let found: Vec<String> = grams("消防查 a 𠮷").into_iter().collect();
        assert_eq!(found, ["a", "查", "消防", "防查", "𠮷"]);
        assert!(grams(" ").is_empty());
    }
}

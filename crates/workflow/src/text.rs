//! Which characters a text may hold, wherever it comes from: what cannot be seen, turns lines round or piles up on one
//! letter is refused, since nobody can check what they sign. Rare Han and their variants are letters like any other. It
//! does not escape: pages, letters and tables do that, each in its own way.

use serde_json::Value;

use crate::facts::Fault;
use crate::facts::limits::CHARACTERS;
use crate::language::{Bilingual, Language};

/// More marks than this on one letter are no writing of any language.
const MARKS: usize = 8;
/// So many letters before the place are shown, so that it can be found.
const SHOWN: usize = 8;

/// A character that a text may not hold, and what stands before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("after `{before}` stands {}; delete it there", self.what())]
pub struct Unfit {
    pub character: char,
    pub before: String,
}

impl Unfit {
    fn what(&self) -> String {
        let code = format!("U+{:04X}", u32::from(self.character));
        if is_mark(self.character) {
            format!("a pile of marks ({code})")
        } else {
            format!("a character that cannot be seen ({code})")
        }
    }

    /// The refusal in the reader's language.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let code = format!("U+{:04X}", u32::from(self.character));
        let (before, what) =
            (&self.before, if is_mark(self.character) { "一串叠加符号" } else { "看不见的字符" });
        match language {
            Language::English => self.to_string(),
            Language::Chinese => format!("“{before}”之后有{what}（{code}），请在该处删去"),
        }
    }

    /// The refusal in both languages.
    #[must_use]
    pub fn both(&self) -> Bilingual {
        (self.message(Language::Chinese), self.message(Language::English)).into()
    }
}

/// What is said of a text with more than [`CHARACTERS`].
#[must_use]
pub fn too_long() -> Bilingual {
    (format!("最多 {CHARACTERS} 个字符"), format!("at most {CHARACTERS} characters are read")).into()
}

/// The first character that a text may not hold.
#[must_use]
pub fn unfit(text: &str) -> Option<Unfit> {
    let mut marks = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, character)) = letters.next() {
        marks = if is_mark(character) { marks + 1 } else { 0 };
        let ends_line = character == '\r' && letters.peek().is_some_and(|(_, next)| *next == '\n');
        if marks > MARKS || (is_unseen(character) && !ends_line) {
            let before: Vec<char> = text.get(..at).unwrap_or_default().chars().collect();
            let shown = before.iter().rev().filter(|c| !c.is_control() && !is_mark(**c)).take(SHOWN);
            let mut shown: Vec<char> = shown.copied().collect();
            shown.reverse();
            return Some(Unfit { character, before: shown.into_iter().collect() });
        }
    }
    None
}

/// Every text of a document that is longer than texts are, or holds what no text may hold; keys count as texts.
#[must_use]
pub fn faults(value: &Value) -> Vec<Fault> {
    let mut found = Vec::new();
    look(value, "", &mut found);
    found
}

fn look(value: &Value, pointer: &str, found: &mut Vec<Fault>) {
    let mut fault = |message: Bilingual| found.push(Fault { pointer: pointer.to_owned(), message });
    match value {
        Value::String(text) if text.chars().count() > CHARACTERS => {
            fault(too_long());
        }
        Value::String(text) => {
            if let Some(unfit) = unfit(text) {
                fault(unfit.both());
            }
        }
        Value::Array(values) => {
            let each = values.iter().enumerate();
            each.for_each(|(index, value)| look(value, &format!("{pointer}/{index}"), found));
        }
        Value::Object(map) => {
            if let Some(unfit) = map.keys().find_map(|key| unfit(key)) {
                fault(unfit.both());
            }
            map.iter().for_each(|(key, value)| look(value, &format!("{pointer}/{key}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Controls but line feed and tab, what turns the direction, what has no width, tags, and what is no character at all.
fn is_unseen(character: char) -> bool {
    (character.is_control() && !matches!(character, '\n' | '\t'))
        || matches!(
            character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
                | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e00ff}'
        )
        || u32::from(character) & 0xfffe == 0xfffe
        || matches!(character, '\u{fdd0}'..='\u{fdef}')
}

/// What is written onto the letter before it. A variation selector is one, too: one of them chooses a form of a Han letter.
fn is_mark(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}'
            | '\u{64b}'..='\u{65f}' | '\u{6d6}'..='\u{6ed}' | '\u{e31}' | '\u{e34}'..='\u{e3a}'
            | '\u{e47}'..='\u{e4e}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}' | '\u{302a}'..='\u{302f}' | '\u{3099}' | '\u{309a}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{faults, unfit};

    #[test]
    fn what_people_write_is_fit() {
        let fine = [
            "",
            "入户核对\r\n第二行\n\t缩进",
            "𠮷野家、㐂寿、葛\u{e0100}城、辻",
            "=1+1",
            "@甲",
            "-3",
            "Åse naïve",
            "<b>&amp;",
            "Việt Nam",
            "👍🏽",
            "—…“”￥",
            "　全角空格",
            "a\u{301}\u{302}\u{303}",
            "\u{a0}",
        ];
        for text in fine {
            assert_eq!(unfit(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_nobody_sees_is_named_with_its_place() {
        let bad = [
            "甲\0",
            "a\u{202e}b",
            "甲\u{200b}乙",
            "a\rb",
            "\u{feff}a",
            "\u{2066}",
            "\u{1b}[2J",
            "\u{85}",
            "\u{2028}",
            "\u{e0041}",
            "\u{fffe}",
            "\u{1fffe}",
            "\u{ad}",
            "\u{2060}",
            "\u{200d}",
            "\u{7f}",
        ];
        for text in bad {
            assert!(unfit(text).is_some(), "{text:?}");
        }
        assert_eq!(
            unfit("请社区逐户核对门牌\u{200b}").map(|unfit| unfit.to_string()).as_deref(),
            Some("after `社区逐户核对门牌` stands a character that cannot be seen (U+200B); delete it there")
        );
        let pile = format!("甲{}", "\u{301}".repeat(10_000));
        assert_eq!(unfit(&pile).map(|unfit| unfit.before).as_deref(), Some("甲"));
    }

    #[test]
    fn every_text_of_a_document_is_looked_at() {
        let document = json!({ "a": ["甲", "\u{202e}"], "b": { "c": "x".repeat(4_001) }, "d\0": 1 });
        let pointers: Vec<String> = faults(&document).into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(pointers, ["", "/a/1", "/b/c"]);
    }
}

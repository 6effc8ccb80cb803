//! Whatever people read is there in both languages: Chinese where Chinese is said, and none in the English.

use engine::EngineError;
use store::StoreError;
use workflow::language::Language;

use crate::tidy;

/// Whether a text has a Chinese character.
pub(crate) fn has_han(text: &str) -> bool {
    text.chars().any(|letter| matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}'))
}

/// Names of languages, and their codes, which are no words of either.
const NAMES: [(&str, &str); 4] = [("zh", "en"), ("en", "zh"), ("en", "zh-CN"), ("English", "中文")];

/// The text in quotation marks at the beginning, and what follows it.
fn quoted(source: &str) -> Option<(&str, &str)> {
    let rest = source.trim_start().strip_prefix('"')?;
    let mut is_escaped = false;
    let end = rest.find(|letter| {
        let ends = letter == '"' && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        ends
    })?;
    Some((&rest[..end], &rest[end + 1..]))
}

/// What is said in both languages where both stand in the source.
fn said(source: &str) -> Vec<(&str, &str)> {
    let both = |after| {
        let (zh, rest) = quoted(after)?;
        let (en, _) = quoted(rest.trim_start().strip_prefix(',')?)?;
        Some((zh, en))
    };
    source.split("say(").skip(1).filter_map(both).collect()
}

#[test]
fn pages_say_everything_in_both_languages() {
    let sources = tidy::written("crates/web", &["rs", "html"]);
    let mut count = 0;
    for (file, source) in &sources {
        for (zh, en) in said(source).into_iter().filter(|pair| !NAMES.contains(pair)) {
            count += 1;
            let is_word = zh.chars().any(char::is_alphabetic);
            assert!(has_han(zh) || !is_word, "{file}: no Chinese in `{zh}`");
            assert!(!has_han(en), "{file}: Chinese in `{en}`");
        }
    }
    assert!(count > 1_000, "{count} texts are looked at");
}

/// The framework's own reader of what stands behind a question mark refuses in English and without a page.
#[test]
fn pages_read_their_addresses_in_the_readers_language() {
    for (file, source) in tidy::written("crates/web/src/pages", &["rs"]) {
        let own = source.lines().filter(|line| line.starts_with("use axum::extract::"));
        assert!(
            own.into_iter().all(|line| !line.contains("Query")),
            "{file} reads its address as the framework does"
        );
    }
}

#[test]
fn what_a_database_says_of_itself_is_not_told() {
    let raw = "UNIQUE constraint failed: funds.code";
    let refused = EngineError::Store(StoreError::Duplicate(raw.to_owned()));
    let again = EngineError::Store(StoreError::Again);
    for error in [refused, again] {
        let (zh, en) = (error.message(Language::Chinese), error.message(Language::English));
        assert!(has_han(&zh) && !has_han(&en), "{zh} / {en}");
        assert!(!zh.contains("constraint") && !en.contains("constraint"), "{zh} / {en}");
        assert!(!en.contains("database"), "{en}");
    }
}

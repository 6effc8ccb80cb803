//! The language of an answer: chosen on the page, else the person's own, else what the browser asks for.

use axum::http::{HeaderMap, header};
use workflow::language::Language;

/// The name of the cookie that keeps the choice.
pub(crate) const COOKIE: &str = "zhunru-language";

/// The language of a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tongue(pub(crate) Language);

impl Tongue {
    /// What a browser asks for without anything else; Chinese where it asks for nothing we speak.
    pub(crate) fn asked(headers: &HeaderMap) -> Tongue {
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let first = wanted.unwrap_or_default().split(',').find_map(|one| {
            let tag = one.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            if tag.starts_with("zh") {
                Some(Language::Chinese)
            } else if tag.starts_with("en") {
                Some(Language::English)
            } else {
                None
            }
        });
        Tongue(first.unwrap_or(Language::Chinese))
    }

    /// One text in both languages: what is said stands where it is said.
    pub(crate) fn say<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self.0 {
            Language::Chinese => zh,
            Language::English => en,
        }
    }

    /// For `lang` in HTML.
    pub(crate) fn tag(self) -> &'static str {
        match self.0 {
            Language::Chinese => "zh-CN",
            Language::English => "en",
        }
    }
}

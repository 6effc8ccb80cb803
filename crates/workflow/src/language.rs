//! The two languages, and text that exists in both.

use serde::{Deserialize, Serialize};

/// A language of pages, letters and messages; Chinese comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    #[default]
    #[serde(rename = "zh")]
    Chinese,
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// `zh` or `en`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Language::Chinese => "zh",
            Language::English => "en",
        }
    }

    /// The language of a code.
    #[must_use]
    pub fn of(code: &str) -> Option<Language> {
        [Language::Chinese, Language::English].into_iter().find(|language| language.code() == code)
    }
}

/// One text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bilingual {
    pub zh: String,
    pub en: String,
}

impl Bilingual {
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

/// Both languages as they stand where something is said: the Chinese, then the English.
impl<Z: Into<String>, E: Into<String>> From<(Z, E)> for Bilingual {
    fn from((zh, en): (Z, E)) -> Bilingual {
        Bilingual { zh: zh.into(), en: en.into() }
    }
}

/// Replaces every `{name}` of `template` by its value in one pass, so a value is never read as a template. Quotation marks
/// within quotation marks become single ones (GB/T 15834-2011, 4.8.3.4).
#[must_use]
pub fn fill(template: &str, values: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let named = after.split_once('}').and_then(|(name, tail)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((value, tail))
        });
        if let Some((value, tail)) = named {
            if before.ends_with('“') {
                filled.push_str(&value.replace('“', "‘").replace('”', "’"));
            } else {
                filled.push_str(value);
            }
            rest = tail;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn a_value_is_no_template_and_its_quotation_marks_are_inner_ones() {
        let values = [("struck", "“示范点”挂牌{n}".to_owned()), ("n", "1".to_owned())];
        assert_eq!(fill("牌子“{struck}”，{n} 块", &values), "牌子“‘示范点’挂牌{n}”，1 块");
        assert_eq!(fill("plaque {struck}: {none}", &values), "plaque “示范点”挂牌{n}: {none}");
    }
}

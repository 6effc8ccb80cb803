//! How facts are spoken of in a sentence: words of the facts in both languages, lists with the marks of each language.

use std::collections::BTreeMap;

use serde_json::Value;
use workflow::language::{Bilingual, Language};

use crate::error::LoadFault;
use crate::parameters;

/// Names of words that occur in facts, such as `phone` or `governing_document`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dictionary(BTreeMap<String, Bilingual>);

impl Dictionary {
    /// Reads `word = "Chinese | English"` lines.
    pub(crate) fn read(table: BTreeMap<String, String>) -> Result<Dictionary, LoadFault> {
        let mut words = BTreeMap::new();
        for (word, names) in table {
            let Some((zh, en)) = names.split_once('|') else {
                let message = format!("`Chinese | English` is expected for the word `{word}`");
                return Err(LoadFault::new(parameters::FILE, 0, message));
            };
            words.insert(word, Bilingual { zh: zh.trim().to_owned(), en: en.trim().to_owned() });
        }
        Ok(Dictionary(words))
    }

    /// A fact inside a sentence.
    pub(crate) fn spoken(&self, value: &Value, language: Language) -> String {
        let mut sentence = String::new();
        self.speak(value, language, &mut sentence);
        sentence
    }

    fn speak(&self, value: &Value, language: Language, sentence: &mut String) {
        match value {
            Value::String(text) => {
                sentence.push_str(self.0.get(text).map_or(text.as_str(), |names| names.get(language)));
            }
            Value::Array(list) => {
                let mark = match (list.iter().any(Value::is_array), language) {
                    (true, Language::Chinese) => "；",
                    (true, Language::English) => "; ",
                    (false, Language::Chinese) => "、",
                    (false, Language::English) => ", ",
                };
                for (index, entry) in list.iter().enumerate() {
                    if index > 0 {
                        sentence.push_str(mark);
                    }
                    self.speak(entry, language, sentence);
                }
            }
            other => sentence.push_str(&other.to_string()),
        }
    }
}

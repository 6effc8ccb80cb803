//! A macro for closed lists of words: one spelling in Rust, SQL, JSON and scripts, with a Chinese and an English name.

/// Declares an enum whose variants have one stored word and a name in both languages.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every word of the list, in the order of the glossary.
            pub const ALL: &[$name] = &[$($name::$variant,)+];

            /// The stored word.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)+ }
            }

            /// The name people read.
            #[must_use]
            pub const fn name(self, language: $crate::language::Language) -> &'static str {
                match (self, language) {
                    $(($name::$variant, $crate::language::Language::Chinese) => $zh,
                      ($name::$variant, $crate::language::Language::English) => $en,)+
                }
            }

            /// The name in both languages.
            #[must_use]
            pub fn both(self) -> $crate::language::Bilingual {
                use $crate::language::{Bilingual, Language};
                let name = |language| self.name(language).to_owned();
                Bilingual { zh: name(Language::Chinese), en: name(Language::English) }
            }

            /// The variant of a stored word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|variant| variant.word() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

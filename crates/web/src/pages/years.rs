//! The year that an address asks for.

use serde::Deserialize;
use workflow::calendar::YEARS;

/// A year in the address; anything else is the year of today.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    year: String,
}

impl Asked {
    pub(crate) fn or(&self, this: i32) -> i32 {
        read(&self.year).unwrap_or(this)
    }
}

/// A year that pages can show.
pub(crate) fn read(text: &str) -> Option<i32> {
    text.parse().ok().filter(|year| YEARS.contains(year))
}

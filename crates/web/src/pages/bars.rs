//! Bars drawn on the server: parts of a whole side by side, each with a class for its colour and words of its own, so that
//! nothing is told by colour alone. Figures stand beside them as text.

use workflow::hours::Centihours;
use workflow::money::Fen;

/// How long a bar is in its own units; the page stretches it.
const LENGTH: i64 = 1000;

/// One part of a bar.
pub(crate) struct Part {
    pub(crate) class: String,
    pub(crate) x: i64,
    pub(crate) width: i64,
    pub(crate) said: String,
}

/// Parts in a row, and a mark where the whole ends.
#[derive(Default)]
pub(crate) struct Bar {
    pub(crate) parts: Vec<Part>,
    pub(crate) mark: Option<i64>,
    /// All parts in one sentence.
    pub(crate) said: String,
}

impl Bar {
    /// Draws parts (class, words, hours) on a scale.
    pub(crate) fn of(parts: Vec<(String, String, Centihours)>, scale: Centihours) -> Bar {
        let scale = scale.0.max(1);
        let place = |hundredths: i64| hundredths * LENGTH / scale;
        let mut from = 0;
        let mut bar = Bar::default();
        for (class, name, hours) in parts.into_iter().filter(|(.., hours)| hours.0 > 0) {
            let (x, end) = (place(from), place(from + hours.0));
            from += hours.0;
            bar.parts.push(Part { class, x, width: end - x, said: format!("{name} {}", said(hours)) });
        }
        let words: Vec<&str> = bar.parts.iter().map(|part| part.said.as_str()).collect();
        bar.said = words.join(" · ");
        bar
    }

    /// With a mark at some hours of the scale.
    pub(crate) fn marked(self, at: Centihours, scale: Centihours) -> Bar {
        Bar { mark: Some(at.0 * LENGTH / scale.0.max(1)), ..self }
    }
}

/// Hours as people read them: `1,234.50`.
pub(crate) fn said(hours: Centihours) -> String {
    Fen(hours.0).for_people().replace('￥', "")
}

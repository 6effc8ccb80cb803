//! A table of figures with its chart, each number with the way to the requests behind it.

/// A table with its chart.
pub(super) struct Figure {
    pub(super) word: &'static str,
    pub(super) title: &'static str,
    pub(super) note: String,
    pub(super) legend: Vec<(&'static str, &'static str)>,
    /// A drawing above the table.
    pub(super) chart: String,
    pub(super) heads: Vec<String>,
    /// Whether each row has a bar of its own.
    pub(super) has_bars: bool,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    pub(super) name: String,
    pub(super) bar: String,
    pub(super) cells: Vec<Cell>,
}

/// A number, and the requests behind it.
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) to: String,
}

/// Rows that are shown at once; the rest is folded away.
const SHOWN: usize = 20;

impl Figure {
    /// The first rows, and the rest, if there is any.
    pub(super) fn parts(&self) -> Vec<(&[Row], bool)> {
        let (first, rest) = self.rows.split_at(self.rows.len().min(SHOWN));
        let rest = (!rest.is_empty()).then_some((rest, true));
        std::iter::once((first, false)).chain(rest).collect()
    }
}

pub(super) fn cell(text: &impl ToString, to: String) -> Cell {
    Cell { text: text.to_string(), to }
}

pub(super) fn plain(text: &impl ToString) -> Cell {
    cell(text, String::new())
}

/// Hundredths of a whole, as people write it.
pub(super) fn percent(part: i64, whole: i64) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{} %", (part * 100 + whole / 2) / whole) }
}

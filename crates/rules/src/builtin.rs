//! The rule set and the calendar that are built into the binary from `rules/`.

use rust_embed::RustEmbed;

use crate::set::Files;

#[derive(RustEmbed)]
#[folder = "../../rules/"]
struct Content;

const CALENDAR: &str = "calendars/cn-2007-2026.csv";
const DEFAULT: &str = "default/";

/// The files of the default rule set by their path below `rules/default`.
#[must_use]
pub fn default_files() -> Files {
    let paths = Content::iter().filter_map(|path| path.strip_prefix(DEFAULT).map(str::to_owned));
    paths.filter_map(|path| Some((path.clone(), text(&format!("{DEFAULT}{path}"))?))).collect()
}

/// The State Council's notices for 2007–2026 as CSV.
///
/// # Panics
/// Never in a released binary: a test reads the calendar.
#[must_use]
pub fn default_calendar_csv() -> String {
    text(CALENDAR).expect("the calendar is built in")
}

fn text(path: &str) -> Option<String> {
    let file = Content::get(path)?;
    String::from_utf8(file.data.into_owned()).ok()
}

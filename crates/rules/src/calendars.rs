//! A calendar from CSV: one row for each date that a notice names.

use chrono::NaiveDate;
use workflow::calendar::{Calendar, DayKind, SpecialDay};

use crate::error::CsvFault;

/// The heading of a calendar file; `kind` is `rest` or `work`.
pub const CALENDAR_COLUMNS: [&str; 4] = ["date", "name", "kind", "notice_year"];

/// Reads a calendar of that version.
///
/// # Errors
/// The first row that is no date, kind or year, with its column, and a heading other than [`CALENDAR_COLUMNS`].
pub fn read_calendar(version: &str, text: &str) -> Result<Calendar, CsvFault> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let columns = reader.headers().map_err(|error| CsvFault::new(1, "", error.to_string()))?;
    if columns.iter().ne(CALENDAR_COLUMNS) {
        return Err(CsvFault::new(1, "", format!("the heading must be {}", CALENDAR_COLUMNS.join(","))));
    }
    let mut days = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let row = index + 2;
        let record = record.map_err(|error| CsvFault::new(row, "", error.to_string()))?;
        days.push(special_day(row, &record)?);
    }
    Ok(Calendar::new(version, days))
}

fn special_day(row: usize, record: &csv::StringRecord) -> Result<SpecialDay, CsvFault> {
    let cell = |index: usize| record.get(index).unwrap_or_default();
    let date = NaiveDate::parse_from_str(cell(0), "%Y-%m-%d")
        .map_err(|_| CsvFault::new(row, "date", format!("`{}` is no date such as 2026-02-14", cell(0))))?;
    let kind = match cell(2) {
        "rest" => DayKind::Rest,
        "work" => DayKind::Work,
        other => return Err(CsvFault::new(row, "kind", format!("`{other}` is neither `rest` nor `work`"))),
    };
    let notice_year = cell(3)
        .parse()
        .map_err(|_| CsvFault::new(row, "notice_year", format!("`{}` is no year", cell(3))))?;
    Ok(SpecialDay { date, name: cell(1).to_owned(), kind, notice_year })
}

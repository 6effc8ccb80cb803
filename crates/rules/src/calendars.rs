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
    let columns = reader.headers().map_err(|error| CsvFault::unread(1, error))?;
    if columns.iter().ne(CALENDAR_COLUMNS) {
        return Err(CsvFault::of_heading(&CALENDAR_COLUMNS));
    }
    let mut days = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let row = index + 2;
        let record = record.map_err(|error| CsvFault::unread(row, error))?;
        days.push(special_day(row, &record)?);
    }
    Ok(Calendar::new(version, days))
}

fn special_day(row: usize, record: &csv::StringRecord) -> Result<SpecialDay, CsvFault> {
    let cell = |index: usize| record.get(index).unwrap_or_default();
    let no_date = |text: &str| {
        let zh = format!("“{text}”不是日期，应如 2026-02-14");
        CsvFault::new(row, "date", (zh, format!("`{text}` is no date such as 2026-02-14")))
    };
    let date = NaiveDate::parse_from_str(cell(0), "%Y-%m-%d").map_err(|_| no_date(cell(0)))?;
    let kind = match cell(2) {
        "rest" => DayKind::Rest,
        "work" => DayKind::Work,
        other => {
            let zh = format!("“{other}”应为 rest（放假）或 work（上班）");
            return Err(CsvFault::new(row, "kind", (zh, format!("`{other}` is neither `rest` nor `work`"))));
        }
    };
    let no_year = |text: &str| (format!("“{text}”不是年份"), format!("`{text}` is no year"));
    let notice_year = cell(3).parse().map_err(|_| CsvFault::new(row, "notice_year", no_year(cell(3))))?;
    Ok(SpecialDay { date, name: cell(1).to_owned(), kind, notice_year })
}

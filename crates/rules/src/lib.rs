//! Rule sets: rhai scripts, parameters and a catalogue in; findings, outcome and trace out. A rule set is a function
//! of the facts, the calendar and its own files: it reads no clock, no database and no network. rhai stays in here.

mod assess;
mod builtin;
mod calendars;
mod cases;
mod catalogues;
mod dictionary;
mod error;
mod head;
mod host;
mod parameters;
mod script;
mod set;
mod source;
mod ways;

#[cfg(test)]
mod boxed_tests;

pub use assess::Judgement;
pub use builtin::{default_calendar_csv, default_files};
pub use calendars::{CALENDAR_COLUMNS, read_calendar};
pub use cases::{CaseResult, run_cases};
pub use catalogues::{CATALOGUE_COLUMNS, CATALOGUE_DATES, read_catalogue};
pub use error::{CsvFault, LoadFault, RuleSetFaults};
pub use set::{CATALOGUE_FILE, Files, RuleSet};
pub use ways::{Change, Way};

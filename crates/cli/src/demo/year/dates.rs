//! The days of the year: when the clock begins and ends, and what happens on a day that is known beforehand.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};

/// The year whose budgets pay.
pub(crate) const YEAR: i32 = 2026;
/// The offices open at nine, Shanghai time.
const OPENING_UTC: i64 = 1;

/// The district whose treasurer is absent, and the first and last day of it.
pub(crate) const ABSENT: &str = "420203";
pub(crate) const ABSENCE: (&str, &str) = ("2026-07-27", "2026-08-07");

/// A day that is written in this program.
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("the year's days are dates")
}

/// When offices open.
pub(crate) fn morning(day: NaiveDate) -> DateTime<Utc> {
    Utc.from_utc_datetime(&day.and_time(NaiveTime::MIN)) + Duration::hours(OPENING_UTC)
}

/// The lead time lets departments file before the year begins.
pub(crate) fn first() -> NaiveDate {
    day("2025-11-17")
}

/// The last requests are settled and the old year is closed.
pub(crate) fn last() -> NaiveDate {
    day("2027-02-05")
}

/// The last day of filing.
pub(crate) fn filing_ends() -> NaiveDate {
    day("2026-09-25")
}

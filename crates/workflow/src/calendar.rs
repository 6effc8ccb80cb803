//! Working days: a jurisdiction's calendar with its holidays and make-up days (调休), and limits counted on it.
//! It takes dates in and gives dates out; it never asks what day it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::RangeInclusive;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::language::Bilingual;

/// A number of working days; never days of 24 hours and never minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkingDays(pub u32);

/// What a notice says about one date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// A day off (放假).
    Rest,
    /// A weekend day worked in exchange (调休上班).
    Work,
}

/// One line of a State Council notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    pub date: NaiveDate,
    pub name: String,
    pub kind: DayKind,
    pub notice_year: i32,
}

/// A version of a jurisdiction's calendar. Dates from 2000-01-01 to 2099-12-31 can be counted.
#[derive(Debug, Clone)]
pub struct Calendar {
    version: String,
    special: BTreeMap<NaiveDate, SpecialDay>,
    noticed_years: BTreeSet<i32>,
    /// Working days before the day of the same index; one more entry than days.
    before: Vec<u32>,
}

impl Calendar {
    /// Makes a calendar from the lines of the notices; years without a line are provisional.
    pub fn new(version: impl Into<String>, days: impl IntoIterator<Item = SpecialDay>) -> Calendar {
        let special: BTreeMap<_, _> = days.into_iter().map(|day| (day.date, day)).collect();
        let noticed_years = special.values().map(|day| day.notice_year).collect();
        let mut calendar = Calendar { version: version.into(), special, noticed_years, before: vec![0] };
        let mut count = 0;
        let mut day = first_day();
        while day <= last_day() {
            count += u32::from(calendar.is_working_by_notice(day));
            calendar.before.push(count);
            day = day + Days::new(1);
        }
        calendar
    }

    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The years for which a notice is loaded.
    pub fn noticed_years(&self) -> impl Iterator<Item = i32> {
        self.noticed_years.iter().copied()
    }

    /// Whether the year of this date has no notice, so that its working days are only weekdays so far.
    #[must_use]
    pub fn is_provisional(&self, date: NaiveDate) -> bool {
        !self.noticed_years.contains(&date.year())
    }

    #[must_use]
    pub fn is_working(&self, date: NaiveDate) -> bool {
        self.working_days(date, date) == 1
    }

    /// Working days from `first` to `last`, both counted; 0 when `last` is before `first`.
    #[must_use]
    pub fn working_days(&self, first: NaiveDate, last: NaiveDate) -> u32 {
        let from = self.count_before(first);
        let to = last.succ_opt().map_or(from, |next| self.count_before(next));
        to.saturating_sub(from)
    }

    /// The limit that starts on `start` and ends on the `days`-th working day after it (the start is not counted).
    #[must_use]
    pub fn limit(&self, start: NaiveDate, days: u32) -> Limit {
        let wanted = start.succ_opt().map_or(0, |next| self.count_before(next)).saturating_add(days);
        let index = self.before.partition_point(|count| *count < wanted).saturating_sub(1);
        let due = match days {
            0 => start,
            _ => first_day() + Days::new(u64::try_from(index).unwrap_or(0)),
        };
        Limit { start, working_days: days, due, provisional: self.is_provisional(due) }
    }

    /// Working days left until `due` after `today`; negative once it has passed.
    #[must_use]
    pub fn days_left(&self, today: NaiveDate, due: NaiveDate) -> i64 {
        if today <= due {
            return i64::from(self.working_days(today, due)) - i64::from(self.is_working(today));
        }
        -(i64::from(self.working_days(due, today)) - i64::from(self.is_working(due)))
    }

    /// How late it is on `today`: working days after `due`, none while the limit still runs.
    #[must_use]
    pub fn days_late(&self, today: NaiveDate, due: NaiveDate) -> Option<WorkingDays> {
        let late = self.days_left(due, today);
        (today > due).then(|| WorkingDays(u32::try_from(late).unwrap_or(0)))
    }

    /// The arithmetic of a limit, day by day: which days were counted and which were skipped, and why.
    #[must_use]
    pub fn explain(&self, limit: &Limit) -> Vec<CountedDay> {
        let mut counted = 0;
        let days = limit.start.iter_days().skip(1).take_while(|day| *day <= limit.due);
        days.map(|date| {
            let working = self.is_working(date);
            counted += u32::from(working);
            let because = self.special.get(&date).map(|day| day.name.clone());
            CountedDay { date, number: working.then_some(counted), because }
        })
        .collect()
    }

    fn count_before(&self, date: NaiveDate) -> u32 {
        let index = date.signed_duration_since(first_day()).num_days();
        let last = self.before.len() - 1;
        let index = usize::try_from(index).unwrap_or(0).min(last);
        self.before.get(index).copied().unwrap_or(0)
    }

    fn is_working_by_notice(&self, date: NaiveDate) -> bool {
        match self.special.get(&date).map(|day| day.kind) {
            Some(kind) => kind == DayKind::Work,
            None => !matches!(date.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }
}

/// A limit in working days with the day on which it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limit {
    pub start: NaiveDate,
    pub working_days: u32,
    /// The last day on which the step can still be done.
    pub due: NaiveDate,
    /// The due day lies in a year whose notice is not loaded.
    pub provisional: bool,
}

impl Limit {
    /// Whether the limit has passed on `today`.
    #[must_use]
    pub fn has_passed(&self, today: NaiveDate) -> bool {
        today > self.due
    }
}

/// One day of a limit's arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountedDay {
    pub date: NaiveDate,
    /// Which working day of the limit it is; none if it was skipped.
    pub number: Option<u32>,
    /// The holiday whose notice decides the day.
    pub because: Option<String>,
}

impl fmt::Display for CountedDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weekday = match self.date.weekday() {
            Weekday::Mon => "一",
            Weekday::Tue => "二",
            Weekday::Wed => "三",
            Weekday::Thu => "四",
            Weekday::Fri => "五",
            Weekday::Sat => "六",
            Weekday::Sun => "日",
        };
        match self.number {
            Some(number) => write!(f, "{} 周{weekday} {number}", self.date)?,
            None => write!(f, "{} 周{weekday} –", self.date)?,
        }
        self.because.as_ref().map_or(Ok(()), |name| write!(f, " {name}"))
    }
}

/// The years whose days can be counted: everything that names a year keeps to them.
pub const YEARS: RangeInclusive<i32> = 2000..=2099;

/// The first date that can be counted.
#[must_use]
pub fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(*YEARS.start(), 1, 1).expect("a real date")
}

/// The last date that can be counted.
#[must_use]
pub fn last_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(*YEARS.end(), 12, 31).expect("a real date")
}

/// The day of a text `2026-05-06`; nothing else is read, while chrono takes signs and blanks, too.
#[must_use]
pub fn read_day(text: &str) -> Option<NaiveDate> {
    let fits = |(place, byte): (usize, u8)| {
        if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() }
    };
    let shaped = text.len() == 10 && text.bytes().enumerate().all(fits);
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| shaped)
}

/// A month of a year, written `2026-05`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: NaiveDate,
}

/// Why a text is no month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no month such as `2026-05`")]
pub struct NotMonth(pub String);

impl From<NotMonth> for Bilingual {
    fn from(error: NotMonth) -> Bilingual {
        (format!("“{}”不是月份，应如 2026-05", error.0), error.to_string()).into()
    }
}

impl Month {
    #[must_use]
    pub fn of(date: NaiveDate) -> Month {
        Month { first: date.with_day(1).unwrap_or(date) }
    }

    /// # Errors
    /// Anything but four digits, a hyphen and two digits that name a month.
    pub fn parse(text: &str) -> Result<Month, NotMonth> {
        read_day(&format!("{text}-01")).map(|first| Month { first }).ok_or_else(|| NotMonth(text.to_owned()))
    }

    #[must_use]
    pub fn first(self) -> NaiveDate {
        self.first
    }

    #[must_use]
    pub fn last(self) -> NaiveDate {
        self.next().first.pred_opt().unwrap_or(self.first)
    }

    #[must_use]
    pub fn next(self) -> Month {
        Month { first: self.first + chrono::Months::new(1) }
    }

    /// The months that `first ..= last` touches, in order.
    pub fn spanning(first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = Month> {
        let start = (first <= last).then(|| Month::of(first));
        std::iter::successors(start, |month| Some(month.next())).take_while(move |m| m.first <= last)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first.format("%Y-%m"))
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Month, D::Error> {
        let text = String::deserialize(deserializer)?;
        Month::parse(&text).map_err(serde::de::Error::custom)
    }
}

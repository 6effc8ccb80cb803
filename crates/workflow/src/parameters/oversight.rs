//! The numbers and choices of oversight: complaints, evidence, the unified inspection and ratings (`policy.md` §8, §9).

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::calendar::read_day;
use crate::decimal::Decimal;
use crate::evidence::FileSign;
use crate::words;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OversightParameters {
    pub complaints: ComplaintParameters,
    pub evidence: EvidenceParameters,
    pub inspection: InspectionParameters,
    pub ratings: RatingParameters,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplaintParameters {
    /// The form of a complaint's number, with `{year}` and `{number}`.
    pub number: String,
    /// Working days from filing to the decision.
    pub decision: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceParameters {
    /// Files that belong to one subject.
    pub most_files: usize,
    /// Bytes of one file.
    pub most_bytes: usize,
    /// Endings of names, with how such a file is known by its content.
    pub kinds: BTreeMap<String, FileSign>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InspectionParameters {
    /// The form of a plan's number, with `{year}`.
    pub number: String,
    /// The first and the last day of the season.
    pub season_from: MonthDay,
    pub season_until: MonthDay,
    /// Working days between publication and the first visit.
    pub notice: u32,
    pub merge_by: MergeBy,
    /// What becomes of core duties where the base funds have not all arrived (`policy.md` §9).
    pub core_while_short: CoreWhileShort,
}

words! {
    /// What counts as the same kind, looked at in one visit.
    MergeBy {
        Function = "function", "职能", "function";
        Category = "category", "事项类别", "category of items";
    }
}

words! {
    /// The switch of `policy.md` §9.
    CoreWhileShort {
        Spare = "spare", "暂不检查", "not inspected";
        Inspect = "inspect", "照常检查", "inspected all the same";
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatingParameters {
    /// Working days after settlement in which a community may rate.
    pub window: u32,
    /// Fewer answers are not shown to the department.
    pub least_answers: usize,
    /// The best mark; the worst is 1.
    pub best_mark: u8,
    pub criteria: Vec<Criterion>,
    /// Share of the residents' representatives that must be exceeded.
    pub quorum: Decimal,
}

/// One question of a rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    pub id: String,
    pub zh: String,
    pub en: String,
}

/// A day of every year, written `10-08`; 29 February is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthDay {
    month: u32,
    day: u32,
}

/// Why a text is no day of every year.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no day of every year such as `10-08`")]
pub struct NotMonthDay(pub String);

impl MonthDay {
    /// # Errors
    /// Anything but two digits, a hyphen and two digits that name a day of every year.
    pub fn parse(text: &str) -> Result<MonthDay, NotMonthDay> {
        let day = read_day(&format!("2001-{text}")).ok_or_else(|| NotMonthDay(text.to_owned()))?;
        Ok(MonthDay { month: day.month(), day: day.day() })
    }

    /// The day in a year; none beyond the years that can be counted.
    #[must_use]
    pub fn in_year(self, year: i32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, self.month, self.day)
    }
}

impl Serialize for MonthDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:02}-{:02}", self.month, self.day))
    }
}

impl<'de> Deserialize<'de> for MonthDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<MonthDay, D::Error> {
        let text = String::deserialize(deserializer)?;
        MonthDay::parse(&text).map_err(serde::de::Error::custom)
    }
}

//! When a notice leaves: at once or with the morning's digest, by what a person prefers and the jurisdiction requires, and
//! never in quiet hours. The wording is the notifier's.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use crate::notice::NoticeKind;
use crate::request::Moment;
use crate::words;

words! {
    /// How a person wants letters.
    LetterMode {
        Digest = "digest", "每日汇总，急件即发", "a digest each morning, urgent ones at once";
        AtOnce = "at_once", "逐件即发", "each at once";
        Urgent = "urgent", "仅急件和必达件", "only urgent and required ones";
    }
}

words! {
    /// Whether a person is left alone in quiet hours.
    QuietHours {
        Kept = "kept", "遵守", "kept";
        Off = "off", "不限", "off";
    }
}

words! {
    /// When a letter may leave.
    LetterHours {
        Office = "office", "静默时段之外", "outside quiet hours";
        Any = "any", "任何时候", "at any time";
    }
}

/// What a person prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preference {
    pub letters: LetterMode,
    pub quiet: QuietHours,
}

impl Default for Preference {
    fn default() -> Preference {
        Preference { letters: LetterMode::Digest, quiet: QuietHours::Kept }
    }
}

/// The way of a notice to one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    AtOnce(LetterHours),
    Digest,
    /// The person does not want it, and no legal step requires it.
    Nowhere,
}

/// How a notice reaches a person. What is required reaches everyone, at least with the digest.
#[must_use]
pub fn route(kind: NoticeKind, wanted: Preference, letters: &LetterParameters) -> Route {
    let hours = match wanted.quiet {
        QuietHours::Off => LetterHours::Any,
        QuietHours::Kept if letters.always.contains(&kind) => LetterHours::Any,
        QuietHours::Kept => LetterHours::Office,
    };
    match wanted.letters {
        _ if letters.urgent.contains(&kind) => Route::AtOnce(hours),
        LetterMode::AtOnce => Route::AtOnce(hours),
        LetterMode::Digest => Route::Digest,
        LetterMode::Urgent if letters.required.contains(&kind) => Route::Digest,
        LetterMode::Urgent => Route::Nowhere,
    }
}

/// How notices leave. Times are of the jurisdiction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterParameters {
    /// Kinds that leave at once; all others leave with the digest.
    pub urgent: Vec<NoticeKind>,
    /// Kinds that leave in quiet hours, too.
    pub always: Vec<NoticeKind>,
    /// Kinds that a legal step rests on: they reach everyone, at least with the digest.
    pub required: Vec<NoticeKind>,
    /// From when on a working day its digest leaves.
    pub digest_at: NaiveTime,
    /// Nothing leaves from this time on …
    pub quiet_from: NaiveTime,
    /// … until this one, nor on days without work.
    pub quiet_until: NaiveTime,
}

impl LetterParameters {
    /// Whether these numbers can be carried out.
    ///
    /// # Errors
    /// What is wrong with them: a digest that falls into quiet hours would never leave.
    pub fn check(&self) -> Result<(), String> {
        let LetterParameters { digest_at, quiet_from, quiet_until, .. } = self;
        if self.rests(*digest_at) {
            return Err(format!(
                "digest_at `{digest_at}` lies in the quiet hours {quiet_from} to {quiet_until}"
            ));
        }
        Ok(())
    }

    /// Whether a time of the day lies in the quiet hours, which may run over midnight.
    #[must_use]
    pub fn rests(&self, time: NaiveTime) -> bool {
        let (from, until) = (self.quiet_from, self.quiet_until);
        if from <= until { from <= time && time < until } else { from <= time || time < until }
    }
}

impl Moment<'_> {
    /// Whether nothing but what is declared for any time may leave now: at night, and on days without work.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        let time = self.now.with_timezone(&self.parameters.jurisdiction.offset()).time();
        self.parameters.letters.rests(time) || !self.calendar.is_working(self.today())
    }

    /// The day whose digest is due now; none before its hour and in quiet hours.
    #[must_use]
    pub fn digest_day(&self) -> Option<NaiveDate> {
        let time = self.now.with_timezone(&self.parameters.jurisdiction.offset()).time();
        let due = time >= self.parameters.letters.digest_at && !self.is_quiet();
        due.then(|| self.today())
    }

    /// The first time from now on that is not quiet.
    #[must_use]
    pub fn end_of_quiet(&self) -> DateTime<Utc> {
        let offset = self.parameters.jurisdiction.offset();
        let until = self.parameters.letters.quiet_until;
        let ends = (0..=LONGEST_HOLIDAY).filter_map(|days| {
            let day = self.today().checked_add_days(Days::new(days))?;
            Some(day.and_time(until).and_local_timezone(offset).single()?.to_utc())
        });
        let loud = |at: &DateTime<Utc>| !Moment { now: *at, ..*self }.is_quiet();
        let ends = ends.filter(|at| *at > self.now).find(loud);
        if self.is_quiet() { ends.unwrap_or(self.now) } else { self.now }
    }
}

/// Days; no run of days without work is longer.
const LONGEST_HOLIDAY: u64 = 31;

//! The clock of the decision: it stops while others owe an answer, adds up exactly, and is extended once.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, Limit};
use crate::id::UserId;
use crate::parameters::LimitParameters;

/// The clock of the decision (`policy.md` §6): it starts on acceptance and stops while a quote is open or
/// others are heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionClock {
    pub started_on: NaiveDate,
    pub pauses: Vec<Pause>,
    /// One extension with reasons (`policy.md` §6).
    #[serde(default)]
    pub extension: Option<Extension>,
}

/// More time, given once by an approver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    pub by: UserId,
    pub on: NaiveDate,
    pub reason: String,
}

/// A time in which a clock stood: the days after `from` up to `until` are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub from: NaiveDate,
    pub until: NaiveDate,
}

impl DecisionClock {
    #[must_use]
    pub fn started(on: NaiveDate) -> DecisionClock {
        DecisionClock { started_on: on, pauses: Vec::new(), extension: None }
    }

    /// The clock after it stood from one day to another.
    #[must_use]
    pub fn paused(mut self, from: NaiveDate, until: NaiveDate) -> DecisionClock {
        self.pauses.push(Pause { from, until });
        self
    }

    /// The limit of the decision: its working days and exactly those of the pauses. A limit that has passed stays so: a
    /// pause that begins after it adds nothing.
    #[must_use]
    pub fn limit(&self, calendar: &Calendar, limits: &LimitParameters) -> Limit {
        let more = self.extension.as_ref().map_or(0, |_| limits.extension);
        let running = calendar.limit(self.started_on, limits.decision + more);
        self.pauses.iter().fold(running, |limit, pause| {
            if limit.has_passed(pause.from) {
                return limit;
            }
            let stood = pause.from.succ_opt().map_or(0, |day| calendar.working_days(day, pause.until));
            calendar.limit(self.started_on, limit.working_days.saturating_add(stood))
        })
    }
}

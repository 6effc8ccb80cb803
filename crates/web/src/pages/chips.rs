//! Small things that look the same wherever they stand: a stage, a limit, a sum, an hour.

use chrono::NaiveDate;
use workflow::assessment::Outcome;
use workflow::calendar::Calendar;
use workflow::deadline::Deadline;
use workflow::language::Language;
use workflow::reminders;
use workflow::request::{Moment, Request};
use workflow::stage::{Stage, StageKind};

use crate::tongue::Tongue;

/// A stage with the class of its colour.
pub(crate) struct Chip {
    pub(crate) name: &'static str,
    pub(crate) tone: &'static str,
}

impl Chip {
    pub(crate) fn of(stage: StageKind, tongue: Tongue) -> Chip {
        Chip { name: stage.name(tongue.0), tone: tone(stage) }
    }

    /// An admitted request whose funds have come says so.
    pub(crate) fn of_request(request: &Request, tongue: Tongue) -> Chip {
        match request.stage {
            Stage::Admitted { funded_on: Some(_), .. } => Chip {
                name: tongue.say("经费到位待开始", "funded, waits for its start"),
                tone: "good",
            },
            _ => Chip::of(request.stage.kind(), tongue),
        }
    }
}

fn tone(stage: StageKind) -> &'static str {
    use StageKind as S;
    match stage {
        S::Draft | S::Withdrawn | S::Lapsed | S::Closed => "quiet",
        S::Returned | S::Quoted | S::Suspended => "wait",
        S::Rejected | S::Terminated => "bad",
        S::InForce | S::Settled => "good",
        _ => "open",
    }
}

/// The class of an outcome's colour; red is for what is refused.
pub(crate) fn outcome_tone(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Admit | Outcome::Purchase => "good",
        Outcome::Refer => "wait",
        Outcome::Return | Outcome::Reject => "bad",
    }
}

/// A limit: the day, what is left, and how urgent it is.
pub(crate) struct Limit {
    pub(crate) day: String,
    pub(crate) left: String,
    pub(crate) tone: &'static str,
    pub(crate) whose: &'static str,
    pub(crate) on: NaiveDate,
}

/// Working days below which a limit is shown in amber.
const SOON: i64 = 3;

impl Limit {
    pub(crate) fn of(request: &Request, moment: &Moment<'_>, tongue: Tongue) -> Option<Limit> {
        let deadline = workflow::deadline::deadline(request, moment)?;
        Some(Limit::at(deadline, moment, tongue))
    }

    pub(crate) fn at(deadline: Deadline, moment: &Moment<'_>, tongue: Tongue) -> Limit {
        let (today, due) = (moment.today(), deadline.due);
        let left = reminders::left(moment.calendar, today, due);
        let tone = Limit::tone((today, due), moment.calendar);
        let (day, left) = (day(due, tongue), left.get(tongue.0).to_owned());
        Limit { day, left, tone, whose: deadline.role.name(tongue.0), on: due }
    }

    /// How urgent it is on a day: past is past, whether or not anybody worked since.
    pub(crate) fn tone((today, due): (NaiveDate, NaiveDate), calendar: &Calendar) -> &'static str {
        match calendar.days_left(today, due) {
            _ if today > due => "late",
            left if left < SOON => "soon",
            _ => "calm",
        }
    }
}

/// A day as people write it.
pub(crate) fn day(day: NaiveDate, tongue: Tongue) -> String {
    match tongue.0 {
        Language::Chinese => day.format("%-m月%-d日").to_string(),
        Language::English => day.format("%-d %b").to_string(),
    }
}

/// A day with its year.
pub(crate) fn whole_day(day: NaiveDate, tongue: Tongue) -> String {
    match tongue.0 {
        Language::Chinese => day.format("%Y年%-m月%-d日").to_string(),
        Language::English => day.format("%-d %b %Y").to_string(),
    }
}

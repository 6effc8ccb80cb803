//! Lateness: which steps ended, or still run, after their limit, by how much, and who answers for it. It is derived from
//! the states of a request and the calendars as they were loaded; nothing of it is stored.

use chrono::NaiveDate;
use serde::Serialize;

use crate::actor::Role;
use crate::calendar::{Calendar, WorkingDays};
use crate::deadline::{Deadline, deadline};
use crate::request::{Moment, Request};
use crate::stage::StageKind;
use crate::words;

words! {
    /// Who or what answers for a step that is late.
    Cause {
        Office = "office", "办公室", "the office";
        Department = "department", "申请部门", "the department";
        Money = "money", "经费", "money";
        /// The last day was moved after the step began, or lies in a year without a notice; nobody is blamed for it.
        Calendar = "calendar", "日历", "the calendar";
    }
}

/// A step that is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Late {
    pub stage: StageKind,
    pub whose: Role,
    /// The day on which the step began.
    pub begun_on: NaiveDate,
    pub due: NaiveDate,
    /// The day on which it was done; none while it runs.
    pub done: Option<NaiveDate>,
    pub days: WorkingDays,
    pub cause: Cause,
}

/// A calendar and the day from which it counted.
#[derive(Debug, Clone, Copy)]
pub struct Loaded<'a> {
    pub from: NaiveDate,
    pub calendar: &'a Calendar,
}

/// What a request was from a day on.
#[derive(Debug, Clone, Copy)]
pub struct State<'a> {
    pub since: NaiveDate,
    pub request: &'a Request,
}

/// A step with who held it: how long, and what of it was late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    pub stage: StageKind,
    pub whose: Role,
    pub begun_on: NaiveDate,
    pub due: NaiveDate,
    /// The day on which it was done; none while it runs.
    pub done: Option<NaiveDate>,
    /// Working days from the day after it began to the one on which it was done.
    pub days: WorkingDays,
    pub late: Option<Late>,
}

/// Every step of a history that had a limit, oldest first; arguments as for [`lateness`].
#[must_use]
pub fn held(states: &[State<'_>], loads: &[Loaded<'_>], moment: &Moment<'_>) -> Vec<Held> {
    let held = steps(states, moment).into_iter().filter_map(|(step, done)| {
        let Deadline { role, due, .. } = deadline(step.request, moment)?;
        let until = done.unwrap_or_else(|| moment.today());
        let days = moment.calendar.days_left(step.since, until);
        Some(Held {
            stage: step.request.stage.kind(),
            whose: role,
            begun_on: step.since,
            due,
            done,
            days: WorkingDays(u32::try_from(days).unwrap_or_default()),
            late: late_step(step, done, loads, moment),
        })
    });
    held.collect()
}

/// Every late step of a history, oldest first. `states` are in their order, one for each event; `loads` are the calendars
/// in the order in which they were loaded, and the moment's is the newest.
#[must_use]
pub fn lateness(states: &[State<'_>], loads: &[Loaded<'_>], moment: &Moment<'_>) -> Vec<Late> {
    let steps = steps(states, moment).into_iter();
    steps.filter_map(|(step, done)| late_step(step, done, loads, moment)).collect()
}

/// The steps of a history, each as it stood last with the day on which it began, and the day on which it was done.
fn steps<'a>(states: &[State<'a>], moment: &Moment<'_>) -> Vec<(State<'a>, Option<NaiveDate>)> {
    let whose = |state: &State<'_>| deadline(state.request, moment).map(|deadline| deadline.role);
    let same = |one: &State<'_>, next: &State<'_>| {
        (one.request.stage.kind(), whose(one)) == (next.request.stage.kind(), whose(next))
    };
    let mut steps = Vec::new();
    let mut rest = states;
    for step in states.chunk_by(same) {
        rest = rest.get(step.len()..).unwrap_or_default();
        let (Some(first), Some(last)) = (step.first(), step.last()) else { continue };
        let done = rest.first().map(|next| next.since);
        steps.push((State { since: first.since, ..*last }, done));
    }
    steps
}

/// The lateness of one step that began on a day and was done on another, or runs today.
#[must_use]
pub fn late_step(
    step: State<'_>,
    done: Option<NaiveDate>,
    loads: &[Loaded<'_>],
    moment: &Moment<'_>,
) -> Option<Late> {
    let now = deadline(step.request, moment)?;
    let day = done.unwrap_or_else(|| moment.today());
    let days = moment.calendar.days_late(day, now.due)?;
    let known = loads.iter().rev().find(|load| load.from <= step.since).or_else(|| loads.first());
    let at_first = Moment { calendar: known.map_or(moment.calendar, |load| load.calendar), ..*moment };
    let at_first = deadline(step.request, &at_first).unwrap_or(now);
    let (stage, whose) = (step.request.stage.kind(), now.role);
    // The bodies that were asked are late, and the clock closes it without them.
    if stage == StageKind::Consultation {
        return None;
    }
    let cause = cause(now, at_first, day)?;
    Some(Late { stage, whose, begun_on: step.since, due: now.due, done, days, cause })
}

/// Communities and the system are never late: a refusal and a silence of theirs have their own consequence.
fn cause(now: Deadline, at_first: Deadline, day: NaiveDate) -> Option<Cause> {
    let holder = match now.role {
        Role::Reviewer | Role::Approver => Cause::Office,
        Role::Submitter => Cause::Department,
        Role::Finance => Cause::Money,
        Role::Committee
        | Role::Subdistrict
        | Role::Auditor
        | Role::Admin
        | Role::Security
        | Role::Policy
        | Role::System => {
            return None;
        }
    };
    let in_time_at_first = day <= at_first.due;
    Some(if now.provisional || in_time_at_first { Cause::Calendar } else { holder })
}

//! The load of a pool by week: booked months spread over the working days of their tasks.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::Serialize;

use crate::calendar::{Calendar, Month};
use crate::hours::{Centihours, Hours};

/// Hours that a task has booked in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookedMonth {
    /// The task's period; without one the whole month counts.
    pub period: Option<(NaiveDate, NaiveDate)>,
    pub month: Month,
    pub hours: Centihours,
}

/// A week from Monday to Sunday with its booked hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Week {
    pub monday: NaiveDate,
    /// Of the year that has its Thursday.
    pub number: u32,
    pub working_days: u32,
    pub hours: Hours,
    pub hours_a_day: Hours,
}

/// The week of a year with the most booked hours a working day; the first of equals.
#[must_use]
pub fn peak_week(booked: &[BookedMonth], year: i32, calendar: &Calendar) -> Option<Week> {
    let mut weeks: BTreeMap<NaiveDate, Hours> = BTreeMap::new();
    for task in booked {
        let (first, last) = days(task, calendar);
        let count = calendar.working_days(first, last);
        for day in first.iter_days().take_while(|day| *day <= last) {
            if calendar.is_working(day) {
                let week = weeks.entry(monday(day)).or_insert(Hours::ZERO);
                *week = week.plus(task.hours.exact().share(1, count));
            }
        }
    }
    let of_year = weeks.into_iter().filter(|(monday, _)| monday.iso_week().year() == year);
    let weeks = of_year.map(|(monday, hours)| week(monday, hours, calendar));
    weeks.reduce(|most, week| if week.hours_a_day > most.hours_a_day { week } else { most })
}

fn week(monday: NaiveDate, hours: Hours, calendar: &Calendar) -> Week {
    let working_days = calendar.working_days(monday, monday + Days::new(6));
    let hours_a_day = hours.share(1, working_days);
    Week { monday, number: monday.iso_week().week(), working_days, hours, hours_a_day }
}

fn monday(day: NaiveDate) -> NaiveDate {
    day.week(Weekday::Mon).first_day()
}

/// The part of the month that the task's hours lie in.
fn days(task: &BookedMonth, calendar: &Calendar) -> (NaiveDate, NaiveDate) {
    let (first, last) = (task.month.first(), task.month.last());
    let within = task.period.map(|(start, end)| (start.max(first), end.min(last)));
    within.filter(|(start, end)| calendar.working_days(*start, *end) > 0).unwrap_or((first, last))
}

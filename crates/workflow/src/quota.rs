//! The workload quota of a community: capacity by month, and what a task would take of it (`policy.md` §5).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::calendar::{Calendar, Month};
use crate::facts::{Community, DayFactor, Facts, WorkLine, Worker};
use crate::hours::{Centihours, Hours, Minutes, Pool};
use crate::parameters::QuotaParameters;
use crate::price::minutes_of;

/// What a task takes of one community's month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuotaRow {
    pub community: String,
    pub month: Month,
    /// Hours of the task in this month.
    pub hours: Hours,
    /// Free before the task, with what siblings have filed taken off; never below zero.
    pub free: Hours,
    /// Hours above what is free.
    pub over: Hours,
    /// It is over, and would not be without what siblings have filed.
    #[serde(skip)]
    pub over_by_siblings: bool,
}

/// Working days by month of a period.
struct Spread {
    months: Vec<(Month, u32)>,
    total: u32,
}

impl Spread {
    fn of(calendar: &Calendar, (start, end): (NaiveDate, NaiveDate)) -> Spread {
        let days = |month: Month| calendar.working_days(month.first().max(start), month.last().min(end));
        let months: Vec<_> = Month::spanning(start, end)
            .map(|month| (month, days(month)))
            .filter(|(_, days)| *days > 0)
            .collect();
        let total = months.iter().map(|(_, days)| days).sum();
        Spread { months, total }
    }
}

/// Who works in a community: its residents' committee, and its service station where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staff {
    pub households: i64,
    pub residents: i64,
    /// On the committee's roll; none or zero leaves it to the norm.
    pub workers: Option<i64>,
    /// On the station's roll; none where there is no station.
    pub station_workers: Option<i64>,
}

impl Staff {
    /// The pool that a task draws on here: without a station everything is the committee's.
    #[must_use]
    pub fn pool(&self, wanted: Pool) -> Pool {
        if self.station_workers.is_some() { wanted } else { Pool::Committee }
    }

    /// Workers of a pool: those on the roll, or for the committee the norm where none are given.
    #[must_use]
    pub fn workers(&self, pool: Pool, parameters: &QuotaParameters) -> i64 {
        let by_norm = |count: i64, each: i64| (count + each - 1) / each.max(1);
        match (pool, self.workers) {
            (Pool::Station, _) => self.station_workers.unwrap_or_default(),
            (Pool::Committee, Some(workers)) if workers > 0 => workers,
            (Pool::Committee, _) => parameters
                .least_workers
                .max(by_norm(self.households, parameters.households_per_worker))
                .max(by_norm(self.residents, parameters.residents_per_worker)),
        }
    }
}

/// Workers of a community: those on the roll, or the norm where none are given.
#[must_use]
pub fn workers(community: &Community, parameters: &QuotaParameters) -> i64 {
    let Community { households, residents, workers, .. } = *community;
    let staff = Staff { households, residents, workers, station_workers: None };
    staff.workers(Pool::Committee, parameters)
}

/// The hours of a month without leave.
#[must_use]
pub fn net(workers: i64, month: Month, calendar: &Calendar, parameters: &QuotaParameters) -> Hours {
    let days = calendar.working_days(month.first(), month.last());
    let gross = i128::from(workers) * i128::from(days) * i128::from(parameters.hours_per_day);
    Hours::new(gross, 1).times(parameters.leave.complement())
}

/// The hours of a month that may be booked: gross less leave less the reserve.
#[must_use]
pub fn capacity(workers: i64, month: Month, calendar: &Calendar, parameters: &QuotaParameters) -> Hours {
    net(workers, month, calendar, parameters).times(parameters.reserve.complement())
}

/// Whether a line of work takes hours of the quota: done by community workers on working or extended days.
#[must_use]
pub fn books(line: &WorkLine) -> bool {
    line.worker == Worker::Community && matches!(line.day, DayFactor::Working | DayFactor::Extended)
}

/// The quota rows of a task, sorted by community code, then month. Only communities whose work books quota, only
/// months with working days of the period.
#[must_use]
pub fn rows(facts: &Facts, calendar: &Calendar, parameters: &QuotaParameters) -> Vec<QuotaRow> {
    let Some(period) = facts.request.period() else {
        return Vec::new();
    };
    let spread = Spread::of(calendar, period);
    let unbooked = unbooked(facts);
    let mut communities: Vec<&Community> = facts.communities.iter().collect();
    communities.sort_by(|a, b| a.code.cmp(&b.code));
    let mut rows = Vec::new();
    for community in communities {
        let lines = facts.request.work.iter().filter(|line| books(line));
        let minutes = lines.fold(Minutes::default(), |sum, line| sum.plus(minutes_of(line, community)));
        if minutes.is_zero() {
            continue;
        }
        let workers = workers(community, parameters);
        for (month, days) in &spread.months {
            let booked = community.booked.get(month).copied().unwrap_or_default();
            let filed = unbooked.get(&(community.code.as_str(), *month)).copied().unwrap_or_default();
            let free_alone = capacity(workers, *month, calendar, parameters).beyond(booked.exact());
            let hours = minutes.hours().share(*days, spread.total);
            let free = free_alone.beyond(filed.exact());
            let over = hours.beyond(free);
            let over_by_siblings = over > Hours::ZERO && hours <= free_alone;
            let community = community.code.clone();
            rows.push(QuotaRow { community, month: *month, hours, free, over, over_by_siblings });
        }
    }
    rows
}

/// Hours that siblings will take and that are not booked yet; what is booked already is in the communities' booked hours.
fn unbooked(facts: &Facts) -> BTreeMap<(&str, Month), Centihours> {
    let mut unbooked: BTreeMap<_, Centihours> = BTreeMap::new();
    for part in facts.siblings.iter().flat_map(|sibling| &sibling.communities) {
        for (month, hours) in &part.unbooked {
            unbooked.entry((part.code.as_str(), *month)).or_default().0 += hours.0;
        }
    }
    unbooked
}

/// The first month after the asked one in which a task of the same length would fit every community, looking at
/// most a year ahead; what is booked so far counts.
#[must_use]
pub fn fitting_start(facts: &Facts, calendar: &Calendar, parameters: &QuotaParameters) -> Option<Month> {
    let (start, end) = facts.request.period()?;
    let length = end.signed_duration_since(start);
    let mut moved = facts.clone();
    let candidates = std::iter::successors(Some(Month::of(start).next()), |month| Some(month.next()));
    candidates.take(12).find(|month| {
        moved.request.starts_on = Some(month.first());
        moved.request.ends_on = month.first().checked_add_signed(length);
        rows(&moved, calendar, parameters).iter().all(|row| row.over == Hours::ZERO)
    })
}

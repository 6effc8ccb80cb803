//! The days of the season that leave the communities their notice, spread over the communities: one day each, the same for the same input, and not moved by
//! what any community refused, since every community of the district has its place.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Busy, Place};
use crate::id::OrganisationId;
use crate::oversight::OversightError;
use crate::request::Moment;

/// The day of each community.
///
/// # Errors
/// A community has no working day of the season that is not busy.
pub(super) fn days(
    places: &[Place],
    busy: &[Busy],
    (year, moment): (i32, Moment<'_>),
) -> Result<BTreeMap<OrganisationId, NaiveDate>, OversightError> {
    let all = |day: &NaiveDate| busy.iter().any(|busy| busy.community.is_none() && busy.day == *day);
    let season: Vec<NaiveDate> = working(year, moment).into_iter().filter(|day| !all(day)).collect();
    let mut given = BTreeMap::new();
    for (index, place) in places.iter().enumerate() {
        let own = |day: &NaiveDate| {
            busy.iter().any(|busy| busy.community.as_ref() == Some(&place.code) && busy.day == *day)
        };
        let first = index * season.len() / places.len().max(1);
        let day = season.iter().cycle().skip(first).take(season.len()).find(|day| !own(day));
        let none = || OversightError::NoFreeDay { year, community: place.code.clone() };
        given.insert(place.id, *day.ok_or_else(none)?);
    }
    Ok(given)
}

/// A season that has begun goes on with what is left of it.
fn working(year: i32, moment: Moment<'_>) -> Vec<NaiveDate> {
    let parameters = &moment.parameters.oversight.inspection;
    let earliest = moment.calendar.limit(moment.today(), parameters.notice).due;
    let season = parameters.season_from.in_year(year).zip(parameters.season_until.in_year(year));
    let Some((from, until)) = season else { return Vec::new() };
    let days = from.max(earliest).iter_days().take_while(|day| *day <= until);
    days.filter(|day| moment.calendar.is_working(*day)).collect()
}

//! What becomes of a request's booked hours: from what it holds to what it will hold, and the difference by community,
//! pool and month. Whether there is room is asked where the counters are.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Month;
use crate::hours::{Centihours, Pool};
use crate::id::OrganisationId;
use crate::request::{Bookings, MonthHours, Request};

/// A community's pool in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Place {
    pub community: OrganisationId,
    pub pool: Pool,
    pub month: Month,
}

/// Booked hours, and the part of them that an approver forced beyond capacity; both are differences in an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Booked {
    pub hours: Centihours,
    pub forced: Centihours,
}

impl Booked {
    /// Hours that fit.
    #[must_use]
    pub fn fitting(hours: Centihours) -> Booked {
        Booked { hours, forced: Centihours(0) }
    }

    #[must_use]
    pub fn plus(self, other: Booked) -> Booked {
        Booked {
            hours: Centihours(self.hours.0 + other.hours.0),
            forced: Centihours(self.forced.0 + other.forced.0),
        }
    }

    #[must_use]
    pub fn minus(self, other: Booked) -> Booked {
        Booked {
            hours: Centihours(self.hours.0 - other.hours.0),
            forced: Centihours(self.forced.0 - other.forced.0),
        }
    }

    #[must_use]
    pub fn is_nothing(self) -> bool {
        self == Booked::default()
    }

    /// The same place with other hours: what was forced stays so where it is kept, and is given back first.
    fn changed_to(self, hours: Centihours) -> Booked {
        let given_back = (self.hours.0 - hours.0).max(0);
        Booked { hours, forced: Centihours((self.forced.0 - given_back).max(0)) }
    }
}

/// The hours of one request by place.
pub type Held = BTreeMap<Place, Booked>;

impl Bookings {
    /// The hours that are wanted; none where only something is freed.
    #[must_use]
    pub fn wanted(&self) -> &[MonthHours] {
        match self {
            Bookings::Book(hours) | Bookings::Force(hours) | Bookings::Rebook(hours) => hours,
            _ => &[],
        }
    }

    /// What the request holds afterwards; the community of a code that is no target of it comes back as an error.
    ///
    /// # Errors
    /// The code of a community that the request does not ask for.
    pub fn after(&self, request: &Request, held: &Held) -> Result<Held, String> {
        match self {
            Bookings::Keep => Ok(held.clone()),
            Bookings::Book(hours) | Bookings::Force(hours) => {
                let mut after = held.clone();
                for (place, hours) in places(request, hours)? {
                    let sum = after.get(&place).copied().unwrap_or_default().plus(Booked::fitting(hours));
                    after.insert(place, sum);
                }
                Ok(after)
            }
            Bookings::Rebook(hours) => {
                let wanted = places(request, hours)?;
                let before = |place| held.get(place).copied().unwrap_or_default();
                Ok(wanted.iter().map(|(place, hours)| (*place, before(place).changed_to(*hours))).collect())
            }
            Bookings::FreeAll => Ok(Held::new()),
            Bookings::FreeCommunity(community) => Ok(kept(held, |place| place.community != *community)),
            Bookings::HandOver { from, into, since } => Ok(handed_over(held, (*from, *into), *since)),
            Bookings::FreeAfter(last) => Ok(kept(held, |place| place.month <= *last)),
        }
    }
}

/// What differs, by place, in one order.
#[must_use]
pub fn difference(before: &Held, after: &Held) -> Vec<(Place, Booked)> {
    let places: BTreeSet<&Place> = before.keys().chain(after.keys()).collect();
    let at = |held: &Held, place| held.get(place).copied().unwrap_or_default();
    let changes = places.into_iter().map(|place| (*place, at(after, place).minus(at(before, place))));
    changes.filter(|(_, change)| !change.is_nothing()).collect()
}

/// Hours of the months from one on in the hands of another community, in the same pool; what of them is above its
/// capacity is found out where the counters are.
fn handed_over(held: &Held, (from, into): (OrganisationId, OrganisationId), since: Month) -> Held {
    let goes = |place: &Place| place.community == from && place.month >= since;
    let mut after = kept(held, |place| !goes(place));
    for (place, booked) in held.iter().filter(|(place, _)| goes(place)) {
        let sum = after.entry(Place { community: into, ..*place }).or_default();
        *sum = sum.plus(Booked::fitting(booked.hours));
    }
    after
}

fn kept(held: &Held, wanted: impl Fn(&Place) -> bool) -> Held {
    held.iter().filter(|(place, _)| wanted(place)).map(|(place, booked)| (*place, *booked)).collect()
}

/// Hours by place; those of one community and month are added up.
fn places(request: &Request, hours: &[MonthHours]) -> Result<BTreeMap<Place, Centihours>, String> {
    let pool = |code: &str| request.assessed.as_ref().map_or(Pool::Committee, |assessed| assessed.pool(code));
    let targets: BTreeMap<&str, OrganisationId> =
        request.targets.iter().map(|target| (target.code.as_str(), target.community)).collect();
    let mut places: BTreeMap<Place, Centihours> = BTreeMap::new();
    for MonthHours { code, month, hours } in hours {
        let community = *targets.get(code.as_str()).ok_or_else(|| code.clone())?;
        let place = Place { community, pool: pool(code), month: *month };
        places.entry(place).or_default().0 += hours.0;
    }
    places.retain(|_, hours| hours.0 > 0);
    Ok(places)
}

//! What the communities can do: hours by community, pool and month, from staff, leave, reserve and calendar. The counters
//! keep a copy of it, which is renewed when sizes or the calendar change.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;
use serde::Serialize;
use store::{Capacity, CommunitySize, Reader, StoreError, Tx};
use workflow::booking::Place;
use workflow::calendar::{Calendar, Month};
use workflow::hours::{Centihours, Pool};
use workflow::id::OrganisationId;
use workflow::parameters::QuotaParameters;
use workflow::quota::{Staff, capacity, net};

use crate::content::Content;

impl Content {
    /// What capacity is computed by.
    pub(crate) fn by(&self) -> By<'_> {
        (&self.calendar, &self.rules.parameters().quota)
    }
}

/// Hours of a month of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct MonthCapacity {
    pub workers: i64,
    /// What may be booked.
    pub capacity: Centihours,
    /// What stays with the community: self-governance and the residents' service.
    pub reserve: Centihours,
}

/// Sizes of communities by year, and what follows from them.
#[derive(Debug)]
pub(crate) struct Capacities<'a> {
    sizes: BTreeMap<i32, BTreeMap<OrganisationId, CommunitySize>>,
    by: By<'a>,
}

/// The calendar and the numbers that capacity is computed by.
pub(crate) type By<'a> = (&'a Calendar, &'a QuotaParameters);

impl<'a> Capacities<'a> {
    /// Reads the sizes of communities that hold in those years.
    pub(crate) async fn read(
        reader: &Reader<'_>,
        communities: &[OrganisationId],
        (years, by): (BTreeSet<i32>, By<'a>),
    ) -> Result<Capacities<'a>, StoreError> {
        let mut sizes = BTreeMap::new();
        for year in years {
            sizes.insert(year, reader.sizes(communities, year).await?);
        }
        Ok(Capacities { sizes, by })
    }

    /// Who works in a community in a year; none where its size is not known.
    pub(crate) fn staff(&self, community: OrganisationId, year: i32) -> Option<Staff> {
        Some(self.sizes.get(&year)?.get(&community)?.staff())
    }

    /// The pools of a community in a year.
    pub(crate) fn pools(&self, community: OrganisationId, year: i32) -> Vec<Pool> {
        let Some(staff) = self.staff(community, year) else { return Vec::new() };
        Pool::ALL.iter().copied().filter(|pool| staff.pool(*pool) == *pool).collect()
    }

    /// What a month of a pool can do; nothing where the community has no size or no such pool in that year.
    pub(crate) fn of(&self, Place { community, pool, month }: Place) -> MonthCapacity {
        let Some(staff) = self.staff(community, month.first().year()) else {
            return MonthCapacity::default();
        };
        let (calendar, parameters) = self.by;
        let workers = staff.workers(pool, parameters);
        let bookable = capacity(workers, month, calendar, parameters).floored();
        let all = net(workers, month, calendar, parameters).floored();
        MonthCapacity { workers, capacity: bookable, reserve: Centihours(all.0 - bookable.0) }
    }

    /// The capacity of a place as the counters keep it.
    pub(crate) fn counter(&self, place: Place) -> Capacity {
        Capacity { place, hours: self.of(place).capacity }
    }
}

/// The years of some months.
pub(crate) fn years(months: impl Iterator<Item = Month>) -> BTreeSet<i32> {
    months.map(|month| month.first().year()).collect()
}

/// Brings the copies of capacity in all counters up to date, after sizes or the calendar have changed. Hours that were
/// booked stay booked: a month that can no longer do them takes nothing more and is shown as over.
pub(crate) async fn renew(tx: &Tx, by: By<'_>) -> Result<(), StoreError> {
    let counters = tx.reader().all_quota_months().await?;
    let communities: BTreeSet<_> = counters.iter().map(|counter| counter.place.community).collect();
    let communities: Vec<_> = communities.into_iter().collect();
    let years = years(counters.iter().map(|counter| counter.place.month));
    let capacities = Capacities::read(&tx.reader(), &communities, (years, by)).await?;
    let mut renewed: Vec<_> = counters.iter().map(|counter| capacities.counter(counter.place)).collect();
    renewed.sort_by_key(|capacity| capacity.place);
    tx.renew_capacities(&renewed).await
}

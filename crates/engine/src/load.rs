//! The load of a community: what its pools can do, what is booked, by month, year and fullest week, and every task behind
//! a figure; today, or as it stood at the end of a day.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate, NaiveTime};
use serde::Serialize;
use store::{BookingLine, OrganisationKind, RequestLine, StoreError};
use workflow::booking::{Booked, Place};
use workflow::calendar::Month;
use workflow::hours::{Centihours, Pool};
use workflow::id::{OrganisationId, RequestId};
use workflow::load::{BookedMonth, Week, peak_week};

use crate::Engine;
use crate::capacity::{Capacities, MonthCapacity};
use crate::content::Content;
use crate::error::EngineError;

/// A community's year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommunityLoad {
    pub code: String,
    pub name: String,
    pub year: i32,
    /// The day at whose end the bookings are shown; none for now. Capacity is always that of today's staff and calendar.
    pub as_of: Option<NaiveDate>,
    pub pools: Vec<PoolLoad>,
}

/// One pool's year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PoolLoad {
    pub pool: Pool,
    pub total: Figures,
    pub peak_week: Option<Week>,
    pub months: Vec<MonthLoad>,
}

/// One pool's month with the tasks that book it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonthLoad {
    pub month: Month,
    pub workers: i64,
    /// The year has no notice yet; its working days are only weekdays so far.
    pub provisional: bool,
    #[serde(flatten)]
    pub figures: Figures,
    pub tasks: Vec<TaskHours>,
}

/// Hours of a month or a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Figures {
    pub capacity: Centihours,
    pub reserve: Centihours,
    pub booked: Centihours,
    /// Of what is booked, what an approver forced.
    pub forced: Centihours,
    pub free: Centihours,
    /// Booked above capacity: forced, or booked before staff or working days became fewer.
    pub over: Centihours,
}

/// What one task books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskHours {
    pub request: RequestId,
    pub number: Option<String>,
    pub title: String,
    /// 1 to 7; none outside the seven functions.
    pub function: Option<u8>,
    pub hours: Centihours,
    pub forced: Centihours,
}

impl Figures {
    pub(crate) fn of((capacity, reserve): (Centihours, Centihours), booked: Booked) -> Figures {
        let free = capacity.0 - booked.hours.0;
        Figures {
            capacity,
            reserve,
            booked: booked.hours,
            forced: booked.forced,
            free: Centihours(free.max(0)),
            over: Centihours((-free).max(0)),
        }
    }

    fn plus(self, other: Figures) -> Figures {
        let sum = |one: Centihours, two: Centihours| Centihours(one.0 + two.0);
        Figures {
            capacity: sum(self.capacity, other.capacity),
            reserve: sum(self.reserve, other.reserve),
            booked: sum(self.booked, other.booked),
            forced: sum(self.forced, other.forced),
            free: sum(self.free, other.free),
            over: sum(self.over, other.over),
        }
    }
}

impl Engine {
    /// A community's year by pool and month, now or at the end of a day.
    ///
    /// # Errors
    /// No community has the code, or its size is not known for the year.
    pub async fn load(
        &self,
        code: &str,
        year: i32,
        as_of: Option<NaiveDate>,
    ) -> Result<CommunityLoad, EngineError> {
        let reader = self.reader();
        let organisation = reader.organisation(code).await?;
        if organisation.kind != OrganisationKind::Community {
            return Err(StoreError::NotFound("community").into());
        }
        let (id, content) = (organisation.id, self.content());
        let years = BTreeSet::from([year]);
        let capacities = Capacities::read(&reader, &[id], (years, content.by())).await?;
        if capacities.staff(id, year).is_none() {
            return Err(StoreError::NotFound("size of the community").into());
        }
        let lines = match as_of {
            None => reader.bookings(&[id]).await?,
            Some(day) => self.bookings_as_of(&[id], day).await?,
        };
        let ids: Vec<RequestId> = lines.iter().map(|line| line.request).collect();
        let tasks = reader.tasks(&ids).await?;
        let view = View { capacities: &capacities, content: &content, lines: &lines, tasks: &tasks };
        let mut pools: BTreeSet<Pool> = capacities.pools(id, year).into_iter().collect();
        pools.extend(lines.iter().map(|line| line.place.pool));
        let pools = pools.into_iter().map(|pool| view.pool((id, pool), year)).collect();
        Ok(CommunityLoad { code: organisation.code, name: organisation.name, year, as_of, pools })
    }

    /// Hours of some months of pools as they stand now; in the order asked for. A query for each year, and one for all that
    /// is booked.
    ///
    /// # Errors
    /// What the database says.
    pub async fn month_figures(&self, places: &[Place]) -> Result<Vec<Figures>, EngineError> {
        let (reader, content) = (self.reader(), self.content());
        let communities: BTreeSet<_> = places.iter().map(|place| place.community).collect();
        let communities: Vec<_> = communities.into_iter().collect();
        let months = places.iter().map(|place| place.month);
        let Some(span) = months.clone().min().zip(months.clone().max()) else { return Ok(Vec::new()) };
        let by = (crate::capacity::years(months), content.by());
        let capacities = Capacities::read(&reader, &communities, by).await?;
        let counters = reader.quota_months(&communities, span).await?;
        let booked: BTreeMap<Place, Booked> =
            counters.into_iter().map(|counter| (counter.place, counter.booked)).collect();
        let figures = places.iter().map(|place| {
            let can = capacities.of(*place);
            Figures::of((can.capacity, can.reserve), booked.get(place).copied().unwrap_or_default())
        });
        Ok(figures.collect())
    }

    /// What the pools of communities can do in a year, and what stays with them. One query; a community without a size has
    /// none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn year_capacities(
        &self,
        communities: &[OrganisationId],
        year: i32,
    ) -> Result<BTreeMap<OrganisationId, MonthCapacity>, EngineError> {
        let (reader, content) = (self.reader(), self.content());
        let by = (BTreeSet::from([year]), content.by());
        let capacities = Capacities::read(&reader, communities, by).await?;
        let mut years: BTreeMap<OrganisationId, MonthCapacity> = BTreeMap::new();
        for community in communities {
            for pool in capacities.pools(*community, year) {
                for month in months(year) {
                    let can = capacities.of(Place { community: *community, pool, month });
                    let sum = years.entry(*community).or_default();
                    sum.workers = sum.workers.max(can.workers);
                    sum.capacity.0 += can.capacity.0;
                    sum.reserve.0 += can.reserve.0;
                }
            }
        }
        Ok(years)
    }

    /// What was booked at the end of a day, counted from the entries.
    pub(crate) async fn bookings_as_of(
        &self,
        communities: &[OrganisationId],
        day: NaiveDate,
    ) -> Result<Vec<BookingLine>, EngineError> {
        let offset = self.content().rules.parameters().jurisdiction.offset();
        let next = (day + Days::new(1)).and_time(NaiveTime::MIN).and_local_timezone(offset).single();
        let next = next.ok_or_else(|| EngineError::Broken(format!("`{day}` cannot be counted")))?;
        let mut sums: BTreeMap<(Place, RequestId), Booked> = BTreeMap::new();
        for entry in self.reader().hour_entries(communities).await? {
            if entry.at < next {
                let sum = sums.entry((entry.place, entry.request)).or_default();
                *sum = sum.plus(entry.change);
            }
        }
        sums.retain(|_, booked| !booked.is_nothing());
        let line = |((place, request), booked)| BookingLine { request, place, booked };
        Ok(sums.into_iter().map(line).collect())
    }
}

struct View<'a> {
    capacities: &'a Capacities<'a>,
    content: &'a Content,
    lines: &'a [BookingLine],
    tasks: &'a BTreeMap<RequestId, RequestLine>,
}

impl View<'_> {
    fn pool(&self, (community, pool): (OrganisationId, Pool), year: i32) -> PoolLoad {
        let months: Vec<MonthLoad> =
            months(year).map(|month| self.month(Place { community, pool, month })).collect();
        let total = months.iter().fold(Figures::default(), |sum, month| sum.plus(month.figures));
        let booked: Vec<BookedMonth> =
            self.lines.iter().filter(|line| line.place.pool == pool).map(|line| self.spread(line)).collect();
        PoolLoad { pool, total, peak_week: peak_week(&booked, year, &self.content.calendar), months }
    }

    fn spread(&self, line: &BookingLine) -> BookedMonth {
        let period = self.tasks.get(&line.request).and_then(|task| Some((task.starts_on?, task.ends_on?)));
        BookedMonth { period, month: line.place.month, hours: line.booked.hours }
    }

    fn month(&self, place: Place) -> MonthLoad {
        let lines: Vec<&BookingLine> = self.lines.iter().filter(|line| line.place == place).collect();
        let booked = lines.iter().fold(Booked::default(), |sum, line| sum.plus(line.booked));
        let can = self.capacities.of(place);
        MonthLoad {
            month: place.month,
            workers: can.workers,
            provisional: self.content.calendar.is_provisional(place.month.first()),
            figures: Figures::of((can.capacity, can.reserve), booked),
            tasks: lines.into_iter().map(|line| self.task(line)).collect(),
        }
    }

    fn task(&self, line: &BookingLine) -> TaskHours {
        let task = self.tasks.get(&line.request);
        TaskHours {
            request: line.request,
            number: task.and_then(|task| task.number.clone()),
            title: task.map(|task| task.title.clone()).unwrap_or_default(),
            function: task.and_then(|task| task.function),
            hours: line.booked.hours,
            forced: line.booked.forced,
        }
    }
}

fn months(year: i32) -> impl Iterator<Item = Month> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).map(Month::of);
    std::iter::successors(first, |month| Some(month.next())).take(12)
}

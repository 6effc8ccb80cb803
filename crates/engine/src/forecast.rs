//! The forecast of a quarter for every community of a district: read here, reckoned in the domain.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use store::{Organisation, OrganisationKind, RequestLine, StoreError};
use workflow::booking::{Held, Place};
use workflow::calendar::Month;
use workflow::forecast::{Expected, Filed, Quarter, Source, Standing, forecast};
use workflow::hours::{Centihours, Pool};
use workflow::id::{OrganisationId, RequestId};
use workflow::request::{Bookings, Request};
use workflow::stage::StageKind;

use crate::Engine;
use crate::capacity::{Capacities, years};
use crate::error::EngineError;
use crate::readable::parted;

/// A quarter of some communities, the fullest month first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Forecast {
    pub quarter: Quarter,
    pub rows: Vec<ForecastRow>,
    /// Why requests that could expect something were not read.
    pub unreadable: Vec<String>,
}

/// One month of one pool: each source apart, against capacity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForecastRow {
    pub code: String,
    pub name: String,
    pub pool: Pool,
    pub month: Month,
    pub capacity: Centihours,
    pub booked: Centihours,
    pub publication: Centihours,
    pub review: Centihours,
    pub renewal: Centihours,
    pub season: Centihours,
    pub total: Centihours,
    pub free: Centihours,
    pub over: Centihours,
    pub lines: Vec<ForecastLine>,
}

/// A request behind a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForecastLine {
    pub source: Source,
    pub request: RequestId,
    pub number: Option<String>,
    pub title: String,
    pub hours: Centihours,
}

/// Requests as the forecast sees them, and what people call them.
type Concerned = (Vec<Filed>, BTreeMap<RequestId, RequestLine>);

impl Engine {
    /// The forecast of a district's communities, or of all without one.
    ///
    /// # Errors
    /// No district has the code.
    pub async fn forecast(&self, district: Option<&str>, quarter: Quarter) -> Result<Forecast, EngineError> {
        let reader = self.reader();
        let district = match district {
            None => None,
            Some(code) => Some(reader.organisation(code).await?),
        };
        if district.as_ref().is_some_and(|one| one.kind != OrganisationKind::District) {
            return Err(StoreError::NotFound("district").into());
        }
        let own = |community: &Organisation| {
            community.kind == OrganisationKind::Community
                && community.closed_on.is_none()
                && district.as_ref().is_none_or(|district| district.id == community.district)
        };
        let communities: Vec<Organisation> = reader.organisations().await?.into_iter().filter(own).collect();
        let ids: Vec<OrganisationId> = communities.iter().map(|community| community.id).collect();
        let ((filed, tasks), unreadable) = self.filed(&ids).await?;
        let content = self.content();
        let years = years(quarter.months().into_iter());
        let capacities = Capacities::read(&reader, &ids, (years, content.by())).await?;
        let mut by_place: BTreeMap<Place, Vec<Expected>> = BTreeMap::new();
        for line in forecast(&filed, quarter) {
            by_place.entry(line.place).or_default().push(line);
        }
        let mut rows = Vec::new();
        for community in &communities {
            for place in places(community.id, (&capacities, quarter), &by_place) {
                let lines = by_place.remove(&place).unwrap_or_default();
                rows.push(row(community, place, (&lines, &tasks), capacities.of(place).capacity));
            }
        }
        rows.sort_by_cached_key(|row| {
            let load = row.total.0.saturating_mul(10_000) / row.capacity.0.max(1);
            (Reverse(row.over), Reverse(load), row.code.clone(), row.pool, row.month)
        });
        Ok(Forecast { quarter, rows, unreadable })
    }

    /// Every request that concerns those communities, what people call it, and why others could not be read.
    async fn filed(&self, communities: &[OrganisationId]) -> Result<(Concerned, Vec<String>), EngineError> {
        let reader = self.reader();
        let mut held: BTreeMap<RequestId, BTreeMap<Place, Centihours>> = BTreeMap::new();
        for line in reader.bookings(communities).await? {
            held.entry(line.request).or_default().insert(line.place, line.booked.hours);
        }
        let wanted: BTreeSet<OrganisationId> = communities.iter().copied().collect();
        let (requests, unreadable) = parted(reader.requests_in(StageKind::ALL).await?);
        let filed: Vec<Filed> =
            requests.iter().filter_map(|request| filed(request, &mut held, &wanted)).collect();
        let ids: Vec<RequestId> = filed.iter().map(|one| one.request).collect();
        Ok(((filed, reader.tasks(&ids).await?), unreadable))
    }
}

/// A request as the forecast sees it; none without a period or outside those communities.
fn filed(
    request: &Request,
    held: &mut BTreeMap<RequestId, BTreeMap<Place, Centihours>>,
    wanted: &BTreeSet<OrganisationId>,
) -> Option<Filed> {
    let communities: BTreeSet<OrganisationId> =
        request.targets.iter().map(|target| target.community).filter(|id| wanted.contains(id)).collect();
    let held = held.remove(&request.id).unwrap_or_default();
    if communities.is_empty() && held.is_empty() {
        return None;
    }
    let assessed = request.assessed.as_ref();
    let hours = assessed.map(|assessed| assessed.hours.clone()).unwrap_or_default();
    let asked = Bookings::Book(hours).after(request, &Held::new()).unwrap_or_default();
    let in_scope = asked.into_iter().filter(|(place, _)| wanted.contains(&place.community));
    Some(Filed {
        request: request.id,
        department: request.department,
        item: request.application.item.clone(),
        term: request.application.term,
        period: request.application.period()?,
        cuts: assessed.iter().flat_map(|assessed| &assessed.cuts).map(|cut| cut.to).collect(),
        communities,
        standing: standing(request.stage.kind(), held.is_empty()),
        held,
        asked: in_scope.map(|(place, booked)| (place, booked.hours)).collect(),
    })
}

/// What holds hours is admitted, whatever its stage; of the others the stage says how far they have come.
fn standing(stage: StageKind, holds_nothing: bool) -> Standing {
    match stage {
        _ if !holds_nothing => Standing::Admitted,
        StageKind::Publication => Standing::Publication,
        StageKind::Submitted
        | StageKind::Review
        | StageKind::Consultation
        | StageKind::Quoted
        | StageKind::Proposed
        | StageKind::Reconsideration => Standing::Review,
        StageKind::Admitted | StageKind::Settled => Standing::Admitted,
        stage if stage.is_running() => Standing::Admitted,
        _ => Standing::Out,
    }
}

/// The places of a community in the quarter: its pools, and those that hold or expect something.
fn places(
    community: OrganisationId,
    (capacities, quarter): (&Capacities<'_>, Quarter),
    by_place: &BTreeMap<Place, Vec<Expected>>,
) -> BTreeSet<Place> {
    let month_of = |month: Month| {
        let pools = capacities.pools(community, chrono::Datelike::year(&month.first()));
        pools.into_iter().map(move |pool| Place { community, pool, month })
    };
    let own = quarter.months().into_iter().flat_map(month_of);
    own.chain(by_place.keys().copied().filter(|place| place.community == community)).collect()
}

fn row(
    community: &Organisation,
    place: Place,
    (lines, tasks): (&[Expected], &BTreeMap<RequestId, RequestLine>),
    capacity: Centihours,
) -> ForecastRow {
    let sum = |source: Source| {
        let own = lines.iter().filter(|line| line.source == source);
        Centihours(own.map(|line| line.hours.0).sum())
    };
    let total = Centihours(lines.iter().map(|line| line.hours.0).sum());
    let line = |line: &Expected| {
        let task = tasks.get(&line.request);
        ForecastLine {
            source: line.source,
            request: line.request,
            number: task.and_then(|task| task.number.clone()),
            title: task.map(|task| task.title.clone()).unwrap_or_default(),
            hours: line.hours,
        }
    };
    ForecastRow {
        code: community.code.clone(),
        name: community.name.clone(),
        pool: place.pool,
        month: place.month,
        capacity,
        booked: sum(Source::Booked),
        publication: sum(Source::Publication),
        review: sum(Source::Review),
        renewal: sum(Source::Renewal),
        season: sum(Source::Season),
        total,
        free: Centihours((capacity.0 - total.0).max(0)),
        over: Centihours((total.0 - capacity.0).max(0)),
        lines: lines.iter().map(line).collect(),
    }
}

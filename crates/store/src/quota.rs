//! Views of the hours: counters by community, pool and month, and the bookings behind them. They are changed in
//! `hour_entries` only.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use workflow::booking::{Booked, Place};
use workflow::calendar::Month;
use workflow::hours::Centihours;
use workflow::id::{OrganisationId, RequestId};

use crate::connect::{IDS, Reader};
use crate::error::StoreError;
use crate::hour_entries::{booked, place};
use crate::requests::{RequestLine, line_of};
use crate::rows::{booking, quota, request};

/// What a month of a community's pool can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    pub place: Place,
    pub hours: Centihours,
}

/// A month of a community's pool with what is booked in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct QuotaMonth {
    #[serde(flatten)]
    pub place: Place,
    pub capacity: Centihours,
    /// All that is booked, and what of it an approver forced beyond capacity.
    #[serde(flatten)]
    pub booked: Booked,
}

/// One request's hours in a month of a community's pool.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct BookingLine {
    pub request: RequestId,
    #[serde(flatten)]
    pub place: Place,
    #[serde(flatten)]
    pub booked: Booked,
}

impl Reader<'_> {
    /// What is booked in the communities from one month to another, by community, pool and month.
    ///
    /// # Errors
    /// What the database says.
    pub async fn quota_months(
        &self,
        communities: &[OrganisationId],
        (first, last): (Month, Month),
    ) -> Result<Vec<QuotaMonth>, StoreError> {
        let rows = quota::Entity::find()
            .filter(quota::Column::CommunityId.is_in(communities.iter().map(|id| id.0)))
            .filter(quota::Column::Month.between(first.to_string(), last.to_string()))
            .order_by_asc(quota::Column::CommunityId)
            .order_by_asc(quota::Column::Pool)
            .order_by_asc(quota::Column::Month)
            .all(&self.on)
            .await?;
        rows.into_iter().map(quota_month).collect()
    }

    /// Every counter.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all_quota_months(&self) -> Result<Vec<QuotaMonth>, StoreError> {
        let rows = quota::Entity::find().all(&self.on).await?;
        rows.into_iter().map(quota_month).collect()
    }

    /// The bookings of communities, by month.
    ///
    /// # Errors
    /// What the database says.
    pub async fn bookings(&self, communities: &[OrganisationId]) -> Result<Vec<BookingLine>, StoreError> {
        let rows = booking::Entity::find()
            .filter(booking::Column::CommunityId.is_in(communities.iter().map(|id| id.0)))
            .order_by_asc(booking::Column::Month)
            .order_by_asc(booking::Column::RequestId)
            .all(&self.on)
            .await?;
        rows.into_iter().map(booking_line).collect()
    }

    /// The lines of the requests behind figures, by id; one query for thirty thousand of them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tasks(&self, ids: &[RequestId]) -> Result<BTreeMap<RequestId, RequestLine>, StoreError> {
        let mut tasks = BTreeMap::new();
        for part in ids.chunks(IDS) {
            let found = request::Entity::find().filter(request::Column::Id.is_in(part.iter().map(|id| id.0)));
            for line in found.all(&self.on).await?.into_iter().map(line_of) {
                let line = line?;
                tasks.insert(line.id, line);
            }
        }
        Ok(tasks)
    }

    /// Every booking, for the doctor.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all_bookings(&self) -> Result<Vec<BookingLine>, StoreError> {
        let rows = booking::Entity::find().all(&self.on).await?;
        rows.into_iter().map(booking_line).collect()
    }

    /// Requests that hold bookings.
    ///
    /// # Errors
    /// What the database says.
    pub async fn requests_with_bookings(&self) -> Result<Vec<RequestId>, StoreError> {
        let rows: Vec<uuid::Uuid> = booking::Entity::find()
            .select_only()
            .column(booking::Column::RequestId)
            .distinct()
            .into_tuple()
            .all(&self.on)
            .await?;
        Ok(rows.into_iter().map(RequestId).collect())
    }
}

fn quota_month(row: quota::Model) -> Result<QuotaMonth, StoreError> {
    let quota::Model { community_id, pool, month, capacity_centihours, booked_centihours, forced_centihours } =
        row;
    Ok(QuotaMonth {
        place: place(community_id, &pool, &month)?,
        capacity: Centihours(capacity_centihours),
        booked: booked(booked_centihours, forced_centihours),
    })
}

fn booking_line(row: booking::Model) -> Result<BookingLine, StoreError> {
    let booking::Model { request_id, community_id, pool, month, centihours, forced_centihours } = row;
    Ok(BookingLine {
        request: RequestId(request_id),
        place: place(community_id, &pool, &month)?,
        booked: booked(centihours, forced_centihours),
    })
}

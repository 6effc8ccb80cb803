//! Hours: bookings and the counters that guard them. A booking is all or none: one conditional update for all rows.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Value,
};
use workflow::calendar::Month;
use workflow::hours::Centihours;
use workflow::id::{OrganisationId, RequestId};
use workflow::request::{MonthHours, Request};

use crate::connect::{Reader, Tx, statement};
use crate::error::StoreError;
use crate::organisations::BATCH;
use crate::requests::month;
use crate::rows::{booking, quota};

/// What a community's month can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    pub community: OrganisationId,
    pub month: Month,
    pub hours: Centihours,
}

/// A community's month with what is booked in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct QuotaMonth {
    pub community: OrganisationId,
    pub month: Month,
    pub capacity: Centihours,
    pub booked: Centihours,
}

/// One request's hours in a community's month.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct BookingLine {
    pub request: RequestId,
    pub community: OrganisationId,
    pub month: Month,
    pub hours: Centihours,
}

const OWN: &str = "SELECT b.centihours FROM bookings b WHERE b.request_id = ? \
                   AND b.community_id = quotas.community_id AND b.month = quotas.month";

impl Tx {
    /// Books every month of every community of a request, or nothing.
    pub(crate) async fn book(
        &self,
        request: &Request,
        hours: &[MonthHours],
        capacities: &[Capacity],
    ) -> Result<(), StoreError> {
        if hours.is_empty() {
            return Ok(());
        }
        let communities: BTreeMap<_, _> =
            request.targets.iter().map(|t| (t.code.as_str(), t.community)).collect();
        let mut rows = Vec::with_capacity(hours.len());
        for MonthHours { code, month, hours } in hours {
            let community = communities.get(code.as_str()).ok_or(StoreError::NotFound("community"))?;
            rows.push(booking::ActiveModel {
                request_id: Set(request.id.0),
                community_id: Set(community.0),
                month: Set(month.to_string()),
                centihours: Set(hours.0),
            });
        }
        for part in rows.chunks(BATCH) {
            booking::Entity::insert_many(part.iter().cloned()).exec_without_returning(&self.on).await?;
        }
        self.open_months(capacities).await?;
        self.lock_months(request.id).await?;
        let sql = format!(
            "UPDATE quotas SET booked_centihours = booked_centihours + ({OWN}) \
             WHERE EXISTS ({OWN}) AND booked_centihours + ({OWN}) <= capacity_centihours"
        );
        let id = || Value::from(request.id.0);
        let booked = self.on.execute_raw(statement(&self.on, &sql, vec![id(), id(), id()])).await?;
        let wanted = u64::try_from(hours.len()).unwrap_or(u64::MAX);
        if booked.rows_affected() != wanted {
            return Err(StoreError::QuotaOver);
        }
        Ok(())
    }

    /// Frees what a request holds, in one community or in all.
    pub(crate) async fn free(
        &self,
        request: RequestId,
        community: Option<OrganisationId>,
    ) -> Result<(), StoreError> {
        self.lock_months(request).await?;
        let only = if community.is_some() { " AND quotas.community_id = ?" } else { "" };
        let sql = format!(
            "UPDATE quotas SET booked_centihours = booked_centihours - ({OWN}) WHERE EXISTS ({OWN}){only}"
        );
        let mut values = vec![Value::from(request.0), Value::from(request.0)];
        values.extend(community.map(|community| Value::from(community.0)));
        self.on.execute_raw(statement(&self.on, &sql, values)).await?;
        let mut delete = booking::Entity::delete_many().filter(booking::Column::RequestId.eq(request.0));
        if let Some(community) = community {
            delete = delete.filter(booking::Column::CommunityId.eq(community.0));
        }
        delete.exec(&self.on).await?;
        Ok(())
    }

    /// Makes the rows of months that were never booked before, and brings the capacity of the others up to date where
    /// it still holds what is booked.
    async fn open_months(&self, capacities: &[Capacity]) -> Result<(), StoreError> {
        let still_holds = Expr::cust("excluded.capacity_centihours >= quotas.booked_centihours");
        let known = OnConflict::columns([quota::Column::CommunityId, quota::Column::Month])
            .update_column(quota::Column::CapacityCentihours)
            .action_and_where(still_holds)
            .to_owned();
        for part in capacities.chunks(BATCH) {
            let rows = part.iter().map(|capacity| quota::ActiveModel {
                community_id: Set(capacity.community.0),
                month: Set(capacity.month.to_string()),
                capacity_centihours: Set(capacity.hours.0),
                booked_centihours: Set(0),
            });
            let insert = quota::Entity::insert_many(rows).on_conflict(known.clone());
            insert.try_insert().exec_without_returning(&self.on).await?;
        }
        Ok(())
    }

    /// Takes the months of a request in one order, so that two requests cannot wait for each other.
    async fn lock_months(&self, request: RequestId) -> Result<(), StoreError> {
        if self.on.get_database_backend() != sea_orm::DbBackend::Postgres {
            return Ok(());
        }
        let sql = "SELECT 1 AS one FROM quotas q JOIN bookings b ON b.community_id = q.community_id \
                   AND b.month = q.month WHERE b.request_id = ? ORDER BY q.community_id, q.month FOR UPDATE OF q";
        self.on.query_all_raw(statement(&self.on, sql, vec![request.0.into()])).await?;
        Ok(())
    }
}

impl Reader<'_> {
    /// What is booked in the communities from one month to another, by community and month.
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
            .order_by_asc(quota::Column::Month)
            .all(&self.on)
            .await?;
        rows.into_iter().map(quota_month).collect()
    }

    /// Every counter, for the doctor.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all_quota_months(&self) -> Result<Vec<QuotaMonth>, StoreError> {
        let rows = quota::Entity::find().all(&self.on).await?;
        rows.into_iter().map(quota_month).collect()
    }

    /// The bookings of a community, by month.
    ///
    /// # Errors
    /// What the database says.
    pub async fn bookings(&self, community: OrganisationId) -> Result<Vec<BookingLine>, StoreError> {
        let rows = booking::Entity::find()
            .filter(booking::Column::CommunityId.eq(community.0))
            .order_by_asc(booking::Column::Month)
            .all(&self.on)
            .await?;
        rows.into_iter().map(booking_line).collect()
    }

    /// The sum of all bookings by community and month, for the doctor.
    ///
    /// # Errors
    /// What the database says.
    pub async fn booked_sums(&self) -> Result<BTreeMap<(OrganisationId, Month), Centihours>, StoreError> {
        let rows = booking::Entity::find()
            .select_only()
            .column(booking::Column::RequestId)
            .column(booking::Column::CommunityId)
            .column(booking::Column::Month)
            .column(booking::Column::Centihours)
            .all(&self.on)
            .await?;
        let mut sums: BTreeMap<_, Centihours> = BTreeMap::new();
        for line in rows.into_iter().map(booking_line) {
            let line = line?;
            sums.entry((line.community, line.month)).or_default().0 += line.hours.0;
        }
        Ok(sums)
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
    let quota::Model { community_id, month: text, capacity_centihours, booked_centihours } = row;
    Ok(QuotaMonth {
        community: OrganisationId(community_id),
        month: month(&text)?,
        capacity: Centihours(capacity_centihours),
        booked: Centihours(booked_centihours),
    })
}

fn booking_line(row: booking::Model) -> Result<BookingLine, StoreError> {
    let booking::Model { request_id, community_id, month: text, centihours } = row;
    Ok(BookingLine {
        request: RequestId(request_id),
        community: OrganisationId(community_id),
        month: month(&text)?,
        hours: Centihours(centihours),
    })
}

//! The one way to book and free hours: entries of an event, only ever added, and the counters that follow them by one
//! conditional update for all rows.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Value,
};
use uuid::Uuid;
use workflow::booking::{Booked, Held, Place, difference};
use workflow::hours::{Centihours, Pool};
use workflow::id::{OrganisationId, RequestId};
use workflow::request::{Bookings, Request};

use crate::connect::{Reader, Tx, statement};
use crate::error::{StoreError, unreadable};
use crate::guard::Guard;
use crate::organisations::BATCH;
use crate::quota::Capacity;
use crate::requests::month;
use crate::rows::{booking, hour_entry, quota};

/// The event that books or frees: whose chain, at which place, when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause {
    pub subject: Uuid,
    pub seq: i64,
    pub at: DateTime<Utc>,
}

/// What an event has booked or freed of a request in one place; below zero where it was freed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct HourEntry {
    pub subject: Uuid,
    pub seq: i64,
    pub request: RequestId,
    #[serde(flatten)]
    pub place: Place,
    #[serde(flatten)]
    pub change: Booked,
    pub at: DateTime<Utc>,
}

/// Whether counters may go above capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    Needed,
    Forced,
}

/// The entries of one event and request beside the counters of their places.
const SAME_PLACE: &str = "e.community_id = quotas.community_id AND e.pool = quotas.pool AND e.month = quotas.month \
                          AND e.subject_id = ? AND e.event_seq = ? AND e.request_id = ?";

impl Tx {
    /// Carries out what an event does to the hours of a request, all or nothing.
    ///
    /// # Errors
    /// `QuotaOver` if some month has no room; the transaction must then be dropped.
    pub(crate) async fn book(
        &self,
        request: &Request,
        bookings: &Bookings,
        (capacities, cause): (&[Capacity], Cause),
    ) -> Result<(), StoreError> {
        if *bookings == Bookings::Keep {
            return Ok(());
        }
        let before = self.reader().held(request.id).await?;
        let after = bookings.after(request, &before).map_err(|_| StoreError::NotFound("community"))?;
        let changes = difference(&before, &after);
        if changes.is_empty() {
            return Ok(());
        }
        let entries = self.enter(request.id, &changes, cause).await?;
        self.rewrite(request.id, &after).await?;
        self.open_months(&changes).await?;
        self.lock_months(request.id, cause).await?;
        let touched: BTreeSet<Place> = changes.iter().map(|(place, _)| *place).collect();
        let capacities: Vec<Capacity> =
            capacities.iter().filter(|capacity| touched.contains(&capacity.place)).copied().collect();
        self.renew_capacities(&capacities).await?;
        let room = match bookings {
            Bookings::Force(_) | Bookings::HandOver { .. } => Room::Forced,
            _ => Room::Needed,
        };
        self.count(request.id, changes.len(), (room, cause)).await?;
        match room {
            Room::Needed => self.tell_made(&entries),
            // Only the counters say how much was forced, so the entries are told as they are now.
            Room::Forced => {
                let own = hour_entry::Entity::find()
                    .filter(hour_entry::Column::SubjectId.eq(cause.subject))
                    .filter(hour_entry::Column::EventSeq.eq(cause.seq))
                    .filter(hour_entry::Column::RequestId.eq(request.id.0));
                self.tell_made(&own.all(&self.on).await?);
            }
        }
        self.stamp_counters(&entries).await
    }

    /// Adds the entries of an event.
    async fn enter(
        &self,
        request: RequestId,
        changes: &[(Place, Booked)],
        cause: Cause,
    ) -> Result<Vec<hour_entry::Model>, StoreError> {
        let row = |(place, change): &(Place, Booked)| hour_entry::Model {
            subject_id: cause.subject,
            event_seq: cause.seq,
            request_id: request.0,
            community_id: place.community.0,
            pool: place.pool.word().to_owned(),
            month: place.month.to_string(),
            centihours: change.hours.0,
            forced_centihours: change.forced.0,
            at: cause.at,
        };
        let rows: Vec<_> = changes.iter().map(row).collect();
        for part in rows.chunks(BATCH) {
            let rows = part.iter().cloned().map(hour_entry::Model::into_active_model);
            hour_entry::Entity::insert_many(rows).exec_without_returning(&self.on).await?;
        }
        Ok(rows)
    }

    /// Stamps the capacities that entries were held against.
    async fn stamp_counters(&self, entries: &[hour_entry::Model]) -> Result<(), StoreError> {
        let communities: BTreeSet<Uuid> = entries.iter().map(|entry| entry.community_id).collect();
        let months: BTreeSet<&str> = entries.iter().map(|entry| entry.month.as_str()).collect();
        let places = quota::Column::CommunityId.is_in(communities).and(quota::Column::Month.is_in(months));
        self.stamp::<quota::Entity>(places).await
    }

    /// Brings the bookings of a request to what it holds now.
    async fn rewrite(&self, request: RequestId, after: &Held) -> Result<(), StoreError> {
        let of_request = booking::Column::RequestId.eq(request.0);
        booking::Entity::delete_many().filter(of_request).exec(&self.on).await?;
        let held: Vec<_> = after.iter().collect();
        for part in held.chunks(BATCH) {
            let rows = part.iter().map(|(place, booked)| booking::ActiveModel {
                request_id: Set(request.0),
                community_id: Set(place.community.0),
                pool: Set(place.pool.word().to_owned()),
                month: Set(place.month.to_string()),
                centihours: Set(booked.hours.0),
                forced_centihours: Set(booked.forced.0),
            });
            booking::Entity::insert_many(rows).exec_without_returning(&self.on).await?;
        }
        Ok(())
    }

    /// Makes the counters of months that were never booked before; those that are there are not touched.
    async fn open_months(&self, changes: &[(Place, Booked)]) -> Result<(), StoreError> {
        let known = [quota::Column::CommunityId, quota::Column::Pool, quota::Column::Month];
        let known = OnConflict::columns(known).do_nothing().to_owned();
        for part in changes.chunks(BATCH) {
            let rows = part.iter().map(|(place, _)| counter(place, Centihours(0)));
            let insert = quota::Entity::insert_many(rows).on_conflict(known.clone());
            insert.try_insert().exec_without_returning(&self.on).await?;
        }
        Ok(())
    }

    /// Takes the counters of an event's entries in one order, so that two requests cannot wait for each other.
    async fn lock_months(&self, request: RequestId, cause: Cause) -> Result<(), StoreError> {
        if self.on.get_database_backend() != sea_orm::DbBackend::Postgres {
            return Ok(());
        }
        let sql = format!(
            "SELECT 1 AS one FROM quotas JOIN hour_entries e ON {SAME_PLACE} \
             ORDER BY quotas.community_id, quotas.pool, quotas.month FOR UPDATE OF quotas"
        );
        self.on.query_all_raw(statement(&self.on, &sql, of(request, cause))).await?;
        Ok(())
    }

    /// Brings capacities up to date. A capacity never falls below the hours that fitted when they were booked; a month
    /// that holds more than its staff can do takes nothing more, and the views show by how much it is over.
    ///
    /// # Errors
    /// What the database says.
    pub async fn renew_capacities(&self, capacities: &[Capacity]) -> Result<(), StoreError> {
        let fitted = "quotas.booked_centihours - quotas.forced_centihours";
        let most = format!(
            "CASE WHEN excluded.capacity_centihours >= {fitted} THEN excluded.capacity_centihours ELSE {fitted} END"
        );
        let columns = [quota::Column::CommunityId, quota::Column::Pool, quota::Column::Month];
        let renewed = OnConflict::columns(columns)
            .value(quota::Column::CapacityCentihours, Expr::cust(most))
            .to_owned();
        for part in capacities.chunks(BATCH) {
            let rows = part.iter().map(|capacity| counter(&capacity.place, capacity.hours));
            let insert = quota::Entity::insert_many(rows).on_conflict(renewed.clone());
            insert.exec_without_returning(&self.on).await?;
        }
        let communities = capacities.iter().map(|capacity| capacity.place.community.0);
        let months = capacities.iter().map(|capacity| capacity.place.month.to_string());
        let places = quota::Column::CommunityId.is_in(communities).and(quota::Column::Month.is_in(months));
        self.stamp::<quota::Entity>(places).await
    }

    /// Lets the counters follow the entries of an event. What takes no more than before needs no room.
    async fn count(
        &self,
        request: RequestId,
        places: usize,
        (room, cause): (Room, Cause),
    ) -> Result<(), StoreError> {
        if room == Room::Forced {
            self.note_forced(request, cause).await?;
        }
        let guard = match room {
            Room::Forced => "",
            Room::Needed if !self.guards.stand(Guard::Quota) => "",
            Room::Needed => {
                " AND (e.centihours <= 0 OR quotas.booked_centihours + e.centihours <= quotas.capacity_centihours)"
            }
        };
        let sql = format!(
            "UPDATE quotas SET booked_centihours = quotas.booked_centihours + e.centihours, \
             forced_centihours = quotas.forced_centihours + e.forced_centihours \
             FROM hour_entries e WHERE {SAME_PLACE}{guard}"
        );
        let counted = self.on.execute_raw(statement(&self.on, &sql, of(request, cause))).await?;
        match counted.rows_affected() == u64::try_from(places).unwrap_or(u64::MAX) {
            true => Ok(()),
            false => Err(StoreError::QuotaOver),
        }
    }

    /// Notes in the new entries, and in the bookings, which part of the hours is above capacity.
    async fn note_forced(&self, request: RequestId, cause: Cause) -> Result<(), StoreError> {
        let over = "q.booked_centihours + hour_entries.centihours - q.capacity_centihours";
        let sql = format!(
            "UPDATE hour_entries SET forced_centihours = CASE WHEN {over} <= 0 THEN 0 \
             WHEN {over} > hour_entries.centihours THEN hour_entries.centihours ELSE {over} END \
             FROM quotas q WHERE q.community_id = hour_entries.community_id AND q.pool = hour_entries.pool \
             AND q.month = hour_entries.month AND hour_entries.subject_id = ? AND hour_entries.event_seq = ? \
             AND hour_entries.request_id = ? AND hour_entries.centihours > 0"
        );
        self.on.execute_raw(statement(&self.on, &sql, of(request, cause))).await?;
        let sql = "UPDATE bookings SET forced_centihours = bookings.forced_centihours + e.forced_centihours \
                   FROM hour_entries e WHERE e.community_id = bookings.community_id AND e.pool = bookings.pool \
                   AND e.month = bookings.month AND e.request_id = bookings.request_id \
                   AND e.subject_id = ? AND e.event_seq = ? AND bookings.request_id = ? \
                   AND e.centihours > 0";
        self.on.execute_raw(statement(&self.on, sql, of(request, cause))).await?;
        Ok(())
    }
}

impl Reader<'_> {
    /// What a request holds, by place.
    ///
    /// # Errors
    /// What the database says.
    pub async fn held(&self, request: RequestId) -> Result<Held, StoreError> {
        let of_request = booking::Column::RequestId.eq(request.0);
        let rows = booking::Entity::find().filter(of_request).all(&self.on).await?;
        let held = |row: booking::Model| {
            let booking::Model {
                request_id: _,
                community_id,
                pool,
                month: text,
                centihours,
                forced_centihours,
            } = row;
            Ok((place(community_id, &pool, &text)?, booked(centihours, forced_centihours)))
        };
        rows.into_iter().map(held).collect()
    }

    /// The entries of some communities, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn hour_entries(&self, communities: &[OrganisationId]) -> Result<Vec<HourEntry>, StoreError> {
        let found = hour_entry::Entity::find()
            .filter(hour_entry::Column::CommunityId.is_in(communities.iter().map(|id| id.0)))
            .order_by_asc(hour_entry::Column::At)
            .all(&self.on)
            .await?;
        found.into_iter().map(hour_entry).collect()
    }

    /// Every entry, for the doctor.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all_hour_entries(&self) -> Result<Vec<HourEntry>, StoreError> {
        let found = hour_entry::Entity::find().all(&self.on).await?;
        found.into_iter().map(hour_entry).collect()
    }
}

/// Values for the places of one event and request in a statement.
fn of(request: RequestId, cause: Cause) -> Vec<Value> {
    vec![cause.subject.into(), cause.seq.into(), request.0.into()]
}

fn counter(place: &Place, capacity: Centihours) -> quota::ActiveModel {
    quota::ActiveModel {
        community_id: Set(place.community.0),
        pool: Set(place.pool.word().to_owned()),
        month: Set(place.month.to_string()),
        capacity_centihours: Set(capacity.0),
        booked_centihours: Set(0),
        forced_centihours: Set(0),
    }
}

pub(crate) fn place(community: Uuid, pool: &str, text: &str) -> Result<Place, StoreError> {
    let pool = Pool::from_word(pool).ok_or_else(|| unreadable("quotas", community, format!("`{pool}`")))?;
    Ok(Place { community: OrganisationId(community), pool, month: month(text)? })
}

pub(crate) fn booked(hours: i64, forced: i64) -> Booked {
    Booked { hours: Centihours(hours), forced: Centihours(forced) }
}

fn hour_entry(row: hour_entry::Model) -> Result<HourEntry, StoreError> {
    let hour_entry::Model {
        subject_id,
        event_seq,
        request_id,
        community_id,
        pool,
        month: text,
        centihours,
        forced_centihours,
        at,
    } = row;
    Ok(HourEntry {
        subject: subject_id,
        seq: event_seq,
        request: RequestId(request_id),
        place: place(community_id, &pool, &text)?,
        change: booked(centihours, forced_centihours),
        at,
    })
}

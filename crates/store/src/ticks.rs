//! Fired timers: (job, due time) is unique, so of two nodes only one fires. And what a sweep could not carry out.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, TryInsertResult,
};
use workflow::id::{OrganisationId, RequestId};
use workflow::stage::StageKind;

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::events::to_microsecond;
use crate::rows::{request, sweep_failure, tick};

/// A request whose limits could not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SweepFailure {
    pub request: RequestId,
    pub number: Option<String>,
    /// None where the request itself is not there.
    pub district: Option<OrganisationId>,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    pub tries: i64,
    pub failure: String,
}

impl Reader<'_> {
    /// Whether a job was taken for that due time.
    ///
    /// # Errors
    /// What the database says.
    pub async fn is_ticked(&self, job: &str, due: &str) -> Result<bool, StoreError> {
        let key = (job.to_owned(), due.to_owned());
        Ok(tick::Entity::find_by_id(key).one(&self.on).await?.is_some())
    }
}

impl Tx {
    /// Takes a job of the program for its due time; false if it was taken before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_tick(&self, job: &str, due: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.take(None, (job, due), now).await
    }

    /// Takes a timer of a request; false if it was taken before. It is kept for as long as the request runs.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_tick_of(
        &self,
        request: RequestId,
        timer: (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.take(Some(request), timer, now).await
    }

    async fn take(
        &self,
        request: Option<RequestId>,
        (job, due): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let row = tick::Model {
            job: job.to_owned(),
            due: due.to_owned(),
            fired_at: to_microsecond(now),
            request_id: request.map(|request| request.0),
        };
        let taken = OnConflict::columns([tick::Column::Job, tick::Column::Due]).do_nothing().to_owned();
        let insert = tick::Entity::insert(row.clone().into_active_model()).on_conflict(taken).try_insert();
        let TryInsertResult::Inserted(1) = insert.exec_without_returning(&self.on).await? else {
            return Ok(false);
        };
        self.stamp_rows(&[row]);
        Ok(true)
    }

    /// Forgets timers that fired before a time, except those of requests in the `running` stages. Gives their number.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_ticks(
        &self,
        before: DateTime<Utc>,
        running: &[StageKind],
    ) -> Result<u64, StoreError> {
        let still = Query::select()
            .column(request::Column::Id)
            .from(request::Entity)
            .and_where(request::Column::Stage.is_in(running.iter().map(|stage| stage.word())))
            .to_owned();
        let over = Condition::any()
            .add(tick::Column::RequestId.is_null())
            .add(tick::Column::RequestId.not_in_subquery(still));
        let over = Condition::all().add(tick::Column::FiredAt.lt(to_microsecond(before))).add(over);
        self.unstamp::<tick::Entity>(over.clone()).await?;
        let forgotten = tick::Entity::delete_many().filter(over).exec(&self.on).await?;
        Ok(forgotten.rows_affected)
    }

    /// Notes that a request's limits could not be carried out.
    ///
    /// # Errors
    /// What the database says.
    pub async fn note_failure(
        &self,
        request: RequestId,
        failure: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let now = to_microsecond(now);
        let row = sweep_failure::ActiveModel {
            request_id: Set(request.0),
            first_at: Set(now),
            last_at: Set(now),
            tries: Set(1),
            failure: Set(failure.to_owned()),
        };
        let tries = Expr::col((sweep_failure::Entity, sweep_failure::Column::Tries)).add(1);
        let again = OnConflict::column(sweep_failure::Column::RequestId)
            .update_columns([sweep_failure::Column::LastAt, sweep_failure::Column::Failure])
            .value(sweep_failure::Column::Tries, tries)
            .to_owned();
        sweep_failure::Entity::insert(row).on_conflict(again).exec_without_returning(&self.on).await?;
        self.stamp::<sweep_failure::Entity>(sweep_failure::Column::RequestId.eq(request.0)).await
    }

    /// Forgets the failures of requests that could be carried out again.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_failures(&self, requests: &[RequestId]) -> Result<(), StoreError> {
        let theirs = sweep_failure::Column::RequestId.is_in(requests.iter().map(|request| request.0));
        self.unstamp::<sweep_failure::Entity>(theirs.clone()).await?;
        sweep_failure::Entity::delete_many().filter(theirs).exec(&self.on).await?;
        Ok(())
    }
}

impl Reader<'_> {
    /// What sweeps could not carry out and have not made good since, oldest first. Two queries.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sweep_failures(&self) -> Result<Vec<SweepFailure>, StoreError> {
        let rows =
            sweep_failure::Entity::find().order_by_asc(sweep_failure::Column::FirstAt).all(&self.on).await?;
        let failed =
            Query::select().column(sweep_failure::Column::RequestId).from(sweep_failure::Entity).to_owned();
        let named = request::Column::Id.in_subquery(failed);
        let known = request::Entity::find().filter(named).all(&self.on).await?;
        let known = |id| known.iter().find(|row| row.id == id);
        let failure = |row: sweep_failure::Model| {
            let sweep_failure::Model { request_id, first_at, last_at, tries, failure } = row;
            let (number, district) = known(request_id)
                .map_or((None, None), |row| (row.number.clone(), Some(OrganisationId(row.district_id))));
            SweepFailure {
                request: RequestId(request_id),
                number,
                district,
                first_at,
                last_at,
                tries,
                failure,
            }
        };
        Ok(rows.into_iter().map(failure).collect())
    }
}

//! Fired timers: (job, due time) is unique, so of two nodes only one fires.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait, TryInsertResult};

use crate::connect::Tx;
use crate::error::StoreError;
use crate::events::to_microsecond;
use crate::rows::tick;

impl Tx {
    /// Takes a job for its due time; false if it was taken before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_tick(&self, job: &str, due: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let row = tick::ActiveModel {
            job: Set(job.to_owned()),
            due: Set(due.to_owned()),
            fired_at: Set(to_microsecond(now)),
        };
        let taken = OnConflict::columns([tick::Column::Job, tick::Column::Due]).do_nothing().to_owned();
        let insert = tick::Entity::insert(row).on_conflict(taken).try_insert();
        match insert.exec_without_returning(&self.on).await? {
            TryInsertResult::Inserted(rows) => Ok(rows == 1),
            TryInsertResult::Empty | TryInsertResult::Conflicted => Ok(false),
        }
    }
}

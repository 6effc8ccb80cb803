//! Answers kept by idempotency key, in the transaction of what they answer: a repeated request gets the first answer.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use workflow::id::UserId;

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::events::to_microsecond;
use crate::rows::kept_answer;

/// The answer to a request that may be repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    pub person: UserId,
    pub key: String,
    /// SHA-256 of method, path and body; another body under the same key is a mistake.
    pub digest: String,
    pub status: u16,
    pub body: String,
    pub at: DateTime<Utc>,
}

impl Tx {
    /// Keeps an answer.
    ///
    /// # Errors
    /// `Duplicate` if the key is taken: somebody else answers the same request at this moment.
    pub async fn keep_answer(&self, answer: &KeptAnswer) -> Result<(), StoreError> {
        let KeptAnswer { person, key, digest, status, body, at } = answer;
        let row = kept_answer::Model {
            person_id: person.0,
            key: key.clone(),
            digest: digest.clone(),
            status: i32::from(*status),
            body: body.clone(),
            at: to_microsecond(*at),
        };
        kept_answer::Entity::insert(row.into_active_model()).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Forgets answers older than a moment.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_answers(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let old = kept_answer::Column::At.lt(to_microsecond(before));
        Ok(kept_answer::Entity::delete_many().filter(old).exec(&self.on).await?.rows_affected)
    }
}

impl Reader<'_> {
    /// The answer that was kept for a person's key.
    ///
    /// # Errors
    /// What the database says.
    pub async fn kept_answer(&self, person: UserId, key: &str) -> Result<Option<KeptAnswer>, StoreError> {
        let found = kept_answer::Entity::find_by_id((person.0, key.to_owned())).one(&self.on).await?;
        Ok(found.map(|row| {
            let kept_answer::Model { person_id, key, digest, status, body, at } = row;
            let status = u16::try_from(status).unwrap_or_default();
            KeptAnswer { person: UserId(person_id), key, digest, status, body, at }
        }))
    }
}

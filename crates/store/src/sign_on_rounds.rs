//! Ways to an identity provider and back: each is walked once, by the browser that began it.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use workflow::id::UserId;

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::events::to_microsecond;
use crate::rows::sign_on_round;

/// A way to an identity provider that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOnRound {
    /// SHA-256 of what the browser's cookie holds, in hex.
    pub token_hash: String,
    /// Whose account is to be linked; none where somebody signs in.
    pub person: Option<UserId>,
    pub source: String,
    pub begun_at: DateTime<Utc>,
}

impl Tx {
    /// Keeps a new round, and forgets those that began before a moment.
    ///
    /// # Errors
    /// What the database says.
    pub async fn begin_round(&self, round: &SignOnRound, forgotten: DateTime<Utc>) -> Result<(), StoreError> {
        let old = sign_on_round::Column::BegunAt.lt(to_microsecond(forgotten));
        sign_on_round::Entity::delete_many().filter(old).exec(&self.on).await?;
        let SignOnRound { token_hash, person, source, begun_at } = round;
        let row = sign_on_round::Model {
            token_hash: token_hash.clone(),
            person_id: person.map(|person| person.0),
            source: source.clone(),
            begun_at: to_microsecond(*begun_at),
        };
        sign_on_round::Entity::insert(row.into_active_model()).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Ends a round; of two who come with it one gets it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_round(&self, token_hash: &str) -> Result<Option<SignOnRound>, StoreError> {
        let Some(row) = sign_on_round::Entity::find_by_id(token_hash).one(&self.on).await? else {
            return Ok(None);
        };
        let ended = sign_on_round::Entity::delete_by_id(token_hash).exec(&self.on).await?;
        let sign_on_round::Model { token_hash, person_id, source, begun_at } = row;
        let round = SignOnRound { token_hash, person: person_id.map(UserId), source, begun_at };
        Ok((ended.rows_affected == 1).then_some(round))
    }
}

impl Reader<'_> {
    /// How many rounds from a source are not over, of those that began since a moment.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rounds_from(&self, source: &str, since: DateTime<Utc>) -> Result<u64, StoreError> {
        let rounds = sign_on_round::Entity::find()
            .filter(sign_on_round::Column::Source.eq(source))
            .filter(sign_on_round::Column::BegunAt.gte(to_microsecond(since)));
        Ok(rounds.count(&self.on).await?)
    }
}

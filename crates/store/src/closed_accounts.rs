//! Accounts of people who work with the program no more. The person stays, since histories name it; nothing signs in.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use workflow::id::UserId;

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::events::to_microsecond;
use crate::rows::closed_account;

impl Tx {
    /// Notes that an account is closed.
    ///
    /// # Errors
    /// It is closed already, which is a `Duplicate`.
    pub async fn close_account(
        &self,
        person: UserId,
        by: Option<UserId>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let closed_by = by.map(|by| by.0);
        let row = closed_account::Model { person_id: person.0, closed_at: to_microsecond(at), closed_by };
        self.tell([&row]);
        closed_account::Entity::insert(row.into_active_model()).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Opens a closed account again.
    ///
    /// # Errors
    /// `NotFound` where it is not closed.
    pub async fn reopen_account(&self, person: UserId) -> Result<(), StoreError> {
        let found = closed_account::Entity::find_by_id(person.0).one(&self.on).await?;
        self.tell_gone(&[found.ok_or(StoreError::NotFound("closed account"))?]);
        closed_account::Entity::delete_by_id(person.0).exec(&self.on).await?;
        Ok(())
    }
}

impl Reader<'_> {
    /// Which of these people have a closed account, and since when.
    ///
    /// # Errors
    /// What the database says.
    pub async fn closed_accounts(
        &self,
        people: &[UserId],
    ) -> Result<BTreeMap<UserId, DateTime<Utc>>, StoreError> {
        let theirs = closed_account::Column::PersonId.is_in(people.iter().map(|user| user.0));
        let rows = closed_account::Entity::find().filter(theirs).all(&self.on).await?;
        Ok(rows.into_iter().map(|row| (UserId(row.person_id), row.closed_at)).collect())
    }
}

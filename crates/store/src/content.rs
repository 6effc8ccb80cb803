//! Calendars, catalogues and rule sets as they were loaded, by the hash of their content, newest last.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, TryInsertResult,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use workflow::assessment::RuleSetName;

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::events::{hex, to_microsecond};
use crate::rows::{calendar, calendar_load, catalogue, rule_set};

/// A calendar as it was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCalendar {
    pub id: Uuid,
    pub version: String,
    /// CSV.
    pub content: String,
}

impl Tx {
    /// Keeps a calendar as the newest and gives its id; the same content is kept once, and loading what is the newest
    /// already changes nothing.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_calendar(
        &self,
        calendar: StoredCalendar,
        at: DateTime<Utc>,
    ) -> Result<Uuid, StoreError> {
        let StoredCalendar { id, version, content } = calendar;
        let hash = hash(&content);
        let at = to_microsecond(at);
        let known = calendar::Entity::find().filter(calendar::Column::Hash.eq(&hash)).one(&self.on).await?;
        let newest = self.reader().newest_calendar().await?.map(|calendar| calendar.id);
        if let Some(known) = known.as_ref().filter(|known| newest == Some(known.id)) {
            return Ok(known.id);
        }
        let id = known.as_ref().map_or(id, |known| known.id);
        if known.is_none() {
            let row = calendar::Model { id, version, hash, content, loaded_at: at };
            self.tell([&row]);
            calendar::Entity::insert(row.into_active_model()).exec_without_returning(&self.on).await?;
        }
        let load = calendar_load::Model { calendar_id: id, loaded_at: at };
        self.tell([&load]);
        calendar_load::Entity::insert(load.into_active_model()).exec_without_returning(&self.on).await?;
        Ok(id)
    }

    /// Keeps a catalogue (CSV) as the newest; the same content is kept once.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_catalogue(&self, id: Uuid, content: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
        let row = catalogue::ActiveModel {
            id: Set(id),
            hash: Set(hash(content)),
            content: Set(content.to_owned()),
            loaded_at: Set(to_microsecond(at)),
        };
        let known =
            OnConflict::column(catalogue::Column::Hash).update_column(catalogue::Column::LoadedAt).to_owned();
        let insert = catalogue::Entity::insert(row).on_conflict(known);
        insert.try_insert().exec_without_returning(&self.on).await?;
        let written = catalogue::Entity::find().filter(catalogue::Column::Hash.eq(self::hash(content)));
        self.tell(&written.all(&self.on).await?);
        Ok(())
    }

    /// Keeps a rule set beside the decisions made by it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_rule_set(
        &self,
        name: &RuleSetName,
        files: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = rule_set::Model {
            hash: name.hash.clone(),
            name: name.name.clone(),
            version: name.version.clone(),
            files: files.to_owned(),
            stored_at: to_microsecond(at),
        };
        let known = OnConflict::column(rule_set::Column::Hash).do_nothing().to_owned();
        let insert = rule_set::Entity::insert(row.clone().into_active_model()).on_conflict(known);
        let done = insert.try_insert().exec_without_returning(&self.on).await?;
        if matches!(done, TryInsertResult::Inserted(1)) {
            self.tell([&row]);
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// The calendar that was loaded last.
    ///
    /// # Errors
    /// What the database says.
    pub async fn newest_calendar(&self) -> Result<Option<StoredCalendar>, StoreError> {
        let loads = calendar_load::Entity::find().order_by_desc(calendar_load::Column::LoadedAt);
        let newest = loads.order_by_desc(calendar_load::Column::CalendarId).one(&self.on).await?;
        let Some(newest) = newest else { return Ok(None) };
        let row = calendar::Entity::find_by_id(newest.calendar_id).one(&self.on).await?;
        Ok(row.map(stored_calendar))
    }

    /// Every loading of a calendar, oldest first: from when on which one counted.
    ///
    /// # Errors
    /// What the database says.
    pub async fn calendar_loads(&self) -> Result<Vec<(DateTime<Utc>, Uuid)>, StoreError> {
        let loads = calendar_load::Entity::find()
            .order_by_asc(calendar_load::Column::LoadedAt)
            .order_by_asc(calendar_load::Column::CalendarId)
            .all(&self.on)
            .await?;
        Ok(loads.into_iter().map(|load| (load.loaded_at, load.calendar_id)).collect())
    }

    /// Every calendar by id, for recomputing old decisions.
    ///
    /// # Errors
    /// What the database says.
    pub async fn calendars(&self) -> Result<Vec<StoredCalendar>, StoreError> {
        let rows = calendar::Entity::find().order_by_asc(calendar::Column::Id).all(&self.on).await?;
        Ok(rows.into_iter().map(stored_calendar).collect())
    }

    /// The catalogue that was loaded last, if any replaced the rule set's own.
    ///
    /// # Errors
    /// What the database says.
    pub async fn newest_catalogue(&self) -> Result<Option<String>, StoreError> {
        let newest = catalogue::Entity::find().order_by_desc(catalogue::Column::LoadedAt);
        let row = newest.order_by_desc(catalogue::Column::Id).one(&self.on).await?;
        Ok(row.map(|row| row.content))
    }

    /// The files of every rule set that was ever used, by hash.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rule_sets(&self) -> Result<Vec<(String, String)>, StoreError> {
        let rows = rule_set::Entity::find().order_by_asc(rule_set::Column::Hash).all(&self.on).await?;
        Ok(rows.into_iter().map(|row| (row.hash, row.files)).collect())
    }
}

fn stored_calendar(row: calendar::Model) -> StoredCalendar {
    let calendar::Model { id, version, hash: _, content, loaded_at: _ } = row;
    StoredCalendar { id, version, content }
}

fn hash(content: &str) -> String {
    hex(&Sha256::digest(content.as_bytes()))
}

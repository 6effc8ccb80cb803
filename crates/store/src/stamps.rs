//! Stamps: keyed marks of rows that change beside the history, such as letters on their way and fired timers. Whoever
//! writes such a row stamps it; an edit that does not know the key has no stamp.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use sea_orm::sea_query::{IntoCondition, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::events::AuditKey;
use crate::organisations::BATCH;
use crate::rows::row_stamp;
use crate::told::Told;

/// The stamp of a place with what is there.
pub(crate) fn stamp(key: &AuditKey, place: &str, image: &Value) -> String {
    key.mac([&"stamp", &place, &image.to_string().as_str()])
}

impl Tx {
    /// Stamps the rows of a condition as they are now.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn stamp<E: EntityTrait>(&self, which: impl IntoCondition) -> Result<(), StoreError>
    where
        E::Model: Told,
    {
        let rows = E::find().filter(which.into_condition()).all(&self.on).await?;
        self.stamp_rows(&rows);
        Ok(())
    }

    /// Stamps rows that the caller has just written as they are.
    pub(crate) fn stamp_rows<R: Told>(&self, rows: &[R]) {
        self.stamp_images(rows.iter().map(|row| (row.place(), row.image())));
    }

    /// Stamps are written with the commit, all at once; the last image of a place counts.
    pub(crate) fn stamp_images(&self, images: impl IntoIterator<Item = (String, Value)>) {
        let stamps = images.into_iter().map(|(place, image)| {
            let mac = stamp(&self.key, &place, &image);
            (place, mac)
        });
        self.unstamped.lock().unwrap_or_else(PoisonError::into_inner).extend(stamps);
    }

    /// Writes the stamps of everything that was written in this transaction.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn write_stamps(&self) -> Result<(), StoreError> {
        let stamps = std::mem::take(&mut *self.unstamped.lock().unwrap_or_else(PoisonError::into_inner));
        let anew =
            OnConflict::column(row_stamp::Column::Row).update_column(row_stamp::Column::Mac).to_owned();
        let rows: Vec<_> = stamps
            .into_iter()
            .map(|(place, mac)| row_stamp::ActiveModel { row: Set(place), mac: Set(mac) })
            .collect();
        for part in rows.chunks(BATCH) {
            let insert = row_stamp::Entity::insert_many(part.iter().cloned()).on_conflict(anew.clone());
            insert.exec_without_returning(&self.on).await?;
        }
        Ok(())
    }

    /// Takes the stamps away of rows of a condition, which are to be deleted.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn unstamp<E: EntityTrait>(&self, which: impl IntoCondition) -> Result<(), StoreError>
    where
        E::Model: Told,
    {
        let rows = E::find().filter(which.into_condition()).all(&self.on).await?;
        let places: Vec<String> = rows.iter().map(Told::place).collect();
        {
            let mut unstamped = self.unstamped.lock().unwrap_or_else(PoisonError::into_inner);
            for place in &places {
                unstamped.remove(place);
            }
        }
        for part in places.chunks(BATCH) {
            let theirs = row_stamp::Column::Row.is_in(part.iter().map(String::as_str));
            row_stamp::Entity::delete_many().filter(theirs).exec(&self.on).await?;
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// Every stamp by place.
    pub(crate) async fn stamps(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let rows = row_stamp::Entity::find().all(&self.on).await?;
        Ok(rows.into_iter().map(|row| (row.row, row.mac)).collect())
    }
}

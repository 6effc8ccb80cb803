//! Stamps: keyed marks of rows that change beside the history, such as letters on their way and fired timers. Whoever
//! writes such a row stamps it; an edit that does not know the key has no stamp.

use std::collections::BTreeMap;

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
        self.stamp_rows(&rows).await
    }

    /// Stamps rows that the caller has just written as they are.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn stamp_rows<R: Told>(&self, rows: &[R]) -> Result<(), StoreError> {
        self.stamp_images(rows.iter().map(|row| (row.place(), row.image())).collect()).await
    }

    pub(crate) async fn stamp_images(&self, images: Vec<(String, Value)>) -> Result<(), StoreError> {
        let anew =
            OnConflict::column(row_stamp::Column::Row).update_column(row_stamp::Column::Mac).to_owned();
        for part in images.chunks(BATCH) {
            let rows = part.iter().map(|(place, image)| row_stamp::ActiveModel {
                row: Set(place.clone()),
                mac: Set(stamp(&self.key, place, image)),
            });
            let insert = row_stamp::Entity::insert_many(rows).on_conflict(anew.clone());
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

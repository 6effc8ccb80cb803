//! Table `ticks`: which job fired for which due time; a second node finds it taken.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ticks")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) job: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) due: String,
    pub(crate) fired_at: DateTime<Utc>,
    /// Whose timer it was; none for the program's own.
    pub(crate) request_id: Option<Uuid>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Table `events`: the history, one keyed chain for each subject; never changed.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) subject_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) seq: i64,
    pub(crate) district_id: Uuid,
    pub(crate) at: DateTime<Utc>,
    pub(crate) person_id: Option<Uuid>,
    pub(crate) role: String,
    pub(crate) action: String,
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) reason: Option<String>,
    pub(crate) detail: String,
    pub(crate) changes: String,
    pub(crate) hash: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

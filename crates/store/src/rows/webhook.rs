//! Table `webhooks`: what an organisation's programs want to hear, and where.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhooks")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) district_id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) sight: String,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) kinds: String,
    pub(crate) state: String,
    pub(crate) generation: i32,
    pub(crate) former_until: Option<DateTime<Utc>>,
    pub(crate) made_by: Option<Uuid>,
    pub(crate) made_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

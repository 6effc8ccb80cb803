//! Table `digest_items`: what waits for a person's next digest, went with one, or was overtaken.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "digest_items")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) person_id: Uuid,
    pub(crate) district_id: Uuid,
    pub(crate) request_id: Option<Uuid>,
    pub(crate) kind: String,
    pub(crate) details: String,
    pub(crate) step: Option<String>,
    pub(crate) at: DateTime<Utc>,
    pub(crate) state: String,
    pub(crate) reason: Option<String>,
    pub(crate) letter_id: Option<Uuid>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

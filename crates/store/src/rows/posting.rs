//! Table `postings`: movements of money; never changed.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "postings")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) district_id: Uuid,
    pub(crate) subject_id: Uuid,
    pub(crate) event_seq: i64,
    pub(crate) debit: String,
    pub(crate) credit: String,
    pub(crate) amount_fen: i64,
    pub(crate) purpose: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) reverses: Option<Uuid>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Table `hour_entries`: what an event has booked or freed, only ever added.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hour_entries")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) subject_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) event_seq: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) request_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) community_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) pool: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) month: String,
    pub(crate) centihours: i64,
    pub(crate) forced_centihours: i64,
    pub(crate) at: DateTimeUtc,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Table `bookings`: hours that a request takes of a month of a community's pool.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bookings")]
pub(crate) struct Model {
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
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

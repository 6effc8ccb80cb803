//! Table `accounts`: accounts of the ledger with their balances.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) key: String,
    pub(crate) district_id: Uuid,
    pub(crate) kind: String,
    pub(crate) owner_id: Uuid,
    pub(crate) year: Option<i32>,
    pub(crate) balance_fen: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

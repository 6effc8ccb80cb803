//! Table `meetings`: the meetings of a district's leading group with agenda, votes and outcomes.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "meetings")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) district_id: Uuid,
    pub(crate) year: i32,
    pub(crate) ordinal: i64,
    pub(crate) number: String,
    pub(crate) held_on: NaiveDate,
    pub(crate) place: String,
    pub(crate) called_by: Uuid,
    pub(crate) agenda: String,
    pub(crate) stage: String,
    pub(crate) stage_data: String,
    pub(crate) version: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Table `inspection_plans`: the unified inspection of a district's year.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inspection_plans")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) district_id: Uuid,
    pub(crate) year: i32,
    pub(crate) number: String,
    pub(crate) built_by: Uuid,
    pub(crate) built_on: NaiveDate,
    pub(crate) content: String,
    pub(crate) stage: String,
    pub(crate) stage_data: String,
    pub(crate) version: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Table `complaints`: what communities report, with the stage of each complaint.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "complaints")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) district_id: Uuid,
    pub(crate) community_id: Uuid,
    pub(crate) department_id: Uuid,
    pub(crate) year: i32,
    pub(crate) ordinal: i64,
    pub(crate) number: String,
    pub(crate) filed_by: Uuid,
    pub(crate) filed_on: NaiveDate,
    pub(crate) imposed: String,
    pub(crate) hearer: String,
    pub(crate) escalated_on: Option<NaiveDate>,
    pub(crate) stage: String,
    pub(crate) stage_data: String,
    pub(crate) version: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Table `cards`: yellow and red cards, once for each late step and colour.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cards")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) district_id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) request_id: Uuid,
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) department: String,
    pub(crate) step: String,
    pub(crate) begun_on: NaiveDate,
    pub(crate) due: NaiveDate,
    pub(crate) given_on: NaiveDate,
    pub(crate) colour: String,
    pub(crate) cause: String,
    pub(crate) stage: String,
    pub(crate) stage_data: String,
    pub(crate) version: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

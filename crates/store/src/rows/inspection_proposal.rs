//! Table `inspection_proposals`: what departments proposed to inspect, and what was said to it at once.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inspection_proposals")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) district_id: Uuid,
    pub(crate) department_id: Uuid,
    pub(crate) year: i32,
    pub(crate) written: String,
    pub(crate) named: String,
    pub(crate) proposed_by: Uuid,
    pub(crate) proposed_on: NaiveDate,
    pub(crate) cause: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

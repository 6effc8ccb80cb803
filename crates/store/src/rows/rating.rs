//! Table `ratings`: one answer of a community about a settled request; never changed.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ratings")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) district_id: Uuid,
    pub(crate) department_id: Uuid,
    pub(crate) request_id: Uuid,
    pub(crate) community_id: Uuid,
    pub(crate) year: i32,
    pub(crate) kind: String,
    pub(crate) answer: String,
    pub(crate) given_by: Uuid,
    pub(crate) given_on: NaiveDate,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

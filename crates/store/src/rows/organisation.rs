//! Table `organisations`: node of the organisation tree.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) district_id: Uuid,
    pub(crate) parent_id: Option<Uuid>,
    pub(crate) kind: String,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) body: Option<String>,
    pub(crate) hosts_office: bool,
    pub(crate) closed_on: Option<Date>,
    pub(crate) merged_into: Option<Uuid>,
    pub(crate) event_count: i64,
    pub(crate) event_head: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

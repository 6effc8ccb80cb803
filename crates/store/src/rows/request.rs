//! Table `requests`: the request with its stage and the head of its chain of events.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "requests")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) district_id: Uuid,
    pub(crate) department_id: Uuid,
    pub(crate) filed_by: Uuid,
    pub(crate) number: Option<String>,
    pub(crate) title: String,
    pub(crate) item: Option<String>,
    pub(crate) class: Option<String>,
    pub(crate) function: Option<i32>,
    pub(crate) price_fen: i64,
    pub(crate) starts_on: Option<NaiveDate>,
    pub(crate) ends_on: Option<NaiveDate>,
    pub(crate) stage: String,
    pub(crate) stage_data: String,
    pub(crate) application: String,
    pub(crate) targets: String,
    pub(crate) assessed: Option<String>,
    pub(crate) version: i64,
    pub(crate) dossier: String,
    pub(crate) origin_id: Option<Uuid>,
    /// A cache: the next day on which a sweep may find something to do.
    pub(crate) wake_on: Option<NaiveDate>,
    pub(crate) event_count: i64,
    pub(crate) event_head: String,
    pub(crate) filed_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

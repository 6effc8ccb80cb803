//! Table `credentials`: what a person signs in with.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credentials")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) person_id: Uuid,
    pub(crate) password: Option<String>,
    pub(crate) one_time: bool,
    pub(crate) changed_at: DateTime<Utc>,
    pub(crate) failures: i32,
    pub(crate) locked_until: Option<DateTime<Utc>>,
    pub(crate) totp_secret: Option<String>,
    pub(crate) totp_step: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

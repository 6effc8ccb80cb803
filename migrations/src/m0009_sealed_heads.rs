//! The head of each chain in its last seal, so that a new seal looks only at what has moved since.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, uuid};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let heads = Table::create()
            .table("sealed_heads")
            .col(uuid("subject_id").primary_key())
            .col(big_integer("event_count"))
            .col(string("event_head"))
            .to_owned();
        manager.create_table(heads).await
    }
}

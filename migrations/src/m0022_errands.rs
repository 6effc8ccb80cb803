//! Errands: long work that somebody has begun, how far it has come, and what it came to.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, string, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("errands")
            .col(uuid("id").primary_key())
            .col(uuid("person_id"))
            .col(string("kind"))
            .col(text("wanted"))
            .col(string("state"))
            .col(big_integer("done"))
            .col(big_integer("total"))
            .col(timestamp_with_time_zone("begun_at"))
            .col(timestamp_with_time_zone("seen_at"))
            .col(timestamp_with_time_zone_null("ended_at"))
            .col(text_null("result"))
            .to_owned();
        manager.create_table(table).await?;
        for (name, column) in [("errands_by_person", "person_id"), ("errands_by_state", "state")] {
            let index = Index::create().name(name).table("errands").col(column).col("begun_at").to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

//! Meetings of the leading group, and an index of all events by time for those who look through them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, date, integer, string, text, uuid};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let meetings = Table::create()
            .table("meetings")
            .col(uuid("id").primary_key())
            .col(uuid("district_id"))
            .col(integer("year"))
            .col(big_integer("ordinal"))
            .col(string("number"))
            .col(date("held_on"))
            .col(text("place"))
            .col(uuid("called_by"))
            .col(text("agenda"))
            .col(string("stage"))
            .col(text("stage_data"))
            .col(big_integer("version"))
            .to_owned();
        manager.create_table(meetings).await?;
        let by_number = Index::create()
            .name("meetings_by_number")
            .table("meetings")
            .col("district_id")
            .col("year")
            .col("ordinal")
            .unique()
            .to_owned();
        manager.create_index(by_number).await?;
        let by_time = Index::create().name("events_by_time").table("events").col("at").to_owned();
        manager.create_index(by_time).await
    }
}

//! The history tells every change: what each event changed, a chain for what belongs to no organisation, keyed stamps of
//! rows outside the chains, and the seals over all heads.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, text, timestamp_with_time_zone, uuid};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let changes = text("changes").default("{}").to_owned();
        let told = Table::alter().table("events").add_column(changes).to_owned();
        manager.alter_table(told).await?;
        for table in tables() {
            manager.create_table(table).await?;
        }
        Ok(())
    }
}

fn tables() -> [TableCreateStatement; 3] {
    let table = |name: &'static str| Table::create().table(name).to_owned();
    [
        table("chains")
            .col(uuid("subject_id").primary_key())
            .col(big_integer("event_count"))
            .col(string("event_head"))
            .to_owned(),
        table("row_stamps").col(string("row").primary_key()).col(string("mac")).to_owned(),
        table("seals")
            .col(big_integer("number").primary_key())
            .col(timestamp_with_time_zone("at"))
            .col(big_integer("chains"))
            .col(text("heads"))
            .col(string("previous"))
            .col(string("hash"))
            .col(string("mac"))
            .to_owned(),
    ]
}

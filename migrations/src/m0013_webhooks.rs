//! Web-hooks: what an organisation's programs want to hear, and where. Their calls lie in the outbox, beside the letters;
//! their secrets in no table.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    integer, string, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(webhooks()).await?;
        let indexes = [
            ("webhooks_by_district", "webhooks", ["district_id", "state"]),
            ("webhooks_by_organisation", "webhooks", ["organisation_id", "state"]),
            ("outbox_by_recipient", "outbox", ["recipient", "state"]),
        ];
        for (name, table, [first, second]) in indexes {
            let index = Index::create().name(name).table(table).col(first).col(second).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn webhooks() -> TableCreateStatement {
    Table::create()
        .table("webhooks")
        .col(uuid("id").primary_key())
        .col(uuid("district_id"))
        .col(uuid("organisation_id"))
        .col(string("sight"))
        .col(string("name"))
        .col(text("url"))
        .col(text("kinds"))
        .col(string("state"))
        .col(integer("generation"))
        .col(timestamp_with_time_zone_null("former_until"))
        .col(uuid_null("made_by"))
        .col(timestamp_with_time_zone("made_at"))
        .to_owned()
}

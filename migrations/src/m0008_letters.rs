//! Letters: what each person prefers, what waits for the morning's digest, and which step a letter is about.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    string, string_null, text, text_null, timestamp_with_time_zone, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("people", string("letters").default("digest").take()),
            ("people", string("quiet").default("kept").take()),
            ("outbox", string("hours").default("office").take()),
            ("outbox", string_null("step").take()),
        ];
        for (table, column) in columns {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        manager.create_table(digest_items()).await?;
        let indexes = [
            ("digest_items_by_person", "digest_items", ["state", "person_id"]),
            ("digest_items_by_request", "digest_items", ["request_id", "state"]),
            ("outbox_by_request", "outbox", ["request_id", "state"]),
        ];
        for (name, table, [first, second]) in indexes {
            let index = Index::create().name(name).table(table).col(first).col(second).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn digest_items() -> TableCreateStatement {
    Table::create()
        .table("digest_items")
        .col(uuid("id").primary_key())
        .col(uuid("person_id"))
        .col(uuid("district_id"))
        .col(uuid_null("request_id"))
        .col(string("kind"))
        .col(text("details"))
        .col(string_null("step"))
        .col(timestamp_with_time_zone("at"))
        .col(string("state"))
        .col(text_null("reason"))
        .col(uuid_null("letter_id"))
        .to_owned()
}

//! Who people are at an identity provider, and ways to it and back that are not over. An identity has one person, and a
//! person one identity of each issuer.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, timestamp_with_time_zone, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [identities(), rounds()] {
            manager.create_table(table).await?;
        }
        for (name, [first, second]) in [
            ("identities_by_subject", ["issuer", "subject"]),
            ("identities_by_person", ["person_id", "issuer"]),
        ] {
            let index =
                Index::create().name(name).table("identities").col(first).col(second).unique().to_owned();
            manager.create_index(index).await?;
        }
        let begun =
            Index::create().name("sign_on_rounds_by_source").table("sign_on_rounds").col("source").to_owned();
        manager.create_index(begun).await
    }
}

fn identities() -> TableCreateStatement {
    Table::create()
        .table("identities")
        .col(uuid("id").primary_key())
        .col(uuid("person_id"))
        .col(string("issuer"))
        .col(string("subject"))
        .col(timestamp_with_time_zone("linked_at"))
        .col(uuid_null("linked_by"))
        .to_owned()
}

fn rounds() -> TableCreateStatement {
    Table::create()
        .table("sign_on_rounds")
        .col(string("token_hash").primary_key())
        .col(uuid_null("person_id"))
        .col(string("source"))
        .col(timestamp_with_time_zone("begun_at"))
        .to_owned()
}

//! Recovery codes of the second factor, and accounts that were closed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    string, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [recovery_codes(), closed_accounts()] {
            manager.create_table(table).await?;
        }
        Ok(())
    }
}

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).to_owned()
}

fn recovery_codes() -> TableCreateStatement {
    table("recovery_codes")
        .col(uuid("person_id"))
        .col(string("code_hash"))
        .col(timestamp_with_time_zone_null("used_at"))
        .primary_key(Index::create().col("person_id").col("code_hash"))
        .to_owned()
}

fn closed_accounts() -> TableCreateStatement {
    table("closed_accounts")
        .col(uuid("person_id").primary_key())
        .col(timestamp_with_time_zone("closed_at"))
        .col(uuid_null("closed_by"))
        .to_owned()
}

//! What each job of the program did when it ran last.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, text, text_null, timestamp_with_time_zone};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("job_runs")
            .col(string("job").primary_key())
            .col(timestamp_with_time_zone("ran_at"))
            .col(text("outcome"))
            .col(text_null("failure"))
            .to_owned();
        manager.create_table(table).await
    }
}

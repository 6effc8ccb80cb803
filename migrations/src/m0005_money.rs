//! Money beyond budget lines: special funds with the rewards they pay, and postings that take others back.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string, text, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(special_funds()).await?;
        manager.create_table(rewards()).await?;
        let reverses = Table::alter().table("postings").add_column(uuid_null("reverses")).to_owned();
        manager.alter_table(reverses).await?;
        let code = Index::create().name("special_funds_by_code").table("special_funds").to_owned();
        manager.create_index(code.clone().col("district_id").col("code").unique().to_owned()).await?;
        let once = Index::create().name("postings_by_reversed").table("postings").to_owned();
        manager.create_index(once.clone().col("reverses").unique().to_owned()).await
    }
}

fn special_funds() -> TableCreateStatement {
    Table::create()
        .table("special_funds")
        .col(uuid("id").primary_key())
        .col(uuid("district_id"))
        .col(string("code"))
        .col(string("name"))
        .col(string("name_en"))
        .col(integer("first_year"))
        .col(integer("last_year"))
        .col(text("purpose"))
        .check(Expr::col("last_year").gte(Expr::col("first_year")))
        .to_owned()
}

fn rewards() -> TableCreateStatement {
    let mut once = Index::create();
    once.primary().col("request_id").col("community_id");
    Table::create()
        .table("rewards")
        .col(uuid("request_id"))
        .col(uuid("community_id"))
        .col(big_integer("amount_fen"))
        .col(uuid("posting_id"))
        .primary_key(&mut once)
        .to_owned()
}

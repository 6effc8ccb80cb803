//! Accounts: passwords and second factors, sessions, bearer tokens, what signing in came to, and answers kept for a
//! repeated request.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer_null, boolean, integer, string, string_null, string_uniq, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [credentials(), sessions(), tokens(), sign_ins(), kept_answers()] {
            manager.create_table(table).await?;
        }
        let indexes = [
            ("sessions_by_person", "sessions", "person_id"),
            ("api_tokens_by_person", "api_tokens", "person_id"),
            ("sign_ins_by_source", "sign_ins", "source"),
            ("kept_answers_by_time", "kept_answers", "at"),
        ];
        for (name, table, column) in indexes {
            manager.create_index(Index::create().name(name).table(table).col(column).to_owned()).await?;
        }
        Ok(())
    }
}

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).to_owned()
}

fn credentials() -> TableCreateStatement {
    table("credentials")
        .col(uuid("person_id").primary_key())
        .col(string_null("password"))
        .col(boolean("one_time"))
        .col(timestamp_with_time_zone("changed_at"))
        .col(integer("failures"))
        .col(timestamp_with_time_zone_null("locked_until"))
        .col(string_null("totp_secret"))
        .col(big_integer_null("totp_step"))
        .to_owned()
}

fn sessions() -> TableCreateStatement {
    table("sessions")
        .col(uuid("id").primary_key())
        .col(string_uniq("token_hash"))
        .col(uuid("person_id"))
        .col(string("form_token"))
        .col(string("state"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("seen_at"))
        .col(string("source"))
        .col(text("agent"))
        .to_owned()
}

fn tokens() -> TableCreateStatement {
    table("api_tokens")
        .col(uuid("id").primary_key())
        .col(string_uniq("token_hash"))
        .col(uuid("person_id"))
        .col(string("name"))
        .col(string("reach"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("used_at"))
        .to_owned()
}

fn sign_ins() -> TableCreateStatement {
    table("sign_ins")
        .col(uuid("id").primary_key())
        .col(timestamp_with_time_zone("at"))
        .col(uuid_null("person_id"))
        .col(string("source"))
        .col(string("outcome"))
        .to_owned()
}

fn kept_answers() -> TableCreateStatement {
    table("kept_answers")
        .col(uuid("person_id"))
        .col(string("key"))
        .col(string("digest"))
        .col(integer("status"))
        .col(text("body"))
        .col(timestamp_with_time_zone("at"))
        .primary_key(Index::create().col("person_id").col("key"))
        .to_owned()
}

//! The main line: organisations, people, communities, rule sets, requests, decision records, events, hours, money,
//! letters and fired timers.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, binary, boolean, date_null, integer, integer_null, string, string_null, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in
            [people(), content(), requests(), history(), work(), money(), letters()].into_iter().flatten()
        {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).to_owned()
}

fn key(columns: &[&'static str]) -> IndexCreateStatement {
    let mut key = Index::create();
    key.primary();
    for column in columns {
        key.col(*column);
    }
    key
}

fn people() -> Vec<TableCreateStatement> {
    vec![
        table("organisations")
            .col(uuid("id").primary_key())
            .col(uuid("district_id"))
            .col(uuid_null("parent_id"))
            .col(string("kind"))
            .col(string("code").unique_key())
            .col(string("name"))
            .col(string("name_en"))
            .col(string_null("body"))
            .col(boolean("hosts_office"))
            .col(big_integer("event_count"))
            .col(string("event_head"))
            .to_owned(),
        table("people")
            .col(uuid("id").primary_key())
            .col(uuid("organisation_id"))
            .col(string("name"))
            .col(string("email").unique_key())
            .col(string("language"))
            .to_owned(),
        table("person_roles")
            .col(uuid("person_id"))
            .col(string("role"))
            .primary_key(&mut key(&["person_id", "role"]))
            .to_owned(),
        table("communities")
            .col(uuid("organisation_id"))
            .col(integer("year"))
            .col(big_integer("households"))
            .col(big_integer("residents"))
            .col(integer_null("workers"))
            .primary_key(&mut key(&["organisation_id", "year"]))
            .to_owned(),
    ]
}

fn content() -> Vec<TableCreateStatement> {
    vec![
        table("calendars")
            .col(uuid("id").primary_key())
            .col(string("version"))
            .col(string("hash").unique_key())
            .col(text("content"))
            .col(timestamp_with_time_zone("loaded_at"))
            .to_owned(),
        table("catalogues")
            .col(uuid("id").primary_key())
            .col(string("hash").unique_key())
            .col(text("content"))
            .col(timestamp_with_time_zone("loaded_at"))
            .to_owned(),
        table("rule_sets")
            .col(string("hash").primary_key())
            .col(string("name"))
            .col(string("version"))
            .col(text("files"))
            .col(timestamp_with_time_zone("stored_at"))
            .to_owned(),
    ]
}

fn requests() -> Vec<TableCreateStatement> {
    vec![
        table("numbers")
            .col(uuid("district_id"))
            .col(integer("year"))
            .col(big_integer("last"))
            .primary_key(&mut key(&["district_id", "year"]))
            .to_owned(),
        table("requests")
            .col(uuid("id").primary_key())
            .col(uuid("district_id"))
            .col(uuid("department_id"))
            .col(uuid("filed_by"))
            .col(string_null("number"))
            .col(text("title"))
            .col(string_null("item"))
            .col(string_null("class"))
            .col(integer_null("function"))
            .col(big_integer("price_fen"))
            .col(date_null("starts_on"))
            .col(date_null("ends_on"))
            .col(string("stage"))
            .col(text("stage_data"))
            .col(text("application"))
            .col(text("targets"))
            .col(text_null("assessed"))
            .col(big_integer("version"))
            .col(big_integer("event_count"))
            .col(string("event_head"))
            .col(timestamp_with_time_zone("filed_at"))
            .to_owned(),
        table("request_targets")
            .col(uuid("request_id"))
            .col(uuid("community_id"))
            .primary_key(&mut key(&["request_id", "community_id"]))
            .to_owned(),
    ]
}

fn history() -> Vec<TableCreateStatement> {
    vec![
        table("assessments")
            .col(uuid("id").primary_key())
            .col(uuid("request_id"))
            .col(timestamp_with_time_zone("made_at"))
            .col(text("facts"))
            .col(text("assessment"))
            .col(text("trace"))
            .col(string("rule_set_hash"))
            .col(uuid("calendar_id"))
            .to_owned(),
        table("events")
            .col(uuid("subject_id"))
            .col(big_integer("seq"))
            .col(uuid("district_id"))
            .col(timestamp_with_time_zone("at"))
            .col(uuid_null("person_id"))
            .col(string("role"))
            .col(string("action"))
            .col(string("before"))
            .col(string("after"))
            .col(text_null("reason"))
            .col(text("detail"))
            .col(string("hash"))
            .primary_key(&mut key(&["subject_id", "seq"]))
            .to_owned(),
    ]
}

fn work() -> Vec<TableCreateStatement> {
    vec![
        table("assignments")
            .col(uuid("request_id"))
            .col(uuid("community_id"))
            .col(string("code"))
            .col(big_integer("price_fen"))
            .col(big_integer("paid_fen"))
            .col(string("stage"))
            .col(text("stage_data"))
            .primary_key(&mut key(&["request_id", "community_id"]))
            .to_owned(),
        table("bookings")
            .col(uuid("request_id"))
            .col(uuid("community_id"))
            .col(string("month"))
            .col(big_integer("centihours"))
            .primary_key(&mut key(&["request_id", "community_id", "month"]))
            .check(Expr::col("centihours").gt(0))
            .to_owned(),
        table("quotas")
            .col(uuid("community_id"))
            .col(string("month"))
            .col(big_integer("capacity_centihours"))
            .col(big_integer("booked_centihours"))
            .primary_key(&mut key(&["community_id", "month"]))
            .check(Expr::col("booked_centihours").gte(0))
            .check(Expr::col("booked_centihours").lte(Expr::col("capacity_centihours")))
            .to_owned(),
    ]
}

fn money() -> Vec<TableCreateStatement> {
    vec![
        table("accounts")
            .col(string("key").primary_key())
            .col(uuid("district_id"))
            .col(string("kind"))
            .col(uuid("owner_id"))
            .col(integer_null("year"))
            .col(big_integer("balance_fen"))
            .check(Expr::col("balance_fen").gte(0).or(Expr::col("kind").eq("outer")))
            .to_owned(),
        table("postings")
            .col(uuid("id").primary_key())
            .col(uuid("district_id"))
            .col(uuid("subject_id"))
            .col(big_integer("event_seq"))
            .col(string("debit"))
            .col(string("credit"))
            .col(big_integer("amount_fen"))
            .col(string("purpose"))
            .col(timestamp_with_time_zone("at"))
            .check(Expr::col("amount_fen").gt(0))
            .to_owned(),
    ]
}

fn letters() -> Vec<TableCreateStatement> {
    vec![
        table("outbox")
            .col(uuid("id").primary_key())
            .col(uuid("district_id"))
            .col(uuid_null("request_id"))
            .col(string("kind"))
            .col(string("message_id").unique_key())
            .col(string("sender"))
            .col(string("recipient"))
            .col(text("subject"))
            .col(binary("bytes"))
            .col(string("state"))
            .col(integer("attempts"))
            .col(timestamp_with_time_zone("next_at"))
            .col(timestamp_with_time_zone_null("sent_at"))
            .col(text_null("failure"))
            .to_owned(),
        table("ticks")
            .col(string("job"))
            .col(string("due"))
            .col(timestamp_with_time_zone("fired_at"))
            .primary_key(&mut key(&["job", "due"]))
            .to_owned(),
    ]
}

fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).to_owned();
    for column in columns {
        index.col(*column);
    }
    index
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("organisations_by_parent", "organisations", &["parent_id"]),
        index("people_by_organisation", "people", &["organisation_id"]),
        index("requests_by_number", "requests", &["district_id", "number"]).unique().to_owned(),
        index("requests_by_stage", "requests", &["district_id", "stage", "id"]),
        index("requests_by_department", "requests", &["department_id", "stage", "id"]),
        index("requests_by_item", "requests", &["item", "stage"]),
        index("request_targets_by_community", "request_targets", &["community_id", "request_id"]),
        index("assessments_by_request", "assessments", &["request_id", "made_at"]),
        index("assignments_by_community", "assignments", &["community_id", "stage"]),
        index("bookings_by_community", "bookings", &["community_id", "month"]),
        index("accounts_by_owner", "accounts", &["owner_id"]),
        index("postings_by_debit", "postings", &["debit", "id"]),
        index("postings_by_credit", "postings", &["credit", "id"]),
        index("postings_by_event", "postings", &["subject_id", "event_seq"]),
        index("outbox_by_due", "outbox", &["state", "next_at"]),
    ]
}

//! Oversight: complaints, evidence, inspection plans with the proposals to them, and ratings.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, binary, date, date_null, integer, string, string_null, text, timestamp_with_time_zone, uuid,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [complaints(), evidence(), plans(), proposals(), ratings()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).col(uuid("id").primary_key()).to_owned()
}

fn complaints() -> TableCreateStatement {
    table("complaints")
        .col(uuid("district_id"))
        .col(uuid("community_id"))
        .col(uuid("department_id"))
        .col(integer("year"))
        .col(big_integer("ordinal"))
        .col(string("number"))
        .col(uuid("filed_by"))
        .col(date("filed_on"))
        .col(text("imposed"))
        .col(string("hearer"))
        .col(date_null("escalated_on"))
        .col(string("stage"))
        .col(text("stage_data"))
        .col(big_integer("version"))
        .to_owned()
}

fn evidence() -> TableCreateStatement {
    table("evidence")
        .col(uuid("subject_id"))
        .col(string("name"))
        .col(string("sha256"))
        .col(big_integer("size"))
        .col(binary("bytes"))
        .col(timestamp_with_time_zone("kept_at"))
        .to_owned()
}

fn plans() -> TableCreateStatement {
    table("inspection_plans")
        .col(uuid("district_id"))
        .col(integer("year"))
        .col(string("number"))
        .col(uuid("built_by"))
        .col(date("built_on"))
        .col(text("content"))
        .col(string("stage"))
        .col(text("stage_data"))
        .col(big_integer("version"))
        .to_owned()
}

fn proposals() -> TableCreateStatement {
    table("inspection_proposals")
        .col(uuid("district_id"))
        .col(uuid("department_id"))
        .col(integer("year"))
        .col(string("written"))
        .col(text("named"))
        .col(uuid("proposed_by"))
        .col(date("proposed_on"))
        .col(string_null("cause"))
        .to_owned()
}

fn ratings() -> TableCreateStatement {
    table("ratings")
        .col(uuid("district_id"))
        .col(uuid("department_id"))
        .col(uuid("request_id"))
        .col(uuid("community_id"))
        .col(integer("year"))
        .col(string("kind"))
        .col(text("answer"))
        .col(uuid("given_by"))
        .col(date("given_on"))
        .to_owned()
}

fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).to_owned();
    for column in columns {
        index.col(*column);
    }
    index
}

fn indexes() -> Vec<IndexCreateStatement> {
    let unique = |name, table, columns| index(name, table, columns).unique().to_owned();
    vec![
        unique("complaints_by_number", "complaints", &["district_id", "year", "ordinal"]),
        index("complaints_by_community", "complaints", &["community_id", "id"]),
        index("complaints_by_department", "complaints", &["department_id", "stage", "id"]),
        index("complaints_by_stage", "complaints", &["stage", "id"]),
        unique("evidence_by_subject", "evidence", &["subject_id", "name"]),
        unique("plans_by_year", "inspection_plans", &["district_id", "year"]),
        unique(
            "proposals_by_department",
            "inspection_proposals",
            &["district_id", "year", "department_id", "written"],
        ),
        unique("ratings_by_request", "ratings", &["request_id", "community_id", "kind"]),
        index("ratings_by_department", "ratings", &["department_id", "year"]),
    ]
}

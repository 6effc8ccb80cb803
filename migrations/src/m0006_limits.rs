//! Limits: every loading of a calendar, what a sweep could not carry out, cards, and which request a timer belongs to.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, date, string, text, timestamp_with_time_zone, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [calendar_loads(), sweep_failures(), cards()] {
            manager.create_table(table).await?;
        }
        let copy = "INSERT INTO calendar_loads (calendar_id, loaded_at) SELECT id, loaded_at FROM calendars";
        manager.get_connection().execute_unprepared(copy).await?;
        let owner = Table::alter().table("ticks").add_column(uuid_null("request_id")).to_owned();
        manager.alter_table(owner).await?;
        let index = |name: &'static str| Index::create().name(name).to_owned();
        let fired = index("ticks_by_time").table("ticks").col("fired_at").to_owned();
        manager.create_index(fired).await?;
        let once = index("cards_once").table("cards").unique().to_owned();
        let once = ["request_id", "step", "begun_on", "colour"]
            .into_iter()
            .fold(once, |mut index, column| index.col(column).to_owned());
        manager.create_index(once).await?;
        let open = index("cards_by_stage").table("cards").col("district_id").col("stage").to_owned();
        manager.create_index(open).await?;
        let carded = index("cards_by_organisation").table("cards").col("organisation_id").to_owned();
        manager.create_index(carded).await
    }
}

fn calendar_loads() -> TableCreateStatement {
    let mut once = Index::create();
    once.primary().col("loaded_at").col("calendar_id");
    Table::create()
        .table("calendar_loads")
        .col(uuid("calendar_id"))
        .col(timestamp_with_time_zone("loaded_at"))
        .primary_key(&mut once)
        .to_owned()
}

fn sweep_failures() -> TableCreateStatement {
    Table::create()
        .table("sweep_failures")
        .col(uuid("request_id").primary_key())
        .col(timestamp_with_time_zone("first_at"))
        .col(timestamp_with_time_zone("last_at"))
        .col(big_integer("tries"))
        .col(text("failure"))
        .to_owned()
}

fn cards() -> TableCreateStatement {
    Table::create()
        .table("cards")
        .col(uuid("id").primary_key())
        .col(uuid("district_id"))
        .col(uuid("organisation_id"))
        .col(uuid("request_id"))
        .col(string("number"))
        .col(text("title"))
        .col(text("department"))
        .col(string("step"))
        .col(date("begun_on"))
        .col(date("due"))
        .col(date("given_on"))
        .col(string("colour"))
        .col(string("cause"))
        .col(string("stage"))
        .col(text("stage_data"))
        .col(big_integer("version"))
        .to_owned()
}

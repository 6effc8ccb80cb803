//! Hours: two pools of a community, what was forced over capacity, and entries that are only ever added. Two tables are
//! made anew, since SQLite cannot change a key or a check of a table that is there.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, date_null, integer_null, string, timestamp_with_time_zone, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in columns() {
            manager.alter_table(column).await?;
        }
        for table in [quotas(), bookings(), hour_entries()] {
            manager.create_table(table).await?;
        }
        for step in STEPS {
            manager.get_connection().execute_unprepared(step).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// What was booked so far is the committee's and was never forced; its entry belongs to the event that booked it.
const STEPS: [&str; 7] = [
    "INSERT INTO quotas_new SELECT community_id, 'committee', month, capacity_centihours, booked_centihours, 0 \
     FROM quotas",
    "DROP TABLE quotas",
    "ALTER TABLE quotas_new RENAME TO quotas",
    "INSERT INTO bookings_new SELECT request_id, community_id, 'committee', month, centihours, 0 FROM bookings",
    "DROP TABLE bookings",
    "ALTER TABLE bookings_new RENAME TO bookings",
    "INSERT INTO hour_entries SELECT b.request_id, e.seq, b.request_id, b.community_id, b.pool, b.month, \
     b.centihours, 0, e.at FROM bookings b JOIN events e ON e.subject_id = b.request_id AND e.seq = \
     (SELECT MAX(last.seq) FROM events last WHERE last.subject_id = b.request_id AND last.action = 'enter')",
];

fn columns() -> [TableAlterStatement; 3] {
    let change = |table: &'static str| Table::alter().table(table).to_owned();
    [
        change("communities").add_column(integer_null("station_workers")).to_owned(),
        change("organisations").add_column(date_null("closed_on")).to_owned(),
        change("organisations").add_column(uuid_null("merged_into")).to_owned(),
    ]
}

fn key(columns: &[&'static str]) -> IndexCreateStatement {
    let mut key = Index::create();
    key.primary();
    for column in columns {
        key.col(*column);
    }
    key
}

fn quotas() -> TableCreateStatement {
    let most = Expr::col("capacity_centihours").add(Expr::col("forced_centihours"));
    Table::create()
        .table("quotas_new")
        .col(uuid("community_id"))
        .col(string("pool"))
        .col(string("month"))
        .col(big_integer("capacity_centihours"))
        .col(big_integer("booked_centihours"))
        .col(big_integer("forced_centihours"))
        .primary_key(&mut key(&["community_id", "pool", "month"]))
        .check(Expr::col("booked_centihours").gte(0))
        .check(Expr::col("forced_centihours").gte(0))
        .check(Expr::col("booked_centihours").lte(most))
        .to_owned()
}

fn bookings() -> TableCreateStatement {
    Table::create()
        .table("bookings_new")
        .col(uuid("request_id"))
        .col(uuid("community_id"))
        .col(string("pool"))
        .col(string("month"))
        .col(big_integer("centihours"))
        .col(big_integer("forced_centihours"))
        .primary_key(&mut key(&["request_id", "community_id", "pool", "month"]))
        .check(Expr::col("centihours").gt(0))
        .check(Expr::col("forced_centihours").gte(0))
        .check(Expr::col("forced_centihours").lte(Expr::col("centihours")))
        .to_owned()
}

fn hour_entries() -> TableCreateStatement {
    Table::create()
        .table("hour_entries")
        .col(uuid("subject_id"))
        .col(big_integer("event_seq"))
        .col(uuid("request_id"))
        .col(uuid("community_id"))
        .col(string("pool"))
        .col(string("month"))
        .col(big_integer("centihours"))
        .col(big_integer("forced_centihours"))
        .col(timestamp_with_time_zone("at"))
        .primary_key(&mut key(&["subject_id", "event_seq", "request_id", "community_id", "pool", "month"]))
        .to_owned()
}

fn indexes() -> [IndexCreateStatement; 3] {
    let index = |name: &'static str, table: &'static str, columns: [&'static str; 2]| {
        let [first, second] = columns;
        Index::create().name(name).table(table).col(first).col(second).to_owned()
    };
    [
        index("bookings_by_place", "bookings", ["community_id", "month"]),
        index("hour_entries_by_place", "hour_entries", ["community_id", "month"]),
        index("hour_entries_by_request", "hour_entries", ["request_id", "community_id"]),
    ]
}

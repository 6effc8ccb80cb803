//! Search: the folded text of a request or an organisation, and its overlapping pairs of characters. Both follow from the
//! rows they are about and can be built again at any time.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The pairs are the table: SQLite keeps no second copy of the key. PostgreSQL compares them by code points, as SQLite does.
const OF_SQLITE: [&str; 2] = [
    "CREATE TABLE search_texts (subject_id uuid_text NOT NULL PRIMARY KEY, district_id uuid_text NOT NULL, \
     kind integer NOT NULL, folded text NOT NULL)",
    "CREATE TABLE search_grams (kind integer NOT NULL, gram text NOT NULL, district_id uuid_text NOT NULL, \
     subject_id uuid_text NOT NULL, PRIMARY KEY (kind, gram, district_id, subject_id)) WITHOUT ROWID",
];
const OF_POSTGRES: [&str; 2] = [
    "CREATE TABLE search_texts (subject_id uuid NOT NULL PRIMARY KEY, district_id uuid NOT NULL, \
     kind integer NOT NULL, folded text NOT NULL)",
    "CREATE TABLE search_grams (kind integer NOT NULL, gram text COLLATE \"C\" NOT NULL, district_id uuid NOT NULL, \
     subject_id uuid NOT NULL, PRIMARY KEY (kind, gram, district_id, subject_id))",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let steps = match manager.get_database_backend() {
            DbBackend::Sqlite => OF_SQLITE,
            _ => OF_POSTGRES,
        };
        for step in steps {
            manager.get_connection().execute_unprepared(step).await?;
        }
        Ok(())
    }
}

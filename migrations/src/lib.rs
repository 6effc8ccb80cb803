//! The schema's history: one file per migration, for SQLite and PostgreSQL alike. Nothing is ever edited here once it
//! has been released; a change is a new file.

use std::time::Duration;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectOptions, Database, DatabaseConnection};

mod m0001_main_line;
mod m0002_dossier;
mod m0003_audit;
mod m0004_hours;
mod m0005_money;
mod m0006_limits;
mod m0007_oversight;
mod m0008_letters;
mod m0009_sealed_heads;
mod m0010_accounts;
mod m0011_recovery_and_closing;
mod m0012_job_runs;
mod m0013_webhooks;
mod m0015_meetings;
mod m0016_search;
mod m0018_merged_communities;
mod m0019_ways_to_rows;
mod m0020_identities;
mod m0021_evidence_pieces;
mod m0022_errands;
mod m0023_found_by_address;

/// How long a database may take to answer at first.
const PATIENCE: Duration = Duration::from_secs(10);

/// All migrations in their order.
struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_main_line::Migration),
            Box::new(m0002_dossier::Migration),
            Box::new(m0003_audit::Migration),
            Box::new(m0004_hours::Migration),
            Box::new(m0005_money::Migration),
            Box::new(m0006_limits::Migration),
            Box::new(m0007_oversight::Migration),
            Box::new(m0008_letters::Migration),
            Box::new(m0009_sealed_heads::Migration),
            Box::new(m0010_accounts::Migration),
            Box::new(m0011_recovery_and_closing::Migration),
            Box::new(m0012_job_runs::Migration),
            Box::new(m0013_webhooks::Migration),
            Box::new(m0015_meetings::Migration),
            Box::new(m0016_search::Migration),
            Box::new(m0018_merged_communities::Migration),
            Box::new(m0019_ways_to_rows::Migration),
            Box::new(m0020_identities::Migration),
            Box::new(m0021_evidence_pieces::Migration),
            Box::new(m0022_errands::Migration),
            Box::new(m0023_found_by_address::Migration),
        ]
    }
}

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
#[error("the database could not be reached or migrated: {0}")]
pub struct MigrateError(String);

/// Brings the database up to date and says which migrations were applied; a SQLite file is made where it is missing.
///
/// # Errors
/// What the database says; nothing is half applied.
pub async fn up(url: &str) -> Result<Vec<String>, MigrateError> {
    let connection = connect(url).await?;
    let pending = Migrator::get_pending_migrations(&connection).await?;
    let names = pending.iter().map(|migration| migration.name().to_owned()).collect();
    Migrator::up(&connection, None).await?;
    connection.close().await?;
    Ok(names)
}

/// The names of all migrations, in their order.
#[must_use]
pub fn names() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

/// The migrations that are not applied yet.
///
/// # Errors
/// What the database says.
pub async fn pending(url: &str) -> Result<Vec<String>, MigrateError> {
    let connection = connect(url).await?;
    let pending = Migrator::get_pending_migrations(&connection).await?;
    Ok(pending.iter().map(|migration| migration.name().to_owned()).collect())
}

async fn connect(url: &str) -> Result<DatabaseConnection, MigrateError> {
    let url = match url.starts_with("sqlite:") && !url.contains('?') {
        true => format!("{url}?mode=rwc"),
        false => url.to_owned(),
    };
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).connect_timeout(PATIENCE).sqlx_logging(false);
    Ok(Database::connect(options).await?)
}

impl From<DbErr> for MigrateError {
    fn from(error: DbErr) -> MigrateError {
        MigrateError(error.to_string())
    }
}

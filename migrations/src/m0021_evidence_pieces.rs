//! Files of evidence lie in pieces, so that none is in memory as a whole while it is kept or read. What was kept in one
//! piece is cut; its hash and its history stay as they are.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{binary, integer, uuid};
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Bytes of a piece.
const PIECE: u32 = 256 << 10;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(pieces()).await?;
        let connection = manager.get_connection();
        connection.execute_unprepared(&cut(connection.get_database_backend())).await?;
        let whole = Table::alter().table("evidence").drop_column("bytes").to_owned();
        manager.alter_table(whole).await
    }
}

fn pieces() -> TableCreateStatement {
    Table::create()
        .table("evidence_pieces")
        .col(uuid("evidence_id"))
        .col(integer("number"))
        .col(binary("bytes"))
        .primary_key(Index::create().col("evidence_id").col("number"))
        .to_owned()
}

fn cut(backend: DbBackend) -> String {
    let part = match backend {
        DbBackend::Sqlite => format!("substr(bytes, number * {PIECE} + 1, {PIECE})"),
        _ => format!("substring(bytes from number * {PIECE} + 1 for {PIECE})"),
    };
    format!(
        "WITH RECURSIVE numbers (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM numbers \
         WHERE (number + 1) * {PIECE} < (SELECT MAX(length(bytes)) FROM evidence)) \
         INSERT INTO evidence_pieces (evidence_id, number, bytes) \
         SELECT id, number, {part} FROM evidence JOIN numbers ON number * {PIECE} < length(bytes)"
    )
}

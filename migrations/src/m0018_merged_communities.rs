//! Who went into a community is found without reading all organisations; every scope of a community asks for it.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let merged = Index::create()
            .name("organisations_by_merger")
            .table("organisations")
            .col("merged_into")
            .to_owned();
        manager.create_index(merged).await
    }
}

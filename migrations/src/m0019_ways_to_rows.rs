//! A request is found by its number in any scope, and a district's organisations without reading all of them; every notice
//! asks for the latter.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let numbered =
            Index::create().name("requests_by_number_alone").table("requests").col("number").to_owned();
        manager.create_index(numbered).await?;
        let near = Index::create()
            .name("organisations_by_district")
            .table("organisations")
            .col("district_id")
            .to_owned();
        manager.create_index(near).await
    }
}

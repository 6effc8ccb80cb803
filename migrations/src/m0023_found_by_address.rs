//! People are found by their address whatever its capitals: older rows keep those that they were written with, since the
//! history tells them so. What signing in came to is forgotten by its age.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let folded = "CREATE INDEX people_by_folded_address ON people (lower(email))";
        manager.get_connection().execute_unprepared(folded).await?;
        let by_age = Index::create().name("sign_ins_by_age").table("sign_ins").col("at").to_owned();
        manager.create_index(by_age).await
    }
}

//! What a request gathers on its way, when it has to be looked at, who is invited to speak on it, and deputies.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{date, date_null, string, text, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [text("dossier").default("{}").to_owned(), uuid_null("origin_id"), date_null("wake_on")]
        {
            let add = Table::alter().table("requests").add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        manager.create_table(invitations()).await?;
        manager.create_table(deputies()).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn invitations() -> TableCreateStatement {
    Table::create()
        .table("request_invitations")
        .col(uuid("request_id"))
        .col(uuid("organisation_id"))
        .primary_key(Index::create().primary().col("request_id").col("organisation_id"))
        .to_owned()
}

fn deputies() -> TableCreateStatement {
    Table::create()
        .table("deputies")
        .col(uuid("id").primary_key())
        .col(uuid("principal_id"))
        .col(uuid("deputy_id"))
        .col(string("role"))
        .col(date("from_on"))
        .col(date("until_on"))
        .col(uuid("set_by"))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &'static str, table: &'static str, columns: &[&'static str]| {
        let mut index = Index::create().name(name).table(table).to_owned();
        for column in columns {
            index.col(*column);
        }
        index
    };
    vec![
        index("requests_by_wake", "requests", &["wake_on", "id"]),
        index("requests_by_origin", "requests", &["origin_id"]),
        index(
            "request_invitations_by_organisation",
            "request_invitations",
            &["organisation_id", "request_id"],
        ),
        index("deputies_by_deputy", "deputies", &["deputy_id", "until_on"]),
        index("deputies_by_principal", "deputies", &["principal_id", "until_on"]),
    ]
}

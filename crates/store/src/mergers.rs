//! Communities that were merged into others: their rows, their people, and the requests that name them.

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use workflow::id::OrganisationId;
use workflow::request::Request;
use workflow::stage::StageKind;

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::rows::{organisation, person, request, request_target};

impl Tx {
    /// Closes a community that goes into another. Whoever went into it before goes along, and so do its people; gives
    /// their number.
    ///
    /// # Errors
    /// What the database says.
    pub async fn merge_organisation(
        &self,
        (from, into): (OrganisationId, OrganisationId),
        on: NaiveDate,
    ) -> Result<usize, StoreError> {
        let closed = Expr::value(Some(on));
        organisation::Entity::update_many()
            .col_expr(organisation::Column::ClosedOn, closed)
            .filter(organisation::Column::Id.eq(from.0))
            .exec(&self.on)
            .await?;
        let goes = Condition::any()
            .add(organisation::Column::Id.eq(from.0))
            .add(organisation::Column::MergedInto.eq(from.0));
        organisation::Entity::update_many()
            .col_expr(organisation::Column::MergedInto, Expr::value(Some(into.0)))
            .filter(goes)
            .exec(&self.on)
            .await?;
        let gone = organisation::Entity::find().filter(organisation::Column::MergedInto.eq(into.0));
        self.tell(&gone.all(&self.on).await?);
        let theirs = person::Entity::find().filter(person::Column::OrganisationId.eq(from.0));
        let people = theirs.all(&self.on).await?.into_iter();
        let people: Vec<_> = people.map(|row| person::Model { organisation_id: into.0, ..row }).collect();
        self.tell(&people);
        person::Entity::update_many()
            .col_expr(person::Column::OrganisationId, Expr::value(into.0))
            .filter(person::Column::OrganisationId.eq(from.0))
            .exec(&self.on)
            .await?;
        Ok(people.len())
    }
}

impl Reader<'_> {
    /// A community and all that were merged into it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn with_merged_into(
        &self,
        community: OrganisationId,
    ) -> Result<Vec<OrganisationId>, StoreError> {
        let theirs = organisation::Column::Id.in_subquery(with_merged(community));
        let rows = organisation::Entity::find().filter(theirs).all(&self.on).await?;
        Ok(rows.into_iter().map(|row| OrganisationId(row.id)).collect())
    }

    /// Requests in some stages that ask for a community.
    ///
    /// # Errors
    /// What the database says; also if one of them cannot be read.
    pub async fn requests_asking_for(
        &self,
        community: OrganisationId,
        stages: &[StageKind],
    ) -> Result<Vec<Request>, StoreError> {
        let asking = Query::select()
            .column(request_target::Column::RequestId)
            .from(request_target::Entity)
            .and_where(request_target::Column::CommunityId.eq(community.0))
            .to_owned();
        let condition = Condition::all()
            .add(request::Column::Id.in_subquery(asking))
            .add(request::Column::Stage.is_in(stages.iter().map(|stage| stage.word())));
        self.requests_where(condition).await?.into_iter().collect()
    }
}

/// A community with all that were merged into it: what they did stays in its sight.
pub(crate) fn with_merged(community: OrganisationId) -> SelectStatement {
    Query::select()
        .column(organisation::Column::Id)
        .from(organisation::Entity)
        .cond_where(
            Condition::any()
                .add(organisation::Column::Id.eq(community.0))
                .add(organisation::Column::MergedInto.eq(community.0)),
        )
        .to_owned()
}

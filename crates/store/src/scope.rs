//! What a reader may see of the requests: the condition that stands in every query.

use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter};
use workflow::id::{OrganisationId, RequestId};
use workflow::request::Request;
use workflow::stage::{Stage, StageKind};

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::guard::Guard;
use crate::mergers::with_merged;
use crate::people::Worker;
use crate::rows::{assignment, organisation, request, request_invitation};

impl Reader<'_> {
    /// The person of an address, for somebody who sees the people of a district, or all: whoever is elsewhere is not found,
    /// as if the address were nobody's.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn worker_within(
        &self,
        email: &str,
        district: Option<OrganisationId>,
    ) -> Result<Worker, StoreError> {
        let worker = self.worker(email).await?;
        match district.is_none_or(|district| worker.person.district == district) {
            true => Ok(worker),
            false => Err(StoreError::NotFound("person")),
        }
    }
}

/// What a reader may see; everything else is *not found*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The system, the city's office and the city's auditors.
    Everything,
    District(OrganisationId),
    /// Its own requests, those it is invited to speak on, and what is published in its district.
    Department(OrganisationId),
    /// Requests that have reached this community as an assignment, those it is invited to speak on, and what is published
    /// in its district.
    Community(OrganisationId),
}

impl Scope {
    /// Whatever is added to it narrows it.
    pub(crate) fn condition(self) -> Condition {
        Condition::all().add(self.alternatives(None))
    }

    /// The same for the request of an id: what else a community or a department may see is not gathered for it.
    pub(crate) fn of_one(self, id: RequestId) -> Condition {
        Condition::all().add(request::Column::Id.eq(id.0)).add(self.alternatives(Some(id)))
    }

    /// The district outside which nothing is seen, where it is known.
    pub(crate) fn district(self) -> Option<OrganisationId> {
        match self {
            Scope::District(district) => Some(district),
            Scope::Everything | Scope::Department(_) | Scope::Community(_) => None,
        }
    }

    fn alternatives(self, one: Option<RequestId>) -> Condition {
        match self {
            Scope::Everything => Condition::all(),
            Scope::District(district) => Condition::all().add(request::Column::DistrictId.eq(district.0)),
            Scope::Department(department) => Condition::any()
                .add(request::Column::DepartmentId.eq(department.0))
                .add(request::Column::Id.in_subquery(invited(department, one)))
                .add(published(department)),
            Scope::Community(community) => {
                let assigned = Query::select()
                    .column(assignment::Column::RequestId)
                    .from(assignment::Entity)
                    .and_where(assignment::Column::CommunityId.in_subquery(with_merged(community)))
                    .and_where_option(one.map(|one| assignment::Column::RequestId.eq(one.0)))
                    .to_owned();
                Condition::any()
                    .add(request::Column::Id.in_subquery(assigned))
                    .add(request::Column::Id.in_subquery(invited(community, one)))
                    .add(published(community))
            }
        }
    }
}

impl Reader<'_> {
    /// The scope of whoever reads.
    pub(crate) fn kept_to(&self, scope: Scope) -> Scope {
        if self.guards.stand(Guard::Scope) { scope } else { Scope::Everything }
    }
}

impl Tx {
    /// Lets those who are invited see the request; whoever was asked once may read on.
    pub(crate) async fn invite(&self, request: &Request) -> Result<(), StoreError> {
        let Stage::Consultation { inquiry, .. } = &request.stage else { return Ok(()) };
        let of_request = request_invitation::Column::RequestId.eq(request.id.0);
        let known = request_invitation::Entity::find().filter(of_request).all(&self.on).await?;
        let unknown =
            inquiry.invited.iter().filter(|one| known.iter().all(|row| row.organisation_id != one.0));
        let rows: Vec<_> = unknown
            .map(|one| request_invitation::Model { request_id: request.id.0, organisation_id: one.0 })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        self.tell(&rows);
        let rows = rows.into_iter().map(request_invitation::Model::into_active_model);
        request_invitation::Entity::insert_many(rows).exec_without_returning(&self.on).await?;
        Ok(())
    }
}

/// Requests on which an organisation was ever asked to speak.
fn invited(organisation: OrganisationId, one: Option<RequestId>) -> SelectStatement {
    Query::select()
        .column(request_invitation::Column::RequestId)
        .from(request_invitation::Entity)
        .and_where(request_invitation::Column::OrganisationId.eq(organisation.0))
        .and_where_option(one.map(|one| request_invitation::Column::RequestId.eq(one.0)))
        .to_owned()
}

/// Publication is for everyone in the district (`workflow.md`, publication).
fn published(organisation: OrganisationId) -> Condition {
    let district = Query::select()
        .column(organisation::Column::DistrictId)
        .from(organisation::Entity)
        .and_where(organisation::Column::Id.eq(organisation.0))
        .to_owned();
    Condition::all()
        .add(request::Column::Stage.eq(StageKind::Publication.word()))
        .add(request::Column::DistrictId.in_subquery(district))
}

//! Inspection plans, one a district and year, and the departments' proposals to them.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;
use workflow::id::{OrganisationId, PlanId, UserId};
use workflow::inspection::{Cause, Plan, PlanStageKind, Proposal};

use crate::connect::{Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::rows::{inspection_plan, inspection_proposal};

impl Tx {
    /// Keeps the first draft of a district's year.
    ///
    /// # Errors
    /// A year that has its plan already is a `Duplicate`.
    pub async fn insert_plan(&self, plan: &Plan) -> Result<(), StoreError> {
        inspection_plan::Entity::insert(row_of(plan)?).exec_without_returning(&self.on).await?;
        self.tell_written::<inspection_plan::Entity>(inspection_plan::Column::Id.eq(plan.id.0)).await
    }

    /// Replaces a plan that is still at a version.
    ///
    /// # Errors
    /// `Conflict` at any other version.
    pub async fn put_plan(&self, plan: &Plan, seen: i64) -> Result<(), StoreError> {
        let replaced = inspection_plan::Entity::update_many()
            .set(row_of(plan)?)
            .filter(inspection_plan::Column::Id.eq(plan.id.0))
            .filter(inspection_plan::Column::Version.eq(seen))
            .exec(&self.on)
            .await?;
        if replaced.rows_affected != 1 {
            return Err(StoreError::Conflict);
        }
        self.tell_written::<inspection_plan::Entity>(inspection_plan::Column::Id.eq(plan.id.0)).await
    }

    /// Keeps a department's proposal.
    ///
    /// # Errors
    /// The same thing of the same year a second time is a `Duplicate`.
    pub async fn insert_proposal(&self, proposal: &Proposal) -> Result<(), StoreError> {
        let Proposal { district, department, year, named, by, on, cause } = proposal;
        let json = serde_json::to_string(named);
        let id = Uuid::now_v7();
        let row = inspection_proposal::ActiveModel {
            id: Set(id),
            district_id: Set(district.0),
            department_id: Set(department.0),
            year: Set(*year),
            written: Set(named.written().to_owned()),
            named: Set(json.map_err(|error| unreadable("inspection_proposals", named.written(), error))?),
            proposed_by: Set(by.0),
            proposed_on: Set(*on),
            cause: Set(cause.map(|cause| cause.word().to_owned())),
        };
        inspection_proposal::Entity::insert(row).exec_without_returning(&self.on).await?;
        self.tell_written::<inspection_proposal::Entity>(inspection_proposal::Column::Id.eq(id)).await
    }
}

impl Reader<'_> {
    /// The plan of a district's year, if there is one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn plan(&self, district: OrganisationId, year: i32) -> Result<Option<Plan>, StoreError> {
        let found = inspection_plan::Entity::find()
            .filter(inspection_plan::Column::DistrictId.eq(district.0))
            .filter(inspection_plan::Column::Year.eq(year))
            .one(&self.on)
            .await?;
        found.map(plan_of).transpose()
    }

    /// All plans in some stages, by district and year; a row that cannot be read is an error of its own.
    ///
    /// # Errors
    /// What the database says.
    pub async fn plans_in(
        &self,
        stages: &[PlanStageKind],
    ) -> Result<Vec<Result<Plan, StoreError>>, StoreError> {
        let rows = inspection_plan::Entity::find()
            .filter(inspection_plan::Column::Stage.is_in(stages.iter().map(|stage| stage.word())))
            .order_by_asc(inspection_plan::Column::Id)
            .all(&self.on)
            .await?;
        Ok(rows.into_iter().map(plan_of).collect())
    }

    /// The proposals to a district's year, oldest first; of one department or of all.
    ///
    /// # Errors
    /// What the database says.
    pub async fn proposals(
        &self,
        (district, year): (OrganisationId, i32),
        department: Option<OrganisationId>,
    ) -> Result<Vec<Proposal>, StoreError> {
        let mut query = inspection_proposal::Entity::find()
            .filter(inspection_proposal::Column::DistrictId.eq(district.0))
            .filter(inspection_proposal::Column::Year.eq(year));
        if let Some(department) = department {
            query = query.filter(inspection_proposal::Column::DepartmentId.eq(department.0));
        }
        let rows = query.order_by_asc(inspection_proposal::Column::Id).all(&self.on).await?;
        rows.into_iter().map(proposal_of).collect()
    }
}

fn row_of(plan: &Plan) -> Result<inspection_plan::ActiveModel, StoreError> {
    let Plan { id, number, district, year, built_by, built_on, content, stage, version } = plan;
    let json = |error: serde_json::Error| unreadable("inspection_plans", id, error);
    Ok(inspection_plan::ActiveModel {
        id: Set(id.0),
        district_id: Set(district.0),
        year: Set(*year),
        number: Set(number.clone()),
        built_by: Set(built_by.0),
        built_on: Set(*built_on),
        content: Set(serde_json::to_string(content).map_err(json)?),
        stage: Set(stage.kind().word().to_owned()),
        stage_data: Set(serde_json::to_string(stage).map_err(json)?),
        version: Set(*version),
    })
}

fn plan_of(row: inspection_plan::Model) -> Result<Plan, StoreError> {
    let inspection_plan::Model {
        id,
        district_id,
        year,
        number,
        built_by,
        built_on,
        content,
        stage: _,
        stage_data,
        version,
    } = row;
    let json = |error: serde_json::Error| unreadable("inspection_plans", id, error);
    Ok(Plan {
        id: PlanId(id),
        number,
        district: OrganisationId(district_id),
        year,
        built_by: UserId(built_by),
        built_on,
        content: serde_json::from_str(&content).map_err(json)?,
        stage: serde_json::from_str(&stage_data).map_err(json)?,
        version,
    })
}

fn proposal_of(row: inspection_proposal::Model) -> Result<Proposal, StoreError> {
    let inspection_proposal::Model {
        id,
        district_id,
        department_id,
        year,
        written: _,
        named,
        proposed_by,
        proposed_on,
        cause,
    } = row;
    let broken = |reason: String| unreadable("inspection_proposals", id, reason);
    let known = |word: String| Cause::from_word(&word).ok_or_else(|| broken(word));
    Ok(Proposal {
        district: OrganisationId(district_id),
        department: OrganisationId(department_id),
        year,
        named: serde_json::from_str(&named).map_err(|error| broken(error.to_string()))?,
        by: UserId(proposed_by),
        on: proposed_on,
        cause: cause.map(known).transpose()?,
    })
}

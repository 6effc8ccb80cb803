//! Complaints: each reader's scope stands in the query, so that the accused sees none before it is upheld.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
};
use workflow::complaint::{Complaint, ComplaintStageKind, Hearer};
use workflow::id::{ComplaintId, OrganisationId, UserId};

use crate::connect::{Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::events::EventLine;
use crate::mergers::with_merged;
use crate::rows::complaint;

/// Which complaints a reader may see; everything else is *not found*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComplaintScope {
    /// The system.
    Everything,
    /// Auditors of a district.
    District(OrganisationId),
    /// The office of a district: none against the reader's own organisation or the office's host.
    Office { district: OrganisationId, own: OrganisationId },
    /// The leading group of a district: none against the reader's own organisation.
    LeadingGroup { district: OrganisationId, own: OrganisationId },
    /// What a community has filed.
    Community(OrganisationId),
    /// The accused: only what was upheld.
    Accused(OrganisationId),
}

impl ComplaintScope {
    fn condition(self) -> Condition {
        use complaint::Column as C;
        let condition = Condition::all();
        match self {
            ComplaintScope::Everything => condition,
            ComplaintScope::District(district) => condition.add(C::DistrictId.eq(district.0)),
            ComplaintScope::Office { district, own } => condition
                .add(C::DistrictId.eq(district.0))
                .add(C::DepartmentId.ne(own.0))
                .add(C::Hearer.eq(Hearer::Office.word())),
            ComplaintScope::LeadingGroup { district, own } => {
                condition.add(C::DistrictId.eq(district.0)).add(C::DepartmentId.ne(own.0))
            }
            ComplaintScope::Community(community) => {
                condition.add(C::CommunityId.in_subquery(with_merged(community)))
            }
            ComplaintScope::Accused(department) => condition
                .add(C::DepartmentId.eq(department.0))
                .add(C::Stage.eq(ComplaintStageKind::Upheld.word())),
        }
    }
}

impl Tx {
    /// The place of the next complaint in a district's year; whoever else asks waits until this transaction ends.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next_complaint(&self, district: OrganisationId, year: i32) -> Result<i64, StoreError> {
        self.numbers_alone(district).await?;
        let last: Option<Option<i64>> = complaint::Entity::find()
            .select_only()
            .column_as(complaint::Column::Ordinal.max(), "last")
            .filter(complaint::Column::DistrictId.eq(district.0))
            .filter(complaint::Column::Year.eq(year))
            .into_tuple()
            .one(&self.on)
            .await?;
        Ok(last.flatten().unwrap_or(0) + 1)
    }

    /// Keeps a new complaint at its place in the year.
    ///
    /// # Errors
    /// A place that is taken is a `Duplicate`.
    pub async fn insert_complaint(
        &self,
        complaint: &Complaint,
        (year, ordinal): (i32, i64),
    ) -> Result<(), StoreError> {
        let mut row = row_of(complaint)?;
        row.year = Set(year);
        row.ordinal = Set(ordinal);
        complaint::Entity::insert(row).exec_without_returning(&self.on).await?;
        self.tell_written::<complaint::Entity>(complaint::Column::Id.eq(complaint.id.0)).await
    }

    /// Replaces a complaint that is still at a version.
    ///
    /// # Errors
    /// `Conflict` at any other version.
    pub async fn put_complaint(&self, complaint: &Complaint, seen: i64) -> Result<(), StoreError> {
        let replaced = complaint::Entity::update_many()
            .set(row_of(complaint)?)
            .filter(complaint::Column::Id.eq(complaint.id.0))
            .filter(complaint::Column::Version.eq(seen))
            .exec(&self.on)
            .await?;
        if replaced.rows_affected != 1 {
            return Err(StoreError::Conflict);
        }
        self.tell_written::<complaint::Entity>(complaint::Column::Id.eq(complaint.id.0)).await
    }
}

impl Reader<'_> {
    /// The complaint of a number or an id, within a scope.
    ///
    /// # Errors
    /// `NotFound` outside the scope as well; a number of several districts is `Ambiguous`.
    pub async fn complaint(&self, written: &str, scope: ComplaintScope) -> Result<Complaint, StoreError> {
        let by_number = complaint::Column::Number.eq(written);
        let named = match uuid::Uuid::parse_str(written) {
            Ok(id) => by_number.or(complaint::Column::Id.eq(id)),
            Err(_) => by_number,
        };
        let found = complaint::Entity::find().filter(scope.condition()).filter(named).all(&self.on).await?;
        let several = found.len() > 1;
        match found.into_iter().next() {
            Some(_) if several => Err(StoreError::Ambiguous { written: written.to_owned() }),
            Some(row) => complaint_of(row),
            None => Err(StoreError::NotFound("complaint")),
        }
    }

    /// The history of a complaint, from its community's chain, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn complaint_history(&self, complaint: &Complaint) -> Result<Vec<EventLine>, StoreError> {
        let events = self.events_of(complaint.community.0).await?;
        let own = format!("\"complaint\":\"{}\"", complaint.id);
        Ok(events.into_iter().filter(|event| event.detail.contains(&own)).collect())
    }

    /// Complaints of a scope, newest first; optionally only those in some stages. A row that cannot be read is given as
    /// an error of its own and stops no other.
    ///
    /// # Errors
    /// What the database says.
    pub async fn complaints(
        &self,
        scope: ComplaintScope,
        stages: &[ComplaintStageKind],
    ) -> Result<Vec<Result<Complaint, StoreError>>, StoreError> {
        let mut query = complaint::Entity::find().filter(scope.condition());
        if !stages.is_empty() {
            query = query.filter(complaint::Column::Stage.is_in(stages.iter().map(|stage| stage.word())));
        }
        let rows = query.order_by_desc(complaint::Column::Id).all(&self.on).await?;
        Ok(rows.into_iter().map(complaint_of).collect())
    }
}

fn row_of(complaint: &Complaint) -> Result<complaint::ActiveModel, StoreError> {
    let Complaint {
        id,
        number,
        district,
        community,
        department,
        filed_by,
        filed_on,
        imposed,
        hearer,
        escalated_on,
        stage,
        version,
    } = complaint;
    let json = |error: serde_json::Error| unreadable("complaints", id, error);
    Ok(complaint::ActiveModel {
        id: Set(id.0),
        district_id: Set(district.0),
        community_id: Set(community.0),
        department_id: Set(department.0),
        year: sea_orm::ActiveValue::NotSet,
        ordinal: sea_orm::ActiveValue::NotSet,
        number: Set(number.clone()),
        filed_by: Set(filed_by.0),
        filed_on: Set(*filed_on),
        imposed: Set(serde_json::to_string(imposed).map_err(json)?),
        hearer: Set(hearer.word().to_owned()),
        escalated_on: Set(*escalated_on),
        stage: Set(stage.kind().word().to_owned()),
        stage_data: Set(serde_json::to_string(stage).map_err(json)?),
        version: Set(*version),
    })
}

fn complaint_of(row: complaint::Model) -> Result<Complaint, StoreError> {
    let complaint::Model {
        id,
        district_id,
        community_id,
        department_id,
        year: _,
        ordinal: _,
        number,
        filed_by,
        filed_on,
        imposed,
        hearer,
        escalated_on,
        stage: _,
        stage_data,
        version,
    } = row;
    let json = |error: serde_json::Error| unreadable("complaints", id, error);
    Ok(Complaint {
        id: ComplaintId(id),
        number,
        district: OrganisationId(district_id),
        community: OrganisationId(community_id),
        department: OrganisationId(department_id),
        filed_by: UserId(filed_by),
        filed_on,
        imposed: serde_json::from_str(&imposed).map_err(json)?,
        hearer: Hearer::from_word(&hearer).ok_or_else(|| unreadable("complaints", id, &hearer))?,
        escalated_on,
        stage: serde_json::from_str(&stage_data).map_err(json)?,
        version,
    })
}

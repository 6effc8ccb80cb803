//! Meetings of the leading group, numbered by district and year.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
};
use workflow::id::{MeetingId, OrganisationId, RequestId, UserId};
use workflow::meeting::Meeting;
use workflow::request::Request;

use crate::connect::{Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::rows::{meeting, request};
use crate::scope::Scope;

impl Tx {
    /// The place of the next meeting in a district's year; whoever else asks waits until this transaction ends.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next_meeting(&self, district: OrganisationId, year: i32) -> Result<i64, StoreError> {
        self.numbers_alone(district).await?;
        let last: Option<Option<i64>> = meeting::Entity::find()
            .select_only()
            .column_as(meeting::Column::Ordinal.max(), "last")
            .filter(meeting::Column::DistrictId.eq(district.0))
            .filter(meeting::Column::Year.eq(year))
            .into_tuple()
            .one(&self.on)
            .await?;
        Ok(last.flatten().unwrap_or(0) + 1)
    }

    /// Keeps a new meeting at its place in the year.
    ///
    /// # Errors
    /// A place that is taken is a `Duplicate`.
    pub async fn insert_meeting(
        &self,
        called: &Meeting,
        (year, ordinal): (i32, i64),
    ) -> Result<(), StoreError> {
        let mut row = row_of(called)?;
        row.year = Set(year);
        row.ordinal = Set(ordinal);
        meeting::Entity::insert(row).exec_without_returning(&self.on).await?;
        self.tell_written::<meeting::Entity>(meeting::Column::Id.eq(called.id.0)).await
    }

    /// Replaces a meeting that is still at a version.
    ///
    /// # Errors
    /// `Conflict` at any other version.
    pub async fn put_meeting(&self, after: &Meeting, seen: i64) -> Result<(), StoreError> {
        let replaced = meeting::Entity::update_many()
            .set(row_of(after)?)
            .filter(meeting::Column::Id.eq(after.id.0))
            .filter(meeting::Column::Version.eq(seen))
            .exec(&self.on)
            .await?;
        if replaced.rows_affected != 1 {
            return Err(StoreError::Conflict);
        }
        self.tell_written::<meeting::Entity>(meeting::Column::Id.eq(after.id.0)).await
    }
}

impl Reader<'_> {
    /// The meeting of a number or an id in a district, or in any.
    ///
    /// # Errors
    /// `NotFound` in another district; a number of several districts is `Ambiguous`.
    pub async fn meeting(
        &self,
        written: &str,
        district: Option<OrganisationId>,
    ) -> Result<Meeting, StoreError> {
        let by_number = meeting::Column::Number.eq(written);
        let named = match uuid::Uuid::parse_str(written) {
            Ok(id) => by_number.or(meeting::Column::Id.eq(id)),
            Err(_) => by_number,
        };
        let found = meeting::Entity::find().filter(within(district)).filter(named).all(&self.on).await?;
        let several = found.len() > 1;
        match found.into_iter().next() {
            Some(_) if several => Err(StoreError::Ambiguous { written: written.to_owned() }),
            Some(row) => meeting_of(row),
            None => Err(StoreError::NotFound("meeting")),
        }
    }

    /// The requests of these ids within a scope.
    ///
    /// # Errors
    /// What the database says; a row that cannot be read is an error of its own.
    pub async fn requests_named(
        &self,
        scope: Scope,
        ids: &[RequestId],
    ) -> Result<Vec<Result<Request, StoreError>>, StoreError> {
        let named = request::Column::Id.is_in(ids.iter().map(|id| id.0));
        self.requests_where(scope.condition().add(named)).await
    }

    /// The meetings of a district, or of all, the newest first; a row that cannot be read is an error of its own.
    ///
    /// # Errors
    /// What the database says.
    pub async fn meetings(
        &self,
        district: Option<OrganisationId>,
    ) -> Result<Vec<Result<Meeting, StoreError>>, StoreError> {
        let found = meeting::Entity::find().filter(within(district)).order_by_desc(meeting::Column::Id);
        Ok(found.all(&self.on).await?.into_iter().map(meeting_of).collect())
    }
}

fn within(district: Option<OrganisationId>) -> Condition {
    let all = Condition::all();
    match district {
        Some(district) => all.add(meeting::Column::DistrictId.eq(district.0)),
        None => all,
    }
}

/// All but the place in the year, which is given once.
fn row_of(kept: &Meeting) -> Result<meeting::ActiveModel, StoreError> {
    let Meeting { id, number, district, held_on, place, called_by, agenda, stage, version } = kept;
    let json = |error: serde_json::Error| unreadable("meetings", id, error);
    Ok(meeting::ActiveModel {
        id: Set(id.0),
        district_id: Set(district.0),
        year: NotSet,
        ordinal: NotSet,
        number: Set(number.clone()),
        held_on: Set(*held_on),
        place: Set(place.clone()),
        called_by: Set(called_by.0),
        agenda: Set(serde_json::to_string(agenda).map_err(json)?),
        stage: Set(stage.kind().word().to_owned()),
        stage_data: Set(serde_json::to_string(stage).map_err(json)?),
        version: Set(*version),
    })
}

fn meeting_of(row: meeting::Model) -> Result<Meeting, StoreError> {
    let meeting::Model {
        id,
        district_id,
        year: _,
        ordinal: _,
        number,
        held_on,
        place,
        called_by,
        agenda,
        stage: _,
        stage_data,
        version,
    } = row;
    let json = |error: serde_json::Error| unreadable("meetings", id, error);
    Ok(Meeting {
        id: MeetingId(id),
        number,
        district: OrganisationId(district_id),
        held_on,
        place,
        called_by: UserId(called_by),
        agenda: serde_json::from_str(&agenda).map_err(json)?,
        stage: serde_json::from_str(&stage_data).map_err(json)?,
        version,
    })
}

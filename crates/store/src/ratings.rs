//! Ratings: one answer of each kind for a community and request, never changed.

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use workflow::id::{OrganisationId, RatingId, RequestId, UserId};
use workflow::rating::{Rating, RatingKind};

use crate::connect::{Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::rows::rating;

/// Whose ratings are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RatingScope {
    Everything,
    /// Ratings of a department in a year.
    Department(OrganisationId, i32),
    /// Ratings of all departments of a district, or of all districts, in a year.
    Year(Option<OrganisationId>, i32),
    /// All that a community has answered.
    Community(OrganisationId),
    /// What a community has answered about a request.
    Answered(RequestId, OrganisationId),
}

impl Tx {
    /// Keeps a rating.
    ///
    /// # Errors
    /// A second one of the same kind is a `Duplicate`.
    pub async fn insert_rating(&self, given: &Rating) -> Result<(), StoreError> {
        let Rating { id, district, department, request, community, year, given_by, given_on, answer } = given;
        let json = serde_json::to_string(answer).map_err(|error| unreadable("ratings", id, error))?;
        let row = rating::ActiveModel {
            id: Set(id.0),
            district_id: Set(district.0),
            department_id: Set(department.0),
            request_id: Set(request.0),
            community_id: Set(community.0),
            year: Set(*year),
            kind: Set(answer.kind().word().to_owned()),
            answer: Set(json),
            given_by: Set(given_by.0),
            given_on: Set(*given_on),
        };
        rating::Entity::insert(row).exec_without_returning(&self.on).await?;
        self.tell_written::<rating::Entity>(rating::Column::Id.eq(id.0)).await
    }
}

impl Reader<'_> {
    /// The ratings of a scope, oldest first.
    ///
    /// # Errors
    /// What the database says, or a row that cannot be read.
    pub async fn ratings(&self, scope: RatingScope) -> Result<Vec<Rating>, StoreError> {
        use rating::Column as C;
        let condition = match scope {
            RatingScope::Everything => Condition::all(),
            RatingScope::Department(department, year) => {
                Condition::all().add(C::DepartmentId.eq(department.0)).add(C::Year.eq(year))
            }
            RatingScope::Year(None, year) => Condition::all().add(C::Year.eq(year)),
            RatingScope::Year(Some(district), year) => {
                Condition::all().add(C::DistrictId.eq(district.0)).add(C::Year.eq(year))
            }
            RatingScope::Community(community) => Condition::all().add(C::CommunityId.eq(community.0)),
            RatingScope::Answered(request, community) => {
                Condition::all().add(C::RequestId.eq(request.0)).add(C::CommunityId.eq(community.0))
            }
        };
        let rows = rating::Entity::find().filter(condition).order_by_asc(C::Id).all(&self.on).await?;
        rows.into_iter().map(rating_of).collect()
    }
}

fn rating_of(row: rating::Model) -> Result<Rating, StoreError> {
    let rating::Model {
        id,
        district_id,
        department_id,
        request_id,
        community_id,
        year,
        kind,
        answer,
        given_by,
        given_on,
    } = row;
    let answer: workflow::rating::Answer =
        serde_json::from_str(&answer).map_err(|error| unreadable("ratings", id, error))?;
    if RatingKind::from_word(&kind) != Some(answer.kind()) {
        return Err(unreadable("ratings", id, format!("`{kind}` is not the answer's kind")));
    }
    Ok(Rating {
        id: RatingId(id),
        district: OrganisationId(district_id),
        department: OrganisationId(department_id),
        request: RequestId(request_id),
        community: OrganisationId(community_id),
        year,
        given_by: UserId(given_by),
        given_on,
        answer,
    })
}

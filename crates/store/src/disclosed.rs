//! Public disclosure: what is admitted, in force or settled, for everybody; found by words in Chinese or English. No person
//! stands in it.

use chrono::NaiveDate;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use workflow::assignment::AssignmentStageKind;
use workflow::id::{OrganisationId, RequestId};
use workflow::money::Fen;
use workflow::request::Target;
use workflow::stage::StageKind;

use crate::connect::Reader;
use crate::error::{StoreError, unreadable};
use crate::rows::{assignment, request};
use crate::search::says;

/// What of the public's matters is wanted; nothing set is everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DisclosureFilter {
    /// Each must stand in the title, the number, or the name or code of the department or of a community.
    pub words: String,
    pub district: Option<OrganisationId>,
    pub department: Option<OrganisationId>,
    /// 1 to 7; 0 is outside the seven.
    pub function: Option<u8>,
}

/// One matter as the public reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosed {
    pub id: RequestId,
    pub number: String,
    pub title: String,
    pub district: OrganisationId,
    pub department: OrganisationId,
    /// 1 to 7; none outside the seven functions.
    pub function: Option<u8>,
    pub price: Fen,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    /// A matter that was filed away after its settlement is settled.
    pub stage: StageKind,
    pub communities: Vec<OrganisationId>,
}

/// A matter with what each community does and has been paid for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosedItem {
    pub matter: Disclosed,
    /// Code in the catalogue.
    pub item: Option<String>,
    pub class: Option<String>,
    pub parts: Vec<DisclosedPart>,
}

/// One community's part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisclosedPart {
    pub community: OrganisationId,
    pub stage: AssignmentStageKind,
    pub price: Fen,
    pub paid: Fen,
}

/// Stages of what is admitted and not taken back.
const PUBLIC: [StageKind; 5] = [
    StageKind::Admitted,
    StageKind::InForce,
    StageKind::Suspended,
    StageKind::Acceptance,
    StageKind::Settled,
];

/// How a matter that was filed away says that it was settled.
const SETTLED: &str = "%\"from\":\"settled\"%";

type Columns = (
    uuid::Uuid,
    Option<String>,
    String,
    uuid::Uuid,
    uuid::Uuid,
    Option<i32>,
    i64,
    Option<NaiveDate>,
    Option<NaiveDate>,
    String,
    String,
);

const COLUMNS: [request::Column; 11] = [
    request::Column::Id,
    request::Column::Number,
    request::Column::Title,
    request::Column::DistrictId,
    request::Column::DepartmentId,
    request::Column::Function,
    request::Column::PriceFen,
    request::Column::StartsOn,
    request::Column::EndsOn,
    request::Column::Stage,
    request::Column::Targets,
];

impl Reader<'_> {
    /// One page of the public's matters, newest first, and how many there are. Two queries.
    ///
    /// # Errors
    /// What the database says.
    pub async fn disclosed(
        &self,
        filter: &DisclosureFilter,
        (offset, limit): (u64, u64),
    ) -> Result<(Vec<Disclosed>, u64), StoreError> {
        let found = request::Entity::find().filter(public()).filter(wanted(filter));
        let total = found.clone().count(&self.on).await?;
        let rows: Vec<Columns> = found
            .select_only()
            .columns(COLUMNS)
            .order_by(request::Column::Id, Order::Desc)
            .offset(offset)
            .limit(limit)
            .into_tuple()
            .all(&self.on)
            .await?;
        let matters = rows.into_iter().map(disclosed).collect::<Result<_, _>>()?;
        Ok((matters, total))
    }

    /// The matters that follow one of them, newest first; from the newest without one. One query.
    ///
    /// # Errors
    /// What the database says.
    pub async fn disclosed_after(
        &self,
        filter: &DisclosureFilter,
        (after, limit): (Option<RequestId>, u64),
    ) -> Result<Vec<Disclosed>, StoreError> {
        let later = Condition::all().add_option(after.map(|after| request::Column::Id.lt(after.0)));
        let rows: Vec<Columns> = request::Entity::find()
            .filter(public().add(wanted(filter)).add(later))
            .select_only()
            .columns(COLUMNS)
            .order_by(request::Column::Id, Order::Desc)
            .limit(limit)
            .into_tuple()
            .all(&self.on)
            .await?;
        rows.into_iter().map(disclosed).collect()
    }

    /// One matter of the public by its id.
    ///
    /// # Errors
    /// `NotFound` for whatever is not public as well.
    pub async fn disclosed_item(&self, id: RequestId) -> Result<DisclosedItem, StoreError> {
        let found = request::Entity::find_by_id(id.0).filter(public());
        let named: Option<(Option<String>, Option<String>)> = found
            .clone()
            .select_only()
            .columns([request::Column::Item, request::Column::Class])
            .into_tuple()
            .one(&self.on)
            .await?;
        let row: Option<Columns> = found.select_only().columns(COLUMNS).into_tuple().one(&self.on).await?;
        let ((item, class), row) = named.zip(row).ok_or(StoreError::NotFound("request"))?;
        let parts = assignment::Entity::find()
            .filter(assignment::Column::RequestId.eq(id.0))
            .order_by_asc(assignment::Column::Code)
            .all(&self.on)
            .await?;
        let part = |row: assignment::Model| {
            let stage = AssignmentStageKind::from_word(&row.stage);
            let stage = stage.ok_or_else(|| unreadable("assignments", row.request_id, &row.stage))?;
            let community = OrganisationId(row.community_id);
            Ok(DisclosedPart { community, stage, price: Fen(row.price_fen), paid: Fen(row.paid_fen) })
        };
        let parts = parts.into_iter().map(part).collect::<Result<_, StoreError>>()?;
        Ok(DisclosedItem { matter: disclosed(row)?, item, class, parts })
    }
}

fn public() -> Condition {
    let settled = Condition::all()
        .add(request::Column::Stage.eq(StageKind::Closed.word()))
        .add(request::Column::StageData.like(SETTLED));
    let numbered = Condition::all().add(request::Column::Number.is_not_null());
    numbered.add(Condition::any().add(request::Column::Stage.is_in(PUBLIC.map(StageKind::word))).add(settled))
}

fn wanted(filter: &DisclosureFilter) -> Condition {
    let DisclosureFilter { words, district, department, function } = filter;
    Condition::all()
        .add_option(district.map(|district| request::Column::DistrictId.eq(district.0)))
        .add_option(department.map(|department| request::Column::DepartmentId.eq(department.0)))
        .add_option(function.map(|function| match function {
            0 => request::Column::Function.is_null(),
            number => request::Column::Function.eq(i32::from(number)),
        }))
        .add(says(words, *district))
}

fn disclosed(row: Columns) -> Result<Disclosed, StoreError> {
    let (id, number, title, district, department, function, price, starts_on, ends_on, stage, targets) = row;
    let stage = StageKind::from_word(&stage).ok_or_else(|| unreadable("requests", id, &stage))?;
    let targets: Vec<Target> =
        serde_json::from_str(&targets).map_err(|error| unreadable("requests", id, error))?;
    Ok(Disclosed {
        id: RequestId(id),
        number: number.unwrap_or_default(),
        title,
        district: OrganisationId(district),
        department: OrganisationId(department),
        function: function.and_then(|number| u8::try_from(number).ok()),
        price: Fen(price),
        starts_on,
        ends_on,
        stage: if stage == StageKind::Closed { StageKind::Settled } else { stage },
        communities: targets.into_iter().map(|target| target.community).collect(),
    })
}

//! Requests: loading within a scope, lists, and the admitted ones beside a new request.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Query,
};
use workflow::actor::Role;
use workflow::assignment::{Assignment, AssignmentStage};
use workflow::calendar::Month;
use workflow::facts::{self, Admitted, Application};
use workflow::id::{OrganisationId, RequestId, UserId};
use workflow::money::Fen;
use workflow::request::{Assessed, Request, Target};
use workflow::stage::{Stage, StageKind};

use crate::connect::{Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::events::{DRAFTED, EventLine, Head, NOTHING_TOLD, START, to_microsecond};
use crate::fold::changes;
use crate::rows::{assignment, request, request_target};
use crate::scope::Scope;
use crate::search::number_and_title;

/// One line of a list of requests.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RequestLine {
    pub id: RequestId,
    pub number: Option<String>,
    pub title: String,
    pub department: OrganisationId,
    pub item: Option<String>,
    pub class: Option<String>,
    /// 1 to 7; none outside the seven functions.
    pub function: Option<u8>,
    pub price: Fen,
    pub stage: StageKind,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    /// How long its history is.
    pub events: i64,
}

impl Reader<'_> {
    /// The request of an id, within a scope.
    ///
    /// # Errors
    /// `NotFound` outside the scope as well.
    pub async fn request(&self, id: RequestId, scope: Scope) -> Result<Request, StoreError> {
        let found = request::Entity::find().filter(self.kept_to(scope).of_one(id)).one(&self.on).await?;
        self.with_assignments(found.ok_or(StoreError::NotFound("request"))?).await
    }

    pub(crate) async fn with_assignments(&self, row: request::Model) -> Result<Request, StoreError> {
        let assignments = assignment::Entity::find()
            .filter(assignment::Column::RequestId.eq(row.id))
            .order_by_asc(assignment::Column::Code)
            .all(&self.on)
            .await?;
        request_of(row, assignments)
    }

    /// The id behind what people write: the number, or the id itself.
    ///
    /// # Errors
    /// `NotFound` outside the scope as well.
    pub async fn request_id(&self, written: &str, scope: Scope) -> Result<RequestId, StoreError> {
        let named = match uuid::Uuid::parse_str(written) {
            Ok(id) => request::Column::Id.eq(id),
            Err(_) => request::Column::Number.eq(written),
        };
        let found = request::Entity::find().filter(self.kept_to(scope).condition()).filter(named);
        let found: Vec<uuid::Uuid> =
            found.select_only().column(request::Column::Id).into_tuple().all(&self.on).await?;
        match found.as_slice() {
            [one] => Ok(RequestId(*one)),
            [] => Err(StoreError::NotFound("request")),
            _ => Err(StoreError::Ambiguous { written: written.to_owned() }),
        }
    }

    /// All requests in some stages, with their assignments. Two queries.
    ///
    /// # Errors
    /// What the database says; a row that cannot be read is given as an error of its own and stops no other.
    pub async fn requests_in(
        &self,
        stages: &[StageKind],
    ) -> Result<Vec<Result<Request, StoreError>>, StoreError> {
        self.requests_of(Scope::Everything, stages).await
    }

    /// The same within a scope.
    ///
    /// # Errors
    /// As [`Reader::requests_in`].
    pub async fn requests_of(
        &self,
        scope: Scope,
        stages: &[StageKind],
    ) -> Result<Vec<Result<Request, StoreError>>, StoreError> {
        let stages = request::Column::Stage.is_in(stages.iter().map(|stage| stage.word()));
        self.requests_where(scope.condition().add(stages)).await
    }

    /// Requests of an item within a scope.
    ///
    /// # Errors
    /// As [`Reader::requests_in`].
    pub async fn requests_of_item(
        &self,
        scope: Scope,
        item: &str,
    ) -> Result<Vec<Result<Request, StoreError>>, StoreError> {
        self.requests_where(scope.condition().add(request::Column::Item.eq(item))).await
    }

    pub(crate) async fn requests_where(
        &self,
        condition: Condition,
    ) -> Result<Vec<Result<Request, StoreError>>, StoreError> {
        // Asked for by the condition and not by the ids, of which a statement does not take any number.
        let meant = Query::select()
            .column(request::Column::Id)
            .from(request::Entity)
            .cond_where(condition.clone())
            .to_owned();
        let rows =
            request::Entity::find().filter(condition).order_by_asc(request::Column::Id).all(&self.on).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let found = assignment::Entity::find()
            .filter(assignment::Column::RequestId.in_subquery(meant))
            .order_by_asc(assignment::Column::Code)
            .all(&self.on)
            .await?;
        let mut assignments: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in found {
            assignments.entry(row.request_id).or_default().push(row);
        }
        let read = |row: request::Model| {
            let own = assignments.remove(&row.id).unwrap_or_default();
            request_of(row, own)
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// What is admitted already with the same item and a shared community, as facts for the duplicate rule.
    ///
    /// # Errors
    /// What the database says.
    pub async fn admitted_beside(
        &self,
        item: &str,
        communities: &[OrganisationId],
        except: RequestId,
    ) -> Result<Vec<Admitted>, StoreError> {
        let ids: Vec<_> = communities.iter().map(|community| community.0).collect();
        let shared = Query::select()
            .column(request_target::Column::RequestId)
            .from(request_target::Entity)
            .and_where(request_target::Column::CommunityId.is_in(ids))
            .to_owned();
        let admitted = [StageKind::Admitted, StageKind::InForce, StageKind::Suspended, StageKind::Acceptance];
        let rows = request::Entity::find()
            .filter(request::Column::Item.eq(item))
            .filter(request::Column::Stage.is_in(admitted.map(StageKind::word)))
            .filter(request::Column::Id.ne(except.0))
            .filter(request::Column::Id.in_subquery(shared))
            .order_by_asc(request::Column::Number)
            .all(&self.on)
            .await?;
        rows.into_iter().filter_map(|row| admitted_of(row).transpose()).collect()
    }
}

impl Tx {
    /// Keeps a new draft; the event that tells all of it begins its history.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_draft(&self, request: &Request, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.finish_event().await?;
        let mut row = request_row(request)?;
        let line = EventLine {
            subject: request.id.0,
            district: request.district.0,
            at,
            person: Some(request.filed_by.0),
            role: Role::Submitter.word().to_owned(),
            action: DRAFTED.to_owned(),
            after: request.stage.kind().word().to_owned(),
            detail: NOTHING_TOLD.to_owned(),
            changes: changes(None, &[], (request, &row), self.take_untold())?,
            ..EventLine::default()
        };
        let head = self.append(line, &Head { count: 0, hash: START.to_owned() }).await?;
        row.event_count = Set(head.count);
        row.event_head = Set(head.hash);
        row.filed_at = Set(to_microsecond(at));
        request::Entity::insert(row).exec_without_returning(&self.on).await?;
        let text = number_and_title(request.number.as_deref(), request.title());
        self.index_request((request.district.0, request.id.0), ("", &text)).await?;
        self.replace_targets(request).await
    }

    /// The next number of a district's year: gapless, since it is taken back with the transaction.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next_number(&self, district: OrganisationId, year: i32) -> Result<i64, StoreError> {
        let sql = "INSERT INTO numbers (district_id, year, last) VALUES (?, ?, 1) \
                   ON CONFLICT (district_id, year) DO UPDATE SET last = numbers.last + 1 RETURNING last";
        let statement = crate::connect::statement(&self.on, sql, vec![district.0.into(), year.into()]);
        let row = sea_orm::ConnectionTrait::query_one_raw(&self.on, statement).await?;
        Ok(row.ok_or(StoreError::NotFound("number"))?.try_get("", "last")?)
    }

    pub(crate) async fn replace_targets(&self, request: &Request) -> Result<(), StoreError> {
        let of_request = request_target::Column::RequestId.eq(request.id.0);
        request_target::Entity::delete_many().filter(of_request).exec(&self.on).await?;
        let rows: Vec<_> = request.targets.iter().map(|target| target_row(request.id, target)).collect();
        for part in rows.chunks(crate::organisations::BATCH) {
            let insert = request_target::Entity::insert_many(part.iter().cloned());
            insert.exec_without_returning(&self.on).await?;
        }
        Ok(())
    }
}

fn target_row(request: RequestId, target: &Target) -> request_target::ActiveModel {
    request_target::ActiveModel { request_id: Set(request.0), community_id: Set(target.community.0) }
}

/// Every column but those of the chain and the filing time, which are set where they change.
pub(crate) fn request_row(request: &Request) -> Result<request::ActiveModel, StoreError> {
    let Request {
        id,
        district,
        department,
        filed_by,
        number,
        application,
        targets,
        assessed,
        stage,
        assignments: _,
        dossier,
        version,
    } = request;
    let json = |error: serde_json::Error| unreadable("requests", id, error);
    let assessed_text = assessed.as_ref().map(serde_json::to_string).transpose().map_err(json)?;
    let class = assessed.as_ref().and_then(|assessed| assessed.class);
    let function = assessed.as_ref().and_then(|assessed| assessed.function);
    Ok(request::ActiveModel {
        id: Set(id.0),
        district_id: Set(district.0),
        department_id: Set(department.0),
        filed_by: Set(filed_by.0),
        number: Set(number.clone()),
        title: Set(request.title().to_owned()),
        item: Set(application.item.clone()),
        class: Set(class.map(|class| class.word().to_owned())),
        function: Set(function.map(i32::from)),
        price_fen: Set(request.price().0),
        starts_on: Set(application.starts_on),
        ends_on: Set(application.ends_on),
        stage: Set(stage.kind().word().to_owned()),
        stage_data: Set(serde_json::to_string(stage).map_err(json)?),
        application: Set(serde_json::to_string(application).map_err(json)?),
        targets: Set(serde_json::to_string(targets).map_err(json)?),
        assessed: Set(assessed_text),
        version: Set(*version),
        dossier: Set(serde_json::to_string(dossier).map_err(json)?),
        origin_id: Set(dossier.origin.of().map(|origin| origin.0)),
        wake_on: sea_orm::ActiveValue::NotSet,
        event_count: sea_orm::ActiveValue::NotSet,
        event_head: sea_orm::ActiveValue::NotSet,
        filed_at: sea_orm::ActiveValue::NotSet,
    })
}

fn request_of(row: request::Model, assignments: Vec<assignment::Model>) -> Result<Request, StoreError> {
    let request::Model {
        id,
        district_id,
        department_id,
        filed_by,
        number,
        title: _,
        item: _,
        class: _,
        function: _,
        price_fen: _,
        starts_on: _,
        ends_on: _,
        stage: _,
        stage_data,
        application,
        targets,
        assessed,
        version,
        dossier,
        origin_id: _,
        wake_on: _,
        event_count: _,
        event_head: _,
        filed_at: _,
    } = row;
    let json = |error: serde_json::Error| unreadable("requests", id, error);
    let stage: Stage = serde_json::from_str(&stage_data).map_err(json)?;
    let targets: Vec<Target> = serde_json::from_str(&targets).map_err(json)?;
    let assessed: Option<Assessed> =
        assessed.map(|text| serde_json::from_str(&text)).transpose().map_err(json)?;
    let assignments = assignments.into_iter().map(assignment_of).collect::<Result<_, _>>()?;
    let application: serde_json::Value = serde_json::from_str(&application).map_err(json)?;
    Ok(Request {
        id: RequestId(id),
        district: OrganisationId(district_id),
        department: OrganisationId(department_id),
        filed_by: UserId(filed_by),
        number,
        application: application_of(&id, &application)?,
        targets,
        assessed,
        stage,
        assignments,
        dossier: serde_json::from_str(&dossier).map_err(json)?,
        version,
    })
}

pub(crate) fn application_of(
    id: &uuid::Uuid,
    document: &serde_json::Value,
) -> Result<Application, StoreError> {
    facts::read_application(document).map_err(|faults| {
        let said = faults.first().map(ToString::to_string).unwrap_or_default();
        unreadable("requests", id, said)
    })
}

pub(crate) fn line_of(row: request::Model) -> Result<RequestLine, StoreError> {
    let stage = StageKind::from_word(&row.stage).ok_or_else(|| unreadable("requests", row.id, &row.stage))?;
    Ok(RequestLine {
        id: RequestId(row.id),
        number: row.number,
        title: row.title,
        department: OrganisationId(row.department_id),
        item: row.item,
        class: row.class,
        function: row.function.and_then(|number| u8::try_from(number).ok()),
        price: Fen(row.price_fen),
        stage,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        events: row.event_count,
    })
}

fn admitted_of(row: request::Model) -> Result<Option<Admitted>, StoreError> {
    let targets: Vec<Target> =
        serde_json::from_str(&row.targets).map_err(|error| unreadable("requests", row.id, error))?;
    let Some((starts_on, ends_on)) = row.starts_on.zip(row.ends_on) else {
        return Ok(None);
    };
    let communities = targets.into_iter().map(|target| target.code).collect();
    Ok(Some(Admitted {
        number: row.number.unwrap_or_default(),
        item: row.item,
        starts_on,
        ends_on,
        communities,
    }))
}

fn assignment_of(row: assignment::Model) -> Result<Assignment, StoreError> {
    let assignment::Model { request_id, community_id, code, price_fen, paid_fen, stage: _, stage_data } = row;
    let stage: AssignmentStage =
        serde_json::from_str(&stage_data).map_err(|error| unreadable("assignments", request_id, error))?;
    let community = OrganisationId(community_id);
    Ok(Assignment { community, code, price: Fen(price_fen), paid: Fen(paid_fen), stage })
}

/// A month as it is stored.
pub(crate) fn month(text: &str) -> Result<Month, StoreError> {
    Month::parse(text).map_err(|error| unreadable("quotas", text, error))
}

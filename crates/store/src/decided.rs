//! The one write path: everything that a decision leads to, in the transaction of the caller. Each statement says what
//! it expects; the hot rows (quota, balances) are taken last.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter,
    QuerySelect,
};
use serde_json::Value;
use uuid::Uuid;
use workflow::assignment::Assignment;
use workflow::id::{AssessmentId, RequestId};
use workflow::request::{Decided, Request};
use workflow::stage::StageKind;

use crate::connect::Tx;
use crate::error::StoreError;
use crate::events::{Head, step_line, to_microsecond};
use crate::fold::changes;
use crate::guard::Guard;
use crate::hour_entries::Cause;
use crate::organisations::BATCH;
use crate::quota::Capacity;
use crate::requests::request_row;
use crate::rows::{assessment, assignment, request};
use crate::scope::Scope;
use crate::search::number_and_title;

/// A decision record: what was read, what the rules said and why, by which rule set and calendar.
#[derive(Debug, Clone)]
pub struct DecisionRecord {
    pub id: AssessmentId,
    pub request: RequestId,
    pub made_at: DateTime<Utc>,
    pub facts: Value,
    pub assessment: Value,
    pub trace: Value,
    pub rule_set_hash: String,
    pub calendar: Uuid,
}

impl Tx {
    /// The request of an id, within a scope, to be changed in this transaction: its row is locked until the commit, and
    /// [`Tx::apply`] need not read it again.
    ///
    /// # Errors
    /// `NotFound` outside the scope as well.
    pub async fn take_request(&self, id: RequestId, scope: Scope) -> Result<Request, StoreError> {
        let found = request::Entity::find().filter(self.reader().kept_to(scope).of_one(id)).lock_exclusive();
        let row = found.one(&self.on).await?.ok_or(StoreError::NotFound("request"))?;
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(row.clone());
        self.reader().with_assignments(row).await
    }

    /// Writes a decision that was made on `before`. `capacities` holds the months of the communities that are booked.
    ///
    /// # Errors
    /// `Conflict` if the request is no longer at the version of `before`; `QuotaOver` and `FundsShort` if hours or money
    /// are no longer there. The transaction must then be dropped.
    pub async fn apply(
        &self,
        before: &Request,
        decided: &Decided,
        capacities: &[Capacity],
    ) -> Result<i64, StoreError> {
        let Decided { request, event, postings, bookings, notices: _, wake_on } = decided;
        self.finish_event().await?;
        // The row is taken first: whoever read another version waits here and is refused.
        let stored = self.stored(request.id).await?;
        if self.guards.stand(Guard::Version) && stored.version != before.version {
            return Err(StoreError::Conflict);
        }
        let head = Head { count: stored.event_count, hash: stored.event_head.clone() };
        self.stamp_wake(request.id, *wake_on);
        self.replace_parts(before, request).await?;
        let was = number_and_title(stored.number.as_deref(), &stored.title);
        let is = number_and_title(request.number.as_deref(), request.title());
        self.index_request((request.district.0, request.id.0), (&was, &is)).await?;
        let mut line = step_line(event);
        line.subject = request.id.0;
        line.district = request.district.0;
        let cause = Cause { subject: request.id.0, seq: head.count + 1, at: line.at };
        self.book(request, bookings, (capacities, cause)).await?;
        self.post(request.district, (cause.subject, cause.seq), postings, line.at).await?;
        let mut row = request_row(request)?;
        line.changes = changes(Some(&stored), &before.assignments, (request, &row), self.take_untold())?;
        let head = self.append(line, &head).await?;
        row.wake_on = Set(*wake_on);
        row.event_count = Set(head.count);
        row.event_head = Set(head.hash);
        self.update_request(before.version, unlike(stored, row)).await?;
        Ok(head.count)
    }

    /// Targets, invitations and assignments, where they are not as they were.
    async fn replace_parts(&self, before: &Request, request: &Request) -> Result<(), StoreError> {
        if request.targets != before.targets {
            self.replace_targets(request).await?;
        }
        if request.stage.kind() == StageKind::Consultation && request.stage != before.stage {
            self.invite(request).await?;
        }
        self.change_assignments(before, request).await
    }

    /// The row as it is, locked until the commit; read again unless the transaction has just taken it.
    async fn stored(&self, id: RequestId) -> Result<request::Model, StoreError> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(row) = taken.filter(|row| row.id == id.0) {
            return Ok(row);
        }
        let found = request::Entity::find_by_id(id.0).lock_exclusive().one(&self.on).await?;
        found.ok_or(StoreError::NotFound("request"))
    }

    /// Changes the row of a request that is at the version the caller expects.
    async fn update_request(
        &self,
        version: i64,
        (id, row): (Uuid, request::ActiveModel),
    ) -> Result<(), StoreError> {
        let mut update = request::Entity::update_many().set(row).filter(request::Column::Id.eq(id));
        if self.guards.stand(Guard::Version) {
            update = update.filter(request::Column::Version.eq(version));
        }
        let replaced = update.exec(&self.on).await?;
        if replaced.rows_affected == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    /// Keeps a decision record; it is never changed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_record(&self, record: DecisionRecord) -> Result<(), StoreError> {
        let DecisionRecord { id, request, made_at, facts, assessment, trace, rule_set_hash, calendar } =
            record;
        let row = assessment::Model {
            id: id.0,
            request_id: request.0,
            made_at: to_microsecond(made_at),
            facts: facts.to_string(),
            assessment: assessment.to_string(),
            trace: trace.to_string(),
            rule_set_hash,
            calendar_id: calendar,
        };
        self.tell([&row]);
        assessment::Entity::insert(row.into_active_model()).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Writes the assignments that are not as they were, and takes away those that have gone.
    async fn change_assignments(&self, before: &Request, after: &Request) -> Result<(), StoreError> {
        let known: BTreeMap<_, _> = before.assignments.iter().map(|one| (one.community, one)).collect();
        let left: BTreeMap<_, _> = after.assignments.iter().map(|one| (one.community, one)).collect();
        let gone: Vec<_> = known.keys().filter(|community| !left.contains_key(*community)).collect();
        if !gone.is_empty() {
            assignment::Entity::delete_many()
                .filter(assignment::Column::RequestId.eq(after.id.0))
                .filter(assignment::Column::CommunityId.is_in(gone.into_iter().map(|community| community.0)))
                .exec(&self.on)
                .await?;
        }
        let changed = after.assignments.iter().filter(|one| known.get(&one.community) != Some(one));
        let rows = changed.map(|one| assignment_row(after.id, one)).collect::<Result<Vec<_>, _>>()?;
        let key = [assignment::Column::RequestId, assignment::Column::CommunityId];
        let anew = OnConflict::columns(key)
            .update_columns([
                assignment::Column::Code,
                assignment::Column::PriceFen,
                assignment::Column::PaidFen,
                assignment::Column::Stage,
                assignment::Column::StageData,
            ])
            .to_owned();
        for part in rows.chunks(BATCH) {
            let insert = assignment::Entity::insert_many(part.iter().cloned()).on_conflict(anew.clone());
            insert.exec_without_returning(&self.on).await?;
        }
        Ok(())
    }
}

/// The columns of a row that are not as they are stored, so that no index is written for nothing.
fn unlike(stored: request::Model, mut row: request::ActiveModel) -> (Uuid, request::ActiveModel) {
    let id = stored.id;
    let stored = stored.into_active_model();
    for column in request::Column::iter() {
        if row.get(column).into_value() == stored.get(column).into_value() {
            row.not_set(column);
        }
    }
    (id, row)
}

pub(crate) fn assignment_row(
    request: RequestId,
    one: &Assignment,
) -> Result<assignment::ActiveModel, StoreError> {
    let Assignment { community, code, price, paid, stage } = one;
    let data = serde_json::to_string(stage);
    let data = data.map_err(|error| crate::error::unreadable("assignments", request, error))?;
    Ok(assignment::ActiveModel {
        request_id: Set(request.0),
        community_id: Set(community.0),
        code: Set(code.clone()),
        price_fen: Set(price.0),
        paid_fen: Set(paid.0),
        stage: Set(stage.kind().word().to_owned()),
        stage_data: Set(data),
    })
}

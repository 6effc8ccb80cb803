//! The one write path: everything that a decision leads to, in the transaction of the caller. Each statement says what
//! it expects; the hot rows (quota, balances) are taken last.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;
use uuid::Uuid;
use workflow::assignment::Assignment;
use workflow::id::{AssessmentId, RequestId};
use workflow::request::{Decided, Request};

use crate::connect::Tx;
use crate::error::StoreError;
use crate::events::{next_line, to_microsecond};
use crate::hour_entries::Cause;
use crate::organisations::BATCH;
use crate::quota::Capacity;
use crate::requests::request_row;
use crate::rows::{assessment, assignment, request};

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
        let Decided { request, event, postings, bookings, notices: _ } = decided;
        let head = self.reader().request_head(request.id).await?;
        let line = next_line(request.id.0, &head, event, &self.key);
        let mut row = request_row(request)?;
        row.event_count = Set(line.seq);
        row.event_head = Set(line.hash.clone());
        let replaced = request::Entity::update_many()
            .set(row)
            .filter(request::Column::Id.eq(request.id.0))
            .filter(request::Column::Version.eq(before.version))
            .exec(&self.on)
            .await?;
        if replaced.rows_affected != 1 {
            return Err(StoreError::Conflict);
        }
        self.insert_event(&line, request.district).await?;
        if request.targets != before.targets {
            self.replace_targets(request).await?;
        }
        if request.assignments != before.assignments {
            self.replace_assignments(request).await?;
        }
        let cause = Cause { subject: request.id.0, seq: line.seq, at: line.at };
        self.book(request, bookings, (capacities, cause)).await?;
        let place = (request.id.0, line.seq);
        self.post(request.district, place, postings, line.at).await?;
        Ok(line.seq)
    }

    /// Keeps a decision record; it is never changed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_record(&self, record: DecisionRecord) -> Result<(), StoreError> {
        let DecisionRecord { id, request, made_at, facts, assessment, trace, rule_set_hash, calendar } =
            record;
        let row = assessment::ActiveModel {
            id: Set(id.0),
            request_id: Set(request.0),
            made_at: Set(to_microsecond(made_at)),
            facts: Set(facts.to_string()),
            assessment: Set(assessment.to_string()),
            trace: Set(trace.to_string()),
            rule_set_hash: Set(rule_set_hash),
            calendar_id: Set(calendar),
        };
        assessment::Entity::insert(row).exec_without_returning(&self.on).await?;
        Ok(())
    }

    async fn replace_assignments(&self, request: &Request) -> Result<(), StoreError> {
        let of_request = assignment::Column::RequestId.eq(request.id.0);
        assignment::Entity::delete_many().filter(of_request).exec(&self.on).await?;
        let rows: Vec<_> = request
            .assignments
            .iter()
            .map(|one| assignment_row(request.id, one))
            .collect::<Result<_, _>>()?;
        for part in rows.chunks(BATCH) {
            let insert = assignment::Entity::insert_many(part.iter().cloned());
            insert.exec_without_returning(&self.on).await?;
        }
        Ok(())
    }
}

fn assignment_row(request: RequestId, one: &Assignment) -> Result<assignment::ActiveModel, StoreError> {
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

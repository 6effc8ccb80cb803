//! Decision records, for reading them again and recomputing them.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;
use uuid::Uuid;
use workflow::id::{AssessmentId, RequestId};

use crate::connect::Reader;
use crate::decided::DecisionRecord;
use crate::error::{StoreError, unreadable};
use crate::rows::assessment;

impl Reader<'_> {
    /// The decision records of a request, newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn records(&self, request: RequestId) -> Result<Vec<DecisionRecord>, StoreError> {
        let rows = assessment::Entity::find()
            .filter(assessment::Column::RequestId.eq(request.0))
            .order_by_desc(assessment::Column::MadeAt)
            .order_by_desc(assessment::Column::Id)
            .all(&self.on)
            .await?;
        rows.into_iter().map(record_of).collect()
    }

    /// Every decision record, for the doctor.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all_records(&self) -> Result<Vec<DecisionRecord>, StoreError> {
        let rows = assessment::Entity::find().order_by_asc(assessment::Column::Id).all(&self.on).await?;
        rows.into_iter().map(record_of).collect()
    }
}

fn record_of(row: assessment::Model) -> Result<DecisionRecord, StoreError> {
    let assessment::Model { id, request_id, made_at, facts, assessment, trace, rule_set_hash, calendar_id } =
        row;
    let json = |text: &str| -> Result<Value, StoreError> {
        serde_json::from_str(text).map_err(|error| unreadable("assessments", id, error))
    };
    let made_at: DateTime<Utc> = made_at;
    let calendar: Uuid = calendar_id;
    Ok(DecisionRecord {
        id: AssessmentId(id),
        request: RequestId(request_id),
        made_at,
        facts: json(&facts)?,
        assessment: json(&assessment)?,
        trace: json(&trace)?,
        rule_set_hash,
        calendar,
    })
}

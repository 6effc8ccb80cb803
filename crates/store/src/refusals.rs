//! What communities have refused, and why: a view of the hours that were not taken, never part of any score.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use workflow::assignment::{AssignmentStage, AssignmentStageKind, RefusalReason};
use workflow::id::{OrganisationId, RequestId};
use workflow::money::Fen;

use crate::connect::Reader;
use crate::error::{StoreError, unreadable};
use crate::requests::RequestLine;
use crate::rows::assignment;

/// One request that a community has refused.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Refusal {
    #[serde(flatten)]
    pub task: RequestLine,
    pub community: OrganisationId,
    pub on: NaiveDate,
    pub reason: RefusalReason,
    /// The community's part of the price, which went back.
    pub share: Fen,
}

impl Reader<'_> {
    /// What communities have refused, the newest first. Two queries.
    ///
    /// # Errors
    /// What the database says.
    pub async fn refusals(&self, communities: &[OrganisationId]) -> Result<Vec<Refusal>, StoreError> {
        let rows = assignment::Entity::find()
            .filter(assignment::Column::CommunityId.is_in(communities.iter().map(|id| id.0)))
            .filter(assignment::Column::Stage.eq(AssignmentStageKind::Refused.word()))
            .all(&self.on)
            .await?;
        let ids: Vec<RequestId> = rows.iter().map(|row| RequestId(row.request_id)).collect();
        let tasks = self.tasks(&ids).await?;
        let mut refusals = Vec::new();
        for row in rows {
            let assignment::Model { request_id, community_id, price_fen, stage_data, .. } = row;
            let stage: AssignmentStage = serde_json::from_str(&stage_data)
                .map_err(|error| unreadable("assignments", request_id, error))?;
            let AssignmentStage::Refused { on, reason } = stage else { continue };
            let Some(task) = tasks.get(&RequestId(request_id)).cloned() else { continue };
            let (community, share) = (OrganisationId(community_id), Fen(price_fen));
            refusals.push(Refusal { task, community, on, reason, share });
        }
        refusals.sort_by_key(|refusal| (std::cmp::Reverse(refusal.on), refusal.task.id));
        Ok(refusals)
    }
}

//! Lists of requests, a page at a time.

use sea_orm::{ColumnTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};
use workflow::id::RequestId;
use workflow::stage::StageKind;

use crate::connect::Reader;
use crate::error::StoreError;
use crate::requests::{RequestLine, line_of};
use crate::rows::request;
use crate::scope::Scope;

impl Reader<'_> {
    /// The version of a request; whoever has seen this one need not read it again.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn version_of(&self, id: RequestId) -> Result<i64, StoreError> {
        let version = request::Entity::find_by_id(id.0).select_only().column(request::Column::Version);
        version.into_tuple().one(&self.on).await?.ok_or(StoreError::NotFound("request"))
    }

    /// Requests of a scope, newest first; optionally only those in some stages.
    ///
    /// # Errors
    /// What the database says.
    pub async fn request_lines(
        &self,
        scope: Scope,
        stages: &[StageKind],
        limit: u64,
    ) -> Result<Vec<RequestLine>, StoreError> {
        self.request_lines_after(scope, stages, (None, limit)).await
    }

    /// The lines that follow one of them, newest first; from the beginning without one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn request_lines_after(
        &self,
        scope: Scope,
        stages: &[StageKind],
        (after, limit): (Option<RequestId>, u64),
    ) -> Result<Vec<RequestLine>, StoreError> {
        let mut query = request::Entity::find().filter(self.kept_to(scope).condition());
        if !stages.is_empty() {
            query = query.filter(request::Column::Stage.is_in(stages.iter().map(|stage| stage.word())));
        }
        if let Some(after) = after {
            query = query.filter(request::Column::Id.lt(after.0));
        }
        let rows = query.order_by(request::Column::Id, Order::Desc).limit(limit).all(&self.on).await?;
        rows.into_iter().map(line_of).collect()
    }
}

//! A request's timeline, asked for again and again: what is new after a place, at little cost where nothing is.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use workflow::id::RequestId;

use crate::connect::Reader;
use crate::error::StoreError;
use crate::events::{EventLine, line};
use crate::rows::{event, request};
use crate::scope::Scope;

impl Reader<'_> {
    /// The events of a request after a place, oldest first, at most so many; none at all where it is outside the scope.
    ///
    /// # Errors
    /// What the database says.
    pub async fn events_after(
        &self,
        (request, scope): (RequestId, Scope),
        after: i64,
        most: u64,
    ) -> Result<Option<Vec<EventLine>>, StoreError> {
        let found: Option<i64> = request::Entity::find_by_id(request.0)
            .filter(scope.condition())
            .select_only()
            .column(request::Column::EventCount)
            .into_tuple()
            .one(&self.on)
            .await?;
        let Some(count) = found else { return Ok(None) };
        if count <= after {
            return Ok(Some(Vec::new()));
        }
        let rows = event::Entity::find()
            .filter(event::Column::SubjectId.eq(request.0))
            .filter(event::Column::Seq.gt(after))
            .order_by_asc(event::Column::Seq)
            .limit(most)
            .all(&self.on)
            .await?;
        Ok(Some(rows.into_iter().map(line).collect()))
    }
}

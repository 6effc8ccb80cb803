//! The time machine: requests as they were, folded from their histories.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;
use workflow::id::RequestId;
use workflow::request::Request;
use workflow::stage::StageKind;

use crate::connect::Reader;
use crate::error::StoreError;
use crate::events::EventLine;
use crate::fold::Fold;
use crate::requests::RequestLine;
use crate::rows::event;
use crate::scope::Scope;

impl Reader<'_> {
    /// A request as it was at an instant, with its history until then; whoever may see it today may see its past.
    ///
    /// # Errors
    /// `NotFound` outside the scope, and before the request began.
    pub async fn request_as_of(
        &self,
        id: RequestId,
        scope: Scope,
        at: DateTime<Utc>,
    ) -> Result<(Request, Vec<EventLine>), StoreError> {
        self.request(id, scope).await?;
        let mut history = self.history(id).await?;
        history.retain(|event| event.at <= at);
        if history.is_empty() {
            return Err(StoreError::NotFound("request"));
        }
        Ok((Fold::of(&history)?.request()?, history))
    }

    /// Requests of a scope as they were at an instant, newest first; optionally only those then in some stages.
    ///
    /// # Errors
    /// A history that cannot be folded.
    pub async fn request_lines_as_of(
        &self,
        scope: Scope,
        at: DateTime<Utc>,
        (stages, limit): (&[StageKind], u64),
    ) -> Result<Vec<RequestLine>, StoreError> {
        let seen = self.request_lines(scope, &[], u64::from(u32::MAX)).await?;
        let events = event::Entity::find()
            .filter(event::Column::At.lte(at))
            .order_by_asc(event::Column::SubjectId)
            .order_by_asc(event::Column::Seq)
            .all(&self.on)
            .await?;
        let mut histories: BTreeMap<Uuid, Vec<EventLine>> = BTreeMap::new();
        for row in events {
            let line = crate::events::line(row);
            histories.entry(line.subject).or_default().push(line);
        }
        let known = seen.into_iter().filter_map(|line| histories.remove(&line.id.0));
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let lines = known.map(|history| line_as_of(&history));
        let wanted = |line: &Result<RequestLine, StoreError>| {
            stages.is_empty() || line.as_ref().map_or(true, |line| stages.contains(&line.stage))
        };
        lines.filter(wanted).take(limit).collect()
    }
}

fn line_as_of(history: &[EventLine]) -> Result<RequestLine, StoreError> {
    let request = Fold::of(history)?.request()?;
    let class = request.assessed.as_ref().and_then(|assessed| assessed.class);
    Ok(RequestLine {
        id: request.id,
        title: request.title().to_owned(),
        department: request.department,
        class: class.map(|class| class.word().to_owned()),
        price: request.price(),
        stage: request.stage.kind(),
        starts_on: request.application.starts_on,
        ends_on: request.application.ends_on,
        events: i64::try_from(history.len()).unwrap_or(i64::MAX),
        number: request.number,
        item: request.application.item,
    })
}

//! The time machine: requests as they were, folded from their histories.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;
use workflow::id::RequestId;
use workflow::request::Request;
use workflow::stage::StageKind;

use crate::connect::Reader;
use crate::error::{StoreError, unreadable};
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
        let histories = self.histories_until(scope, at).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let lines = histories.iter().map(|(_, history)| line_as_of(history));
        let wanted = |line: &Result<RequestLine, StoreError>| {
            stages.is_empty() || line.as_ref().map_or(true, |line| stages.contains(&line.stage))
        };
        lines.filter(wanted).take(limit).collect()
    }

    /// Requests of a scope as they were at an instant in some stages, newest first: for the limits that ran then. A
    /// history that cannot be folded is given as an error of its own and stops no other.
    ///
    /// # Errors
    /// What the database says.
    pub async fn requests_as_of(
        &self,
        scope: Scope,
        at: DateTime<Utc>,
        stages: &[StageKind],
    ) -> Result<Vec<Result<Request, StoreError>>, StoreError> {
        let histories = self.histories_until(scope, at).await?;
        let folded = histories.iter().map(|(id, history)| {
            let request = Fold::of(history).and_then(|fold| fold.request());
            request.map_err(|error| unreadable("requests", id, error))
        });
        let wanted = |request: &Result<Request, StoreError>| {
            request.as_ref().map_or(true, |request| stages.contains(&request.stage.kind()))
        };
        Ok(folded.filter(wanted).collect())
    }

    /// What the requests of a scope had behind them at an instant, newest request first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn histories_until(
        &self,
        scope: Scope,
        at: DateTime<Utc>,
    ) -> Result<Vec<(Uuid, Vec<EventLine>)>, StoreError> {
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
        let known = |line: RequestLine| histories.remove_entry(&line.id.0);
        Ok(seen.into_iter().filter_map(known).collect())
    }
}

/// What a request was after each of its events, oldest first, with the time of the event.
///
/// # Errors
/// A history that cannot be folded.
pub fn states(history: &[EventLine]) -> Result<Vec<(DateTime<Utc>, Request)>, StoreError> {
    let mut fold = Fold::default();
    let mut states = Vec::with_capacity(history.len());
    for event in history {
        fold.take(event)?;
        states.push((event.at, fold.request()?));
    }
    Ok(states)
}

fn line_as_of(history: &[EventLine]) -> Result<RequestLine, StoreError> {
    let request = Fold::of(history)?.request()?;
    let class = request.assessed.as_ref().and_then(|assessed| assessed.class);
    Ok(RequestLine {
        id: request.id,
        title: request.title().to_owned(),
        department: request.department,
        class: class.map(|class| class.word().to_owned()),
        function: request.assessed.as_ref().and_then(|assessed| assessed.function),
        price: request.price(),
        stage: request.stage.kind(),
        starts_on: request.application.starts_on,
        ends_on: request.application.ends_on,
        events: i64::try_from(history.len()).unwrap_or(i64::MAX),
        number: request.number,
        item: request.application.item,
    })
}

//! The history folded: what each event changed, put together, is the state. So the rows can be held against it, and a
//! request can be read as it was.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;
use workflow::assignment::Assignment;
use workflow::dossier::Dossier;
use workflow::id::RequestId;
use workflow::request::Request;

use crate::error::{StoreError, unreadable};
use crate::events::EventLine;
use crate::requests::application_of;
use crate::rows::request;
use crate::told::Untold;

/// What is different in a request after an event: the parts that are not as they stand in its row, the assignments that
/// changed, and the rows that were written beside it.
pub(crate) fn changes(
    stored: Option<&request::Model>,
    before: &[Assignment],
    (after, row): (&Request, &request::ActiveModel),
    untold: Untold,
) -> Result<String, StoreError> {
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
        assignments,
        dossier,
        version,
    } = after;
    let mut told = Told { id: *id, parts: Map::new() };
    let kept = |is: &ActiveValue<String>, was: fn(&request::Model) -> &str| {
        stored.is_some_and(|row| is.try_as_ref().is_some_and(|is| is == was(row)))
    };
    if stored.is_none() {
        told.part("district", district)?;
        told.part("department", department)?;
    }
    if stored.is_none_or(|row| row.filed_by != filed_by.0) {
        told.part("filed_by", filed_by)?;
    }
    if stored.is_none_or(|row| row.number != *number) {
        told.part("number", number)?;
    }
    if !kept(&row.application, |row| &row.application) {
        told.part("application", application)?;
    }
    if !kept(&row.targets, |row| &row.targets) {
        told.part("targets", targets)?;
    }
    if stored.is_none_or(|stored| row.assessed.try_as_ref() != Some(&stored.assessed)) {
        told.part("assessed", assessed)?;
    }
    if !kept(&row.stage_data, |row| &row.stage_data) {
        told.part("stage", stage)?;
    }
    if !kept(&row.dossier, |row| &row.dossier) {
        told.part("dossier", dossier)?;
    }
    told.part("version", version)?;
    told.assignments(before, assignments)?;
    let rows = untold.images();
    if !rows.is_empty() {
        told.parts.insert("rows".to_owned(), Value::Object(rows.into_iter().collect()));
    }
    Ok(Value::Object(told.parts).to_string())
}

struct Told {
    id: RequestId,
    parts: Map<String, Value>,
}

impl Told {
    fn value(&self, value: &impl Serialize) -> Result<Value, StoreError> {
        serde_json::to_value(value).map_err(|error| unreadable("requests", self.id, error))
    }

    fn part(&mut self, name: &str, value: &impl Serialize) -> Result<(), StoreError> {
        let value = self.value(value)?;
        self.parts.insert(name.to_owned(), value);
        Ok(())
    }

    fn assignments(&mut self, before: &[Assignment], after: &[Assignment]) -> Result<(), StoreError> {
        let known: BTreeMap<&str, &Assignment> = before.iter().map(|one| (one.code.as_str(), one)).collect();
        let left: BTreeMap<&str, &Assignment> = after.iter().map(|one| (one.code.as_str(), one)).collect();
        let mut changed = Map::new();
        for (code, one) in &left {
            if known.get(code) != Some(one) {
                changed.insert((*code).to_owned(), self.value(one)?);
            }
        }
        let gone = known.keys().filter(|code| !left.contains_key(*code));
        changed.extend(gone.map(|code| ((*code).to_owned(), Value::Null)));
        if !changed.is_empty() {
            self.parts.insert("assignments".to_owned(), Value::Object(changed));
        }
        Ok(())
    }
}

/// The state of a subject after some of its events.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fold {
    subject: Uuid,
    parts: Map<String, Value>,
    assignments: BTreeMap<String, Value>,
    /// When the subject began.
    pub(crate) begun: DateTime<Utc>,
    /// Rows as they were told last, and when.
    pub(crate) rows: BTreeMap<String, (DateTime<Utc>, Value)>,
}

impl Fold {
    /// Folds the events of one subject, oldest first.
    ///
    /// # Errors
    /// Changes that cannot be read.
    pub(crate) fn of<'a>(events: impl IntoIterator<Item = &'a EventLine>) -> Result<Fold, StoreError> {
        let mut fold = Fold::default();
        for event in events {
            fold.take(event)?;
        }
        Ok(fold)
    }

    pub(crate) fn take(&mut self, event: &EventLine) -> Result<(), StoreError> {
        if event.seq == 1 {
            self.subject = event.subject;
            self.begun = event.at;
        }
        let broken = |error: &dyn std::fmt::Display| unreadable("events", event.subject, error);
        let changes: Map<String, Value> = serde_json::from_str(&event.changes).map_err(|e| broken(&e))?;
        for (part, value) in changes {
            match (part.as_str(), value) {
                ("rows", Value::Object(rows)) => {
                    self.rows.extend(rows.into_iter().map(|(place, image)| (place, (event.at, image))));
                }
                ("assignments", Value::Object(ones)) => self.assignments.extend(ones),
                (_, value) => {
                    self.parts.insert(part, value);
                }
            }
        }
        self.assignments.retain(|_, one| !one.is_null());
        let filed_at = self.parts.get("filed_at").and_then(Value::as_i64);
        self.begun = filed_at.and_then(DateTime::from_timestamp_micros).unwrap_or(self.begun);
        Ok(())
    }

    /// What one event tells of a place.
    pub(crate) fn row_of(event: &EventLine, place: &str) -> Option<Value> {
        // Most events tell of no rows; those need not be read.
        if !event.changes.contains(place) {
            return None;
        }
        serde_json::from_str::<Value>(&event.changes).ok()?.get("rows")?.get(place).cloned()
    }

    /// The request that was folded.
    ///
    /// # Errors
    /// The history tells of no request, or of one that cannot be read.
    pub(crate) fn request(&self) -> Result<Request, StoreError> {
        let json = |error: serde_json::Error| unreadable("events", self.subject, error);
        let assignments = self.assignments.values().cloned().map(serde_json::from_value);
        Ok(Request {
            id: RequestId(self.subject),
            district: self.part("district")?,
            department: self.part("department")?,
            filed_by: self.part("filed_by")?,
            number: self.part("number")?,
            application: application_of(
                &self.subject,
                self.parts.get("application").unwrap_or(&Value::Null),
            )?,
            targets: self.part("targets")?,
            assessed: self.part("assessed")?,
            stage: self.part("stage")?,
            assignments: assignments.collect::<Result<_, _>>().map_err(json)?,
            // Requests of before there was a dossier have none in their history.
            dossier: match self.parts.contains_key("dossier") {
                true => self.part("dossier")?,
                false => Dossier::default(),
            },
            version: self.part("version")?,
        })
    }

    fn part<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T, StoreError> {
        let value = self.parts.get(name).cloned().unwrap_or(Value::Null);
        serde_json::from_value(value)
            .map_err(|error| unreadable("events", self.subject, format!("{name}: {error}")))
    }
}

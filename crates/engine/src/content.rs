//! The rule set and the calendar that are in force, kept in memory and reloaded when one is imported.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rules::{CATALOGUE_FILE, Files, RuleSet, default_calendar_csv, read_calendar};
use store::{Store, StoredCalendar};
use uuid::Uuid;
use workflow::actor::Role;
use workflow::calendar::Calendar;

use crate::error::EngineError;

/// What every use case is judged by.
#[derive(Debug)]
pub struct Content {
    pub rules: RuleSet,
    pub calendar: Arc<Calendar>,
    pub(crate) calendar_id: Uuid,
    /// Every calendar with the time at which it was loaded, oldest first.
    pub(crate) loads: Vec<(DateTime<Utc>, Arc<Calendar>)>,
}

/// The version of the calendar that is built in.
const BUILT_IN: &str = "cn-2007-2026";

impl Content {
    /// Loads the newest catalogue and calendar of the database with the given rules; keeps what is not kept yet, so
    /// that every decision can be recomputed.
    pub(crate) async fn load(
        store: &Store,
        mut files: Files,
        now: DateTime<Utc>,
    ) -> Result<Content, EngineError> {
        let reader = store.reader();
        if let Some(catalogue) = reader.newest_catalogue().await? {
            files.insert(CATALOGUE_FILE.to_owned(), catalogue);
        }
        let rules = RuleSet::load(files)?;
        let newest = reader.newest_calendar().await?;
        let known = reader.rule_sets().await?.iter().any(|(hash, _)| *hash == rules.name().hash);
        let stored = match newest {
            Some(calendar) if known => calendar,
            newest => keep(store, &rules, newest, now).await?,
        };
        let calendar = Arc::new(read_calendar(&stored.version, &stored.content)?);
        let loads = loads(store, (stored.id, &calendar)).await?;
        Ok(Content { rules, calendar, calendar_id: stored.id, loads })
    }

    /// The calendar that was the newest at a time; before the first was loaded, the first.
    pub(crate) fn calendar_at(&self, at: DateTime<Utc>) -> Arc<Calendar> {
        let known = self.loads.iter().rev().find(|(from, _)| *from <= at).or_else(|| self.loads.first());
        known.map_or_else(|| Arc::clone(&self.calendar), |(_, calendar)| Arc::clone(calendar))
    }
}

async fn loads(
    store: &Store,
    newest: (Uuid, &Arc<Calendar>),
) -> Result<Vec<(DateTime<Utc>, Arc<Calendar>)>, EngineError> {
    let reader = store.reader();
    let mut known = BTreeMap::from([(newest.0, Arc::clone(newest.1))]);
    let times = reader.calendar_loads().await?;
    if times.iter().any(|(_, id)| !known.contains_key(id)) {
        for StoredCalendar { id, version, content } in reader.calendars().await? {
            if let Entry::Vacant(place) = known.entry(id) {
                place.insert(Arc::new(read_calendar(&version, &content)?));
            }
        }
    }
    Ok(times.into_iter().filter_map(|(at, id)| Some((at, Arc::clone(known.get(&id)?)))).collect())
}

async fn keep(
    store: &Store,
    rules: &RuleSet,
    newest: Option<StoredCalendar>,
    now: DateTime<Utc>,
) -> Result<StoredCalendar, EngineError> {
    let built_in = || StoredCalendar {
        id: Uuid::now_v7(),
        version: BUILT_IN.to_owned(),
        content: default_calendar_csv(),
    };
    let mut calendar = newest.unwrap_or_else(built_in);
    let files =
        serde_json::to_string(rules.files()).map_err(|error| EngineError::Broken(error.to_string()))?;
    let tx = store.begin().await?;
    calendar.id = tx.put_calendar(calendar.clone(), now).await?;
    tx.put_rule_set(rules.name(), &files, now).await?;
    tx.wake_all().await?;
    tx.record_in_register(crate::import::line(Role::System, "content", now)).await?;
    tx.commit().await?;
    Ok(calendar)
}

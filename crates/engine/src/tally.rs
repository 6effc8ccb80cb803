//! What the engine has done since the process began, counted for those who watch it: actions by kind and result, sweeps
//! and deliveries. No request and no person is in it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use crate::Engine;
use crate::delivery::Delivered;
use crate::error::EngineError;
use crate::limits::Swept;

/// Counts since the process began.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// By the word of the action and the result: `done` or the code of the refusal.
    pub actions: BTreeMap<(&'static str, &'static str), u64>,
    /// By what a sweep did: `actions`, `reminders`, `cards`, `failed`.
    pub swept: BTreeMap<&'static str, u64>,
    /// By what became of a try: `sent`, `again`, `dead`.
    pub delivered: BTreeMap<&'static str, u64>,
    /// When a sweep came to its end for the last time, and a round of letters.
    pub last_sweep: Option<DateTime<Utc>>,
    pub last_delivery: Option<DateTime<Utc>>,
}

/// The tally of a running engine.
#[derive(Debug, Default)]
pub(crate) struct Tallied(Mutex<Tally>);

/// What is counted where a command fails before it has become an action.
pub(crate) const UNPREPARED: &str = "unprepared";

impl Tallied {
    fn with(&self, count: impl FnOnce(&mut Tally)) {
        count(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn action<T>(&self, action: &'static str, result: &Result<T, EngineError>) {
        let result = result.as_ref().map_or_else(EngineError::code, |_| "done");
        self.with(|tally| *tally.actions.entry((action, result)).or_default() += 1);
    }

    pub(crate) fn sweep(&self, swept: &Swept, now: DateTime<Utc>) {
        let Swept { actions, reminders, cards, failed } = swept;
        let parts =
            [("actions", *actions), ("reminders", *reminders), ("cards", *cards), ("failed", failed.len())];
        self.with(|tally| {
            add(&mut tally.swept, &parts);
            tally.last_sweep = Some(now);
        });
    }

    pub(crate) fn delivery(&self, delivered: &Delivered, now: DateTime<Utc>) {
        let Delivered { sent, again, dead, digests: _ } = delivered;
        self.with(|tally| {
            add(&mut tally.delivered, &[("sent", *sent), ("again", *again), ("dead", *dead)]);
            tally.last_delivery = Some(now);
        });
    }
}

fn add(counts: &mut BTreeMap<&'static str, u64>, parts: &[(&'static str, usize)]) {
    for (name, count) in parts {
        *counts.entry(name).or_default() += u64::try_from(*count).unwrap_or(u64::MAX);
    }
}

impl Engine {
    /// What this process has done until now.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tallied.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

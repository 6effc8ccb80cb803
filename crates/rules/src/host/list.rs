//! A list that the host has made: a script can ask how long it is and what it holds, and hand it on. It is kept as
//! JSON, because a fact of a finding or of the trace is what becomes of it.

use std::sync::Arc;

use rhai::{Array, Dynamic, Engine, INT, ImmutableString};
use serde_json::Value;

/// Shared, so that a copy costs nothing however long the list is.
#[derive(Debug, Clone)]
pub(super) struct List(Arc<Vec<Value>>);

impl List {
    pub(super) fn entries(&self) -> &[Value] {
        &self.0
    }

    /// The entries; they are copied only where the list is still held elsewhere.
    pub(super) fn into_entries(self) -> Vec<Value> {
        Arc::unwrap_or_clone(self.0)
    }

    /// Whether the list holds that text.
    fn contains(&self, wanted: &str) -> bool {
        self.0.iter().any(|entry| entry.as_str() == Some(wanted))
    }
}

impl FromIterator<Value> for List {
    fn from_iter<I: IntoIterator<Item = Value>>(entries: I) -> List {
        List(Arc::new(entries.into_iter().collect()))
    }
}

impl<'a> FromIterator<&'a str> for List {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> List {
        texts.into_iter().map(Value::from).collect()
    }
}

/// Lists of the host, and those that a script writes or takes from the parameters.
pub(super) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<List>("list")
        .register_fn("is_empty", |list: &mut List| list.0.is_empty())
        .register_fn("len", |list: &mut List| length(list.0.len()))
        .register_fn("contains", |list: &mut List, wanted: ImmutableString| list.contains(&wanted))
        .register_fn("is_empty", |list: &mut Array| list.is_empty())
        .register_fn("len", |list: &mut Array| length(list.len()))
        .register_fn("contains", |list: &mut Array, wanted: ImmutableString| holds(list, &wanted));
}

/// Whether a script's list holds that text.
pub(super) fn holds(list: &[Dynamic], wanted: &str) -> bool {
    list.iter()
        .any(|entry| entry.read_lock::<ImmutableString>().is_some_and(|entry| entry.as_str() == wanted))
}

fn length(length: usize) -> INT {
    INT::try_from(length).unwrap_or(INT::MAX)
}

//! One page of a list that can grow: `limit` lines after the one that `after` names. The order is that of the names, so that
//! a page goes on at the same place when lines have come or gone meanwhile.

use axum::response::Response;
use engine::EngineError;
use serde_json::{Value, json};
use uuid::Uuid;

use super::caller::{Asked, answer, fault};
use crate::unread::counted;

/// Lines of a page without a `limit`, and at most.
pub(crate) const USUAL: i32 = 50;
pub(crate) const MOST: i32 = 100;

/// The schema of `limit`.
pub(crate) fn limit() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL })
}

/// The schema of `after`: what `next` of the page before says.
pub(crate) fn after() -> Value {
    json!({ "type": "string", "maxLength": 400 })
}

/// Which page is wanted.
pub(crate) struct Slice {
    pub(crate) most: usize,
    pub(crate) after: Option<String>,
}

/// Which way a list goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Rising,
    Falling,
}

impl Slice {
    pub(crate) fn of(asked: &Asked) -> Result<Slice, EngineError> {
        let most = asked.number("limit", 1..=MOST)?.unwrap_or(USUAL);
        let after = asked.text("after").map(str::to_owned);
        Ok(Slice { most: usize::try_from(most).unwrap_or_default(), after })
    }

    /// The line after which the page begins, in lists whose lines are named by their ids.
    pub(crate) fn after_id(&self) -> Result<Option<Uuid>, EngineError> {
        let no_id = |text: &String| (format!("“{text}”不是标识"), format!("`{text}` is no id"));
        let read = |text: &String| text.parse().map_err(|_| fault("/query/after", no_id(text)));
        self.after.as_ref().map(read).transpose()
    }

    /// The page of a list that is there as a whole; `name` puts it into its order.
    pub(crate) fn page<T>(
        &self,
        list: (Vec<T>, Order),
        name: impl Fn(&T) -> String,
        line: impl Fn(&T) -> Value,
    ) -> Response {
        let (lines, next) = self.lines(list, name, line);
        answer(&json!({ "items": lines, "next": next }))
    }

    /// The same of a list that goes on without rows that could not be read; it says how many.
    pub(crate) fn page_without<T>(
        &self,
        (items, order, unreadable): (Vec<T>, Order, &[String]),
        name: impl Fn(&T) -> String,
        line: impl Fn(&T) -> Value,
    ) -> Response {
        let (lines, next) = self.lines((items, order), name, line);
        answer(&json!({ "items": lines, "next": next, "unreadable": counted(unreadable) }))
    }

    /// The lines of that page, and the name of the last one where more follow.
    pub(crate) fn lines<T>(
        &self,
        (mut items, order): (Vec<T>, Order),
        name: impl Fn(&T) -> String,
        line: impl Fn(&T) -> Value,
    ) -> (Vec<Value>, Option<String>) {
        items.sort_by_cached_key(&name);
        if order == Order::Falling {
            items.reverse();
        }
        let comes_later = |item: &&T| {
            let Some(after) = &self.after else { return true };
            match order {
                Order::Rising => name(item) > *after,
                Order::Falling => name(item) < *after,
            }
        };
        let mut rest: Vec<&T> = items.iter().filter(comes_later).take(self.most + 1).collect();
        let more = rest.len() > self.most;
        rest.truncate(self.most);
        let next = rest.last().filter(|_| more).map(|last| name(last));
        (rest.into_iter().map(line).collect(), next)
    }

    /// The page of a list from which one line more than wanted was read, in its order.
    pub(crate) fn read<T>(
        &self,
        mut items: Vec<T>,
        name: impl Fn(&T) -> String,
        line: impl Fn(&T) -> Value,
    ) -> Response {
        let more = items.len() > self.most;
        items.truncate(self.most);
        let next = items.last().filter(|_| more).map(name);
        let lines: Vec<Value> = items.iter().map(line).collect();
        answer(&json!({ "items": lines, "next": next }))
    }
}

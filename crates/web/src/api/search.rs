//! Search: the requests of the caller's scope that have all the words, in any writing.

use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};
use workflow::id::RequestId;

use super::caller::{Asked, Caller, Said, answer, fault};
use super::operation::Operation;
use super::{schema, shapes};
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            (Method::GET, "/api/v1/search", Admits::SignedIn, get(search)),
            (
                "search_requests",
                "Requests that have all the words in title, number, or the name of the department or a community; newest first",
            ),
            shapes::request_page,
        )
        .needs("q", words)
        .asks("limit", limit)
        .asks("after", schema::uuid),
    ]
}

/// Lines of a page without a `limit`, and at most.
const USUAL: i32 = 20;
const MOST: i32 = 100;
/// Characters of a search.
const LONGEST: usize = 100;

fn words() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": LONGEST })
}

fn limit() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL })
}

async fn search(State(server): State<Server>, caller: Caller, asked: Asked) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let asked = asked.only(&["q", "limit", "after"]).said(tongue)?;
    let words = asked.text("q").unwrap_or_default().to_owned();
    if words.trim().is_empty() || words.chars().count() > LONGEST {
        return Err(fault("/query/q", format!("give 1 to {LONGEST} characters"))).said(tongue);
    }
    let most = asked.number("limit", 1..=MOST).said(tongue)?.unwrap_or(USUAL);
    let after = asked.text("after").map(|text| {
        text.parse().map(RequestId).map_err(|_| fault("/query/after", format!("`{text}` is no id")))
    });
    let after = after.transpose().said(tongue)?;
    let most = usize::try_from(most).unwrap_or_default();
    let reader = server.engine.reader();
    let page = (after, most as u64 + 1);
    let found = reader.found_lines(caller.scope(&server), (&words, &[]), page).await;
    let mut lines = found.said(tongue)?;
    let more = lines.len() > most;
    lines.truncate(most);
    let next = lines.last().filter(|_| more).map(|line| line.id);
    Ok(answer(&json!({ "items": lines, "next": next })))
}

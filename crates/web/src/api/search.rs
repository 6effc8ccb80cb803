//! Search: the requests of the caller's scope that have all the words, in any writing.

use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};
use workflow::id::RequestId;

use super::caller::{Asked, Caller, Said, fault};
use super::operation::{Group, Operation};
use super::shapes::requests as shapes;
use super::slice::Slice;
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;

pub(crate) fn operations() -> Vec<Operation> {
    let way = (Method::GET, "/api/v1/search", Admits::SignedIn, get(search));
    let said = (
        "search_requests",
        "Requests that have all the words in title, number, or the name of the department or a community; newest first",
    );
    let found = Operation::new(way, said, shapes::request_page).needs("q", words).sliced_by_id();
    vec![found.within(Group::Requests)]
}

/// Characters of a search.
const LONGEST: usize = 100;

fn words() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": LONGEST })
}

async fn search(State(server): State<Server>, caller: Caller, asked: Asked) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let asked = asked.only(&["q", "limit", "after"]).said(tongue)?;
    let words = asked.text("q").unwrap_or_default().to_owned();
    if words.trim().is_empty() || words.chars().count() > LONGEST {
        return Err(fault("/query/q", format!("give 1 to {LONGEST} characters"))).said(tongue);
    }
    let slice = Slice::of(&asked).said(tongue)?;
    let page = (slice.after_id().said(tongue)?.map(RequestId), slice.most as u64 + 1);
    let found = server.engine.reader().found_lines(caller.scope(&server), (&words, &[]), page).await;
    Ok(slice.read(found.said(tongue)?, |line| line.id.to_string(), |line| json!(line)))
}

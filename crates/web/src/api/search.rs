//! Search: the requests of the caller's scope that have all the words, in any writing.

use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};
use workflow::id::RequestId;

use super::caller::{Said, fault};
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::shapes::requests as shapes;
use crate::access::Admits;
use crate::reply::Failed;

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

async fn search(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let words = reading.asked.text("q").unwrap_or_default().to_owned();
    if words.trim().is_empty() || words.chars().count() > LONGEST {
        let said = (format!("请填写 1 至 {LONGEST} 个字符"), format!("enter 1 to {LONGEST} characters"));
        return Err(fault("/query/q", said)).said(tongue);
    }
    let slice = reading.slice()?;
    let page = (slice.after_id().said(tongue)?.map(RequestId), slice.most as u64 + 1);
    let found = reading.reader().found_lines(reading.scope(), (&words, &[]), page).await;
    Ok(slice.read(found.said(tongue)?, |line| line.id.to_string(), |line| json!(line)))
}

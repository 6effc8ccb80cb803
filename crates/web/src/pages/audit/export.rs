//! The events of the log's filter as a file, one a line, to be kept and looked through elsewhere.

use std::fmt::Write;

use axum::extract::State;
use axum::response::Response;

use super::log::{Asked, sieve};
use crate::downloads::download;
use crate::event_sieve::Sought;
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Failed, Tell};
use crate::server::Server;
use crate::visitor::Member;

/// Events of one file; for more, the days are narrowed.
const MOST: u64 = 10_000;

pub(crate) async fn save(
    State(server): State<Server>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Failed> {
    let tongue = member.tongue();
    let Sought::Known(sieve) = sieve(&server, &member, &asked).await? else {
        return Err(Failed::person(Problem::not_found(tongue), tongue));
    };
    let events = server.engine.reader().event_lines(&sieve, MOST).await.tell(tongue)?;
    let mut lines = String::new();
    for event in &events {
        // Writing into a string cannot fail.
        let _ = writeln!(lines, "{}", serde_json::to_string(event).unwrap_or_default());
    }
    Ok(download("events.jsonl", lines.into_bytes()))
}

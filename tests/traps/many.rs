//! More rows than one statement of SQLite takes values: lists are asked for by what they have in common, or part by part.

use engine::Command;
use store::{Scope, Sieve};
use workflow::id::RequestId;
use workflow::stage::StageKind;

use crate::desk::{Database, Desk, duty};

/// SQLite takes 32,766 values.
const COPIES: usize = 32_800;

/// On SQLite only: PostgreSQL takes twice as many, and counts in the same way.
#[tokio::test(flavor = "multi_thread")]
async fn more_requests_than_a_statement_has_values() {
    let desk = Desk::on(Database::Sqlite).await;
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.multiplies(COPIES);
    let reader = desk.engine.reader();
    let found = reader.requests_in(&[StageKind::Submitted]).await.expect("all of them");
    let ids: Vec<RequestId> = found.iter().flatten().map(|request| request.id).collect();
    assert_eq!(ids.len(), COPIES + 1);
    assert_eq!(reader.tasks(&ids).await.expect("all of them").len(), COPIES + 1);
    let sieve = Sieve { among: Some(ids.clone()), ..Sieve::default() };
    let newest = reader.sieved_lines(Scope::Everything, &sieve, (None, 2)).await.expect("the newest");
    let mut sorted = ids;
    sorted.sort_unstable();
    let expected: Vec<RequestId> = sorted.iter().rev().take(2).copied().collect();
    assert_eq!(newest.iter().map(|line| line.id).collect::<Vec<_>>(), expected);
    let oldest = reader.sieved_lines(Scope::Everything, &sieve, (Some(sorted[2]), 100)).await.expect("two");
    assert_eq!(oldest.iter().map(|line| line.id).collect::<Vec<_>>(), [sorted[1], sorted[0]]);
}

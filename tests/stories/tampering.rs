//! What is changed behind the program's back is found, and a row that cannot be read stops no other. Told on PostgreSQL,
//! since the change comes from its own client.

use engine::Command;
use workflow::id::RequestId;
use workflow::stage::StageKind;

use crate::desk::{Database, Desk, duty, purchase};

async fn settled() -> (Desk, RequestId) {
    let mut desk = Desk::on(Database::Postgres).await;
    let request = desk.files("health", purchase(), &[1, 2]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    desk.does("money", request, Command::CommitFunds).await;
    desk.comes("2026-05-06").await;
    for (who, community) in [("c1", 1), ("c2", 2)] {
        desk.does(who, request, desk.delivery(community)).await;
    }
    desk.does("health", request, Command::Confirm).await;
    desk.is_sound().await;
    (desk, request)
}

/// Each change, and after it the invariant that it breaks.
const CHANGES: &str = include_str!("tampering.sql");

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_every_change_behind_the_programs_back() {
    let (desk, _) = settled().await;
    for line in CHANGES.lines() {
        let (sql, invariant) = line.split_once("; -- ").expect("a change and its invariant");
        let invariant: u8 = invariant.parse().expect("a number");
        let copy = desk.copied();
        copy.tampers(sql);
        let checked = copy.engine_on_copy().await.doctor().await.expect("the doctor reads");
        let found: Vec<u8> = checked.breaches.iter().map(|breach| breach.invariant).collect();
        assert!(found.contains(&invariant), "{sql}: found {:?}", checked.breaches);
    }
    desk.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_cannot_be_read_stops_no_other() {
    let mut desk = Desk::on(Database::Postgres).await;
    let broken = desk.files("health", duty(), &[1]).await;
    let other = desk.files("health", duty(), &[2]).await;
    for request in [broken, other] {
        desk.does("health", request, Command::Submit).await;
    }
    let change = include_str!("unreadable.sql").trim().replace("REQUEST", &broken.to_string());
    desk.tampers(&change);
    desk.jumps("2026-03-31");
    let swept = desk.engine.sweep(desk.now()).await.expect("the sweep goes on");
    assert_eq!((swept.actions, swept.failed.len()), (1, 1));
    assert_eq!(desk.stage(other).await, StageKind::Review);
}

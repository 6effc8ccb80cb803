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

/// Each change, and the invariant that it breaks.
const CHANGES: [(&str, u8); 14] = [
    ("UPDATE events SET reason = 'x' WHERE seq = 2", 5),
    ("UPDATE events SET at = at + interval '1 second' WHERE seq = 3", 5),
    ("UPDATE events SET person_id = NULL WHERE action = 'approve'", 5),
    ("DELETE FROM events WHERE action = 'quote'", 5),
    ("DELETE FROM events e USING requests r WHERE r.id = e.subject_id AND e.seq = r.event_count", 5),
    ("UPDATE requests SET event_head = repeat('0', 64)", 5),
    ("UPDATE requests SET stage_data = replace(stage_data, 'settled', 'withdrawn')", 5),
    ("UPDATE postings SET amount_fen = amount_fen + 1 WHERE purpose = 'commitment'", 2),
    ("DELETE FROM postings WHERE purpose = 'final_instalment'", 2),
    ("UPDATE accounts SET balance_fen = balance_fen + 1 WHERE kind = 'community'", 2),
    ("UPDATE bookings SET centihours = centihours + 1", 3),
    ("UPDATE quotas SET booked_centihours = 0", 3),
    ("UPDATE assessments SET assessment = replace(assessment, 'purchase', 'admit')", 6),
    ("UPDATE rule_sets SET files = replace(files, 'LEAD_DAYS = 30', 'LEAD_DAYS = 3')", 6),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_every_change_behind_the_programs_back() {
    let (desk, _) = settled().await;
    for (sql, invariant) in CHANGES {
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
    desk.tampers(&format!("UPDATE requests SET stage_data = '{{}}' WHERE id = '{broken}'"));
    desk.jumps("2026-03-31");
    let swept = desk.engine.sweep(desk.now()).await.expect("the sweep goes on");
    assert_eq!((swept.actions, swept.failures), (1, 1));
    assert_eq!(desk.stage(other).await, StageKind::Review);
}

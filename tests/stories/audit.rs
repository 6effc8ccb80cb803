//! Whoever changes the database behind the program's back is found: by the chain, the row's history, the seal, or what a
//! witness keeps outside. Requests can be read as they were.

use std::collections::BTreeSet;

use engine::Command;
use store::{AuditKey, Scope, Store, Witness};
use workflow::id::RequestId;
use workflow::stage::StageKind;

use crate::desk::{Database, Desk, purchase};

/// A name for each kind of tampering, and how it is done.
const TAMPERINGS: &str = include_str!("audit.sql");

super::told_on_both! {
    a_request_is_shown_as_it_was
    what_a_stolen_key_rewrites_is_seen_by_the_witness
    auditors_are_mailed_the_newest_seal_once_a_day
    a_history_from_before_changes_were_told_is_taken_over
}

async fn settled(database: Database) -> (Desk, RequestId) {
    let mut desk = Desk::on(database).await;
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
    desk.engine.seal(desk.now()).await.unwrap();
    desk.is_sound().await;
    (desk, request)
}

async fn found(database: Database) -> String {
    let (desk, _) = settled(database).await;
    let mut lines = Vec::new();
    for line in TAMPERINGS.lines() {
        let (name, sql) = line.split_once(": ").expect("a name and what is done");
        let copy = desk.copied();
        copy.tampers(sql);
        let audited = copy.engine_on_copy().await.audit(&[]).await.expect("the audit reads");
        let kinds: BTreeSet<&str> = audited.mismatches.iter().map(|found| found.kind.word()).collect();
        assert!(!kinds.is_empty(), "{name} is not found");
        lines.push(format!("{name}: {}", kinds.into_iter().collect::<Vec<_>>().join(", ")));
    }
    assert_eq!(desk.engine.audit(&[]).await.unwrap().mismatches, Vec::new(), "no false alarm");
    lines.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_tampering_is_found_on_sqlite() {
    insta::assert_snapshot!("tampering_found", found(Database::Sqlite).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_tampering_is_found_on_postgres() {
    insta::assert_snapshot!("tampering_found", found(Database::Postgres).await);
}

async fn a_request_is_shown_as_it_was(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1, 2]).await;
    let morning = desk.now();
    desk.comes("2026-03-03").await;
    desk.does("health", request, Command::Submit).await;
    let submitted = desk.request(request).await;
    let then = desk.now();
    desk.comes("2026-03-04").await;
    desk.is_decided(request).await;
    let reader = desk.engine.reader();
    let (draft, history) = reader.request_as_of(request, Scope::Everything, morning).await.unwrap();
    assert_eq!((draft.stage.kind(), draft.number, history.len()), (StageKind::Draft, None, 1));
    let (was, _) = reader.request_as_of(request, Scope::Everything, then).await.unwrap();
    assert_eq!(was, submitted);
    let (is, _) = reader.request_as_of(request, Scope::Everything, desk.now()).await.unwrap();
    assert_eq!(is, desk.request(request).await);
    let lines = reader.request_lines_as_of(Scope::Everything, then, (&[], 10)).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.stage).collect::<Vec<_>>(), [StageKind::Submitted]);
    let early = reader.request_as_of(request, Scope::Everything, morning - chrono::Duration::days(1)).await;
    assert!(early.is_err(), "it had not begun");
}

async fn what_a_stolen_key_rewrites_is_seen_by_the_witness(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1]).await;
    let yesterday = desk.copied();
    desk.does("health", request, Command::Submit).await;
    let seal = desk.engine.seal(desk.now()).await.unwrap().expect("a seal");
    let kept = Witness { number: seal.number, hash: seal.hash };
    assert_eq!(desk.engine.audit(std::slice::from_ref(&kept)).await.unwrap().mismatches, Vec::new());
    // Yesterday's file, gone on with the right key in another way, is whole by itself.
    let other = yesterday.engine_on_copy().await;
    desk.comes("2026-03-03").await;
    other.seal(desk.now()).await.unwrap();
    assert_eq!(other.audit(&[]).await.unwrap().mismatches, Vec::new());
    let found = other.audit(&[kept]).await.unwrap().mismatches;
    assert_eq!(found.iter().map(|found| found.kind.word()).collect::<Vec<_>>(), ["witness"]);
}

async fn auditors_are_mailed_the_newest_seal_once_a_day(mut desk: Desk) {
    let mailed = async |desk: &Desk| {
        let waiting = desk.engine.reader().letters(store::LetterState::Waiting).await.unwrap();
        let sealed = waiting.into_iter().filter(|letter| letter.kind == "sealed");
        sealed.map(|letter| (letter.recipient, letter.subject)).collect::<Vec<_>>()
    };
    desk.engine.seal_when_due(desk.now()).await.unwrap();
    desk.engine.seal_when_due(desk.now()).await.unwrap();
    let first = mailed(&desk).await;
    let seal = desk.engine.reader().newest_seal().await.unwrap().expect("a seal");
    let subject = format!("[Admission] Audit seal 1: {}", seal.hash);
    assert_eq!(first, [("audit@example.org".to_owned(), subject)]);
    desk.comes("2026-03-03").await;
    desk.engine.seal_when_due(desk.now()).await.unwrap();
    assert_eq!(mailed(&desk).await.len(), 2, "the next day tells again, though nothing was sealed anew");
    assert_eq!(desk.engine.reader().seals().await.unwrap().len(), 1);
}

async fn a_history_from_before_changes_were_told_is_taken_over(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.tampers(include_str!("forget_changes.sql").trim());
    desk.jumps("2026-03-03");
    let untold = |found: Vec<store::Mismatch>| {
        let of_chains = ["edited", "rewritten", "gap", "head"];
        found.into_iter().filter(|found| !of_chains.contains(&found.kind.word())).collect::<Vec<_>>()
    };
    assert_ne!(untold(desk.engine.audit(&[]).await.unwrap().mismatches), Vec::new());
    let store = Store::open(&desk.url, AuditKey::new([7; 32])).await.unwrap();
    assert_eq!(store.take_over(desk.now()).await.unwrap(), 1);
    assert_eq!(store.take_over(desk.now()).await.unwrap(), 0, "it is done once");
    assert_eq!(untold(desk.engine.audit(&[]).await.unwrap().mismatches), Vec::new());
}

//! Whoever changes complaints, evidence, plans or ratings behind the program's back is found.

use std::collections::BTreeMap;

use engine::{By, Command, NewComplaint};
use workflow::complaint::ComplaintAction;
use workflow::rating::Answer;

use crate::desk::{Database, Desk, purchase};

/// A district with one complaint upheld, one plan published and one rating given.
async fn a_year_of_oversight() -> Desk {
    let mut desk = Desk::on(Database::Postgres).await;
    let request = desk.files("health", purchase(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    desk.does("money", request, Command::CommitFunds).await;
    let complaint = NewComplaint {
        department: "WOMEN".into(),
        what: "每日上报".into(),
        since: "2026-02-01".parse().unwrap(),
        covered_by: None,
        evidence: vec![store::HandedIn::in_memory("通知.txt".into(), "请上报".into())],
    };
    let (c1, review, approve) = (desk.actor("c1"), desk.actor("review"), desk.actor("approve"));
    let now = desk.now();
    let filed = desk.engine.file_complaint(By { actor: &c1, now }, complaint).await.unwrap();
    let order = ComplaintAction::Uphold { order: "立即停止".into() };
    for action in [ComplaintAction::Take, order] {
        let by = By { actor: &review, now };
        desk.engine.decide_complaint(by, &filed.number, action).await.unwrap();
    }
    desk.engine.build_plan(By { actor: &review, now }, 2026, &[]).await.unwrap();
    desk.engine.publish_plan(By { actor: &approve, now }, 2026).await.unwrap();
    desk.comes("2026-06-20").await;
    desk.does("c1", request, desk.delivery(1)).await;
    desk.does("health", request, Command::Confirm).await;
    let ids = ["funds_on_time", "clear_task", "support", "burden"];
    let marks: BTreeMap<String, u8> = ids.map(|id| (id.to_owned(), 5)).into();
    let by = By { actor: &c1, now: desk.now() };
    let answer = Answer::Committee { marks, text: None };
    desk.engine.rate(by, &request.to_string(), answer).await.unwrap();
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_changed_in_oversight_is_found() {
    let desk = a_year_of_oversight().await;
    desk.is_sound().await;
    let statements = include_str!("oversight_tampering.sql").lines();
    for statement in statements.filter(|line| !line.is_empty() && !line.starts_with("--")) {
        let copy = desk.copied();
        copy.tampers(statement);
        let checked = copy.engine_on_copy().await.doctor().await.expect("the doctor reads");
        assert!(!checked.breaches.is_empty(), "nothing is found after {statement}");
    }
}

//! Sixteen requests want the last hours of one community's month on the same morning, and sixteen sweeps let them in.

use std::sync::Arc;

use engine::{Command, Swept};
use serde_json::json;
use store::Guard;
use tokio::sync::Barrier;
use workflow::id::RequestId;
use workflow::stage::{StageKind, Verdict};

use super::controls::nodes_without;
use super::{ACTORS, Nodes, nodes};
use crate::desk::{Database, Desk, duty};

/// How many such mornings.
const MORNINGS: usize = 2;

/// Sixteen duties of more than half a month each, at the end of their publication.
async fn published(desk: &Desk, morning: usize) -> Vec<RequestId> {
    let mut requests = Vec::new();
    let items = ["C01-02", "C01-01", "C02-01", "C02-02"];
    for number in 0..ACTORS {
        let who = ["health", "civil", "women"][number % 3];
        let mut application = duty();
        application["title"] = json!(format!("{who}{number}"));
        application["item"] = json!(items[number % items.len()]);
        application["work"][0]["minutes_per_unit"] = json!("400");
        application["starts_on"] = json!(["2026-05-06", "2026-09-01"][morning]);
        application["ends_on"] = json!(["2026-07-31", "2026-11-27"][morning]);
        let request = desk.files(who, application, &[3]).await;
        desk.does(who, request, Command::Submit).await;
        desk.does("review", request, Command::AcceptFiling).await;
        let reason = Some("会审同意".to_owned());
        let admit = Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason };
        let proposer = if who == "civil" { "both" } else { "review" };
        desk.does(proposer, request, admit).await;
        desk.does("approve", request, Command::Approve).await;
        requests.push(request);
    }
    requests
}

/// All sweeps at the same moment.
async fn sweep_at_once(desk: &Desk, nodes: &Nodes) -> Vec<Swept> {
    let start = Arc::new(Barrier::new(ACTORS));
    let now = desk.now();
    let one = |number: usize| {
        let (node, start) = (nodes[number % 2].clone(), start.clone());
        tokio::spawn(async move {
            start.wait().await;
            node.sweep(now).await.expect("a sweep")
        })
    };
    let mut swept = Vec::new();
    for one in (0..ACTORS).map(one).collect::<Vec<_>>() {
        swept.push(one.await.expect("no panic"));
    }
    swept
}

/// How many have entered; all others are back in review.
async fn entered(desk: &Desk, requests: &[RequestId]) -> usize {
    let mut entered = 0;
    for request in requests {
        match desk.stage(*request).await {
            StageKind::Admitted => entered += 1,
            stage => assert_eq!(stage, StageKind::Review),
        }
    }
    entered
}

/// The morning after the last day of publication.
fn dawns(desk: &mut Desk) {
    let after = desk.now().date_naive() + chrono::Days::new(8);
    desk.jumps(&after.to_string());
}

async fn one_enters(mut desk: Desk) {
    let nodes = nodes(&desk).await;
    for morning in 0..MORNINGS {
        let requests = published(&desk, morning).await;
        dawns(&mut desk);
        let swept = sweep_at_once(&desk, &nodes).await;
        assert!(swept.iter().all(|swept| swept.failed.is_empty()), "{swept:?}");
        assert_eq!(entered(&desk, &requests).await, 1);
        desk.is_sound().await;
    }
}

/// The control: the statement without its condition, the schema without its check.
async fn all_enter(mut desk: Desk) {
    let requests = published(&desk, 0).await;
    dawns(&mut desk);
    let nodes = nodes_without(&desk, &[Guard::Quota, Guard::Check]).await;
    sweep_at_once(&desk, &nodes).await;
    assert!(entered(&desk, &requests).await > 1);
    assert!(!desk.engine.doctor().await.expect("the doctor reads").breaches.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixteen_one_takes_the_last_hours_on_sqlite() {
    one_enters(Desk::on(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixteen_one_takes_the_last_hours_on_postgres() {
    one_enters(Desk::on(Database::Postgres).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn unguarded_the_month_is_overbooked_on_sqlite() {
    all_enter(Desk::on(Database::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn unguarded_the_month_is_overbooked_on_postgres() {
    all_enter(Desk::on(Database::Postgres).await).await;
}

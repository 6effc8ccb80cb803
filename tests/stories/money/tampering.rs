//! What is changed in the ledger behind the program's back is found by the doctor's count.

use engine::{RewardOrder, TakenBack};
use workflow::money::Fen;

use crate::desk::{Database, Desk};

/// One change a line; each breaks invariant 2.
const CHANGES: &str = include_str!("tampering.sql");

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_every_change_of_the_ledger() {
    let mut desk = Desk::on(Database::Postgres).await;
    let money = desk.opens_fund(Fen(500_000)).await;
    desk.engine.appropriate(&money, "CIVIL", (2026, Fen(100_000)), desk.now()).await.expect("money");
    let mistaken = TakenBack::Event("CIVIL".into(), 2);
    desk.engine.reverse(&money, &mistaken, "录入错误", desk.now()).await.expect("a reversal");
    desk.buys_and_settles().await;
    let order = RewardOrder {
        fund: "GREEN",
        request: "准〔2026〕1号",
        community: "420202001001",
        amount: Fen(200_000),
        reason: "评议优秀",
    };
    desk.engine.reward(&money, order, desk.now()).await.expect("a reward");
    desk.is_sound().await;
    for sql in CHANGES.lines() {
        let copy = desk.copied();
        copy.tampers(sql);
        let checked = copy.engine_on_copy().await.doctor().await.expect("the doctor reads");
        let found = checked.breaches.iter().any(|breach| breach.invariant == 2);
        assert!(found, "{sql}: found {:?}", checked.breaches);
    }
    desk.is_sound().await;
}

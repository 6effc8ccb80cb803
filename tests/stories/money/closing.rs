//! The year's end: what is free lapses or is carried over, escrows stay, and a second run finds nothing.

use engine::{Closed, Command};
use serde_json::json;
use workflow::budget::CarryOver;
use workflow::id::RequestId;
use workflow::ledger::FundSource;
use workflow::money::Fen;
use workflow::stage::{StageKind, Verdict};

use super::refusal;
use crate::desk::{Desk, purchase};

crate::stories::told_on_both! {
    what_is_free_lapses_and_what_comes_back_later_is_carried_over
    a_district_may_carry_all_over_or_nothing
    a_special_fund_is_carried_over_while_its_years_last
    what_waits_for_its_funds_is_paid_by_the_new_year
}

async fn what_is_free_lapses_and_what_comes_back_later_is_carried_over(mut desk: Desk) {
    let money = desk.actor("money");
    desk.engine.fill_contingency(&money, (2026, Fen(800_000)), desk.now()).await.unwrap();
    let request = desk.buys().await;
    assert_eq!(refusal(desk.engine.close_year(&money, 2026, None, desk.now()).await), "not_yet_due");
    desk.does("c1", request, desk.delivery(1)).await;
    desk.does("c3", request, desk.delivery(3)).await;
    desk.jumps("2027-01-04");
    let free = desk.figures("HEALTH", 2026).await.free;
    let closed = desk.engine.close_year(&money, 2026, None, desk.now()).await.unwrap();
    let all_free = Fen(free.0 + 2 * 5_000_000 + 800_000);
    assert_eq!(closed, Closed { sources: 4, carried_over: Fen::ZERO, lapsed: all_free });
    let again = desk.engine.close_year(&money, 2026, None, desk.now()).await.unwrap();
    assert_eq!(again, Closed::default(), "twice is once");
    assert!(desk.figures("HEALTH", 2026).await.escrow > Fen::ZERO, "a request keeps its money");
    desk.comes("2027-01-05").await;
    assert_eq!(desk.stage(request).await, StageKind::Acceptance, "the period is over");
    desk.does("health", request, Command::Confirm).await;
    let late = desk.figures("HEALTH", 2026).await.free;
    assert!(late > Fen::ZERO, "the share of the community that did not deliver came back");
    let swept = desk.engine.close_year(&money, 2026, None, desk.now()).await.unwrap();
    assert_eq!(swept, Closed { sources: 1, carried_over: late, lapsed: Fen::ZERO });
    assert_eq!(desk.engine.close_year(&money, 2026, None, desk.now()).await.unwrap(), Closed::default());
    assert_eq!(desk.figures("HEALTH", 2027).await.free, late);
    insta::assert_snapshot!("money_closed_sources", desk.sources(2026).await);
    desk.is_sound().await;
}

async fn a_district_may_carry_all_over_or_nothing(mut desk: Desk) {
    let (money, approve) = (desk.actor("money"), desk.actor("approve"));
    let other = desk.other_finance().await;
    desk.jumps("2027-01-04");
    assert_eq!(refusal(desk.engine.close_year(&approve, 2026, None, desk.now()).await), "not_yours");
    let theirs = desk.engine.close_year(&other, 2026, Some(CarryOver::All), desk.now()).await.unwrap();
    assert_eq!(theirs, Closed::default(), "another district's lines are not theirs to close");
    let all = desk.engine.close_year(&money, 2026, Some(CarryOver::All), desk.now()).await.unwrap();
    assert_eq!(all, Closed { sources: 3, carried_over: Fen(15_000_000), lapsed: Fen::ZERO });
    assert_eq!(desk.figures("CIVIL", 2027).await.free, Fen(5_000_000));
    desk.jumps("2028-01-04");
    let none = desk.engine.close_year(&money, 2027, Some(CarryOver::Nothing), desk.now()).await.unwrap();
    assert_eq!(none, Closed { sources: 3, carried_over: Fen::ZERO, lapsed: Fen(15_000_000) });
    desk.is_sound().await;
}

async fn a_special_fund_is_carried_over_while_its_years_last(mut desk: Desk) {
    let money = desk.opens_fund(Fen(500_000)).await;
    desk.jumps("2027-01-04");
    let nothing = Some(CarryOver::Nothing);
    let first = desk.engine.close_year(&money, 2026, nothing, desk.now()).await.unwrap();
    assert_eq!((first.carried_over, first.lapsed), (Fen(500_000), Fen(15_000_000)));
    desk.jumps("2028-01-04");
    let last = desk.engine.close_year(&money, 2027, Some(CarryOver::All), desk.now()).await.unwrap();
    assert_eq!((last.carried_over, last.lapsed), (Fen::ZERO, Fen(500_000)), "its last year is over");
    desk.is_sound().await;
}

/// Two requests, admitted in December and offered from that year's budget.
async fn wait_over_the_new_year(desk: &mut Desk) -> [RequestId; 2] {
    desk.jumps("2026-12-01");
    let mut both = Vec::new();
    for (title, item, communities) in [("门牌核查", "C03-09", [1, 3]), ("古树登记", "C08-07", [2, 3])]
    {
        let mut application = purchase();
        application["title"] = json!(title);
        application["item"] = json!(item);
        application["starts_on"] = json!("2027-02-22");
        application["ends_on"] = json!("2027-05-31");
        let request = desk.files("health", application, &communities).await;
        desk.does("health", request, Command::Submit).await;
        desk.does("review", request, Command::AcceptFiling).await;
        desk.does("review", request, Command::Quote).await;
        let price = desk.request(request).await.price();
        desk.does("health", request, Command::accept_quote(price, 2026)).await;
        let reason = Some("跨年事项，会商同意".to_owned());
        let admit = Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason };
        desk.does("review", request, admit).await;
        desk.does("approve", request, Command::Approve).await;
        both.push(request);
    }
    desk.comes("2026-12-10").await;
    [both[0], both[1]]
}

async fn what_waits_for_its_funds_is_paid_by_the_new_year(mut desk: Desk) {
    let money = desk.actor("money");
    let [request, second] = wait_over_the_new_year(&mut desk).await;
    let price = desk.request(request).await.price();
    assert!(price > Fen::ZERO);
    desk.jumps("2027-01-04");
    desk.does("money", second, Command::CommitFunds).await;
    assert_eq!(
        desk.request(second).await.dossier.source,
        FundSource::BudgetLine,
        "the line is not closed yet"
    );
    desk.engine.close_year(&money, 2026, None, desk.now()).await.unwrap();
    assert_eq!(desk.refused("money", request, Command::CommitFunds).await, "funds_short", "no line yet");
    desk.engine.appropriate(&money, "HEALTH", (2027, Fen(5_000_000)), desk.now()).await.unwrap();
    let foreign = Command::CommitFundsFrom { source: FundSource::LaterLine { year: 2028 } };
    desk.does("money", request, foreign).await;
    assert_eq!(desk.request(request).await.dossier.source, FundSource::LaterLine { year: 2027 });
    let history = desk.history(request).await;
    assert!(history.contains(r#""budget_year":2027"#), "{history}");
    assert_eq!(desk.figures("HEALTH", 2027).await.free, Fen(5_000_000 - price.0));
    desk.comes("2027-02-22").await;
    let refuses = desk.refusal(1, workflow::assignment::RefusalReason::PowersMissing);
    let before = desk.figures("HEALTH", 2027).await.free;
    desk.does("c1", request, refuses).await;
    assert!(desk.figures("HEALTH", 2027).await.free > before, "what comes back goes where it came from");
    desk.is_sound().await;
}

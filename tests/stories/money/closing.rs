//! The year's end: what is free lapses or is carried over, escrows stay, and a second run finds nothing.

use engine::{Closed, Command};
use workflow::budget::CarryOver;
use workflow::money::Fen;
use workflow::stage::StageKind;

use super::refusal;
use crate::desk::Desk;

crate::stories::told_on_both! {
    what_is_free_lapses_and_what_comes_back_later_is_carried_over
    a_district_may_carry_all_over_or_nothing
    a_special_fund_is_carried_over_while_its_years_last
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

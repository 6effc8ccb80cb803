//! Taking back: an opposite posting, once, with a reason, and never the money of a request.

use engine::TakenBack;
use workflow::actor::Actor;
use workflow::money::Fen;

use super::refusal;
use crate::desk::Desk;

crate::stories::told_on_both! {
    a_mistaken_appropriation_is_taken_back_once
    what_is_spent_cannot_be_taken_back
    a_requests_money_is_not_taken_back_by_hand
    a_reward_that_is_taken_back_may_be_given_again
}

fn event(text: &str) -> TakenBack {
    TakenBack::parse(text).expect("an event")
}

async fn a_mistaken_appropriation_is_taken_back_once(desk: Desk) {
    let (money, now) = (desk.actor("money"), desk.now());
    let engine = &desk.engine;
    engine.appropriate(&money, "HEALTH", (2026, Fen(700_000)), now).await.unwrap();
    let mistaken = event("HEALTH#2");
    assert_eq!(refusal(engine.reverse(&money, &mistaken, " ", now).await), "reason_missing");
    assert_eq!(
        refusal(engine.reverse(&desk.actor("approve"), &mistaken, "录入错误", now).await),
        "not_yours"
    );
    let other = desk.other_finance().await;
    assert_eq!(refusal(engine.reverse(&other, &mistaken, "录入错误", now).await), "not_found");
    let total = engine.reverse(&money, &mistaken, "录入错误", now).await.unwrap();
    assert_eq!(total, Fen(700_000));
    assert_eq!(refusal(engine.reverse(&money, &mistaken, "录入错误", now).await), "conflict");
    assert_eq!(refusal(engine.reverse(&money, &event("HEALTH#3"), "再冲", now).await), "not_reversible");
    assert_eq!(refusal(engine.reverse(&money, &event("HEALTH#9"), "录入错误", now).await), "not_found");
    let figures = desk.figures("HEALTH", 2026).await;
    assert_eq!((figures.appropriated, figures.free), (Fen(5_000_000), Fen(5_000_000)));
    insta::assert_snapshot!("money_reversal_books", desk.books("HEALTH").await);
    desk.is_sound().await;
}

async fn what_is_spent_cannot_be_taken_back(mut desk: Desk) {
    desk.buys().await;
    let money = desk.actor("money");
    let spent = desk.engine.reverse(&money, &event("HEALTH#1"), "调整", desk.now()).await;
    assert_eq!(refusal(spent), "funds_short");
    let base = desk.engine.reverse(&money, &event("420202#1"), "重复拨付", desk.now()).await.unwrap();
    assert_eq!(base, Fen(4_700_000), "the base funds of all communities of the district at once");
    desk.is_sound().await;
}

async fn a_requests_money_is_not_taken_back_by_hand(mut desk: Desk) {
    desk.buys().await;
    let money = desk.actor("money");
    let holder = desk.engine.holder(&Actor::System, "420202001001").await.unwrap();
    let books = desk.engine.books(&holder, None).await.unwrap();
    let paid = books.iter().flat_map(|book| &book.entries).find(|entry| entry.request.is_some()).unwrap();
    let posting = TakenBack::Posting(paid.posting);
    assert_eq!(refusal(desk.engine.reverse(&money, &posting, "多付", desk.now()).await), "not_reversible");
    let by_event = event(&paid.event);
    assert_eq!(refusal(desk.engine.reverse(&money, &by_event, "多付", desk.now()).await), "not_reversible");
    desk.is_sound().await;
}

async fn a_reward_that_is_taken_back_may_be_given_again(mut desk: Desk) {
    let money = desk.opens_fund(Fen(500_000)).await;
    desk.buys_and_settles().await;
    let (engine, now) = (&desk.engine, desk.now());
    let community = "420202001001";
    let (fund, request, reason) = ("GREEN", "准〔2026〕1号", "社区评议优秀");
    let order = engine::RewardOrder { fund, request, community, amount: Fen(400_000), reason };
    engine.reward(&money, order, now).await.unwrap();
    engine.reverse(&money, &event("420202001001#1"), "金额有误", now).await.unwrap();
    assert_eq!(desk.figures("GREEN", 2026).await.rewarded, Fen::ZERO);
    let right = engine::RewardOrder { amount: Fen(300_000), ..order };
    engine.reward(&money, right, now).await.unwrap();
    assert_eq!(desk.figures("GREEN", 2026).await.rewarded, Fen(300_000));
    desk.is_sound().await;
}

//! What is refused: roles, scope, four eyes, quotes, stale versions, money that is not there.

use engine::{Command, NewPerson, Order, Seen};
use workflow::actor::{Actor, Role};
use workflow::language::Language;

use workflow::money::Fen;
use workflow::stage::{StageKind, Verdict};

use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    four_eyes_hold_against_whoever_proposed
    another_district_finds_nothing
    a_community_sees_what_has_reached_it
    a_proposal_needs_its_quote_and_its_reason
    a_stale_reader_is_told
    money_that_is_not_there_cannot_be_committed
    missing_base_funds_stop_a_duty
    whoever_submits_a_colleagues_draft_cannot_approve_it
}

async fn four_eyes_hold_against_whoever_proposed(desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.does("review", request, Command::AcceptFiling).await;
    let admit = Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason: None };
    desk.does("both", request, admit.clone()).await;
    assert_eq!(desk.refused("both", request, Command::Approve).await, "four_eyes");
    assert_eq!(desk.refused("review", request, Command::Approve).await, "not_yours");
    let back = Command::SendBack { reason: "请补充社区意见".into() };
    desk.does("approve", request, back).await;
    desk.does("review", request, admit).await;
    desk.does("both", request, Command::Approve).await;
    assert_eq!(desk.stage(request).await, StageKind::Publication);
    desk.is_sound().await;
}

async fn another_district_finds_nothing(desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    assert_eq!(desk.refused("approve3", request, Command::AcceptFiling).await, "not_found");
    assert_eq!(desk.refused("civil", request, Command::Withdraw).await, "not_found");
    assert_eq!(desk.refused("health", request, Command::AcceptFiling).await, "not_yours");
    assert_eq!(desk.refused("audit", request, Command::Withdraw).await, "not_yours");
}

async fn a_community_sees_what_has_reached_it(mut desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    assert_eq!(desk.refused("c1", request, desk.delivery(1)).await, "not_found", "it has not been decided");
    desk.is_decided(request).await;
    assert_eq!(
        desk.refused("c1", request, desk.delivery(1)).await,
        "not_open",
        "publication is for everyone"
    );
    desk.comes("2026-03-10").await;
    assert_eq!(desk.refused("c1", request, desk.delivery(1)).await, "not_found", "it has not been funded");
    desk.does("money", request, Command::CommitFunds).await;
    desk.comes("2026-05-06").await;
    assert_eq!(desk.refused("c2", request, desk.delivery(1)).await, "not_found");
    assert_eq!(desk.refused("c1", request, desk.delivery(2)).await, "not_yours");
    desk.does("c1", request, desk.delivery(1)).await;
}

async fn a_proposal_needs_its_quote_and_its_reason(desk: Desk) {
    let request = desk.files("health", purchase(), &[1, 2]).await;
    desk.does("health", request, Command::Submit).await;
    desk.does("review", request, Command::AcceptFiling).await;
    let admit = Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason: None };
    assert_eq!(desk.refused("review", request, admit).await, "quote_not_accepted");
    let unknown = Command::Propose { verdict: Verdict::Reject, without: vec!["x".into()], reason: None };
    assert_eq!(desk.refused("review", request, unknown).await, "unknown_condition");
    let reject = Command::Propose { verdict: Verdict::Reject, without: Vec::new(), reason: None };
    assert_eq!(desk.refused("review", request, reject).await, "reason_missing");
    desk.does("review", request, Command::Quote).await;
    let short = Command::accept_quote(Fen(100), 2026);
    assert_eq!(desk.refused("health", request, short).await, "offer_below_price");
    let outside = Command::AcceptQuote { amount: Fen(9_000_000), in_budget: false, budget_year: 2026 };
    assert_eq!(desk.refused("health", request, outside).await, "not_in_budget");
}

async fn a_stale_reader_is_told(desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    let seen = desk.does("health", request, Command::Submit).await.version;
    desk.does("review", request, Command::AcceptFiling).await;
    let actor = desk.actor("review");
    let order = Order { request, actor: &actor, seen: Seen::Version(seen), now: desk.now() };
    let refusal = desk.engine.act(order, Command::Return { reason: "缺件".into() }).await.unwrap_err();
    assert_eq!(refusal.code(), "stale");
}

async fn money_that_is_not_there_cannot_be_committed(mut desk: Desk) {
    let mut dear = purchase();
    dear["work"][0]["minutes_per_unit"] = serde_json::json!("150");
    dear["offer"]["amount"] = serde_json::json!("90000.00");
    let request = desk.files("health", dear, &[1, 2]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    assert_eq!(desk.refused("money", request, Command::CommitFunds).await, "funds_short");
    assert_eq!(desk.stage(request).await, StageKind::Admitted);
    desk.is_sound().await;
}

async fn missing_base_funds_stop_a_duty(mut desk: Desk) {
    let mut next_year = duty();
    next_year["starts_on"] = serde_json::json!("2027-01-11");
    next_year["ends_on"] = serde_json::json!("2027-03-31");
    let request = desk.files("health", next_year, &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    assert_eq!(desk.refused("money", request, Command::CommitFunds).await, "base_funds_short");
}

async fn whoever_submits_a_colleagues_draft_cannot_approve_it(desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    let person = NewPerson {
        email: "double@example.org".into(),
        name: "双任".into(),
        organisation: "HEALTH".into(),
        roles: vec![Role::Submitter, Role::Approver],
        language: Language::Chinese,
    };
    desk.engine.add_person(person, desk.now()).await.unwrap();
    let double = Actor::Person(desk.engine.reader().worker("double@example.org").await.unwrap().person);
    let order = Order { request, actor: &double, seen: Seen::Whatever, now: desk.now() };
    desk.engine.act(order, Command::Submit).await.unwrap();
    desk.does("review", request, Command::AcceptFiling).await;
    desk.proposes_to_admit(request).await;
    let refusal = desk.engine.act(order, Command::Approve).await.unwrap_err();
    assert_eq!(refusal.code(), "not_yours", "nobody approves the request of the own organisation");
    desk.is_sound().await;
}

//! The main line from the department's draft to settlement, and its other ends.

use engine::{Command, EngineError, ImportKind, Order, Seen};
use store::LetterState;
use workflow::assignment::RefusalReason;
use workflow::money::Fen;
use workflow::stage::{StageKind, Verdict};

use crate::desk::{Desk, duty, negative, purchase};

super::told_on_both! {
    a_purchase_goes_the_whole_way
    a_refusal_takes_its_price_and_hours_with_it
    a_duty_needs_base_funds_only
    the_rules_return_what_is_incomplete
    silence_accepts_a_filing_and_never_admits
    the_negative_list_is_never_cured_by_money
    unanswered_quotes_and_missing_funds_lapse
    a_withdrawal_frees_hours_and_money
    two_requests_cannot_both_have_the_last_hours
    a_restart_forgets_nothing
    a_period_is_cut_by_the_condition_that_says_so
    a_community_without_a_size_is_named
}

async fn a_purchase_goes_the_whole_way(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1, 2]).await;
    desk.does("health", request, Command::Submit).await;
    desk.posts().await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    assert_eq!(desk.stage(request).await, StageKind::Admitted);
    desk.does("money", request, Command::CommitFunds).await;
    assert_eq!(desk.stage(request).await, StageKind::Admitted, "it waits for its start");
    desk.comes("2026-05-06").await;
    assert_eq!(desk.stage(request).await, StageKind::InForce);
    desk.posts().await;
    let accept = Command::AcceptAssignment { community: desk.community(1) };
    desk.does("c1", request, accept).await;
    desk.comes("2026-06-20").await;
    desk.does("c1", request, desk.delivery(1)).await;
    desk.does("c2", request, desk.delivery(2)).await;
    assert_eq!(desk.stage(request).await, StageKind::Acceptance);
    desk.does("health", request, Command::Confirm).await;
    insta::assert_snapshot!("main_line_history", desk.history(request).await);
    insta::assert_snapshot!("main_line_balances", desk.balances().await);
    insta::assert_snapshot!("main_line_booked", desk.booked().await);
    desk.is_sound().await;
    desk.posts().await;
    let letters = desk.engine.reader().letters(LetterState::Sent).await.unwrap();
    let told: Vec<String> = letters
        .iter()
        .map(|letter| format!("{} {}: {}", letter.kind, letter.recipient, letter.subject))
        .collect();
    insta::assert_snapshot!("main_line_letters", told.join("\n"));
}

async fn a_refusal_takes_its_price_and_hours_with_it(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1, 2, 3]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    desk.does("money", request, Command::CommitFunds).await;
    desk.comes("2026-05-06").await;
    desk.does("c2", request, desk.refusal(2, RefusalReason::PowersMissing)).await;
    assert!(!desk.booked().await.contains("420202001002 2026-05 1"), "its hours are free again");
    desk.does("c1", request, desk.delivery(1)).await;
    desk.does("c3", request, desk.delivery(3)).await;
    desk.comes("2026-05-22").await;
    assert_eq!(desk.stage(request).await, StageKind::Settled, "deemed accepted after ten working days");
    insta::assert_snapshot!("refusal_balances", desk.balances().await);
    desk.is_sound().await;
}

async fn a_duty_needs_base_funds_only(mut desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    desk.does("money", request, Command::CommitFunds).await;
    desk.comes("2026-08-01").await;
    assert_eq!(desk.stage(request).await, StageKind::Acceptance, "its period has ended");
    desk.is_sound().await;
}

async fn the_rules_return_what_is_incomplete(mut desk: Desk) {
    let mut application = purchase();
    application["governing_document"] = serde_json::Value::Null;
    let request = desk.files("health", application, &[1]).await;
    let returned = desk.does("health", request, Command::Submit).await;
    assert_eq!(returned.stage.kind(), StageKind::Returned);
    let number = returned.number.clone();
    let filing = engine::Filing::read(&purchase(), vec!["420202001001".into()]).unwrap();
    let actor = desk.actor("health");
    let order = Order { request, actor: &actor, seen: Seen::Version(returned.version), now: desk.now() };
    desk.engine.correct(order, filing).await.unwrap();
    let submitted = desk.does("health", request, Command::Submit).await;
    assert_eq!(submitted.stage.kind(), StageKind::Submitted);
    assert_eq!(submitted.number, number, "the number is given once");
    desk.does("review", request, Command::Return { reason: "附件无法打开".into() }).await;
    desk.does("health", request, Command::Submit).await;
    desk.does("review", request, Command::Return { reason: "仍缺附件".into() }).await;
    desk.comes("2026-03-17").await;
    assert_eq!(desk.stage(request).await, StageKind::Withdrawn, "not corrected in ten working days");
    insta::assert_snapshot!("returned_history", desk.history(request).await);
    desk.is_sound().await;
}

async fn silence_accepts_a_filing_and_never_admits(mut desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.comes("2026-03-09").await;
    assert_eq!(desk.stage(request).await, StageKind::Submitted, "the fifth working day still counts");
    desk.comes("2026-03-10").await;
    assert_eq!(desk.stage(request).await, StageKind::Review);
    desk.comes("2026-04-30").await;
    assert_eq!(desk.stage(request).await, StageKind::Review, "silence is no admission");
    let letters = desk.engine.reader().letters(LetterState::Waiting).await.unwrap();
    let kinds: Vec<_> = letters.iter().map(|letter| letter.kind.as_str()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "limit_passed").count(), 4, "both reviewers hear twice");
    desk.is_sound().await;
}

async fn the_negative_list_is_never_cured_by_money(desk: Desk) {
    let request = desk.files("health", negative(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.does("review", request, Command::AcceptFiling).await;
    let reason = Some("经费充足".to_owned());
    let admit = Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason };
    assert_eq!(desk.refused("review", request, admit).await, "negative_never_admitted");
    let reject = Command::Propose { verdict: Verdict::Reject, without: Vec::new(), reason: None };
    desk.does("review", request, reject).await;
    desk.does("approve", request, Command::Approve).await;
    assert_eq!(desk.stage(request).await, StageKind::Rejected);
    desk.is_sound().await;
}

async fn unanswered_quotes_and_missing_funds_lapse(mut desk: Desk) {
    let unanswered = desk.files("health", purchase(), &[1]).await;
    let unfunded = desk.files("health", purchase(), &[2]).await;
    for request in [unanswered, unfunded] {
        desk.does("health", request, Command::Submit).await;
    }
    desk.does("review", unanswered, Command::AcceptFiling).await;
    desk.does("review", unanswered, Command::Quote).await;
    desk.is_decided(unfunded).await;
    desk.comes("2026-03-17").await;
    assert_eq!(desk.stage(unanswered).await, StageKind::Lapsed);
    assert_ne!(desk.booked().await, "");
    desk.comes("2026-05-01").await;
    assert_eq!(desk.stage(unfunded).await, StageKind::Lapsed);
    assert!(desk.booked().await.lines().all(|line| line.contains(" 0.00 of")), "the hours are free again");
    desk.is_sound().await;
}

async fn a_withdrawal_frees_hours_and_money(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1, 2]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    desk.does("money", request, Command::CommitFunds).await;
    desk.does("health", request, Command::Withdraw).await;
    assert!(desk.booked().await.lines().all(|line| line.contains(" 0.00 of")));
    assert!(desk.balances().await.contains("budget_line HEALTH 50000.00"));
    desk.is_sound().await;
}

async fn two_requests_cannot_both_have_the_last_hours(mut desk: Desk) {
    let mut heavy = duty();
    heavy["work"][0]["volume"] = serde_json::json!({ "fixed": 300 });
    heavy["work"][0]["minutes_per_unit"] = serde_json::json!("120");
    let first = desk.files("health", heavy.clone(), &[3]).await;
    let second = desk.files("health", heavy, &[3]).await;
    for request in [first, second] {
        desk.does("health", request, Command::Submit).await;
        desk.does("review", request, Command::AcceptFiling).await;
        let reason = Some("会审同意".to_owned());
        let admit = Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason };
        desk.does("review", request, admit).await;
        desk.does("approve", request, Command::Approve).await;
    }
    desk.comes("2026-03-10").await;
    let mut stages = [desk.stage(first).await, desk.stage(second).await];
    stages.sort();
    assert_eq!(stages, [StageKind::Review, StageKind::Admitted], "one has the hours, the other goes back");
    desk.is_sound().await;
}

async fn a_restart_forgets_nothing(desk: Desk) {
    let request = desk.files("health", purchase(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    let before = desk.request(request).await;
    let desk = desk.restart().await;
    assert_eq!(desk.request(request).await, before);
    assert!(desk.request(request).await.price() > Fen::ZERO);
    desk.is_sound().await;
}

async fn a_period_is_cut_by_the_condition_that_says_so(mut desk: Desk) {
    let mut long = purchase();
    long["term"] = serde_json::json!("periodic");
    long["ends_on"] = serde_json::json!("2027-03-31");
    let request = desk.files("health", long, &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    let ends_on = desk.request(request).await.application.ends_on.unwrap();
    assert_eq!(ends_on.to_string(), "2026-12-31", "funds.term cuts it to the budget year's end");
    assert!(!desk.booked().await.contains("2027-"), "nothing is booked beyond it");
    desk.is_sound().await;
}

async fn a_community_without_a_size_is_named(desk: Desk) {
    let new = "code,parent,kind,name,name_en,body,hosts_office\n420202001004,420202001,community,新建社区,New,,false\n";
    desk.engine.import(ImportKind::Organisations, "story", new, desk.now()).await.expect("it is brought in");
    let request = desk.files("health", purchase(), &[1, 4]).await;
    let refused = desk.tries("health", request, Command::Submit).await;
    let Err(EngineError::Malformed(faults)) = refused else { panic!("{refused:?}") };
    assert_eq!(faults[0].pointer, "/communities");
    assert!(faults[0].message.en.contains("`420202001004` has no size for 2026"), "{}", faults[0]);
    assert_eq!(desk.stage(request).await, StageKind::Draft, "nothing is lost");
}

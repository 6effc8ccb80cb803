//! Approval: nobody approves what is their own, nothing is skipped, and many at once are each their own (traps 5, 6, 18, 19).

use engine::{Command, EngineError, Wanted};
use serde_json::json;
use workflow::request::Request;
use workflow::stage::{StageKind, Verdict};

use crate::desk::{Desk, duty};

crate::stories::told_on_both! {
    trap_18_the_same_person_again_skips_no_one_else
    trap_19_of_many_at_once_each_has_its_own_answer
}

/// Trap 18, OCA/server-ux#1141: with tiers A, A, B, A the automatic approval of “the same person” jumped over B. Here nothing is
/// approved of itself: whoever has both roles and proposes, twice, waits for somebody else each time.
async fn trap_18_the_same_person_again_skips_no_one_else(mut desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.does("both", request, Command::AcceptFiling).await;
    let propose = || Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason: None };
    for _ in 0..2 {
        desk.does("both", request, propose()).await;
        assert_eq!(desk.stage(request).await, StageKind::Proposed, "it waits for another person");
        assert_eq!(desk.refused("both", request, Command::Approve).await, "four_eyes");
        desk.does("approve", request, Command::SendBack { reason: "请说明理由".into() }).await;
    }
    desk.does("review", request, propose()).await;
    desk.does("both", request, Command::Approve).await;
    let decision = desk.request(request).await.stage.decision().cloned().expect("a decision");
    assert_ne!(decision.proposal.by, decision.approved_by, "the proposal that counts is the last one");
    desk.comes("2026-03-10").await;
    assert_eq!(desk.stage(request).await, StageKind::Admitted);
    desk.is_sound().await;
}

/// The stage reached, or the code of the refusal.
fn answers(done: &[Result<Request, EngineError>]) -> Vec<&'static str> {
    let answer = |done: &Result<Request, EngineError>| match done {
        Ok(request) => request.stage.kind().word(),
        Err(error) => error.code(),
    };
    done.iter().map(answer).collect()
}

/// Trap 19, frappe/frappe#9443, frappe/erpnext#18504: bulk approval left work half done, or hid what had failed. Here each command
/// is a transaction of its own, goes through the same gate, and has its own answer; the failed ones can be tried again alone.
async fn trap_19_of_many_at_once_each_has_its_own_answer(desk: Desk) {
    let mut numbers = Vec::new();
    for who in ["health", "civil", "health", "health"] {
        let mut application = duty();
        application["title"] = json!(format!("{who}主题党日"));
        let request = desk.files(who, application, &[1]).await;
        numbers.push(desk.does(who, request, Command::Submit).await.number.expect("a number"));
    }
    let wanted = |command: serde_json::Value, number: &String| {
        let mut entry = command;
        entry["request"] = json!(number);
        Wanted::read(&entry, 0).expect("the entry reads")
    };
    let (now, review, both) = (desk.now(), desk.actor("review"), desk.actor("both"));
    let accept: Vec<_> = numbers.iter().map(|n| wanted(json!({ "action": "accept_filing" }), n)).collect();
    let done = desk.engine.act_on_many(&review, &accept, now).await;
    assert_eq!(answers(&done), ["review"; 4]);
    let propose = json!({ "action": "propose", "verdict": "admit", "without": [], "reason": "符合目录" });
    let last = numbers.pop().expect("four");
    let by_both = [wanted(propose.clone(), &last)];
    assert_eq!(answers(&desk.engine.act_on_many(&both, &by_both, now).await), ["proposed"]);
    let mut proposals: Vec<_> = numbers.iter().map(|n| wanted(propose.clone(), n)).collect();
    proposals[2].seen = Some(1);
    let done = desk.engine.act_on_many(&review, &proposals, now).await;
    assert_eq!(answers(&done), ["proposed", "proposed", "stale"]);
    numbers.push(last);
    numbers.push("准〔2026〕404号".into());
    let approve: Vec<_> = numbers.iter().map(|n| wanted(json!({ "action": "approve" }), n)).collect();
    let done = desk.engine.act_on_many(&both, &approve, now).await;
    let told = ["publication", "publication", "not_open", "four_eyes", "not_found"];
    assert_eq!(answers(&done), told, "each says what became of it, and no failure stops the next");
    proposals[2].seen = None;
    let again = desk.engine.act_on_many(&review, &proposals[2..], now).await;
    assert_eq!(answers(&again), ["proposed"], "the failed one alone");
    let misspelt = Wanted::read(&json!({ "request": "1", "action": "aprove" }), 7);
    assert!(misspelt.is_err_and(|error| error.to_string().starts_with("/7: ")));
    desk.is_sound().await;
}

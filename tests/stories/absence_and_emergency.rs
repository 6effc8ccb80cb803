//! Emergencies, where work comes first; and deputies, under whom four eyes still hold.

use engine::{By, Command, Filing, NewComplaint, NewDeputy};
use serde_json::Value;
use workflow::actor::{Actor, Role};
use workflow::assignment::{Delivery, RefusalReason, Worked};
use workflow::facts::DayFactor;
use workflow::hours::Centihours;
use workflow::id::RequestId;
use workflow::money::Fen;
use workflow::stage::{StageKind, Verdict};

use crate::desk::{Desk, duty, flood};

super::told_on_both! {
    an_emergency_is_worked_filed_decided_and_paid
    an_emergency_without_papers_is_filed_afterwards
    an_emergency_that_was_none_ends_and_is_paid_for_what_was_done
    a_deputy_acts_within_the_days_and_four_eyes_hold
    an_address_of_another_district_is_nobodys
    the_history_of_a_deputyship_names_the_role_that_was_lent
    roles_of_two_absent_people_do_not_meet_in_one_hand
    a_role_that_was_taken_away_counts_no_more
    whoever_lost_a_role_moves_no_money_files_nothing_and_builds_no_plan
}

fn worked(desk: &Desk, community: u8, centihours: i64) -> Command {
    let community = desk.community(community);
    let on = |day, hours| Worked { day, hours: Centihours(hours) };
    let worked = vec![on(DayFactor::Working, centihours), on(DayFactor::Rest, 800)];
    Command::DeliverAssignment { community, delivery: Delivery { worked, ..Delivery::of("已转移安置") } }
}

fn admit() -> Command {
    let reason = Some("汛情属实".to_owned());
    Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason }
}

async fn an_emergency_is_worked_filed_decided_and_paid(mut desk: Desk) {
    let request = desk.files("health", flood(), &[1, 2]).await;
    let begun = desk.does("health", request, Command::Submit).await;
    assert_eq!(begun.stage.kind(), StageKind::InForce, "work comes first");
    assert!(begun.stage.emergency().is_some_and(|emergency| emergency.filed_on.is_some()));
    assert_eq!(desk.refused("c1", request, desk.refusal(1, RefusalReason::OverQuota)).await, "not_refusable");
    assert_eq!(desk.refused("c1", request, desk.delivery(1)).await, "hours_missing");
    desk.comes("2026-03-10").await;
    desk.does("review", request, admit()).await;
    assert_eq!(desk.refused("review", request, Command::Approve).await, "not_yours");
    desk.does("approve", request, Command::Approve).await;
    let longer = || Command::Extend { reason: "雨情持续".into() };
    desk.does("approve", request, longer()).await;
    assert_eq!(desk.refused("approve", request, longer()).await, "already_extended");
    desk.does("c1", request, worked(&desk, 1, 2_400)).await;
    desk.does("c2", request, worked(&desk, 2, 1_650)).await;
    assert_eq!(desk.stage(request).await, StageKind::Acceptance);
    assert_eq!(desk.refused("health", request, Command::Confirm).await, "not_funded");
    desk.does("money", request, Command::CommitFunds).await;
    desk.comes("2026-03-25").await;
    assert_eq!(desk.stage(request).await, StageKind::Settled, "confirmed by the clock");
    insta::assert_snapshot!("emergency_history", desk.history(request).await);
    insta::assert_snapshot!("emergency_balances", desk.balances().await);
    insta::assert_snapshot!("emergency_booked", desk.booked().await);
    desk.is_sound().await;
}

async fn an_emergency_without_papers_is_filed_afterwards(mut desk: Desk) {
    let mut application = flood();
    application["governing_document"] = Value::Null;
    let request = desk.files("health", application.clone(), &[1]).await;
    let begun = desk.does("health", request, Command::Submit).await;
    assert!(begun.stage.emergency().is_some_and(|emergency| emergency.filed_on.is_none()));
    assert_eq!(desk.refused("review", request, admit()).await, "emergency_unfiled");
    assert_eq!(desk.refused("health", request, Command::File).await, "rules_return");
    desk.comes("2026-03-04").await;
    desk.corrects("health", request, flood(), &[1]).await;
    desk.does("health", request, Command::File).await;
    desk.does("review", request, admit()).await;
    desk.is_sound().await;
}

async fn an_emergency_that_was_none_ends_and_is_paid_for_what_was_done(mut desk: Desk) {
    let request = desk.files("health", flood(), &[1, 2]).await;
    desk.does("health", request, Command::Submit).await;
    let reason = Some("未发布汛情预警".to_owned());
    let reject = Command::Propose { verdict: Verdict::Reject, without: Vec::new(), reason };
    desk.does("review", request, reject).await;
    let ended = desk.does("approve", request, Command::Approve).await;
    assert_eq!(ended.application.ends_on.map(|end| end.to_string()), Some("2026-03-09".into()));
    desk.does("c1", request, worked(&desk, 1, 400)).await;
    desk.comes("2026-03-10").await;
    assert_eq!(desk.stage(request).await, StageKind::Acceptance);
    desk.does("money", request, Command::CommitFunds).await;
    let settled = desk.does("health", request, Command::Confirm).await;
    let paid: Vec<String> = settled.assignments.iter().map(|one| one.paid.to_string()).collect();
    assert_eq!(paid, ["762.05", "0.00"], "four hours and eight on a rest day, with overhead");
    desk.is_sound().await;
}

async fn proposed(desk: &Desk) -> RequestId {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.does("review", request, Command::AcceptFiling).await;
    desk.proposes_to_admit(request).await;
    request
}

async fn a_deputy_acts_within_the_days_and_four_eyes_hold(mut desk: Desk) {
    let deputy = |principal: &str, deputy: &str, role| NewDeputy {
        principal: format!("{principal}@example.org"),
        deputy: format!("{deputy}@example.org"),
        role,
        days: ("2026-03-04".parse().unwrap(), "2026-03-10".parse().unwrap()),
    };
    let (approve, now) = (desk.actor("approve"), desk.now());
    let own = deputy("approve", "review", Role::Approver);
    desk.engine.appoint_deputy(&approve, own, now).await.unwrap();
    let of_others = deputy("review", "audit", Role::Reviewer);
    let refused = desk.engine.appoint_deputy(&approve, of_others, now).await.unwrap_err();
    assert_eq!(refused.code(), "not_yours", "nobody sends another on leave");
    let wrong = deputy("approve", "approve", Role::Finance);
    let wrong = desk.engine.appoint_deputy(&approve, wrong, now).await.unwrap_err().to_string();
    assert!(wrong.contains("/deputy") && wrong.contains("/role"), "{wrong}");
    let powers = desk.engine.set_roles("review@example.org", &[Role::Security], now).await;
    assert_eq!(powers.expect_err("it approves for somebody soon").code(), "stands_in");
    let request = proposed(&desk).await;
    assert_eq!(
        desk.refused("review", request, Command::Approve).await,
        "not_yours",
        "not before the first day"
    );
    desk.comes("2026-03-04").await;
    assert_eq!(desk.refused("review", request, Command::Approve).await, "four_eyes", "the own proposal");
    let by_both = desk.files("health", duty(), &[2]).await;
    desk.does("health", by_both, Command::Submit).await;
    desk.does("both", by_both, Command::AcceptFiling).await;
    let propose = Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason: None };
    desk.does("both", by_both, propose).await;
    desk.does("review", by_both, Command::Approve).await;
    let history = desk.history(by_both).await;
    assert!(history.contains("\"principal\""), "the history says in whose place: {history}");
    let standing_in = proposed(&desk).await;
    let own = desk.refused("approve", standing_in, Command::Approve).await;
    assert_eq!(own, "four_eyes", "whoever stood in for the approver proposed it");
    desk.does("both", standing_in, Command::Approve).await;
    desk.comes("2026-03-11").await;
    let later = proposed(&desk).await;
    assert_eq!(desk.refused("review", later, Command::Approve).await, "not_yours", "not after the last day");
    desk.does("approve", later, Command::Approve).await;
    desk.engine
        .set_roles("review@example.org", &[Role::Security], desk.now())
        .await
        .expect("nothing is lent now");
    desk.is_sound().await;
}

async fn an_address_of_another_district_is_nobodys(desk: Desk) {
    desk.joins("boss", &[Role::Admin], "OFFICE").await;
    let (boss, now) = (desk.engine.actor("boss@example.org", desk.now()).await.unwrap(), desk.now());
    let days = ("2026-03-04".parse().unwrap(), "2026-03-10".parse().unwrap());
    let appoints = async |actor: &Actor, principal: &str, deputy: &str| {
        let (principal, deputy) = (format!("{principal}@example.org"), format!("{deputy}@example.org"));
        let new = NewDeputy { principal, deputy, role: Role::Approver, days };
        desk.engine.appoint_deputy(actor, new, now).await.unwrap_err().to_string()
    };
    let ends = async |actor: &Actor, principal: &str| {
        let of = (format!("{principal}@example.org"), Role::Approver);
        let ended = desk.engine.end_deputy(actor, (of.0.as_str(), of.1), days.1, now).await;
        ended.unwrap_err().to_string()
    };
    let approve = desk.actor("approve");
    for actor in [&boss, &approve] {
        let told = [
            (appoints(actor, "approve3", "both").await, appoints(actor, "nobody", "both").await),
            (appoints(actor, "approve", "approve3").await, appoints(actor, "approve", "nobody").await),
            (ends(actor, "approve3").await, ends(actor, "nobody").await),
        ];
        for (foreign, unknown) in told {
            assert_eq!(foreign, unknown);
            assert_eq!(unknown, "there is no such person");
        }
    }
}

async fn the_history_of_a_deputyship_names_the_role_that_was_lent(desk: Desk) {
    let days = ("2026-03-04".parse().unwrap(), "2026-03-10".parse().unwrap());
    let (principal, deputy) = ("both@example.org".to_owned(), "review@example.org".to_owned());
    let new = NewDeputy { principal: principal.clone(), deputy, role: Role::Reviewer, days };
    desk.engine.appoint_deputy(&desk.actor("both"), new, desk.now()).await.unwrap();
    let of = (principal.as_str(), Role::Reviewer);
    desk.engine.end_deputy(&desk.actor("both"), of, days.0, desk.now()).await.unwrap();
    let events = desk.engine.reader().all_events().await.unwrap();
    let roles = |action: &str| -> Vec<String> {
        events.iter().filter(|event| event.action == action).map(|event| event.role.clone()).collect()
    };
    assert_eq!(roles("appoint_deputy"), ["reviewer"], "not the approver, which comes first in the alphabet");
    assert_eq!(roles("end_deputy"), ["reviewer"]);
}

async fn roles_of_two_absent_people_do_not_meet_in_one_hand(desk: Desk) {
    desk.joins("boss", &[Role::Admin], "OFFICE").await;
    desk.joins("spare", &[], "OFFICE").await;
    let stands_in = async |principal: &str, role, days: [&str; 2]| {
        let new = NewDeputy {
            principal: format!("{principal}@example.org"),
            deputy: "spare@example.org".into(),
            role,
            days: (days[0].parse().unwrap(), days[1].parse().unwrap()),
        };
        let principal = desk.engine.actor(&format!("{principal}@example.org"), desk.now()).await.unwrap();
        desk.engine.appoint_deputy(&principal, new, desk.now()).await
    };
    stands_in("approve", Role::Approver, ["2026-03-04", "2026-03-10"]).await.unwrap();
    let both = stands_in("boss", Role::Admin, ["2026-03-10", "2026-03-12"]).await.unwrap_err().to_string();
    assert!(both.contains("/role"), "one day would have both: {both}");
    stands_in("boss", Role::Admin, ["2026-03-11", "2026-03-12"]).await.unwrap();
    desk.is_sound().await;
}

async fn a_role_that_was_taken_away_counts_no_more(desk: Desk) {
    let request = proposed(&desk).await;
    let (days, now) = ((desk.now().date_naive(), "2026-03-10".parse().unwrap()), desk.now());
    let (principal, deputy) = ("approve@example.org".to_owned(), "both@example.org".to_owned());
    let stands_in = NewDeputy { principal: principal.clone(), deputy, role: Role::Approver, days };
    desk.engine.appoint_deputy(&desk.actor("approve"), stands_in, now).await.unwrap();
    desk.engine.set_roles("both@example.org", &[Role::Reviewer], now).await.unwrap();
    desk.engine.set_roles(&principal, &[Role::Auditor], now).await.unwrap();
    // Both signed in as approvers; the roles of the database count, also for those who stand in.
    assert_eq!(desk.refused("approve", request, Command::Approve).await, "not_yours");
    assert_eq!(desk.refused("both", request, Command::Approve).await, "not_yours");
    desk.engine.set_roles(&principal, &[Role::Approver, Role::Auditor], now).await.unwrap();
    desk.does("both", request, Command::SendBack { reason: "请补充".into() }).await;
    desk.engine.set_roles(&principal, &[], now).await.unwrap();
    assert_eq!(desk.refused("both", request, Command::Quote).await, "no_price");
    assert_eq!(desk.refused("approve", request, Command::Approve).await, "not_found", "and sees nothing");
    let system = desk.engine.set_roles(&principal, &[Role::System], now).await.unwrap_err();
    assert_eq!(system.code(), "malformed");
    let verified = desk.engine.audit(&[]).await.unwrap();
    assert_eq!(verified.mismatches, Vec::new(), "the history tells of every role");
    desk.is_sound().await;
}

async fn whoever_lost_a_role_moves_no_money_files_nothing_and_builds_no_plan(desk: Desk) {
    let now = desk.now();
    for name in ["money", "health", "both", "c1"] {
        desk.engine.set_roles(&format!("{name}@example.org"), &[Role::Auditor], now).await.unwrap();
    }
    // All of them signed in before.
    let (money, health, both, c1) =
        (desk.actor("money"), desk.actor("health"), desk.actor("both"), desk.actor("c1"));
    let line = desk.engine.appropriate(&money, "HEALTH", (2026, Fen(100)), now).await.unwrap_err();
    let pool = desk.engine.fill_contingency(&money, (2026, Fen(100)), now).await.unwrap_err();
    let filing = Filing::read(&duty(), vec!["420202001001".into()]).unwrap();
    let draft = desk.engine.draft(filing, &health, now).await.unwrap_err();
    let plan = desk.engine.build_plan(By { actor: &both, now }, 2026, &[]).await.unwrap_err();
    let complaint = NewComplaint {
        department: "HEALTH".into(),
        what: "每日上报APP活跃人数".into(),
        since: "2026-02-01".parse().unwrap(),
        covered_by: None,
        evidence: Vec::new(),
    };
    let complaint = desk.engine.file_complaint(By { actor: &c1, now }, complaint).await.unwrap_err();
    assert_eq!([line, pool, draft, plan, complaint].map(|error| error.code()), ["not_yours"; 5]);
    desk.is_sound().await;
}

//! Approval: nobody approves what is their own, nothing is skipped, and many at once are each their own (traps 5, 6, 18, 19).

use chrono::Datelike;
use engine::{Command, EngineError, Filing, NewDeputy, Order, Seen, Wanted};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;
use workflow::action::{Action, ActionKind};
use workflow::actor::{Actor, Role};
use workflow::decide::decide;
use workflow::id::{RequestId, UserId};
use workflow::request::Request;
use workflow::stage::{StageKind, Verdict};

use crate::desk::{Desk, duty, purchase};
use crate::memory::{self, actor, cases, day, every_action, moment, propose, standing_in};

crate::stories::told_on_both! {
    trap_05_a_deputy_is_no_second_person
    trap_06_no_part_goes_before_the_whole
    trap_18_the_same_person_again_skips_no_one_else
    trap_19_of_many_at_once_each_has_its_own_answer
}

/// Those who can bring a request to a decision, and who may stand in for whom.
const HANDS: [&str; 6] = ["health", "chief", "review", "both", "approve", "audit"];
const DEPUTIES: [(&str, &str, Role); 8] = [
    ("chief", "health", Role::Submitter),
    ("health", "chief", Role::Approver),
    ("review", "both", Role::Approver),
    ("review", "approve", Role::Approver),
    ("both", "review", Role::Reviewer),
    ("approve", "review", Role::Reviewer),
    ("approve", "both", Role::Reviewer),
    ("audit", "approve", Role::Approver),
];

/// The person with everyone for whom he stands in today.
fn with_deputies(who: &str, standing: &[(&str, &str, Role)]) -> Actor {
    let Actor::Person(mut person) = actor(who) else { panic!("a person") };
    for (_, absent, role) in standing.iter().filter(|(deputy, ..)| *deputy == who) {
        let Actor::Person(other) = standing_in(who, absent, *role) else { panic!("a person") };
        person.deputises.extend(other.deputises);
    }
    Actor::Person(person)
}

/// The person and those for whom he stands in: one pair of eyes.
fn eyes(actor: &Actor) -> Vec<UserId> {
    actor.user().into_iter().chain(actor.principals()).collect()
}

fn share_an_eye(one: &[UserId], other: &[UserId]) -> bool {
    one.iter().any(|user| other.contains(user))
}

/// Who filed, proposed and decided last.
#[derive(Default)]
struct Parts {
    filer: Vec<UserId>,
    proposer: Vec<UserId>,
    decided: Vec<UserId>,
}

impl Parts {
    /// Holds four eyes against what somebody was allowed to do, and remembers it.
    fn allowed(&mut self, actor: &Actor, kind: ActionKind) -> Result<(), TestCaseError> {
        let eyes = eyes(actor);
        match kind {
            ActionKind::Submit => self.filer = eyes,
            ActionKind::Propose => self.proposer = eyes,
            ActionKind::Approve | ActionKind::ApproveForced => {
                prop_assert!(!share_an_eye(&eyes, &self.proposer), "proposed and approved by one hand");
                prop_assert!(!share_an_eye(&eyes, &self.filer), "filed and approved by one hand");
                self.decided = eyes.into_iter().chain(self.proposer.clone()).collect();
            }
            ActionKind::Uphold | ActionKind::Overturn => {
                prop_assert!(!share_an_eye(&eyes, &self.decided), "decided and reconsidered by one hand");
            }
            _ => {}
        }
        Ok(())
    }
}

/// Steps that lead to a decision, so that a walk does not lose itself among all the others.
fn towards_a_decision() -> Vec<Action> {
    let wanted = [
        ActionKind::Submit,
        ActionKind::AcceptFiling,
        ActionKind::Return,
        ActionKind::Approve,
        ActionKind::ApproveForced,
        ActionKind::SendBack,
        ActionKind::AskReconsideration,
        ActionKind::Uphold,
        ActionKind::Overturn,
    ];
    let mut steps: Vec<Action> =
        every_action().into_iter().filter(|action| wanted.contains(&action.kind())).collect();
    steps.retain(|action| action.kind() != ActionKind::Submit);
    steps.push(memory::submit(memory::free()));
    steps.push(propose(Verdict::Admit, Some("符合目录")));
    steps.push(propose(Verdict::Reject, Some("与其他事项重复")));
    steps
}

proptest! {
    #![proptest_config(cases(400))]

    /// Trap 5, windmill-labs/windmill#7886, #10262, frappe/frappe#25802: self-approval by another endpoint, by delegation, by bulk.
    /// Here `decide` is the only gate of every route, so every action of every person with every set of deputies is tried.
    #[test]
    fn trap_05_no_walk_lets_one_hand_propose_and_approve(
        standing in prop::sample::subsequence(DEPUTIES.to_vec(), 0..=DEPUTIES.len()),
        walk in prop::collection::vec((0..HANDS.len(), any::<bool>(), any::<Index>()), 10..80),
    ) {
        let (likely, all) = (towards_a_decision(), every_action());
        let mut request = memory::submitted(memory::free());
        let mut parts = Parts { filer: vec![memory::user("health")], ..Parts::default() };
        for (who, is_likely, pick) in walk {
            let action = pick.get(if is_likely { &likely } else { &all }).clone();
            let (kind, actor) = (action.kind(), with_deputies(HANDS[who], &standing));
            if let Ok(decided) = decide(&request, action, &actor, moment(day("2026-03-02"))) {
                parts.allowed(&actor, kind)?;
                request = decided.request;
            }
        }
    }
}

/// The same trap on a real database: by delegation, with force, in bulk and on another node.
async fn trap_05_a_deputy_is_no_second_person(desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    let number = desk.does("health", request, Command::Submit).await.number.expect("a number");
    desk.does("review", request, Command::AcceptFiling).await;
    desk.proposes_to_admit(request).await;
    let today = desk.now().date_naive();
    let days = (today, today.with_day(31).expect("March has 31 days"));
    for principal in ["approve", "both"] {
        let absent = desk.actor(principal);
        let address = |name: &str| format!("{name}@example.org");
        let (principal, deputy) = (address(principal), address("review"));
        let new = NewDeputy { principal, deputy, role: Role::Approver, days };
        desk.engine.appoint_deputy(&absent, new, desk.now()).await.expect("a deputy");
    }
    let forced = || Command::ApproveForced { reason: "上级要求".into() };
    for command in [Command::Approve, forced()] {
        assert_eq!(desk.refused("review", request, command).await, "four_eyes", "as the deputy of two");
    }
    let review = desk.engine.actor("review@example.org", desk.now()).await.expect("somebody");
    assert_eq!(review.principals().len(), 2);
    let approve = json!({ "request": number, "action": "approve" });
    let many = [Wanted::read(&approve, 0).expect("the entry reads")];
    assert_eq!(answers(&desk.engine.act_on_many(&review, &many, desk.now()).await), ["four_eyes"]);
    let order = Order { request, actor: &review, seen: Seen::Whatever, now: desk.now() };
    let elsewhere = desk.another_node().await.act(order, Command::Approve).await;
    assert_eq!(elsewhere.map_err(|error| error.code()).err(), Some("four_eyes"));
    desk.does("approve", request, Command::Approve).await;
    desk.is_sound().await;
}

/// Trap 6, OpenSPP/openspp-modules#538: lines of an unapproved request were approved, singly and in bulk. Here a community's part does
/// not exist before the whole is in force, and a supplement is bound to a request that is in force when its money is committed.
async fn trap_06_no_part_goes_before_the_whole(mut desk: Desk) {
    let whole = desk.files("health", purchase(), &[1, 2]).await;
    let number = desk.does("health", whole, Command::Submit).await.number.expect("a number");
    let accept = || Command::AcceptAssignment { community: desk.community(1) };
    assert_eq!(desk.refused("c1", whole, accept()).await, "not_found");
    let entry = json!({ "request": number, "action": "accept_assignment", "community": desk.community(1) });
    let many = [Wanted::read(&entry, 0).expect("the entry reads")];
    let done = desk.engine.act_on_many(&desk.actor("c1"), &many, desk.now()).await;
    assert_eq!(answers(&done), ["not_found"], "nor in bulk");
    assert_eq!(supplements(&desk, whole).await.err(), Some("not_open"));
    desk.is_decided(whole).await;
    desk.comes("2026-03-10").await;
    desk.does("money", whole, Command::CommitFunds).await;
    assert_eq!(supplements(&desk, whole).await.err(), Some("not_open"), "it has not begun");
    desk.comes("2026-05-06").await;
    let part = supplements(&desk, whole).await.expect("it is in force");
    desk.does("health", part, Command::Submit).await;
    let accepted = desk.does("review", part, Command::AcceptFiling).await;
    desk.does("review", part, Command::Quote).await;
    desk.does("health", part, Command::accept_quote(accepted.price(), 2026)).await;
    let reason = Some("会审同意".to_owned());
    let admit = Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason };
    desk.does("review", part, admit).await;
    desk.does("approve", part, Command::Approve).await;
    desk.comes("2026-05-18").await;
    assert_eq!(desk.stage(part).await, StageKind::Admitted);
    let terminate = Command::Terminate { done: Vec::new(), reason: "居民不接受".into() };
    desk.does("approve", whole, terminate).await;
    let before = desk.balances().await;
    assert_eq!(desk.refused("money", part, Command::CommitFunds).await, "not_open", "the whole has ended");
    assert_eq!(desk.balances().await, before);
    desk.is_sound().await;
}

/// Drafts a supplement of three hundred yuan that begins in July.
async fn supplements(desk: &Desk, whole: RequestId) -> Result<RequestId, &'static str> {
    let mut application = purchase();
    application["starts_on"] = json!("2026-07-01");
    application["work"][0]["volume"] = json!({ "fixed": 10 });
    application["direct_costs"] = json!([]);
    let filing = Filing::read(&application, vec!["420202001001".into()]).expect("the application reads");
    let actor = desk.actor("health");
    let order = Order { request: whole, actor: &actor, seen: Seen::Whatever, now: desk.now() };
    let drafted = desk.engine.supplement(order, filing).await;
    drafted.map(|request| request.id).map_err(|error| error.code())
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
    for who in ["health", "women", "health", "health"] {
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

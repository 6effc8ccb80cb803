//! The same walks, shorter, through the engine on an SQLite file, ended by the doctor.

use engine::{Command, Filing, Order};
use proptest::prelude::*;
use serde_json::json;
use tokio::runtime::Runtime;
use workflow::action::ActionKind;
use workflow::decide::may_try;
use workflow::id::RequestId;
use workflow::request::Request;
use workflow::stage::{StageKind, Verdict};

use super::{Step, walk};
use crate::desk::{Database, Desk, duty, negative, purchase};
use crate::memory::cases;

const PEOPLE: [&str; 12] = [
    "health", "health2", "civil", "review", "both", "approve", "approve3", "money", "audit", "c1", "c2", "c3",
];

/// Which request a number means: mostly the two that can go the whole way.
const MEANT: [usize; 8] = [0, 0, 0, 1, 1, 1, 2, 3];

/// Four requests: two that can go the whole way, one that the rules return, and one that money cannot cure.
async fn files(desk: &Desk) -> Vec<RequestId> {
    let mut blank = duty();
    blank["declarations"]["support"] = json!("");
    vec![
        desk.files("health", purchase(), &[1, 2, 3]).await,
        desk.files("civil", duty(), &[1]).await,
        desk.files("health2", blank, &[2]).await,
        desk.files("women", negative(), &[3]).await,
    ]
}

/// The command of a person for an action; none for what the system does.
fn command(request: &Request, action: ActionKind, pick: usize) -> Option<Command> {
    let reason = || "见附件".to_owned();
    let community = request.targets[pick % request.targets.len()].community;
    let text = Some(reason());
    Some(match action {
        ActionKind::Submit => Command::Submit,
        ActionKind::AcceptFiling => Command::AcceptFiling,
        ActionKind::Return => Command::Return { reason: reason() },
        ActionKind::Quote => Command::Quote,
        ActionKind::AcceptQuote => Command::accept_quote(request.price(), 2026),
        ActionKind::DeclineQuote => Command::DeclineQuote,
        ActionKind::Propose => {
            let verdict = if pick.is_multiple_of(9) { Verdict::Reject } else { Verdict::Admit };
            Command::Propose { verdict, without: Vec::new(), reason: text }
        }
        ActionKind::Approve => Command::Approve,
        ActionKind::SendBack => Command::SendBack { reason: reason() },
        ActionKind::CommitFunds => Command::CommitFunds,
        ActionKind::AcceptAssignment => Command::AcceptAssignment { community },
        ActionKind::RefuseAssignment => {
            Command::RefuseAssignment { community, reason: workflow::assignment::RefusalReason::Other, text }
        }
        ActionKind::DeliverAssignment => {
            let delivery = workflow::assignment::Delivery::of(reason());
            Command::DeliverAssignment { community, delivery }
        }
        ActionKind::Confirm => Command::Confirm,
        ActionKind::Withdraw => Command::Withdraw,
        _ => return None,
    })
}

/// What was answered is what is read afterwards, done or refused.
async fn tries(desk: &Desk, who: &str, before: &Request, (action, pick): (ActionKind, usize)) {
    let actor = desk.actor(who);
    let order = Order { request: before.id, actor: &actor, seen: None, now: desk.now() };
    let done = match command(before, action, pick) {
        Some(command) => desk.engine.act(order, command).await,
        None if action == ActionKind::Correct => desk.engine.correct(order, shorter(before)).await,
        None => return,
    };
    assert_eq!(desk.request(before.id).await, done.unwrap_or_else(|_| before.clone()));
}

/// The purchase for one community less, if there are others.
fn shorter(request: &Request) -> Filing {
    let fewer = request.targets.len().saturating_sub(1).max(1);
    let codes = request.targets.iter().take(fewer).map(|target| target.code.clone()).collect();
    Filing::read(&purchase(), codes).expect("the application reads")
}

async fn takes(desk: &mut Desk, requests: &[RequestId], step: &Step) {
    match *step {
        Step::Next { request, pick } => {
            let id = requests[MEANT[request % MEANT.len()]];
            let request = desk.request(id).await;
            let action = super::next(&request, pick).kind();
            let may = |name: &&str| may_try(&request, action, &desk.actor(name));
            let who: Vec<&str> = PEOPLE.into_iter().filter(may).collect();
            let Some(who) = who.get(pick % who.len().max(1)) else { return };
            tries(desk, who, &request, (action, pick)).await;
        }
        Step::Wild { request, action, who } => {
            let id = requests[MEANT[request % MEANT.len()]];
            let request = desk.request(id).await;
            let kind = ActionKind::ALL[action % ActionKind::ALL.len()];
            tries(desk, PEOPLE[who % PEOPLE.len()], &request, (kind, action)).await;
        }
        Step::Days { days } => {
            let day = desk.now().date_naive() + chrono::Days::new(u64::from(days));
            desk.comes(&day.to_string()).await;
        }
        Step::Down { days } => {
            let day = desk.now().date_naive() + chrono::Days::new(u64::from(days));
            desk.jumps(&day.to_string());
            let swept = desk.engine.sweep(desk.now()).await.expect("a sweep");
            assert_eq!(swept.failed, Vec::new(), "no limit fails");
        }
    }
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn whatever_is_tried_the_doctor_finds_nothing(steps in walk(25)) {
        let runtime = Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let mut desk = Desk::on(Database::Sqlite).await;
            let requests = files(&desk).await;
            for step in &steps {
                takes(&mut desk, &requests, step).await;
            }
            desk.is_sound().await;
        });
    }
}

/// The whole way of a purchase as such a walk, so that the walks are known to be able to go it.
#[tokio::test(flavor = "multi_thread")]
async fn a_walk_can_settle() {
    let mut desk = Desk::on(Database::Sqlite).await;
    let requests = files(&desk).await;
    let forward = |pick: usize| Step::Next { request: 0, pick };
    let until_published = [5, 5, 5, 5, 5, 5].map(forward);
    let days = |days: u8| Step::Days { days };
    let work = [10, 11, 12].map(forward);
    let ways = [&until_published[..], &[days(8), forward(1), days(60)], &work, &[forward(1)]].concat();
    for step in &ways {
        takes(&mut desk, &requests, step).await;
    }
    assert_eq!(desk.stage(requests[0]).await, StageKind::Settled, "{}", desk.history(requests[0]).await);
    desk.is_sound().await;
}

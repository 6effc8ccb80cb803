//! Mergers that meet: the same one twice, each into the other, and one that meets a step of a request it hands over. One
//! merger holds, the others hear that the community is closed, and nothing is lost.

use std::sync::Arc;

use engine::{Command, Engine, EngineError, NewPerson, Order, Seen};
use tokio::sync::Barrier;
use workflow::actor::{Actor, Role};
use workflow::id::RequestId;
use workflow::language::Language;

use super::{ACTORS, Nodes, nodes};
use crate::desk::{Database, Desk, purchase};

const OLD: &str = "420202001003";
const NEW: &str = "420202001001";

/// What one of the sixteen does.
#[derive(Clone)]
enum Deed {
    Merges(&'static str, &'static str),
    Does(&'static str, RequestId, Command),
}

async fn admin(desk: &Desk) -> Actor {
    let new = NewPerson {
        email: "admin@example.org".into(),
        name: "沈管".into(),
        organisation: "OFFICE".into(),
        roles: vec![Role::Admin],
        language: Language::Chinese,
    };
    desk.engine.add_person(new, desk.now()).await.expect("a new person");
    desk.engine.actor("admin@example.org", desk.now()).await.expect("an actor")
}

/// All at the same moment, every other one on the other node; gives the codes of the answers, `done` for a success.
async fn at_once(desk: &Desk, nodes: &Nodes, deeds: Vec<Deed>) -> Vec<&'static str> {
    let (start, admin, now) = (Arc::new(Barrier::new(deeds.len())), admin(desk).await, desk.now());
    let mut running = Vec::new();
    for (deed, node) in deeds.into_iter().zip(nodes.iter().cycle()) {
        let (node, start): (Arc<Engine>, _) = (node.clone(), start.clone());
        let actor = match &deed {
            Deed::Merges(..) => admin.clone(),
            Deed::Does(who, ..) => desk.actor(who),
        };
        running.push(tokio::spawn(async move {
            start.wait().await;
            let done: Result<(), EngineError> = match deed {
                Deed::Merges(from, into) => node.merge_communities(&actor, (from, into), now).await.map(drop),
                Deed::Does(_, request, command) => node
                    .act(Order { request, actor: &actor, seen: Seen::Whatever, now }, command)
                    .await
                    .map(drop),
            };
            done.map_or_else(|error| error.code(), |()| "done")
        }));
    }
    let mut answers = Vec::new();
    for one in running {
        answers.push(one.await.expect("no panic"));
    }
    answers
}

/// Two requests that ask for both communities: one waits for its funds, one is offered.
async fn affected(desk: &mut Desk) -> (RequestId, RequestId) {
    let mut both = Vec::new();
    for title in ["门牌核查", "古树登记"] {
        let mut application = purchase();
        application["title"] = serde_json::json!(title);
        let request = desk.files("health", application, &[1, 3]).await;
        desk.does("health", request, Command::Submit).await;
        desk.is_decided(request).await;
        both.push(request);
    }
    desk.comes("2026-03-10").await;
    desk.does("money", both[1], Command::CommitFunds).await;
    desk.jumps("2026-05-05");
    desk.engine.sweep(desk.now()).await.expect("a sweep");
    (both[0], both[1])
}

async fn one_merger_holds(mut desk: Desk, pairs: [(&'static str, &'static str); 2]) {
    let request = desk.files("health", purchase(), &[1, 3]).await;
    desk.does("health", request, Command::Submit).await;
    desk.comes("2026-03-04").await;
    let nodes = nodes(&desk).await;
    let deeds = (0..ACTORS).map(|number| Deed::Merges(pairs[number % 2].0, pairs[number % 2].1)).collect();
    let mut answers = at_once(&desk, &nodes, deeds).await;
    // Who waits too long for the only writer is asked to come again.
    answers.retain(|answer| !["community_closed", "conflict"].contains(answer));
    assert_eq!(answers, ["done"]);
    assert_eq!(desk.request(request).await.targets.len(), 1, "one community is left");
    desk.is_sound().await;
}

async fn a_step_and_a_merger_are_both_whole(mut desk: Desk) {
    let (waiting, offered) = affected(&mut desk).await;
    desk.comes("2026-05-06").await;
    let nodes = nodes(&desk).await;
    let deeds = (0..ACTORS).map(|number| {
        let community = desk.community(3);
        match number % 4 {
            0 => Deed::Merges(OLD, NEW),
            1 => Deed::Does("c3", offered, Command::AcceptAssignment { community }),
            2 => Deed::Does("money", waiting, Command::CommitFunds),
            _ => Deed::Does("health", waiting, Command::Withdraw),
        }
    });
    let answers = at_once(&desk, &nodes, deeds.collect()).await;
    let merged = answers.iter().step_by(4).filter(|answer| **answer == "done").count();
    assert_eq!(merged, 1, "{answers:?}");
    let plain = [
        "done",
        "community_closed",
        "conflict",
        "busy",
        "not_open",
        "already_funded",
        "no_assignment",
        "not_yours",
    ];
    assert!(answers.iter().all(|answer| plain.contains(answer)), "{answers:?}");
    for request in [waiting, offered] {
        let request = desk.request(request).await;
        let left: Vec<&str> = request.targets.iter().map(|target| target.code.as_str()).collect();
        let ended = request.stage.kind().is_over();
        assert!(ended || left == [NEW], "{left:?} {:?}", request.stage);
        assert!(ended || request.assignments.iter().all(|one| one.code == NEW));
    }
    desk.is_sound().await;
}

macro_rules! on_both {
    ($($race:ident: $told:expr;)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $race() { $told(super::Desk::on(super::Database::Sqlite).await).await; })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $race() { $told(super::Desk::on(super::Database::Postgres).await).await; })+
        }
    };
}

async fn the_same(desk: Desk) {
    one_merger_holds(desk, [(OLD, NEW), (OLD, NEW)]).await;
}

async fn each_into_the_other(desk: Desk) {
    one_merger_holds(desk, [(OLD, NEW), (NEW, OLD)]).await;
}

on_both! {
    a_community_is_merged_once: super::the_same;
    of_two_each_into_the_other_one_holds: super::each_into_the_other;
    a_merger_meets_steps_of_its_requests: super::a_step_and_a_merger_are_both_whole;
}

//! Sixteen at once, from two nodes on one database, for what only one can have: one wins, the others get a plain
//! refusal, and the doctor finds nothing. Beside each race stands its control: without the guard it is lost.

mod contests;
mod controls;
mod hours;
mod mergers;

use std::sync::Arc;

use engine::{Command, Engine, EngineError, Order};
use tokio::sync::Barrier;
use workflow::actor::Actor;
use workflow::id::RequestId;
use workflow::request::Request;

use crate::desk::Desk;
use contests::{Contest, rounds};

const ACTORS: usize = 16;

/// Two nodes on one database.
type Nodes = [Arc<Engine>; 2];

/// What one of the sixteen wants.
#[derive(Debug, Clone)]
struct Try {
    who: &'static str,
    request: RequestId,
    command: Command,
    /// The version that was on the screen.
    seen: Option<i64>,
}

impl Try {
    fn of(who: &'static str, request: RequestId, command: Command) -> Try {
        Try { who, request, command, seen: None }
    }
}

/// What a loser may be told: somebody was first, or what was wanted is gone.
const PLAIN: [&str; 9] = [
    "stale",
    "conflict",
    "busy",
    "not_open",
    "already_funded",
    "funds_short",
    "quota_over",
    "supplement_too_large",
    "four_eyes",
];

type Answer = Result<Request, EngineError>;

async fn nodes(desk: &Desk) -> Nodes {
    [Arc::new(desk.another_node().await), Arc::new(desk.another_node().await)]
}

/// All at the same moment, every other one on the other node.
async fn at_once(desk: &Desk, nodes: &Nodes, tries: Vec<Try>) -> Vec<Answer> {
    assert_eq!(tries.len(), ACTORS);
    let start = Arc::new(Barrier::new(tries.len()));
    let now = desk.now();
    let running: Vec<_> = tries
        .into_iter()
        .zip(nodes.iter().cycle())
        .map(|(Try { who, request, command, seen }, node)| {
            let (node, start, actor): (_, _, Actor) = (node.clone(), start.clone(), desk.actor(who));
            tokio::spawn(async move {
                start.wait().await;
                node.act(Order { request, actor: &actor, seen: seen.into(), now }, command).await
            })
        })
        .collect();
    let mut answers = Vec::with_capacity(running.len());
    for one in running {
        answers.push(one.await.expect("no panic"));
    }
    answers
}

/// Who won, and what the others were told that is not plain.
fn counted(answers: &[Answer]) -> (usize, Vec<&'static str>) {
    let told = answers.iter().filter_map(|answer| answer.as_ref().err().map(EngineError::code));
    let odd = told.filter(|code| !PLAIN.contains(code)).collect();
    (answers.iter().filter(|answer| answer.is_ok()).count(), odd)
}

/// One winner in every round, whoever it is.
async fn is_won_once(mut desk: Desk, contest: Contest) {
    let rounds = contest.prepares(&mut desk, rounds()).await;
    let nodes = nodes(&desk).await;
    for tries in rounds {
        contest.opens(&desk).await;
        let answers = at_once(&desk, &nodes, tries).await;
        assert_eq!(counted(&answers), (1, Vec::new()), "{contest:?}: {answers:?}");
    }
    desk.is_sound().await;
}

/// Each contest on both databases.
macro_rules! run_on_both {
    ($($race:ident: $contest:ident)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $race() {
                let desk = crate::desk::Desk::on(crate::desk::Database::Sqlite).await;
                super::is_won_once(desk, super::Contest::$contest).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $race() {
                let desk = crate::desk::Desk::on(crate::desk::Database::Postgres).await;
                super::is_won_once(desk, super::Contest::$contest).await;
            })+
        }
    };
}

run_on_both! {
    a_proposal_is_approved_once_by_principals_and_a_deputy: Approval
    of_two_requests_over_the_line_one_is_funded: Line
    funds_are_committed_once: Commitment
    a_withdrawal_and_a_commitment_are_not_both_done: Withdrawal
    what_is_left_is_refunded_once_at_termination: Termination
    the_rest_is_paid_once_at_acceptance: Confirmation
    of_two_supplements_over_the_room_one_is_funded: Supplements
}

//! The walks through the engine on an SQLite file, with the model beside it: what each turn leads to is said by the model,
//! too, and both are compared after it. Restarts, days while the program is down, notices of holidays, roles and
//! deputies are turns like any other. The doctor ends each walk.

mod agreement;
mod beginning;
mod deeds;
mod files;
mod notices;
mod oracle;
mod people;
mod treasury;
mod turns;
mod walk;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use store::Guard;
use tokio::runtime::Runtime;
use workflow::stage::StageKind;

use super::Step;
use crate::memory::cases;
use people::PEOPLE;
use turns::{Reached, Turn, turns};
use walk::Walk;

/// Takes all turns; the first on which model and engine differ is told with both.
async fn taken(turns: &[Turn]) -> Result<Reached, String> {
    let mut walk = Walk::begins().await;
    walk.agree().await?;
    for turn in turns {
        walk.takes(turn).await.map_err(|differ| format!("after {turn:?}: {differ}"))?;
    }
    walk.desk.is_sound().await;
    Ok(walk.reached)
}

/// How many times as many cases are wanted as usual.
fn rounds() -> u32 {
    std::env::var("ZHUNRU_TEST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1)
}

proptest! {
    #![proptest_config(cases(5 * rounds()))]

    #[test]
    fn whatever_is_tried_engine_and_model_agree(turns in turns(20..=50)) {
        let runtime = Runtime::new().expect("a runtime");
        let taken = runtime.block_on(taken(&turns));
        prop_assert!(taken.is_ok(), "{}", taken.err().unwrap_or_default());
    }
}

/// What some walks, always the same, have come to together.
async fn reached(walks: usize) -> Reached {
    let mut runner = TestRunner::deterministic();
    let turns = turns(50);
    let mut all = Reached::default();
    for _ in 0..walks {
        let turns = turns.new_tree(&mut runner).expect("turns").current();
        all.adds(Box::pin(taken(&turns)).await.unwrap_or_else(|differ| panic!("{differ}")));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_walks_on_a_file_come_as_far_as_they_should() {
    let Reached { stages, done, refusals, turns } = Box::pin(reached(9)).await;
    let never: Vec<_> = StageKind::ALL.iter().filter(|stage| !stages.contains(stage)).collect();
    assert!(never.len() <= 2, "never came to {never:?}");
    assert!(done.len() >= 30, "only {done:?} were done");
    for code in [
        "base_funds_short",
        "four_eyes",
        "funds_short",
        "not_found",
        "not_open",
        "not_yours",
        "unknown_condition",
        "rules_return",
        "stale",
        "too_late",
    ] {
        assert!(refusals.contains_key(code), "{code} of {refusals:?}");
    }
    for kind in
        ["calendar", "days", "deputy", "down", "restart", "restart in force", "roles", "treasury", "wild"]
    {
        assert!(turns.contains_key(kind), "{kind} of {turns:?}");
    }
}

/// A limit that another notice has moved back passes on its new day, though the request was put to sleep until later.
#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_gives_days_back_wakes_what_sleeps() {
    let returned = Turn::Walk(Step::Next { request: 6, pick: 1 });
    let days = |days: u8| Turn::Walk(Step::Days { days });
    let turns = [Turn::Calendar { notice: 1 }, returned, days(2), Turn::Calendar { notice: 0 }, days(40)];
    let reached = Box::pin(taken(&turns)).await.expect("engine and model agree");
    assert!(reached.stages.contains(&StageKind::Withdrawn), "{reached:?}");
}

/// What is added to a request or goes on after it is noted there in the step that funds it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_funded_is_noted_on_its_origin() {
    let forward = |request: usize, steps: u8| Turn::Forward { request, steps, pick: 0 };
    let work = |pick: usize| Turn::Work { request: 0, pick };
    let turns = [forward(0, 9), work(29), work(27), forward(14, 8), Turn::Restart, forward(15, 8)];
    let reached = Box::pin(taken(&turns)).await.expect("engine and model agree");
    for action in ["note_supplement", "note_renewal"] {
        assert!(reached.done.contains(action), "{action} of {reached:?}");
    }
}

/// Once a walk that failed: who signed in as finance and is it no more.
#[tokio::test(flavor = "multi_thread")]
async fn finance_without_its_role_moves_no_money() {
    let money = PEOPLE.iter().position(|name| *name == "money").expect("finance");
    let taken = Box::pin(taken(&[Turn::Roles { who: money, pick: 0 }, Turn::Treasury { pick: 0 }])).await;
    assert_eq!(taken.map(|reached| reached.refusals.into_keys().collect()), Ok(vec!["not_yours"]));
}

/// With the guard of the balances gone the engine pays what is not there, and the model says so.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_guard_of_balances_engine_and_model_differ() {
    let overdrawn = [Turn::Treasury { pick: 1 }; 6];
    assert_eq!(Box::pin(taken(&overdrawn)).await.err(), None);
    let mut walk = Walk::begins().await;
    walk.desk.engine = walk.desk.node_without(&[Guard::Balance, Guard::Check]).await;
    let mut differ = Vec::new();
    for turn in &overdrawn {
        differ.extend(walk.takes(turn).await.err());
    }
    let first = differ.first().expect("the line is overdrawn");
    assert!(first.starts_with("the treasury") && first.contains("funds_short"), "{first}");
}

//! Random walks: anyone tries anything, mostly what is open to them, while days pass. After every step all invariants of
//! `workflow.md` hold, in memory; a shorter walk on a real database ends with the doctor.

mod database;
mod drafts;
mod invariants;
mod model;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use workflow::action::Action;
use workflow::assignment::{Assignment, RefusalReason};
use workflow::consultation::{Objection, Ruling, Stance};
use workflow::decide::may_try;
use workflow::emergency::Emergency;
use workflow::id::RequestId;
use workflow::money::Fen;
use workflow::request::Request;
use workflow::stage::{Stage, StageKind, Verdict};

use crate::memory::{self, actor, cases, names};
use model::{Model, Refused};

/// One step of a walk; every number is taken modulo what there is to choose from.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// Somebody who may do it brings a request forward, or aside.
    Next { request: usize, pick: usize },
    /// Anyone tries anything.
    Wild { request: usize, action: usize, who: usize },
    /// Days pass, each with its timers.
    Days { days: u8 },
    /// Days pass while the program is down; its timers run when it is up again.
    Down { days: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (0usize..8, 0usize..1_000).prop_map(|(request, pick)| Step::Next { request, pick }),
        3 => (0usize..8, 0usize..100, 0usize..100)
            .prop_map(|(request, action, who)| Step::Wild { request, action, who }),
        3 => (1u8..12).prop_map(|days| Step::Days { days }),
        1 => (1u8..80).prop_map(|days| Step::Down { days }),
    ]
}

/// Steps enough to come somewhere, and no more than that.
fn walk(most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), most / 3..=most)
}

/// Chooses among what may sensibly follow: nine times of ten forward, else aside.
fn next(request: &Request, pick: usize) -> Action {
    let aside = pick.is_multiple_of(10);
    match &request.stage {
        Stage::Returned { .. } if aside => Action::Withdraw,
        Stage::Draft | Stage::Returned { .. } if pick.is_multiple_of(7) => correct(request),
        Stage::Draft => memory::submit(drafts::assess(request, pick / 10)),
        Stage::Returned { .. } => memory::submit(drafts::assess(request, pick / 10)),
        Stage::Submitted { .. } | Stage::Review { .. } if aside => Action::Return { reason: reason() },
        Stage::Submitted { .. } => Action::AcceptFiling,
        Stage::Review { accepted_quote, .. } => review(request, accepted_quote.is_some(), pick),
        Stage::Consultation { .. } if pick.is_multiple_of(3) => {
            Action::Opine { stance: Stance::Neutral, text: reason() }
        }
        Stage::Consultation { .. } => Action::CloseConsultation,
        Stage::Quoted { .. } if aside => Action::DeclineQuote,
        Stage::Quoted { .. } => Action::AcceptQuote { offer: memory::offer(request.price()) },
        Stage::Proposed { .. } if aside => Action::SendBack { reason: reason() },
        Stage::Proposed { .. } if pick.is_multiple_of(11) => Action::ApproveForced { reason: reason() },
        Stage::Proposed { .. } => Action::Approve,
        Stage::Publication { objections, .. } => published(objections, pick),
        Stage::Admitted { .. } if aside => Action::Withdraw,
        Stage::Admitted { funded_on: None, .. } if pick.is_multiple_of(7) => moved(request),
        Stage::Admitted { funded_on: None, .. } => memory::FUNDS,
        Stage::Admitted { .. } => Action::Start,
        Stage::InForce { .. } => work(request, pick),
        Stage::Suspended { .. } if pick.is_multiple_of(3) => {
            Action::Terminate { done: Vec::new(), reason: reason() }
        }
        Stage::Suspended { .. } => Action::Resume { reason: reason() },
        Stage::Acceptance { .. } => accept(request, pick),
        Stage::Rejected { .. } if pick.is_multiple_of(3) => Action::AskReconsideration { reason: reason() },
        Stage::Reconsideration { .. } if pick.is_multiple_of(3) => Action::Uphold { reason: reason() },
        Stage::Reconsideration { .. } => Action::Overturn { reason: reason() },
        _ => Action::Close,
    }
}

fn reason() -> String {
    "见附件".to_owned()
}

fn review(request: &Request, quoted: bool, pick: usize) -> Action {
    match pick % 13 {
        1 => memory::consult(&[memory::CIVIL, 101]),
        2 => Action::Extend { reason: reason() },
        3 => Action::Reprice { price: Fen(900_000), reason: reason() },
        4 => Action::Nudge { text: None },
        _ if !quoted && request.price() > Fen::ZERO && !pick.is_multiple_of(7) => Action::Quote,
        _ => {
            let verdict = if pick.is_multiple_of(9) { Verdict::Reject } else { Verdict::Admit };
            memory::propose(verdict, Some("会审意见"))
        }
    }
}

fn published(objections: &[Objection], pick: usize) -> Action {
    let open = objections.iter().position(|objection| objection.answer.is_none());
    match open {
        Some(objection) => {
            let ruling = if pick.is_multiple_of(5) { Ruling::Upheld } else { Ruling::Dismissed };
            Action::Resolve { objection, ruling, answer: reason() }
        }
        None if pick.is_multiple_of(10) => Action::Withdraw,
        None if pick.is_multiple_of(7) => Action::Object { text: reason() },
        None => Action::Enter,
    }
}

/// The same months, a day later.
fn moved(request: &Request) -> Action {
    let (first, last) = request.application.period().expect("it has a period");
    let hours = request.assessed.as_ref().map(|assessed| assessed.hours.clone()).unwrap_or_default();
    let starts_on = first.succ_opt().expect("a day");
    Action::Move { starts_on, ends_on: last, hours, reason: reason() }
}

/// Disputes and their ruling, what an emergency lacks, the end.
fn accept(request: &Request, pick: usize) -> Action {
    if let Some(one) = request.assignments.iter().find(|one| one.is_disputed()) {
        return Action::RuleOnDispute {
            community: one.community,
            accepted: memory::half(),
            reason: reason(),
        };
    }
    let delivered = request.assignments.iter().find(|one| one.delivery().is_some());
    match (request.stage.emergency(), delivered) {
        (Some(emergency), _) if emergency.funded_on.is_none() => of_emergency(emergency, pick),
        (_, Some(one)) if pick.is_multiple_of(4) => {
            Action::Dispute { community: one.community, reason: reason() }
        }
        _ => Action::Confirm,
    }
}

fn of_emergency(emergency: &Emergency, pick: usize) -> Action {
    match emergency {
        Emergency { filed_on: None, .. } => Action::File { assessed: Box::new(memory::emergency()) },
        Emergency { proposal: None, .. } => memory::propose(Verdict::Admit, Some("会审意见")),
        Emergency { decision: None, .. } => Action::Approve,
        Emergency { .. } if pick.is_multiple_of(5) => Action::Extend { reason: reason() },
        Emergency { .. } => memory::FUNDS,
    }
}

/// Another application for one community less, if there are others.
fn correct(request: &Request) -> Action {
    let application = Box::new(memory::draft().application);
    let fewer = request.targets.len().saturating_sub(1).max(1);
    Action::Correct { application, targets: request.targets[..fewer].to_vec() }
}

/// One of the assignments that are still awaited is delivered, else accepted or refused; now and then something else.
fn work(request: &Request, pick: usize) -> Action {
    if let Some(emergency) = request.stage.emergency()
        && pick.is_multiple_of(3)
    {
        return of_emergency(emergency, pick);
    }
    let awaited: Vec<&Assignment> = request.assignments.iter().filter(|one| !one.is_over()).collect();
    let Some(assignment) = awaited.get(pick % awaited.len().max(1)) else { return Action::Finish };
    let community = assignment.community;
    let refusal = RefusalReason::ALL[pick / 10 % RefusalReason::ALL.len()];
    let successor = RequestId(uuid::Uuid::from_u128(900));
    match pick % 20 {
        0 | 1 => {
            Action::RefuseAssignment { community, reason: refusal, text: Some("社区正在换届".into()) }
        }
        2 | 3 => Action::AcceptAssignment { community },
        4 => Action::PayMiddle,
        5 => Action::Suspend { reason: reason() },
        6 => Action::Terminate { done: Vec::new(), reason: reason() },
        7 | 8 if request.dossier.successor.is_none() => Action::Renew { successor },
        7 | 8 => Action::NoteRenewal { successor, until: request.application.ends_on.expect("an end") },
        9 => Action::NoteSupplement { supplement: successor, price: Fen(100) },
        _ => Action::DeliverAssignment { community, delivery: memory::delivery() },
    }
}

/// What may be tried wildly, on that request.
fn wild(request: &Request, number: usize) -> Action {
    let actions = memory::every_action();
    let community = request.targets[number % request.targets.len()].community;
    match actions[number % actions.len()].clone() {
        Action::Correct { .. } => correct(request),
        Action::Submit { .. } => memory::submit(drafts::assess(request, number)),
        Action::AcceptAssignment { .. } => Action::AcceptAssignment { community },
        Action::RefuseAssignment { reason, text, .. } => Action::RefuseAssignment { community, reason, text },
        Action::Move { starts_on, ends_on, reason, .. } => {
            let hours = request.assessed.as_ref().map(|assessed| assessed.hours.clone()).unwrap_or_default();
            Action::Move { starts_on, ends_on, hours, reason }
        }
        action => action,
    }
}

impl Model {
    fn takes(&mut self, step: &Step) -> Result<(), Refused> {
        match *step {
            Step::Next { request, pick } => {
                let request = request % self.requests.len();
                let action = next(&self.requests[request], pick);
                let may = |name: &&str| may_try(&self.requests[request], action.kind(), &actor(name));
                let who: Vec<&str> = names().into_iter().filter(may).collect();
                let Some(who) = who.get(pick / 7 % who.len().max(1)) else { return Ok(()) };
                self.act(request, action, &actor(who))
            }
            Step::Wild { request, action, who } => {
                let request = request % self.requests.len();
                let action = wild(&self.requests[request], action);
                self.act(request, action, &actor(names()[who % names().len()]))
            }
            Step::Days { days } => {
                for _ in 0..days {
                    self.passes(1);
                    self.sweep();
                }
                Ok(())
            }
            Step::Down { days } => {
                self.passes(u64::from(days));
                self.sweep();
                Ok(())
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn whatever_is_tried_the_invariants_hold(steps in walk(60)) {
        let mut model = Model::new();
        for step in &steps {
            // A refusal is as good as an action; what counts is that nothing breaks.
            let _ = model.takes(step);
            let breaches = model.breaches();
            prop_assert!(breaches.is_empty(), "after {:?}: {}", step, breaches.join("\n"));
        }
    }
}

/// What 300 walks of 90 steps have come to.
#[derive(Default)]
struct Reached {
    settled: usize,
    in_force: usize,
    stages: BTreeSet<StageKind>,
    actions: BTreeSet<&'static str>,
    refusals: BTreeMap<&'static str, usize>,
}

fn reached() -> Reached {
    let mut runner = TestRunner::deterministic();
    let steps = prop::collection::vec(step(), 90);
    let mut reached = Reached::default();
    for _ in 0..300 {
        let mut model = Model::new();
        for step in steps.new_tree(&mut runner).unwrap().current() {
            if let Err(refused) = model.takes(&step) {
                *reached.refusals.entry(refused.code()).or_default() += 1;
            }
            assert_eq!(model.breaches(), Vec::<String>::new(), "after {step:?}");
        }
        let seen: BTreeSet<StageKind> = model.events().map(|event| event.after).collect();
        reached.settled += usize::from(seen.contains(&StageKind::Settled));
        reached.in_force += usize::from(seen.contains(&StageKind::InForce));
        reached.actions.extend(model.events().map(|event| event.action.word()));
        reached.stages.extend(seen);
    }
    reached
}

#[test]
fn the_walks_come_as_far_as_they_should() {
    let Reached { settled, in_force, stages, actions, refusals } = reached();
    assert!(settled >= 20, "{settled} of 300 settle");
    assert!(in_force >= 40, "{in_force} of 300 come into force");
    assert_eq!(stages, StageKind::ALL.iter().copied().collect());
    let all = memory::every_action().into_iter().map(|action| action.kind().word());
    assert_eq!(actions, all.collect());
    for code in ["not_open", "not_yours", "four_eyes", "not_yet_due", "funds_short", "quote_not_accepted"] {
        assert!(refusals.contains_key(code), "{code} of {refusals:?}");
    }
}

//! The table of what may follow, as a whole: every stage, action and role. What is not in the snapshot is closed.

use std::collections::BTreeSet;
use std::path::Path;

use workflow::action::ActionKind;
use workflow::actor::Role;
use workflow::assignment::{AssignmentStage, AssignmentStageKind, Delivery, RefusalReason};
use workflow::money::Fen;
use workflow::open::{diagram, open};
use workflow::request::Request;
use workflow::stage::{Authority, Stage, StageKind};

use crate::memory;

/// The roles that may do an action in a stage, with where it leads them.
fn line(stage: StageKind, action: ActionKind) -> Option<String> {
    let mut ways: Vec<(&[StageKind], Vec<&str>)> = Vec::new();
    for role in Role::ALL {
        let targets = open(stage, action, *role);
        match ways.iter_mut().find(|(known, _)| *known == targets) {
            _ if targets.is_empty() => {}
            Some((_, roles)) => roles.push(role.word()),
            None => ways.push((targets, vec![role.word()])),
        }
    }
    let spoken = ways.iter().map(|(targets, roles)| {
        let targets: Vec<&str> = targets.iter().map(|target| target.word()).collect();
        format!("{} → {}", roles.join(", "), targets.join(" | "))
    });
    let spoken: Vec<String> = spoken.collect();
    (!spoken.is_empty()).then(|| format!("{:<12} {:<19} {}", stage.word(), action.word(), spoken.join("; ")))
}

#[test]
fn the_table_is_this_and_nothing_else_is_open() {
    let mut lines: Vec<String> = Vec::new();
    for stage in StageKind::ALL {
        lines.extend(ActionKind::ALL.iter().filter_map(|action| line(*stage, *action)));
    }
    let (stages, actions, roles) = (StageKind::ALL.len(), ActionKind::ALL.len(), Role::ALL.len());
    let open = triples().count();
    lines.push(format!("{open} of {stages} × {actions} × {roles} are open"));
    insta::assert_snapshot!("table", lines.join("\n"));
}

fn triples() -> impl Iterator<Item = (StageKind, ActionKind, Role)> {
    let actions = |stage: StageKind| ActionKind::ALL.iter().map(move |action| (stage, *action));
    let pairs = StageKind::ALL.iter().flat_map(move |stage| actions(*stage));
    let all = pairs.flat_map(|(stage, action)| Role::ALL.iter().map(move |role| (stage, action, *role)));
    all.filter(|(stage, action, role)| !open(*stage, *action, *role).is_empty())
}

#[test]
fn nothing_follows_a_final_stage_and_something_every_other() {
    for stage in StageKind::ALL {
        let goes_on = triples().any(|(from, ..)| from == *stage);
        assert_eq!(goes_on, !stage.is_final(), "{stage}");
    }
}

#[test]
fn every_stage_can_be_reached_and_every_action_be_done() {
    let mut reached = BTreeSet::from([StageKind::Draft]);
    for _ in StageKind::ALL {
        let steps = triples().filter(|(from, ..)| reached.contains(from));
        let further: Vec<StageKind> =
            steps.flat_map(|(from, action, role)| open(from, action, role)).copied().collect();
        reached.extend(further);
    }
    assert_eq!(reached, StageKind::ALL.iter().copied().collect());
    let done: BTreeSet<ActionKind> = triples().map(|(_, action, _)| action).collect();
    assert_eq!(done, ActionKind::ALL.iter().copied().collect());
}

#[test]
fn who_looks_or_looks_after_the_program_decides_nothing() {
    for role in [Role::Auditor, Role::Admin, Role::Policy] {
        assert_eq!(triples().find(|(_, _, with)| *with == role), None);
    }
}

#[test]
fn an_admission_and_money_come_from_two_hands_and_never_from_the_department() {
    for (stage, action, role) in triples() {
        let decides = matches!(action, ActionKind::Propose | ActionKind::Approve | ActionKind::CommitFunds);
        let own = matches!(role, Role::Submitter | Role::Committee | Role::System);
        assert!(!(decides && own), "{stage} {action} {role}");
    }
}

/// One request in every stage.
fn one_of_each() -> Vec<Request> {
    use workflow::action::Action as A;
    let published = memory::published(memory::assessed());
    let in_force = memory::in_force(memory::assessed());
    let Some(decision) = published.stage.decision().cloned() else { panic!("it is decided") };
    let on = memory::day("2026-03-02");
    let with = |stage: Stage| Request { stage, ..published.clone() };
    vec![
        memory::draft(),
        memory::submitted(memory::assessed()),
        memory::does(
            &memory::submitted(memory::assessed()),
            "review",
            A::Return { reason: "缺件".into() },
            "2026-03-02",
        ),
        memory::agreed(memory::assessed()),
        memory::consulted(),
        memory::quoted(),
        memory::proposed(memory::assessed()),
        published.clone(),
        memory::funded(memory::assessed()),
        in_force.clone(),
        memory::does(&in_force, "approve", A::Suspend { reason: "汛期".into() }, "2026-05-06"),
        memory::in_acceptance(memory::assessed()),
        memory::does(&memory::in_acceptance(memory::assessed()), "health", A::Confirm, "2026-05-08"),
        with(Stage::Rejected { on, decision: decision.clone() }),
        with(Stage::Reconsideration { on, decision: decision.clone() }),
        with(Stage::Withdrawn { on }),
        with(Stage::Lapsed { on }),
        with(Stage::Terminated { on, authority: Authority::Decided(decision) }),
        with(Stage::Closed { on, from: StageKind::Settled }),
    ]
}

#[test]
fn a_stage_has_one_word_wherever_it_is_written() {
    let requests = one_of_each();
    let kinds: Vec<StageKind> = requests.iter().map(|request| request.stage.kind()).collect();
    assert_eq!(kinds, StageKind::ALL);
    for request in &requests {
        let kind = request.stage.kind();
        let written = serde_json::to_value(&request.stage).unwrap();
        assert_eq!(written["stage"], kind.word());
        assert_eq!(serde_json::from_value::<Stage>(written).unwrap(), request.stage);
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
        assert_eq!(StageKind::from_word(kind.word()), Some(kind));
    }
    assert_eq!(StageKind::from_word("Draft"), None);
    assert_eq!(StageKind::from_word(""), None);
}

#[test]
fn an_assignment_has_one_word_wherever_it_is_written() {
    let on = memory::day("2026-03-02");
    let stages = [
        AssignmentStage::Offered { on },
        AssignmentStage::Accepted { on },
        AssignmentStage::Refused { on, reason: RefusalReason::OffList },
        AssignmentStage::Delivered { on, delivery: Delivery::default() },
        AssignmentStage::Disputed { on, delivery: Delivery::default(), reason: "资料不全".into() },
        AssignmentStage::Confirmed { on, delivery: Delivery::default(), due: Fen::ZERO },
        AssignmentStage::Ended { on, due: Fen::ZERO },
    ];
    assert_eq!(stages.each_ref().map(AssignmentStage::kind), AssignmentStageKind::ALL);
    for stage in stages {
        assert_eq!(serde_json::to_value(&stage).unwrap()["stage"], stage.kind().word());
    }
}

#[test]
fn the_diagram_of_the_readme_is_the_table() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md"));
    let Some((_, rest)) = readme.as_deref().unwrap_or_default().split_once("<!-- diagram -->") else {
        return;
    };
    let (drawn, _) = rest.split_once("<!-- /diagram -->").expect("the diagram has an end");
    let drawn = drawn.trim().strip_prefix("```mermaid").and_then(|drawn| drawn.strip_suffix("```"));
    assert_eq!(drawn.expect("a mermaid block").trim(), diagram().trim());
}

#[test]
fn the_diagram_draws_every_step_once() {
    let text = diagram();
    let mut steps: Vec<&str> = text.lines().skip(1).collect();
    let count = steps.len();
    steps.sort_unstable();
    steps.dedup();
    assert_eq!(steps.len(), count);
    let pairs = triples().map(|(from, action, role)| (from, action, open(from, action, role)));
    let expected: BTreeSet<String> = pairs
        .flat_map(|(from, action, targets)| {
            let onward = targets.iter().filter(move |to| **to != from);
            onward.map(move |to| format!("    {from} --> {to}: {action}"))
        })
        .collect();
    assert_eq!(steps.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), expected);
}

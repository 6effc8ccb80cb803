//! The steps of a plan: a department proposes, a reviewer builds, an approver who did not build publishes, the clock
//! ends it after the last day.

use serde_json::json;

use super::build::Built;
use super::standing::Proposal;
use super::{Busy, Plan, PlanActionKind, PlanContent, PlanStage, PlanStageKind, Visit, open};
use crate::actor::{Actor, Role};
use crate::language::Language;
use crate::notice::{Audience, Notice, NoticeKind};
use crate::oversight::{Happened, OversightError, detail, person, role_among};
use crate::request::Moment;

/// A step of a plan with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub enum PlanAction {
    /// A first draft, or a new one in its place.
    Build(Built),
    Publish,
    Finish,
}

/// What letters call the office that publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office(pub String);

/// What a step leads to; the store writes all of it in one transaction or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanDecided {
    pub plan: Plan,
    pub happened: Happened,
    pub notices: Vec<Notice>,
}

impl PlanAction {
    #[must_use]
    pub fn kind(&self) -> PlanActionKind {
        match self {
            PlanAction::Build(_) => PlanActionKind::Build,
            PlanAction::Publish => PlanActionKind::Publish,
            PlanAction::Finish => PlanActionKind::Finish,
        }
    }
}

/// The entry of a department's proposal; `stage` is that of the year's plan, a draft where there is none yet.
///
/// # Errors
/// The actor is no submitter, or the plan is published already.
pub fn propose(proposal: &Proposal, stage: PlanStageKind, actor: &Actor) -> Result<Happened, OversightError> {
    let role = role_in(stage, PlanActionKind::Propose, actor)?;
    if person(actor)?.organisation != proposal.department {
        return Err(OversightError::NotYours);
    }
    Ok(Happened {
        role,
        action: PlanActionKind::Propose.word(),
        before: stage.word(),
        after: stage.word(),
        reason: None,
        detail: detail([("year", json!(proposal.year)), ("proposal", json!(proposal))]),
    })
}

/// Whether the actor may build the plan, before everything that it is built from is read.
///
/// # Errors
/// As [`decide`].
pub fn may_build(plan: &Plan, actor: &Actor) -> Result<(), OversightError> {
    role_in(plan.stage.kind(), PlanActionKind::Build, actor).map(|_| ())
}

/// Decides one step of one actor on a plan.
///
/// # Errors
/// The step is not open to this actor in this stage, or a guard does not hold: whoever built cannot publish, the first
/// visit leaves the communities their notice, and a plan is done only after its last day.
pub fn decide(
    plan: &Plan,
    action: PlanAction,
    actor: &Actor,
    (office, moment): (&Office, Moment<'_>),
) -> Result<PlanDecided, OversightError> {
    let (before, kind) = (plan.stage.kind(), action.kind());
    let role = role_in(before, kind, actor)?;
    if let Actor::Person(person) = actor
        && person.district != plan.district
    {
        return Err(OversightError::NotYours);
    }
    let mut noted = detail([("plan", json!(plan.id)), ("year", json!(plan.year))]);
    let mut after = plan.clone();
    match action {
        PlanAction::Build(Built { content, busy }) => {
            let days = busy.iter().map(written).collect::<Vec<_>>();
            noted.extend(detail([("content", json!(content)), ("busy", json!(days))]));
            after.built_by = person(actor)?.user;
            after.built_on = moment.today();
            after.content = content;
        }
        PlanAction::Publish => after.stage = publish(plan, actor, moment)?,
        PlanAction::Finish => after.stage = finish(plan, moment)?,
    }
    after.version += 1;
    let notices = match kind {
        PlanActionKind::Publish => {
            after.content.visits.iter().map(|visit| told(plan, visit, office)).collect()
        }
        _ => Vec::new(),
    };
    let happened = Happened {
        role,
        action: kind.word(),
        before: before.word(),
        after: after.stage.kind().word(),
        reason: None,
        detail: noted,
    };
    Ok(PlanDecided { plan: after, happened, notices })
}

fn role_in(stage: PlanStageKind, action: PlanActionKind, actor: &Actor) -> Result<Role, OversightError> {
    let closed = OversightError::NotOpen { stage: stage.both(), action: action.both() };
    role_among(actor, |role| !open(stage, action, role).is_empty(), closed)
}

fn publish(plan: &Plan, actor: &Actor, moment: Moment<'_>) -> Result<PlanStage, OversightError> {
    let by = person(actor)?.user;
    if by == plan.built_by {
        return Err(OversightError::FourEyes);
    }
    let on = moment.today();
    let first = plan.first_day().ok_or(OversightError::NothingToInspect)?;
    let from = moment.calendar.limit(on, moment.parameters.oversight.inspection.notice).due;
    if first < from {
        return Err(OversightError::TooSoon { from });
    }
    Ok(PlanStage::Published { by, on })
}

fn finish(plan: &Plan, moment: Moment<'_>) -> Result<PlanStage, OversightError> {
    let PlanStage::Published { by, on } = plan.stage else {
        let (stage, action) = (plan.stage.kind().both(), PlanActionKind::Finish.both());
        return Err(OversightError::NotOpen { stage, action });
    };
    let done_on = moment.today();
    match plan.last_day() {
        Some(last) if done_on <= last => Err(OversightError::TooSoon { from: last }),
        _ => Ok(PlanStage::Done { by, on, done_on }),
    }
}

/// Every community hears of its one day and of what will be looked at.
fn told(plan: &Plan, visit: &Visit, Office(office): &Office) -> Notice {
    let names = |language| {
        let look = |look: &super::Look| {
            let titles: Vec<&str> = look.subjects.iter().map(|subject| subject.title.as_str()).collect();
            match language {
                Language::Chinese => format!("{}：{}", look.name.zh, titles.join("、")),
                Language::English => format!("{}: {}", look.name.en, titles.join(", ")),
            }
        };
        visit.looks.iter().map(look).collect::<Vec<_>>().join("\n")
    };
    let values = vec![
        ("number", plan.number.clone()),
        ("title", visit.name.clone()),
        ("department", office.clone()),
        ("date", visit.on.to_string()),
        ("looks_zh", names(Language::Chinese)),
        ("looks_en", names(Language::English)),
    ];
    let to = Audience::Organisation { organisation: visit.community, role: Role::Committee };
    Notice { kind: NoticeKind::InspectionDate, to, values }
}

fn written(busy: &Busy) -> String {
    match &busy.community {
        Some(code) => format!("{code}={}", busy.day),
        None => busy.day.to_string(),
    }
}

impl PlanContent {
    /// A plan in which nothing stands yet, for the first build.
    #[must_use]
    pub fn empty(core_while_short: crate::parameters::CoreWhileShort) -> PlanContent {
        PlanContent { visits: Vec::new(), refused: Vec::new(), core_while_short, short: Vec::new() }
    }
}

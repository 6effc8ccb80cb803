//! Complaints with their evidence, plans and ratings against their histories: what a row says is what its events say, every step
//! stands in its table, nobody judged his own house or published his own plan, and only what is funded is inspected.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use store::{ComplaintScope, EventLine, RatingScope, Reader};
use uuid::Uuid;
use workflow::action::ActionKind;
use workflow::actor::Role;
use workflow::complaint::{self, Complaint, ComplaintActionKind, ComplaintStageKind};
use workflow::facts::Term;
use workflow::id::{OrganisationId, RequestId};
use workflow::inspection::{self, Plan, PlanActionKind, PlanStageKind};
use workflow::rating::RatingActionKind;
use workflow::request::Request;

use super::Checked;
use crate::error::EngineError;

pub(super) type Chains = BTreeMap<Uuid, Vec<EventLine>>;

/// An event with its detail read.
pub(super) struct Entry<'a> {
    pub(super) event: &'a EventLine,
    pub(super) detail: Value,
}

pub(super) async fn check(
    reader: &Reader<'_>,
    requests: &[Request],
    events: &Chains,
    checked: &mut Checked,
) -> Result<(), EngineError> {
    let words = |all: &[ComplaintActionKind]| all.iter().map(|word| word.word()).collect::<BTreeSet<_>>();
    let of_complaints = entries(events, &words(ComplaintActionKind::ALL), "complaint");
    complaints(reader, of_complaints, checked).await?;
    let words = PlanActionKind::ALL.iter().map(|word| word.word()).collect();
    plans(reader, entries(events, &words, "plan"), (requests, events), checked).await?;
    let words = RatingActionKind::ALL.iter().map(|word| word.word()).collect();
    ratings(reader, entries(events, &words, "rating"), checked).await
}

pub(super) type Entries<'a> = BTreeMap<String, Vec<Entry<'a>>>;

/// The events of some actions, by the id that their detail names.
pub(super) fn entries<'a>(events: &'a Chains, actions: &BTreeSet<&str>, key: &str) -> Entries<'a> {
    let mut found: Entries<'a> = BTreeMap::new();
    for event in events.values().flatten().filter(|event| actions.contains(event.action.as_str())) {
        let detail: Value = serde_json::from_str(&event.detail).unwrap_or_default();
        if let Some(id) = detail.get(key).and_then(Value::as_str) {
            found.entry(id.to_owned()).or_default().push(Entry { event, detail });
        }
    }
    found
}

/// Whatever has a history has its row.
pub(super) fn lost(left: Entries<'_>, what: &str, checked: &mut Checked) {
    for id in left.into_keys() {
        checked.breach(5, id, format!("{what} has a history and is not there"));
    }
}

async fn complaints(
    reader: &Reader<'_>,
    mut entries: Entries<'_>,
    checked: &mut Checked,
) -> Result<(), EngineError> {
    let everyone = reader.everyone().await?;
    let places: BTreeMap<Uuid, OrganisationId> =
        everyone.into_iter().map(|worker| (worker.person.user.0, worker.person.organisation)).collect();
    for found in reader.complaints(ComplaintScope::Everything, &[]).await? {
        let complaint = match found {
            Ok(complaint) => complaint,
            Err(error) => {
                checked.breach(5, "complaints", error.to_string());
                continue;
            }
        };
        let history = entries.remove(&complaint.id.to_string()).unwrap_or_default();
        if !is_told_by(&complaint, &history) {
            checked.breach(5, complaint.id, "a complaint is not what its history says");
        }
        let judges = history.iter().filter(|entry| entry.event.action != ComplaintActionKind::File.word());
        let own = judges.filter_map(|entry| places.get(&entry.event.person?));
        if own.into_iter().any(|place| *place == complaint.department) {
            checked.breach(4, complaint.id, "the accused has handled a complaint against itself");
        }
        let kept = serde_json::to_value(reader.evidence(complaint.id.0).await?).unwrap_or_default();
        if history.first().and_then(|entry| entry.detail.get("evidence")) != Some(&kept) {
            checked.breach(5, complaint.id, "its evidence is not what was filed");
        }
    }
    lost(entries, "a complaint", checked);
    Ok(())
}

/// The filing says what the row says, and the steps lead to its stage.
fn is_told_by(complaint: &Complaint, history: &[Entry<'_>]) -> bool {
    let Some((filed, steps)) = history.split_first() else { return false };
    let said = |name: &str, value: Value| filed.detail.get(name) == Some(&value);
    let json = |value: Result<Value, serde_json::Error>| value.unwrap_or_default();
    let filing = filed.event.action == ComplaintActionKind::File.word()
        && filed.event.subject == complaint.community.0
        && filed.event.person == Some(complaint.filed_by.0)
        && said("imposed", json(serde_json::to_value(&complaint.imposed)))
        && said("department", json(serde_json::to_value(complaint.department)))
        && said("hearer", json(serde_json::to_value(complaint.hearer)));
    let mut stage = ComplaintStageKind::Filed;
    for step in steps {
        let event = step.event;
        let action = ComplaintActionKind::from_word(&event.action);
        let (Some(action), Some(role)) = (action, Role::from_word(&event.role)) else { return false };
        let after = ComplaintStageKind::from_word(&event.after);
        let Some(after) = after.filter(|after| complaint::open(stage, action, role).contains(after)) else {
            return false;
        };
        stage = after;
    }
    let escalated = steps.iter().any(|step| step.event.action == ComplaintActionKind::Escalate.word());
    let said = match &complaint.stage {
        complaint::ComplaintStage::Upheld { order, .. } => Some(order),
        complaint::ComplaintStage::Dismissed { reason, .. } => Some(reason),
        _ => None,
    };
    let reason = steps.last().and_then(|step| step.event.reason.as_ref());
    filing
        && stage == complaint.stage.kind()
        && escalated == complaint.escalated_on.is_some()
        && said.is_none_or(|said| reason == Some(said))
}

async fn plans(
    reader: &Reader<'_>,
    mut entries: Entries<'_>,
    (requests, events): (&[Request], &Chains),
    checked: &mut Checked,
) -> Result<(), EngineError> {
    for found in reader.plans_in(PlanStageKind::ALL).await? {
        let plan = match found {
            Ok(plan) => plan,
            Err(error) => {
                checked.breach(5, "inspection_plans", error.to_string());
                continue;
            }
        };
        let history = entries.remove(&plan.id.to_string()).unwrap_or_default();
        let built = history.iter().rev().find(|entry| entry.event.action == PlanActionKind::Build.word());
        let content = serde_json::to_value(&plan.content).unwrap_or_default();
        let same = built.is_some_and(|built| {
            built.detail.get("content") == Some(&content)
                && built.event.person == Some(plan.built_by.0)
                && leads_to(&history, plan.stage.kind())
        });
        if !same {
            checked.breach(5, plan.id, "a plan is not what its history says");
        }
        let published = history.iter().filter(|entry| entry.event.action == PlanActionKind::Publish.word());
        if published.into_iter().any(|entry| entry.event.person == Some(plan.built_by.0)) {
            checked.breach(4, plan.id, "published by whoever built it");
        }
        let built_at = built.map(|built| built.event.at);
        visits(&plan, requests, checked);
        for request in plan.requests() {
            let history = events.get(&request.0).map(Vec::as_slice).unwrap_or_default();
            let funded = history.iter().find(|event| event.action == ActionKind::CommitFunds.word());
            let emergency =
                requests.iter().any(|known| known.id == request && known.application.term == Term::Emergency);
            if !emergency && funded.is_none_or(|funded| built_at.is_some_and(|at| funded.at > at)) {
                checked.breach(1, plan.id, format!("looks at {request}, which was not funded"));
            }
        }
    }
    lost(entries, "a plan", checked);
    Ok(())
}

/// Every step stands in the table, and the last one leads to the stage.
fn leads_to(history: &[Entry<'_>], stage: PlanStageKind) -> bool {
    let mut at = PlanStageKind::Draft;
    for Entry { event, .. } in history {
        let action = PlanActionKind::from_word(&event.action);
        let (Some(action), Some(role)) = (action, Role::from_word(&event.role)) else { return false };
        let after = PlanStageKind::from_word(&event.after);
        let Some(after) = after.filter(|after| inspection::open(at, action, role).contains(after)) else {
            return false;
        };
        at = after;
    }
    at == stage
}

/// One date for a community, and nothing it was never asked for.
fn visits(plan: &Plan, requests: &[Request], checked: &mut Checked) {
    let targets: BTreeMap<RequestId, BTreeSet<OrganisationId>> = requests
        .iter()
        .map(|request| (request.id, request.targets.iter().map(|target| target.community).collect()))
        .collect();
    let mut seen = BTreeSet::new();
    for visit in &plan.content.visits {
        if !seen.insert(visit.community) {
            checked.breach(5, plan.id, format!("`{}` has more than one date", visit.code));
        }
        let subjects = visit.looks.iter().flat_map(|look| &look.subjects);
        for subject in subjects {
            if !targets.get(&subject.request).is_some_and(|asked| asked.contains(&visit.community)) {
                checked.breach(1, plan.id, format!("`{}` is inspected on what it never had", visit.code));
            }
        }
    }
}

async fn ratings(
    reader: &Reader<'_>,
    mut entries: Entries<'_>,
    checked: &mut Checked,
) -> Result<(), EngineError> {
    for rating in reader.ratings(RatingScope::Everything).await? {
        let history = entries.remove(&rating.id.to_string()).unwrap_or_default();
        let answer = serde_json::to_value(&rating.answer).unwrap_or_default();
        let told = history.first().is_some_and(|entry| {
            entry.detail.get("answer") == Some(&answer)
                && entry.event.subject == rating.community.0
                && entry.event.person == Some(rating.given_by.0)
        });
        if !told || history.len() != 1 {
            checked.breach(5, rating.id, "a rating is not what its history says");
        }
    }
    lost(entries, "a rating", checked);
    Ok(())
}

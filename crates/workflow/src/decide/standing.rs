//! In which role, and in whose place, an actor may try an action: own roles first, then those of the absent.

use super::DecideError;
use crate::action::ActionKind;
use crate::actor::{Actor, Role, Standing};
use crate::open::open;
use crate::request::Request;
use crate::stage::Stage;

/// Whether the actor could try this action now; guards that need its arguments are not asked.
#[must_use]
pub fn may_try(request: &Request, action: ActionKind, actor: &Actor) -> bool {
    standing_for(request, action, actor).is_ok()
}

/// The standing in which the actor may do this; none is an error that says whether the pair exists at all.
pub(super) fn standing_for(
    request: &Request,
    action: ActionKind,
    actor: &Actor,
) -> Result<Standing, DecideError> {
    let stage = request.stage.kind();
    let is_open = |role: Role| !open(stage, action, role).is_empty();
    let open_to: Vec<Standing> =
        standings(request, actor).into_iter().filter(|standing| is_open(standing.role)).collect();
    if open_to.is_empty() {
        let to_others = Role::ALL.iter().any(|role| is_open(*role));
        let closed = DecideError::NotOpen { stage, action };
        return Err(if to_others { DecideError::NotYours } else { closed });
    }
    let near: Vec<Standing> =
        open_to.into_iter().filter(|standing| stands_near(request, standing, action)).collect();
    if near.is_empty() {
        return Err(DecideError::NotYours);
    }
    let proposes = if request.hosts_office() { Role::Approver } else { Role::Reviewer };
    let suits = |standing: &Standing| action != ActionKind::Propose || standing.role == proposes;
    let recused = if request.hosts_office() { DecideError::Recused } else { DecideError::NotYours };
    near.into_iter().find(suits).ok_or(recused)
}

fn standings(request: &Request, actor: &Actor) -> Vec<Standing> {
    match actor {
        Actor::Person(person) => person.standings().collect(),
        Actor::System => vec![Standing {
            role: Role::System,
            organisation: request.district,
            district: request.district,
            principal: None,
        }],
    }
}

/// A role counts only in its own place: the own department, the own district, a community of the request. Opinions come
/// from invited bodies, objections from anywhere in the district; nobody decides on the own organisation's request.
fn stands_near(request: &Request, standing: &Standing, action: ActionKind) -> bool {
    let in_district = standing.district == request.district;
    let invited = || match &request.stage {
        Stage::Consultation { inquiry, .. } => inquiry.invited.contains(&standing.organisation),
        _ => false,
    };
    match (action, standing.role) {
        (ActionKind::Object, role) => in_district && role != Role::System,
        (ActionKind::Opine, _) => invited(),
        (_, Role::Submitter) => standing.organisation == request.department,
        (_, Role::Approver) => in_district && standing.organisation != request.department,
        (_, Role::Reviewer | Role::Finance) => in_district,
        (_, Role::Committee) => {
            request.targets.iter().any(|target| target.community == standing.organisation)
        }
        (_, Role::System) => true,
        (_, Role::Subdistrict | Role::Auditor | Role::Admin | Role::Security | Role::Policy) => false,
    }
}

//! A case of the agenda as the meeting sees it: what it is, its vote, what became of it, and what the reader may do now.

use std::collections::BTreeMap;

use engine::MeetingView;
use workflow::decide::may_try;
use workflow::id::UserId;
use workflow::meeting::{Case, CaseOutcome, DECIDING, PREPARING, Vote};
use workflow::request::{Moment, Request};
use workflow::stage::{Stage, StageKind};

use crate::pages::actions::Form;
use crate::pages::chips::{Chip, Limit};
use crate::tongue::Tongue;
use crate::visitor::Member;

/// One case of a meeting.
pub(super) struct CaseLine {
    pub(super) place: usize,
    pub(super) id: String,
    pub(super) to: String,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) department: String,
    pub(super) price: String,
    pub(super) ripe: &'static str,
    pub(super) minutes: u32,
    pub(super) chip: Option<Chip>,
    pub(super) limit: Option<Limit>,
    /// What was proposed, with its reason.
    pub(super) proposal: Option<String>,
    pub(super) outcome_of_rules: &'static str,
    pub(super) vote: Option<VoteLine>,
    pub(super) result: Option<Became>,
    pub(super) version: i64,
    pub(super) forms: Vec<Form>,
}

/// The votes of a case.
pub(super) struct VoteLine {
    pub(super) counts: [u32; 3],
    pub(super) objections: Vec<String>,
    pub(super) opinion: Option<String>,
}

/// What became of a case.
pub(super) struct Became {
    pub(super) tone: &'static str,
    pub(super) said: String,
    pub(super) by: String,
    pub(super) reason: Option<String>,
}

type Names = BTreeMap<UserId, String>;

impl CaseLine {
    pub(super) fn of(
        (index, case): (usize, &Case),
        view: &MeetingView,
        ((moment, member), names): ((&Moment<'_>, &Member), &Names),
    ) -> CaseLine {
        let tongue = member.tongue();
        let request = view.requests.iter().find(|request| request.id == case.request);
        let is_ripe = request.is_some_and(|request| workflow::meeting::ripe(request).is_some());
        let open = |request: &Request| {
            let acts = DECIDING.iter().chain(PREPARING);
            let may = acts.filter(|action| may_try(request, **action, &member.known.actor));
            may.filter_map(|action| Form::of(*action, request, tongue)).collect()
        };
        let rules =
            request.and_then(|request| request.assessed.as_ref()).map(|one| one.outcome.name(tongue.0));
        let department = request.and_then(|request| request.application.department.as_ref());
        CaseLine {
            place: index + 1,
            id: case.request.to_string(),
            to: format!("/requests/{}", case.request),
            number: case.number.clone(),
            title: case.title.clone(),
            department: department.map(|one| one.name.clone()).unwrap_or_default(),
            price: request.map(|request| request.price().for_people()).unwrap_or_default(),
            ripe: case.ripe.name(tongue.0),
            minutes: case.minutes,
            chip: request.map(|request| Chip::of_request(request, tongue)),
            limit: request.filter(|_| is_ripe).and_then(|request| Limit::of(request, moment, tongue)),
            proposal: request.and_then(|request| proposal(request, tongue)),
            outcome_of_rules: rules.unwrap_or_default(),
            vote: case.vote.as_ref().map(VoteLine::of),
            result: view.outcomes.get(&case.request).map(|one| Became::of(one, (names, tongue))),
            version: request.map(|request| request.version).unwrap_or_default(),
            forms: request.filter(|_| is_ripe).map(open).unwrap_or_default(),
        }
    }
}

/// What the office proposes, while it waits for its decision.
fn proposal(request: &Request, tongue: Tongue) -> Option<String> {
    let Stage::Proposed { proposal, .. } = &request.stage else { return None };
    let reason = proposal.reason.as_deref().map(|reason| format!("：{reason}")).unwrap_or_default();
    Some(format!("{}{reason}", proposal.verdict.name(tongue.0)))
}

impl VoteLine {
    fn of(vote: &Vote) -> VoteLine {
        VoteLine {
            counts: [vote.in_favour, vote.against, vote.abstaining],
            objections: vote.objections.clone(),
            opinion: vote.opinion.clone(),
        }
    }
}

impl Became {
    fn of(outcome: &CaseOutcome, (names, tongue): (&Names, Tongue)) -> Became {
        let stage = |stage: &StageKind| stage.name(tongue.0);
        match outcome {
            CaseOutcome::Decided { action, after, by, reason, event: _ } => Became {
                tone: if *after == StageKind::Rejected { "bad" } else { "good" },
                said: format!("{} → {}", action.name(tongue.0), stage(after)),
                by: names.get(by).cloned().unwrap_or_default(),
                reason: reason.clone(),
            },
            CaseOutcome::CarriedOver { stage: at } => Became {
                tone: "wait",
                said: format!(
                    "{} ({})",
                    tongue.say("未决定，转下次会议", "not decided, carried over"),
                    stage(at)
                ),
                by: String::new(),
                reason: None,
            },
            CaseOutcome::Dropped { stage: at } => Became {
                tone: "quiet",
                said: format!("{} ({})", tongue.say("无需再议", "nothing left to decide"), stage(at)),
                by: String::new(),
                reason: None,
            },
        }
    }
}

//! Limits derived from the stage and the calendar, never stored: what is due, until when, and what the system does then.

use chrono::NaiveDate;

use crate::action::{Action, ActionKind};
use crate::actor::Role;
use crate::assignment::{Assignment, AssignmentStage};
use crate::request::{Moment, Request};
use crate::stage::{Stage, StageKind};

/// A limit of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// Whose step it is.
    pub role: Role,
    /// The last day.
    pub due: NaiveDate,
    /// The due day lies in a year without a notice.
    pub provisional: bool,
    /// What the system does when it passes; nothing where it is only escalated.
    pub then: Option<ActionKind>,
}

/// The limit that runs in the request's stage.
#[must_use]
pub fn deadline(request: &Request, moment: &Moment<'_>) -> Option<Deadline> {
    let limits = &moment.parameters.limits;
    let of = |role, on: NaiveDate, days, then| {
        let limit = moment.calendar.limit(on, days);
        Deadline { role, due: limit.due, provisional: limit.provisional, then }
    };
    match &request.stage {
        Stage::Submitted { on } => {
            Some(of(Role::Reviewer, *on, limits.completeness, Some(ActionKind::AcceptFiling)))
        }
        Stage::Returned { on } => Some(of(Role::Submitter, *on, limits.correction, Some(ActionKind::Lapse))),
        Stage::Review { clock, .. } | Stage::Proposed { clock, .. } => {
            let limit = clock.limit(moment.calendar, limits);
            let role =
                if request.stage.kind() == StageKind::Review { Role::Reviewer } else { Role::Approver };
            Some(Deadline { role, due: limit.due, provisional: limit.provisional, then: None })
        }
        Stage::Quoted { on, .. } => Some(of(Role::Submitter, *on, limits.quote, Some(ActionKind::Lapse))),
        Stage::Publication { on, .. } => {
            Some(of(Role::System, *on, limits.publication, Some(ActionKind::Enter)))
        }
        Stage::Admitted { on, funded_on: None, .. } => {
            Some(of(Role::Finance, *on, limits.commitment, Some(ActionKind::Lapse)))
        }
        Stage::Acceptance { on, .. } => {
            Some(of(Role::Submitter, *on, limits.acceptance, Some(ActionKind::Confirm)))
        }
        Stage::InForce { .. } => {
            let due = request.application.ends_on?;
            let provisional = moment.calendar.is_provisional(due);
            Some(Deadline { role: Role::Committee, due, provisional, then: Some(ActionKind::Finish) })
        }
        Stage::Draft
        | Stage::Admitted { funded_on: Some(_), .. }
        | Stage::Settled { .. }
        | Stage::Rejected { .. }
        | Stage::Withdrawn { .. }
        | Stage::Lapsed { .. } => None,
    }
}

/// What the system has to do on the request today; asked again after each action until nothing is due.
#[must_use]
pub fn due_action(request: &Request, moment: &Moment<'_>) -> Option<Action> {
    let today = moment.today();
    let started = |day: Option<NaiveDate>| day.is_some_and(|day| day <= today);
    match &request.stage {
        Stage::Admitted { funded_on: Some(_), .. } => {
            started(request.application.starts_on).then_some(Action::Start)
        }
        Stage::InForce { middle_paid, .. } => {
            let all_over = request.assignments.iter().all(Assignment::is_over);
            if !*middle_paid && !all_over && started(middle(request)) {
                return Some(Action::PayMiddle);
            }
            let deemed =
                deemed_accepted(request, moment).map(|community| Action::AcceptAssignment { community });
            let ended = request.application.ends_on.is_some_and(|end| end < today);
            deemed.or_else(|| (all_over || ended).then_some(Action::Finish))
        }
        _ => {
            let passed = deadline(request, moment).filter(|deadline| today > deadline.due)?;
            match passed.then? {
                ActionKind::AcceptFiling => Some(Action::AcceptFiling),
                ActionKind::Lapse => Some(Action::Lapse),
                ActionKind::Enter => Some(Action::Enter),
                ActionKind::Confirm => Some(Action::Confirm),
                _ => None,
            }
        }
    }
}

/// The day on which half the period is over.
#[must_use]
pub fn middle(request: &Request) -> Option<NaiveDate> {
    let (start, end) = request.application.period()?;
    start.checked_add_signed(end.signed_duration_since(start) / 2)
}

/// A community whose time to refuse has passed.
fn deemed_accepted(request: &Request, moment: &Moment<'_>) -> Option<crate::id::OrganisationId> {
    let passed = |assignment: &&Assignment| match assignment.stage {
        AssignmentStage::Offered { on } => {
            moment.calendar.limit(on, moment.parameters.limits.refusal).has_passed(moment.today())
        }
        _ => false,
    };
    request.assignments.iter().find(passed).map(|assignment| assignment.community)
}

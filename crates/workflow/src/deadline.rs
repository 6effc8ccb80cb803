//! Limits derived from the stage and the calendar, never stored: what is due, until when, and what the system does then.

use chrono::{Days, NaiveDate};

use crate::action::{Action, ActionKind};
use crate::actor::Role;
use crate::assignment::{Assignment, AssignmentStage};
use crate::calendar::Limit;
use crate::emergency::Emergency;
use crate::reminders;
use crate::request::{Moment, Request};
use crate::stage::Stage;
use crate::words;

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

words! {
    /// What a limit is about.
    LimitKind {
        /// The step of the stage in which the request stands.
        Step = "step", "环节", "step";
        /// Until when a community may say no; then it is deemed to accept.
        Answer = "answer", "社区答复", "the community's answer";
        /// The day on which what is admitted and funded comes into force.
        Start = "start", "开始实施", "comes into force";
        /// The day of the middle instalment.
        MiddlePayment = "middle_payment", "中期拨付", "middle instalment";
        /// The end of the period, while an emergency's papers or decision are awaited.
        End = "end", "期间届满", "end of the period";
    }
}

/// A limit that runs beside that of the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside<'a> {
    pub kind: LimitKind,
    /// Whose answer it is.
    pub assignment: Option<&'a Assignment>,
    pub deadline: Deadline,
}

/// What runs beside the step: the answers of communities, and days on which the clock acts by itself.
#[must_use]
pub fn beside<'a>(request: &'a Request, moment: &Moment<'_>) -> Vec<Beside<'a>> {
    let day = |kind, due: NaiveDate, then| {
        let provisional = moment.calendar.is_provisional(due);
        let deadline = Deadline { role: Role::System, due, provisional, then: Some(then) };
        Beside { kind, assignment: None, deadline }
    };
    let starts = |on| day(LimitKind::Start, on, ActionKind::Start);
    let running: Vec<Beside<'_>> = match &request.stage {
        Stage::Admitted { funded_on: Some(_), .. } => {
            request.application.starts_on.map(starts).into_iter().collect()
        }
        Stage::InForce { middle_paid, .. } => {
            let unpaid = !*middle_paid && !request.assignments.iter().all(Assignment::is_over);
            let half = middle(request).filter(|_| unpaid);
            let half = half.map(|on| day(LimitKind::MiddlePayment, on, ActionKind::PayMiddle));
            let undecided = request.stage.emergency().and_then(|one| undecided(one, request, moment));
            let end = request.application.ends_on.filter(|_| undecided.is_some());
            let end = end.map(|on| day(LimitKind::End, on, ActionKind::Finish));
            answers(request, moment).chain(half).chain(end).collect()
        }
        _ => Vec::new(),
    };
    running
}

/// By when each community that has been asked may say no.
fn answers<'a>(request: &'a Request, moment: &Moment<'_>) -> impl Iterator<Item = Beside<'a>> {
    request.assignments.iter().filter_map(|assignment| {
        let AssignmentStage::Offered { on } = assignment.stage else { return None };
        let limit = moment.calendar.limit(on, moment.parameters.limits.refusal);
        let deadline = running(limit, Role::Committee, Some(ActionKind::AcceptAssignment));
        Some(Beside { kind: LimitKind::Answer, assignment: Some(assignment), deadline })
    })
}

/// The limit that runs in the request's stage.
#[must_use]
pub fn deadline(request: &Request, moment: &Moment<'_>) -> Option<Deadline> {
    let limits = &moment.parameters.limits;
    let of = |role, on: NaiveDate, days, then| running(moment.calendar.limit(on, days), role, then);
    match &request.stage {
        Stage::Submitted { on } => {
            Some(of(Role::Reviewer, *on, limits.completeness, Some(ActionKind::AcceptFiling)))
        }
        Stage::Returned { on } => Some(of(Role::Submitter, *on, limits.correction, Some(ActionKind::Lapse))),
        Stage::Review { clock, .. } => {
            Some(running(clock.limit(moment.calendar, limits), Role::Reviewer, None))
        }
        Stage::Proposed { clock, .. } => {
            Some(running(clock.limit(moment.calendar, limits), Role::Approver, None))
        }
        Stage::Consultation { on, .. } => {
            Some(of(Role::Reviewer, *on, limits.consultation, Some(ActionKind::CloseConsultation)))
        }
        Stage::Quoted { on, .. } => Some(of(Role::Submitter, *on, limits.quote, Some(ActionKind::Lapse))),
        Stage::Publication { on, objections, .. } => {
            let open = objections.iter().any(|objection| objection.answer.is_none());
            let role = if open { Role::Reviewer } else { Role::System };
            Some(of(role, *on, limits.publication, (!open).then_some(ActionKind::Enter)))
        }
        Stage::Admitted { on, funded_on: None, .. } => {
            Some(of(Role::Finance, *on, limits.commitment, Some(ActionKind::Lapse)))
        }
        Stage::InForce { .. } | Stage::Suspended { .. } => in_force(request, moment),
        Stage::Acceptance { on, .. } => acceptance(request, *on, moment),
        Stage::Reconsideration { on, .. } => Some(of(Role::Approver, *on, limits.reconsideration, None)),
        Stage::Draft
        | Stage::Admitted { funded_on: Some(_), .. }
        | Stage::Settled { .. }
        | Stage::Rejected { .. }
        | Stage::Withdrawn { .. }
        | Stage::Lapsed { .. }
        | Stage::Terminated { .. }
        | Stage::Closed { .. } => None,
    }
}

fn running(limit: Limit, role: Role, then: Option<ActionKind>) -> Deadline {
    Deadline { role, due: limit.due, provisional: limit.provisional, then }
}

/// While work goes on: the papers and the decision of an emergency, else the end of the period.
fn in_force(request: &Request, moment: &Moment<'_>) -> Option<Deadline> {
    if let Some(deadline) = request.stage.emergency().and_then(|one| undecided(one, request, moment)) {
        return Some(deadline);
    }
    let due = request.application.ends_on?;
    let provisional = moment.calendar.is_provisional(due);
    Some(Deadline { role: Role::Committee, due, provisional, then: Some(ActionKind::Finish) })
}

/// What an emergency still lacks: papers within the days of filing, then a decision.
fn undecided(emergency: &Emergency, request: &Request, moment: &Moment<'_>) -> Option<Deadline> {
    let limits = &moment.parameters.limits;
    let of = |role, on, days| Some(running(moment.calendar.limit(on, days), role, None));
    match emergency {
        Emergency { filed_on: None, started_on, .. } => {
            let occurred_on = request.application.occurred_on.unwrap_or(*started_on);
            of(Role::Submitter, occurred_on, limits.emergency_filing)
        }
        Emergency { filed_on: Some(filed_on), proposal: None, .. } => {
            of(Role::Reviewer, *filed_on, limits.decision)
        }
        Emergency { filed_on: Some(filed_on), decision: None, .. } => {
            of(Role::Approver, *filed_on, limits.decision)
        }
        Emergency { .. } => None,
    }
}

/// After the work: disputes go first, then what an emergency lacks and its money, then the department's confirmation.
fn acceptance(request: &Request, on: NaiveDate, moment: &Moment<'_>) -> Option<Deadline> {
    let limits = &moment.parameters.limits;
    let of = |role, on, days, then| Some(running(moment.calendar.limit(on, days), role, then));
    let disputed = |assignment: &Assignment| match assignment.stage {
        AssignmentStage::Disputed { on, .. } => Some(on),
        _ => None,
    };
    if let Some(since) = request.assignments.iter().filter_map(disputed).min() {
        return of(Role::Reviewer, since, limits.dispute, None);
    }
    let Some(emergency) = request.stage.emergency() else {
        return of(Role::Submitter, on, limits.acceptance, Some(ActionKind::Confirm));
    };
    if let Some(deadline) = undecided(emergency, request, moment) {
        return Some(deadline);
    }
    if let Some(funded_on) = emergency.funded_on {
        return of(Role::Submitter, funded_on, limits.acceptance, Some(ActionKind::Confirm));
    }
    let decided_on = emergency.decision.as_ref().map_or(on, |decision| decision.approved_on);
    of(Role::Finance, on.max(decided_on), limits.payment, None)
}

/// What the system has to do on the request today; asked again after each action until nothing is due.
#[must_use]
pub fn due_action(request: &Request, moment: &Moment<'_>) -> Option<Action> {
    let today = moment.today();
    let started = |day: Option<NaiveDate>| day.is_some_and(|day| day <= today);
    let ended = request.application.ends_on.is_some_and(|end| end < today);
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
            deemed.or_else(|| (all_over || ended).then_some(Action::Finish))
        }
        Stage::Suspended { .. } => ended.then_some(Action::Finish),
        stage if stage.kind().is_over() => {
            closes_on(request, moment).filter(|on| *on <= today).map(|_| Action::Close)
        }
        _ => {
            let passed = deadline(request, moment).filter(|deadline| today > deadline.due)?;
            match passed.then? {
                ActionKind::AcceptFiling => Some(Action::AcceptFiling),
                ActionKind::Lapse => Some(Action::Lapse),
                ActionKind::Enter => Some(Action::Enter),
                ActionKind::CloseConsultation => Some(Action::CloseConsultation),
                ActionKind::Confirm => Some(Action::Confirm),
                _ => None,
            }
        }
    }
}

/// The first day on which what is over is closed: so many calendar days after its end.
#[must_use]
pub fn closes_on(request: &Request, moment: &Moment<'_>) -> Option<NaiveDate> {
    let over_on = match &request.stage {
        Stage::Settled { on, .. }
        | Stage::Rejected { on, .. }
        | Stage::Withdrawn { on }
        | Stage::Lapsed { on }
        | Stage::Terminated { on, .. } => *on,
        _ => return None,
    };
    let days = u64::from(moment.parameters.limits.close_days).saturating_add(1);
    over_on.checked_add_days(Days::new(days))
}

/// The next day on which the system may have something to do, as far as the request and the calendar say now; today, if
/// something is due. A sweep that comes too early finds nothing; one that comes on this day misses nothing.
#[must_use]
pub fn wake_on(request: &Request, moment: &Moment<'_>) -> Option<NaiveDate> {
    let due_today =
        due_action(request, moment).is_some() || !reminders::reminders(request, moment).is_empty();
    if due_today { Some(moment.today()) } else { wake_after(request, moment) }
}

/// The next such day after today, when everything that is due today has been done.
#[must_use]
pub fn wake_after(request: &Request, moment: &Moment<'_>) -> Option<NaiveDate> {
    let today = moment.today();
    let offered = answers(request, moment).filter_map(|answer| answer.deadline.due.succ_opt());
    let funded = matches!(request.stage, Stage::Admitted { funded_on: Some(_), .. });
    let unpaid = matches!(request.stage, Stage::InForce { middle_paid: false, .. });
    let work = request.stage.kind().is_running();
    let days = [
        deadline(request, moment).and_then(|deadline| deadline.due.succ_opt()),
        reminders::next_day(request, moment),
        request.application.starts_on.filter(|_| funded),
        middle(request).filter(|_| unpaid),
        request.application.ends_on.and_then(|end| end.succ_opt()).filter(|_| work),
        closes_on(request, moment),
    ];
    days.into_iter().flatten().chain(offered).filter(|day| *day > today).min()
}

/// The day on which half the period is over.
#[must_use]
pub fn middle(request: &Request) -> Option<NaiveDate> {
    let (start, end) = request.application.period()?;
    start.checked_add_signed(end.signed_duration_since(start) / 2)
}

/// A community whose time to refuse has passed.
fn deemed_accepted(request: &Request, moment: &Moment<'_>) -> Option<crate::id::OrganisationId> {
    let mut passed = answers(request, moment).filter(|answer| moment.today() > answer.deadline.due);
    passed.next().and_then(|answer| answer.assignment).map(|assignment| assignment.community)
}

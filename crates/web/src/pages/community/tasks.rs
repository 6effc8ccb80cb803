//! A community's open tasks: what is offered to it and what it has accepted, each with its limit and its forms.

use workflow::action::ActionKind;
use workflow::assignment::{Assignment, AssignmentStage};
use workflow::deadline::{beside, deadline};
use workflow::decide::may_try;
use workflow::id::OrganisationId;
use workflow::request::{Moment, Request};

use crate::pages::actions::Form;
use crate::pages::chips::{Limit, whole_day};
use crate::tongue::Tongue;
use crate::visitor::Member;

/// One open task of the own community.
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) department: String,
    pub(crate) period: String,
    pub(crate) stage: &'static str,
    pub(crate) tone: &'static str,
    pub(crate) limit: Option<Limit>,
    pub(crate) price: String,
    pub(crate) version: i64,
    /// Accept and refuse; what is delivered has a page of its own.
    pub(crate) forms: Vec<Form>,
    pub(crate) may_deliver: bool,
}

impl Task {
    /// The open tasks of a community, the most urgent first.
    pub(crate) fn open(requests: &[Request], member: &Member, moment: &Moment<'_>) -> Vec<Task> {
        let own = member.known.worker.person.organisation;
        let assigned = requests.iter().filter_map(|request| {
            let assignment = request.assignments.iter().find(|one| one.community == own)?;
            (!assignment.is_over()).then(|| Task::of(request, assignment, (member, moment)))
        });
        let mut tasks: Vec<Task> = assigned.collect();
        tasks.sort_by_key(|task| (task.limit.is_none(), task.limit.as_ref().map(|limit| limit.on)));
        tasks
    }

    /// One task as it stands.
    pub(crate) fn of(
        request: &Request,
        assignment: &Assignment,
        (member, moment): (&Member, &Moment<'_>),
    ) -> Task {
        let tongue = member.tongue();
        let is_open = |action: ActionKind| may_try(request, action, &member.known.actor);
        let is_offered = matches!(assignment.stage, AssignmentStage::Offered { .. });
        let answers = [ActionKind::AcceptAssignment, ActionKind::RefuseAssignment];
        let answers = answers.into_iter().filter(|action| is_offered && is_open(*action));
        let department = request.application.department.as_ref().map(|department| department.name.clone());
        Task {
            id: request.id.to_string(),
            number: request.number().to_owned(),
            title: request.title().to_owned(),
            department: department.unwrap_or_default(),
            period: period(request, tongue),
            stage: assignment.stage.kind().name(tongue.0),
            tone: if is_offered { "wait" } else { "good" },
            limit: limit(request, (assignment.community, is_offered), moment, tongue),
            price: assignment.price.for_people(),
            version: request.version,
            forms: answers.filter_map(|action| Form::of(action, request, tongue)).collect(),
            may_deliver: !assignment.is_over() && is_open(ActionKind::DeliverAssignment),
        }
    }
}

/// By when it answers, or by when the work is done.
fn limit(
    request: &Request,
    (own, is_offered): (OrganisationId, bool),
    moment: &Moment<'_>,
    tongue: Tongue,
) -> Option<Limit> {
    if is_offered {
        let answers = beside(request, moment);
        let own = answers.iter().find(|one| one.assignment.is_some_and(|one| one.community == own))?;
        return Some(Limit::at(own.deadline, moment, tongue));
    }
    Some(Limit::at(deadline(request, moment)?, moment, tongue))
}

/// From when until when.
pub(crate) fn period(request: &Request, tongue: Tongue) -> String {
    match (request.application.starts_on, request.application.ends_on) {
        (Some(first), Some(last)) => format!("{} – {}", whole_day(first, tongue), whole_day(last, tongue)),
        _ => "—".to_owned(),
    }
}

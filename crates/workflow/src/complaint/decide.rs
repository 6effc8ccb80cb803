//! The steps of a complaint: who may take it, what upholding and dismissing lead to, and the one escalation.

use serde_json::json;

use super::{
    Complaint, ComplaintAction, ComplaintActionKind, ComplaintStage, ComplaintStageKind, Hearer, Imposed,
    open,
};
use crate::actor::{Actor, Role};
use crate::language::Language;
use crate::notice::{Audience, Notice, NoticeKind};
use crate::oversight::{Happened, OversightError, detail, person, role_among, said};
use crate::request::Moment;

/// The names that letters say, and who of the office is told; people of the accused organisation are not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    pub community: String,
    pub department: String,
    pub reviewers: Vec<Audience>,
    pub approvers: Vec<Audience>,
}

/// What a step leads to; the store writes all of it in one transaction or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct ComplaintDecided {
    pub complaint: Complaint,
    pub happened: Happened,
    pub notices: Vec<Notice>,
}

type Values = Vec<(&'static str, String)>;

/// A complaint that a committee of the community files.
///
/// # Errors
/// The actor is no committee of the community, the text is missing, or the work begins in the future.
pub fn file(
    complaint: Complaint,
    actor: &Actor,
    near: &Near,
    moment: Moment<'_>,
) -> Result<ComplaintDecided, OversightError> {
    let person = person(actor)?;
    if !person.roles.contains(&Role::Committee) || person.organisation != complaint.community {
        return Err(OversightError::NotYours);
    }
    let what = said(&complaint.imposed.what)?;
    let since = complaint.imposed.since;
    if since > moment.today() {
        return Err(OversightError::NotYet { day: since });
    }
    let covered_by = complaint.imposed.covered_by.as_deref().map(said).transpose()?;
    let complaint = Complaint { imposed: Imposed { what, since, covered_by }, ..complaint };
    let happened = Happened {
        role: Role::Committee,
        action: ComplaintActionKind::File.word(),
        before: "",
        after: ComplaintStageKind::Filed.word(),
        reason: None,
        detail: detail([
            ("complaint", json!(complaint.id)),
            ("number", json!(complaint.number)),
            ("department", json!(complaint.department)),
            ("imposed", json!(complaint.imposed)),
            ("hearer", json!(complaint.hearer)),
        ]),
    };
    let limit = complaint.limit(moment.calendar, &moment.parameters.oversight.complaints);
    let to = match complaint.hearer {
        Hearer::Office if !near.reviewers.is_empty() => &near.reviewers,
        _ => &near.approvers,
    };
    let values = handlers(&complaint, near, ("due", limit.due.to_string()));
    let notices = to.iter().map(|to| notice(NoticeKind::ComplaintFiled, *to, &values)).collect();
    Ok(ComplaintDecided { complaint, happened, notices })
}

/// Decides one step of one actor on a complaint.
///
/// # Errors
/// The step is not open to this actor in this stage, or a guard does not hold: nobody handles a complaint against the
/// own organisation or one of his own, and only who has taken it decides.
pub fn decide(
    complaint: &Complaint,
    action: &ComplaintAction,
    actor: &Actor,
    (near, moment): (&Near, Moment<'_>),
) -> Result<ComplaintDecided, OversightError> {
    let (before, kind) = (complaint.stage.kind(), action.kind());
    let closed = OversightError::NotOpen { stage: before.both(), action: kind.both() };
    let is_open = |role: Role| !open(before, kind, role).is_empty() && hears(complaint, role);
    let role = role_among(actor, is_open, closed)?;
    let (stage, escalated_on, reason) = stage_after(complaint, action, actor, moment)?;
    let decided = Complaint { stage, escalated_on, version: complaint.version + 1, ..complaint.clone() };
    let happened = Happened {
        role,
        action: kind.word(),
        before: before.word(),
        after: decided.stage.kind().word(),
        reason,
        detail: detail([("complaint", json!(complaint.id)), ("number", json!(complaint.number))]),
    };
    let notices = told(&decided, kind, near, moment);
    Ok(ComplaintDecided { complaint: decided, happened, notices })
}

/// The office hears a complaint unless it belongs to the accused; the leading group hears those, and what is late.
fn hears(complaint: &Complaint, role: Role) -> bool {
    match role {
        Role::Reviewer => complaint.hearer == Hearer::Office,
        Role::Approver => complaint.hearer == Hearer::LeadingGroup || complaint.escalated_on.is_some(),
        _ => true,
    }
}

type After = (ComplaintStage, Option<chrono::NaiveDate>, Option<String>);

fn stage_after(
    complaint: &Complaint,
    action: &ComplaintAction,
    actor: &Actor,
    moment: Moment<'_>,
) -> Result<After, OversightError> {
    let on = moment.today();
    if *action == ComplaintAction::Escalate {
        let parameters = &moment.parameters.oversight.complaints;
        if !complaint.wants_escalation(on, moment.calendar, parameters) {
            return Err(OversightError::TooSoon { from: complaint.limit(moment.calendar, parameters).due });
        }
        return Ok((complaint.stage.clone(), Some(on), None));
    }
    let person = person(actor)?;
    let by = person.user;
    if person.district != complaint.district {
        return Err(OversightError::NotYours);
    }
    if person.organisation == complaint.department || by == complaint.filed_by {
        return Err(OversightError::OwnOrganisation);
    }
    let holds = matches!(&complaint.stage, ComplaintStage::Handling { by: holder, .. } if *holder == by);
    let (stage, reason) = match action {
        ComplaintAction::Take if holds => {
            let (stage, action) = (complaint.stage.kind().both(), action.kind().both());
            return Err(OversightError::NotOpen { stage, action });
        }
        ComplaintAction::Take | ComplaintAction::Escalate => (ComplaintStage::Handling { by, on }, None),
        _ if !holds => return Err(OversightError::HeldByAnother),
        ComplaintAction::Uphold { order } => {
            let order = said(order)?;
            (ComplaintStage::Upheld { by, on, order: order.clone() }, Some(order))
        }
        ComplaintAction::Dismiss { reason } => {
            let reason = said(reason)?;
            (ComplaintStage::Dismissed { by, on, reason: reason.clone() }, Some(reason))
        }
    };
    Ok((stage, complaint.escalated_on, reason))
}

/// Whom a step tells: the complainant of every change, the department only of an order, the leading group of delay.
fn told(complaint: &Complaint, kind: ComplaintActionKind, near: &Near, moment: Moment<'_>) -> Vec<Notice> {
    if kind == ComplaintActionKind::Escalate {
        let limit = complaint.limit(moment.calendar, &moment.parameters.oversight.complaints);
        let values = handlers(complaint, near, ("due", limit.due.to_string()));
        let late = |to: &Audience| notice(NoticeKind::ComplaintLate, *to, &values);
        return near.approvers.iter().map(late).collect();
    }
    let stage = complaint.stage.kind();
    let said = match &complaint.stage {
        ComplaintStage::Upheld { order, .. } => order.clone(),
        ComplaintStage::Dismissed { reason, .. } => reason.clone(),
        ComplaintStage::Filed | ComplaintStage::Handling { .. } => "—".to_owned(),
    };
    let mut answer = handlers(complaint, near, ("reason", said.clone()));
    answer.push(("stage_zh", stage.name(Language::Chinese).to_owned()));
    answer.push(("stage_en", stage.name(Language::English).to_owned()));
    let committee = Audience::Organisation { organisation: complaint.community, role: Role::Committee };
    let mut notices = vec![notice(NoticeKind::ComplaintAnswered, committee, &answer)];
    if stage == ComplaintStageKind::Upheld {
        // The department reads the office's words, not the complainant's, which might point to a person.
        let values = vec![
            ("number", complaint.number.clone()),
            ("title", near.community.clone()),
            ("department", near.department.clone()),
            ("since", complaint.imposed.since.to_string()),
            ("order", said),
        ];
        let to = Audience::Organisation { organisation: complaint.department, role: Role::Submitter };
        notices.push(notice(NoticeKind::ComplaintUpheld, to, &values));
    }
    notices
}

fn handlers(complaint: &Complaint, near: &Near, more: (&'static str, String)) -> Values {
    vec![
        ("number", complaint.number.clone()),
        ("title", complaint.imposed.what.clone()),
        ("department", near.department.clone()),
        ("community", near.community.clone()),
        more,
    ]
}

fn notice(kind: NoticeKind, to: Audience, values: &Values) -> Notice {
    Notice { kind, to, values: values.clone() }
}

//! Siblings: requests of one department that are parts of one task, so that thresholds are tested on their sum and not on
//! each part. It chooses them and adds up; what the sum leads to is decided by price, quota and rules.

use chrono::NaiveDate;

use crate::calendar::Calendar;
use crate::dossier::Origin;
use crate::facts::{Facts, Sibling};
use crate::id::RequestId;
use crate::likeness::are_alike;
use crate::parameters::SplittingParameters;
use crate::request::Request;
use crate::stage::StageKind;

/// Stages in which a request counts as a sibling: filed, and neither ended without work nor a draft.
pub const COUNTED: &[StageKind] = &[
    StageKind::Submitted,
    StageKind::Returned,
    StageKind::Review,
    StageKind::Consultation,
    StageKind::Quoted,
    StageKind::Proposed,
    StageKind::Publication,
    StageKind::Admitted,
    StageKind::InForce,
    StageKind::Suspended,
    StageKind::Acceptance,
    StageKind::Settled,
    StageKind::Reconsideration,
];

/// Whether a request in that stage will take hours that are not booked yet.
#[must_use]
pub fn awaits_booking(stage: StageKind) -> bool {
    matches!(
        stage,
        StageKind::Submitted
            | StageKind::Returned
            | StageKind::Review
            | StageKind::Consultation
            | StageKind::Quoted
            | StageKind::Proposed
            | StageKind::Publication
    )
}

/// Another request of the department, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    pub id: RequestId,
    pub origin: Origin,
    pub facts: Sibling,
}

/// Of the department's other requests in shared communities, those that make one unbroken chain with this one: the same
/// item or a like title, and periods that overlap or adjoin, directly or through another of them. What it renews is none
/// of them: to go on in the open is no splitting. A supplement and what it adds to are parts.
#[must_use]
pub fn of(
    request: &Request,
    others: Vec<Filed>,
    calendar: &Calendar,
    parameters: &SplittingParameters,
) -> Vec<Sibling> {
    let application = &request.application;
    let Some(mut reach) = application.period() else {
        return Vec::new();
    };
    let title = application.title.as_deref().unwrap_or_default();
    let is_same = |other: &Sibling| {
        let same_item = application.item.is_some() && application.item == other.item;
        same_item || are_alike(title, &other.title, parameters.like_title)
    };
    let renewed = renewed(request.dossier.origin, &others);
    let others = others.into_iter().filter(|other| !renewed.contains(&other.id)).map(|other| other.facts);
    let mut apart: Vec<Sibling> = others.filter(is_same).collect();
    let mut chain = Vec::new();
    loop {
        let near = |other: &Sibling| adjoins((other.starts_on, other.ends_on), reach, (calendar, parameters));
        let (found, left): (Vec<_>, Vec<_>) = apart.into_iter().partition(near);
        if found.is_empty() {
            chain.sort_by(|a: &Sibling, b| a.number.cmp(&b.number));
            return chain;
        }
        reach = found.iter().fold(reach, together);
        chain.extend(found);
        apart = left;
    }
}

/// What a renewal renews, and what that renewed.
fn renewed(mut origin: Origin, others: &[Filed]) -> Vec<RequestId> {
    let mut renewed = Vec::new();
    while let Origin::Renewal { of } = origin {
        if renewed.contains(&of) {
            break;
        }
        renewed.push(of);
        let predecessor = others.iter().find(|other| other.id == of);
        origin = predecessor.map_or(Origin::New, |predecessor| predecessor.origin);
    }
    renewed
}

/// First and last day of an application with all its siblings; none without a period of its own.
#[must_use]
pub fn period(facts: &Facts) -> Option<(NaiveDate, NaiveDate)> {
    Some(facts.siblings.iter().fold(facts.request.period()?, together))
}

fn together((start, end): (NaiveDate, NaiveDate), sibling: &Sibling) -> (NaiveDate, NaiveDate) {
    (start.min(sibling.starts_on), end.max(sibling.ends_on))
}

/// Whether two periods overlap, or have at most so many working days between them.
fn adjoins(
    one: (NaiveDate, NaiveDate),
    other: (NaiveDate, NaiveDate),
    (calendar, parameters): (&Calendar, &SplittingParameters),
) -> bool {
    let (first, second) = if one.0 <= other.0 { (one, other) } else { (other, one) };
    let between = first.1.succ_opt().zip(second.0.pred_opt()).filter(|(from, until)| from <= until);
    between.is_none_or(|(from, until)| calendar.working_days(from, until) <= parameters.gap_working_days)
}

//! What may be inspected: only what is admitted and funded (`policy.md` §9). A refusal makes the item absent for that
//! community and is never given as a cause.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Look, Visit};
use crate::facts::Term;
use crate::id::{OrganisationId, RequestId, UserId};
use crate::request::Request;
use crate::stage::Stage;
use crate::words;

words! {
    /// Why something is not inspected; the later ones are nearer to being inspected.
    Cause {
        NotAdmitted = "not_admitted", "未经准入", "not admitted";
        UnfiledEmergency = "unfiled_emergency", "应急事项补办申报前不得检查", "an emergency cannot be inspected before filing";
        NotFunded = "not_funded", "经费未到位", "not funded";
        NotInYear = "not_in_year", "当年未实施", "not in force in that year";
        BaseFundsShort = "base_funds_short", "基础经费未到位，依法履职事项暂不检查", "core duties are not inspected while base funds are short";
        Nowhere = "nowhere", "当年检查季没有承担的社区", "no community carries it in the season";
    }
}

/// What a department proposes to inspect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Named {
    Item(String),
    Request { id: RequestId, number: String },
}

/// A department's proposal for a year, with what was said to it at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub district: OrganisationId,
    pub department: OrganisationId,
    pub year: i32,
    pub named: Named,
    pub by: UserId,
    pub on: NaiveDate,
    pub cause: Option<Cause>,
}

impl Named {
    /// What people wrote.
    #[must_use]
    pub fn written(&self) -> &str {
        match self {
            Named::Item(code) => code,
            Named::Request { number, .. } => number,
        }
    }

    pub(super) fn means(&self, request: &Request) -> bool {
        match self {
            Named::Item(code) => request.application.item.as_ref() == Some(code),
            Named::Request { id, .. } => request.id == *id,
        }
    }
}

/// Why a request may not be inspected in a year; none where it may.
#[must_use]
pub fn standing(request: &Request, year: i32) -> Option<Cause> {
    let emergency = request.application.term == Term::Emergency;
    let unfiled = |stage: &Stage| stage.emergency().is_some_and(|emergency| emergency.filed_on.is_none());
    match &request.stage {
        Stage::Admitted { funded_on: None, .. } => return Some(Cause::NotFunded),
        stage if unfiled(stage) => return Some(Cause::UnfiledEmergency),
        Stage::Admitted { .. } | Stage::InForce { .. } | Stage::Acceptance { .. } | Stage::Settled { .. } => {
        }
        stage if emergency && stage.decision().is_none() => return Some(Cause::UnfiledEmergency),
        _ => return Some(Cause::NotAdmitted),
    }
    let within = |(start, end): (NaiveDate, NaiveDate)| start.year() <= year && year <= end.year();
    (!request.application.period().is_some_and(within)).then_some(Cause::NotInYear)
}

/// Whether a community carries a request; a refusal is as if it had never been asked.
pub(super) fn carries(request: &Request, community: OrganisationId) -> bool {
    if matches!(request.stage, Stage::Admitted { .. }) {
        return request.targets.iter().any(|target| target.community == community);
    }
    let own = request.assignments.iter().find(|assignment| assignment.community == community);
    own.is_some_and(|assignment| !assignment.is_refused())
}

/// Why what a department named may not be inspected; the cause nearest to inspection where several requests are meant.
#[must_use]
pub fn cause(named: &Named, of_department: &[&Request], year: i32) -> Option<Cause> {
    let meant = of_department.iter().filter(|request| named.means(request));
    let causes: Vec<Option<Cause>> = meant.map(|request| standing(request, year)).collect();
    if causes.contains(&None) {
        return None;
    }
    Some(causes.into_iter().flatten().max().unwrap_or(Cause::NotAdmitted))
}

/// A visit as it is today: without what has ended or was refused since the plan was built; none if nothing is left.
#[must_use]
pub fn remaining(visit: &Visit, requests: &BTreeMap<RequestId, &Request>, year: i32) -> Option<Visit> {
    let stands = |request: &&Request| standing(request, year).is_none() && carries(request, visit.community);
    let looks = visit.looks.iter().filter_map(|look| {
        let kept = look.subjects.iter();
        let kept = kept.filter(|subject| requests.get(&subject.request).is_some_and(&stands));
        let subjects: Vec<_> = kept.cloned().collect();
        (!subjects.is_empty()).then(|| Look { subjects, ..look.clone() })
    });
    let looks: Vec<Look> = looks.collect();
    (!looks.is_empty()).then(|| Visit { looks, ..visit.clone() })
}

//! What a handler sees beside a complaint: the accused department's requests for that community, as facts. Whether they
//! cover what was imposed is for a person to say.

use chrono::NaiveDate;
use serde::Serialize;

use super::Complaint;
use crate::assignment::AssignmentStageKind;
use crate::id::RequestId;
use crate::request::Request;
use crate::stage::{Stage, StageKind};

/// One request that may or may not cover what was imposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Covering {
    pub request: RequestId,
    pub number: Option<String>,
    pub title: String,
    pub item: Option<String>,
    pub stage: StageKind,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    /// Where the community's own assignment stands.
    pub assignment: Option<AssignmentStageKind>,
    /// Admitted, and its funds committed, for this community.
    pub funded: bool,
    /// The day since which work was imposed lies in its period.
    pub in_period: bool,
    /// It is the request that is said to cover it.
    pub claimed: bool,
}

/// The requests of the district that name the community and come from the accused department, and the claimed one.
#[must_use]
pub fn coverage(complaint: &Complaint, of_district: &[Request]) -> Vec<Covering> {
    let claimed =
        |request: &Request| request.number.is_some() && request.number == complaint.imposed.covered_by;
    let near = |request: &&Request| {
        let names = request.targets.iter().any(|target| target.community == complaint.community);
        claimed(request) || (request.department == complaint.department && names)
    };
    let covering = |request: &Request| {
        let own = request.assignments.iter().find(|one| one.community == complaint.community);
        let waits = matches!(request.stage, Stage::Admitted { funded_on: Some(_), .. });
        let since = complaint.imposed.since;
        Covering {
            request: request.id,
            number: request.number.clone(),
            title: request.title().to_owned(),
            item: request.application.item.clone(),
            stage: request.stage.kind(),
            starts_on: request.application.starts_on,
            ends_on: request.application.ends_on,
            assignment: own.map(|own| own.stage.kind()),
            funded: own.is_some() || waits,
            in_period: request
                .application
                .period()
                .is_some_and(|(start, end)| start <= since && since <= end),
            claimed: claimed(request),
        }
    };
    of_district.iter().filter(near).map(covering).collect()
}

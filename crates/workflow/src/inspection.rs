//! The unified inspection (统一检查考核): one plan for a district's year, one date for a community. `standing` says what
//! may be inspected, `build` makes the draft, `decide` moves it; `open` is the one list of pairs. What a community has
//! refused is not there at all.

mod build;
mod decide;
mod schedule;
mod standing;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use build::{Built, Material, Place, build};
pub use decide::{Office, PlanAction, PlanDecided, decide, may_build, propose};
pub use standing::{Cause, Named, Proposal, cause, remaining, standing};

use crate::actor::Role;
use crate::id::{OrganisationId, PlanId, RequestId, UserId};
use crate::language::Bilingual;
use crate::parameters::CoreWhileShort;
use crate::words;

words! {
    /// The name of a plan's stage.
    PlanStageKind {
        Draft = "draft", "草案", "draft";
        Published = "published", "已公布", "published";
        Done = "done", "已完成", "done";
    }
}

words! {
    /// The name of a step of a plan.
    PlanActionKind {
        Propose = "propose_inspection", "申请检查", "propose an inspection";
        Build = "build_plan", "编制计划", "build the plan";
        Publish = "publish_plan", "公布计划", "publish the plan";
        Finish = "finish_plan", "完成计划", "finish the plan";
    }
}

/// Where a plan stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum PlanStage {
    Draft,
    Published { by: UserId, on: NaiveDate },
    Done { by: UserId, on: NaiveDate, done_on: NaiveDate },
}

/// The plan of a district's year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub id: PlanId,
    pub number: String,
    pub district: OrganisationId,
    pub year: i32,
    pub built_by: UserId,
    pub built_on: NaiveDate,
    pub content: PlanContent,
    pub stage: PlanStage,
    /// Counts the changes; a writer that read another version is refused.
    pub version: i64,
}

/// What is looked at, where and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanContent {
    /// One for each community, by day and code.
    pub visits: Vec<Visit>,
    /// What departments proposed in vain.
    pub refused: Vec<Refused>,
    pub core_while_short: CoreWhileShort,
    /// Codes of the communities whose base funds of the year have not all arrived.
    pub short: Vec<String>,
}

/// The one visit of a community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    pub community: OrganisationId,
    pub code: String,
    pub name: String,
    pub on: NaiveDate,
    pub looks: Vec<Look>,
}

/// What is of the same kind and looked at together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    pub kind: String,
    pub name: Bilingual,
    pub subjects: Vec<Subject>,
}

/// One admitted and funded request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub request: RequestId,
    pub number: String,
    pub title: String,
    pub item: Option<String>,
    pub department: OrganisationId,
}

/// A proposal that is not in the plan, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub department: OrganisationId,
    pub named: String,
    pub cause: Cause,
}

/// A day on which a community, or none of them, can be visited.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Busy {
    /// Code of the community; none means all.
    pub community: Option<String>,
    pub day: NaiveDate,
}

/// The stages to which a step may lead; empty where it is closed.
#[must_use]
pub fn open(stage: PlanStageKind, action: PlanActionKind, role: Role) -> &'static [PlanStageKind] {
    use PlanActionKind as A;
    use PlanStageKind as S;
    use Role as R;
    match (stage, action, role) {
        (S::Draft, A::Propose, R::Submitter) => &[S::Draft],
        (S::Draft, A::Build, R::Reviewer) => &[S::Draft],
        (S::Draft, A::Publish, R::Approver) => &[S::Published],
        (S::Published, A::Finish, R::System) => &[S::Done],
        _ => &[],
    }
}

impl PlanStage {
    #[must_use]
    pub fn kind(&self) -> PlanStageKind {
        match self {
            PlanStage::Draft => PlanStageKind::Draft,
            PlanStage::Published { .. } => PlanStageKind::Published,
            PlanStage::Done { .. } => PlanStageKind::Done,
        }
    }
}

impl Visit {
    /// What of the visit looks at one department's work; none if nothing does.
    #[must_use]
    pub fn of_department(mut self, department: OrganisationId) -> Option<Visit> {
        for look in &mut self.looks {
            look.subjects.retain(|subject| subject.department == department);
        }
        self.looks.retain(|look| !look.subjects.is_empty());
        (!self.looks.is_empty()).then_some(self)
    }
}

impl Plan {
    #[must_use]
    pub fn first_day(&self) -> Option<NaiveDate> {
        self.content.visits.iter().map(|visit| visit.on).min()
    }

    #[must_use]
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.content.visits.iter().map(|visit| visit.on).max()
    }

    /// Every request that some visit looks at.
    #[must_use]
    pub fn requests(&self) -> BTreeSet<RequestId> {
        let looks = self.content.visits.iter().flat_map(|visit| &visit.looks);
        looks.flat_map(|look| &look.subjects).map(|subject| subject.request).collect()
    }
}

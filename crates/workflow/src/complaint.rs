//! A complaint (违规摊派举报): a community reports work that was imposed without admission. `file` begins it, `decide`
//! moves it; `open` is the one list of pairs. It never enters a score of the community, and the accused department
//! learns the community only where the complaint is upheld, and never the person.

mod coverage;
mod decide;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use coverage::{Covering, coverage};
pub use decide::{ComplaintDecided, Near, decide, file};

use crate::actor::Role;
use crate::calendar::{Calendar, Limit};
use crate::id::{ComplaintId, OrganisationId, UserId};
use crate::parameters::ComplaintParameters;
use crate::words;

words! {
    /// The name of a complaint's stage.
    ComplaintStageKind {
        Filed = "filed", "待办理", "filed";
        Handling = "handling", "办理中", "being handled";
        Upheld = "upheld", "属实，责令停止", "upheld";
        Dismissed = "dismissed", "不予支持", "dismissed";
    }
}

words! {
    /// The name of a step of a complaint.
    ComplaintActionKind {
        File = "file_complaint", "举报违规摊派", "file a complaint";
        Take = "take_complaint", "承办举报", "take the complaint";
        Uphold = "uphold_complaint", "认定属实", "uphold the complaint";
        Dismiss = "dismiss_complaint", "不予支持", "dismiss the complaint";
        Escalate = "escalate_complaint", "逾期上报", "escalate the complaint";
    }
}

words! {
    /// Who hears a complaint: the leading group where the office belongs to the accused organisation.
    Hearer {
        Office = "office", "领导小组办公室", "the office";
        LeadingGroup = "leading_group", "领导小组", "the leading group";
    }
}

/// Where a complaint stands. Every `on` is the day the stage was entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum ComplaintStage {
    Filed,
    Handling { by: UserId, on: NaiveDate },
    Upheld { by: UserId, on: NaiveDate, order: String },
    Dismissed { by: UserId, on: NaiveDate, reason: String },
}

/// What a committee reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imposed {
    pub what: String,
    pub since: NaiveDate,
    /// The number of the request that is said to cover it.
    pub covered_by: Option<String>,
}

/// A complaint of one community against one department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    pub id: ComplaintId,
    pub number: String,
    pub district: OrganisationId,
    pub community: OrganisationId,
    pub department: OrganisationId,
    pub filed_by: UserId,
    pub filed_on: NaiveDate,
    pub imposed: Imposed,
    pub hearer: Hearer,
    /// The day on which it was found late, once.
    pub escalated_on: Option<NaiveDate>,
    pub stage: ComplaintStage,
    /// Counts the changes; a writer that read another version is refused.
    pub version: i64,
}

/// A step of a complaint with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComplaintAction {
    Take,
    Uphold { order: String },
    Dismiss { reason: String },
    Escalate,
}

/// The stages to which a step may lead; empty where it is closed.
#[must_use]
pub fn open(
    stage: ComplaintStageKind,
    action: ComplaintActionKind,
    role: Role,
) -> &'static [ComplaintStageKind] {
    use ComplaintActionKind as A;
    use ComplaintStageKind as S;
    use Role as R;
    match (stage, action, role) {
        (S::Filed, A::Take, R::Reviewer | R::Approver) => &[S::Handling],
        (S::Handling, A::Take, R::Approver) => &[S::Handling],
        (S::Handling, A::Uphold, R::Reviewer | R::Approver) => &[S::Upheld],
        (S::Handling, A::Dismiss, R::Reviewer | R::Approver) => &[S::Dismissed],
        (S::Filed, A::Escalate, R::System) => &[S::Filed],
        (S::Handling, A::Escalate, R::System) => &[S::Handling],
        _ => &[],
    }
}

impl ComplaintStage {
    #[must_use]
    pub fn kind(&self) -> ComplaintStageKind {
        match self {
            ComplaintStage::Filed => ComplaintStageKind::Filed,
            ComplaintStage::Handling { .. } => ComplaintStageKind::Handling,
            ComplaintStage::Upheld { .. } => ComplaintStageKind::Upheld,
            ComplaintStage::Dismissed { .. } => ComplaintStageKind::Dismissed,
        }
    }
}

impl ComplaintStageKind {
    /// Whether nothing follows any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, ComplaintStageKind::Upheld | ComplaintStageKind::Dismissed)
    }
}

impl ComplaintAction {
    #[must_use]
    pub fn kind(&self) -> ComplaintActionKind {
        match self {
            ComplaintAction::Take => ComplaintActionKind::Take,
            ComplaintAction::Uphold { .. } => ComplaintActionKind::Uphold,
            ComplaintAction::Dismiss { .. } => ComplaintActionKind::Dismiss,
            ComplaintAction::Escalate => ComplaintActionKind::Escalate,
        }
    }
}

impl Complaint {
    /// The limit of the decision, in working days after the filing (`policy.md` §6).
    #[must_use]
    pub fn limit(&self, calendar: &Calendar, parameters: &ComplaintParameters) -> Limit {
        calendar.limit(self.filed_on, parameters.decision)
    }

    /// Whether it is late and nobody was told yet.
    #[must_use]
    pub fn wants_escalation(
        &self,
        today: NaiveDate,
        calendar: &Calendar,
        parameters: &ComplaintParameters,
    ) -> bool {
        let open = !self.stage.kind().is_final() && self.escalated_on.is_none();
        open && self.limit(calendar, parameters).has_passed(today)
    }
}

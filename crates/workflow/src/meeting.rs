//! The meeting of the leading group (联席会议): an agenda made of cases that are ripe for a decision, who is present, what was
//! voted and objected, and what became of each case. It decides no case: a decision is the ordinary action on the
//! request, under its own clock, by whoever may take it. `decide` moves the meeting; `open` is the one list of pairs.

mod decide;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use decide::{MeetingAction, MeetingDecided, call, decide};

use crate::action::ActionKind;
use crate::actor::Role;
use crate::assessment::Outcome;
use crate::id::{MeetingId, OrganisationId, RequestId, UserId};
use crate::request::Request;
use crate::stage::StageKind;
use crate::words;

words! {
    /// The name of a meeting's stage.
    MeetingStageKind {
        Called = "called", "筹备", "called";
        InSession = "in_session", "会议中", "in session";
        Closed = "closed", "已结束", "closed";
        Cancelled = "cancelled", "已取消", "cancelled";
    }
}

words! {
    /// The name of a step of a meeting.
    MeetingActionKind {
        Call = "call_meeting", "召集会议", "call a meeting";
        Arrange = "arrange_meeting", "安排议程", "arrange the agenda";
        Open = "open_meeting", "宣布开会", "open the meeting";
        Record = "record_votes", "记录表决", "record votes";
        Close = "close_meeting", "结束会议", "close the meeting";
        Cancel = "cancel_meeting", "取消会议", "cancel the meeting";
    }
}

words! {
    /// Why a case is ripe for the meeting.
    Ripe {
        Proposed = "proposed", "待审批", "waits for its decision";
        Reconsideration = "reconsideration", "待复核", "waits for its reconsideration";
        Referred = "referred", "规则提请集体研究", "referred by the rules";
    }
}

/// The form of a meeting's number.
pub const NUMBER: &str = "会〔{year}〕{number}号";

/// Where a meeting stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum MeetingStage {
    Called,
    InSession { present: Vec<String>, opened_at: DateTime<Utc> },
    Closed { present: Vec<String>, opened_at: DateTime<Utc>, closed_at: DateTime<Utc>, by: UserId },
    Cancelled { reason: String },
}

/// A meeting of a district.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    pub id: MeetingId,
    pub number: String,
    pub district: OrganisationId,
    pub held_on: NaiveDate,
    pub place: String,
    pub called_by: UserId,
    /// In the order in which they are heard.
    pub agenda: Vec<Case>,
    pub stage: MeetingStage,
    /// Counts the changes; a writer that read another version is refused.
    pub version: i64,
}

/// One case of the agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    pub request: RequestId,
    pub number: String,
    pub title: String,
    pub ripe: Ripe,
    /// The time it is given.
    pub minutes: u32,
    pub vote: Option<Vote>,
    /// What became of it; known when the meeting is closed.
    pub outcome: Option<CaseOutcome>,
}

/// What was voted on a case, and who objected; it advises whoever decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    #[serde(rename = "for")]
    pub in_favour: u32,
    pub against: u32,
    pub abstaining: u32,
    /// One line for each objection, with who made it.
    pub objections: Vec<String>,
    /// What was agreed, in the meeting's words.
    pub opinion: Option<String>,
}

/// What became of a case by the end of the meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum CaseOutcome {
    /// The step that was taken on the request during the meeting, and its place in the request's history.
    Decided { action: ActionKind, after: StageKind, by: UserId, reason: Option<String>, event: i64 },
    /// Still ripe: it comes before the next meeting.
    CarriedOver { stage: StageKind },
    /// It ended by itself meanwhile, such as by a withdrawal.
    Dropped { stage: StageKind },
}

/// The steps on a request that decide a case of a meeting.
pub const DECIDING: &[ActionKind] = &[
    ActionKind::Approve,
    ActionKind::ApproveForced,
    ActionKind::SendBack,
    ActionKind::Uphold,
    ActionKind::Overturn,
    ActionKind::Return,
    ActionKind::Consult,
];

/// What else is done on a case while it is heard; it stays ripe afterwards.
pub const PREPARING: &[ActionKind] = &[ActionKind::Propose, ActionKind::Extend];

/// Why a request is ripe for the meeting; none where it is not.
#[must_use]
pub fn ripe(request: &Request) -> Option<Ripe> {
    match request.stage.kind() {
        StageKind::Proposed => Some(Ripe::Proposed),
        StageKind::Reconsideration => Some(Ripe::Reconsideration),
        StageKind::Review => {
            let referred = request.assessed.as_ref().is_some_and(|one| one.outcome == Outcome::Refer);
            referred.then_some(Ripe::Referred)
        }
        _ => None,
    }
}

/// The stages to which a step may lead; empty where it is closed.
#[must_use]
pub fn open(stage: MeetingStageKind, action: MeetingActionKind, role: Role) -> &'static [MeetingStageKind] {
    use MeetingActionKind as A;
    use MeetingStageKind as S;
    use Role as R;
    match (stage, action, role) {
        (S::Called, A::Arrange, R::Reviewer | R::Approver) => &[S::Called],
        (S::Called, A::Open, R::Reviewer | R::Approver) => &[S::InSession],
        (S::Called, A::Cancel, R::Reviewer | R::Approver) => &[S::Cancelled],
        (S::InSession, A::Record, R::Reviewer | R::Approver) => &[S::InSession],
        (S::InSession, A::Close, R::Reviewer | R::Approver) => &[S::Closed],
        _ => &[],
    }
}

impl MeetingStage {
    #[must_use]
    pub fn kind(&self) -> MeetingStageKind {
        match self {
            MeetingStage::Called => MeetingStageKind::Called,
            MeetingStage::InSession { .. } => MeetingStageKind::InSession,
            MeetingStage::Closed { .. } => MeetingStageKind::Closed,
            MeetingStage::Cancelled { .. } => MeetingStageKind::Cancelled,
        }
    }

    /// Who is or was present.
    #[must_use]
    pub fn present(&self) -> &[String] {
        match self {
            MeetingStage::InSession { present, .. } | MeetingStage::Closed { present, .. } => present,
            MeetingStage::Called | MeetingStage::Cancelled { .. } => &[],
        }
    }

    /// Since when it has been in session.
    #[must_use]
    pub fn opened_at(&self) -> Option<DateTime<Utc>> {
        match self {
            MeetingStage::InSession { opened_at, .. } | MeetingStage::Closed { opened_at, .. } => {
                Some(*opened_at)
            }
            MeetingStage::Called | MeetingStage::Cancelled { .. } => None,
        }
    }
}

impl Case {
    /// A ripe request as a case that is given some minutes.
    #[must_use]
    pub fn of(request: &Request, minutes: u32) -> Option<Case> {
        Some(Case {
            request: request.id,
            number: request.number().to_owned(),
            title: request.title().to_owned(),
            ripe: ripe(request)?,
            minutes,
            vote: None,
            outcome: None,
        })
    }
}

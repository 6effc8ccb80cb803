//! Notices: whom an action tells what. The wording is the notifier's; the addresses are the store's.

use serde::{Deserialize, Serialize};

use crate::actor::Role;
use crate::assignment::AssignmentStage;
use crate::id::{OrganisationId, UserId};
use crate::request::Request;
use crate::stage::{Stage, StageKind};
use crate::words;

words! {
    /// What a letter is about.
    NoticeKind {
        Submitted = "submitted", "收到申请", "submitted";
        Returned = "returned", "退回补正", "returned";
        Quoted = "quoted", "核定报价", "quoted";
        Decided = "decided", "处理结果", "decided";
        Funded = "funded", "经费到位", "funded";
        Invited = "invited", "征求意见", "invited to speak";
        Nudged = "nudged", "催办", "urged";
        Assigned = "assigned", "派单", "assigned";
        LimitNear = "limit_near", "时限将至", "limit near";
        LimitPassed = "limit_passed", "时限已过", "limit passed";
        Escalated = "escalated", "逾期上报", "escalated";
        CardGiven = "card_given", "黄牌红牌", "card given";
        CardContested = "card_contested", "牌的申诉", "card contested";
        CardDecided = "card_decided", "申诉结果", "card decided";
        LimitsMoved = "limits_moved", "时限调整", "limits moved";
        ComplaintFiled = "complaint_filed", "收到举报", "complaint filed";
        ComplaintAnswered = "complaint_answered", "举报办理", "complaint answered";
        ComplaintUpheld = "complaint_upheld", "责令停止", "order to stop";
        ComplaintLate = "complaint_late", "举报逾期", "complaint late";
        InspectionDate = "inspection_date", "检查日期", "date of inspection";
        Merged = "merged", "社区合并", "communities merged";
        Sealed = "sealed", "审计封存", "audit seal";
        WebhookPaused = "webhook_paused", "回调暂停", "web-hook paused";
    }
}

/// Who is told: everyone with a role in an organisation, or in all organisations of a district; or one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Audience {
    Organisation { organisation: OrganisationId, role: Role },
    District { district: OrganisationId, role: Role },
    Person(UserId),
}

/// One notice; the values fill the letter's template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub kind: NoticeKind,
    pub to: Audience,
    pub values: Vec<(&'static str, String)>,
}

/// What has to be open still for a notice to be worth sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// The stage in which the request stands when it is told.
    Stage,
    /// The answer of the community that is told.
    Assignment,
    /// Nothing: it informs, and stays true.
    Nothing,
}

impl NoticeKind {
    /// Which step a notice of this kind asks for or warns of.
    #[must_use]
    pub fn concern(self) -> Concern {
        match self {
            NoticeKind::Submitted
            | NoticeKind::Returned
            | NoticeKind::Quoted
            | NoticeKind::Invited
            | NoticeKind::Nudged
            | NoticeKind::LimitNear
            | NoticeKind::LimitPassed
            | NoticeKind::Escalated => Concern::Stage,
            NoticeKind::Assigned => Concern::Assignment,
            NoticeKind::Decided
            | NoticeKind::Funded
            | NoticeKind::LimitsMoved
            | NoticeKind::CardGiven
            | NoticeKind::CardContested
            | NoticeKind::CardDecided
            | NoticeKind::ComplaintFiled
            | NoticeKind::ComplaintAnswered
            | NoticeKind::ComplaintUpheld
            | NoticeKind::ComplaintLate
            | NoticeKind::InspectionDate
            | NoticeKind::Merged
            | NoticeKind::Sealed
            | NoticeKind::WebhookPaused => Concern::Nothing,
        }
    }
}

impl Notice {
    /// The step this notice is about, while the request stands in a stage; see [`open_steps`].
    #[must_use]
    pub fn step(&self, stage: StageKind) -> Option<String> {
        match (self.kind.concern(), self.to) {
            (Concern::Nothing, _) => None,
            (Concern::Assignment, Audience::Organisation { organisation, .. }) => {
                Some(assignment(organisation))
            }
            (Concern::Stage | Concern::Assignment, _) => Some(stage.word().to_owned()),
        }
    }
}

/// The steps that somebody still has to take; a notice about any other comes after the fact.
#[must_use]
pub fn open_steps(request: &Request) -> Vec<String> {
    let offered =
        request.assignments.iter().filter(|one| matches!(one.stage, AssignmentStage::Offered { .. }));
    let answers = offered.map(|one| assignment(one.community));
    let stage = match &request.stage {
        Stage::Admitted { funded_on: Some(_), .. } => None,
        stage => Some(stage.kind().word().to_owned()),
    };
    stage.into_iter().chain(answers).collect()
}

fn assignment(community: OrganisationId) -> String {
    format!("assignment:{community}")
}

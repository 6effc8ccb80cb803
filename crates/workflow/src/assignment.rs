//! An assignment (派单): one community's part of a request that is admitted and funded.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id::OrganisationId;
use crate::money::Fen;
use crate::words;

words! {
    /// Why a community refuses (`policy.md` §8); a refusal never appears in any score.
    RefusalReason {
        Unadmitted = "unadmitted", "未经准入", "not admitted";
        OffList = "off_list", "超出清单", "off the list";
        Unfunded = "unfunded", "经费不到位", "unfunded";
        PowersMissing = "powers_missing", "缺少权限", "powers missing";
        OverQuota = "over_quota", "超出工作量", "over quota";
        Other = "other", "其他", "other";
    }
}

/// One community's part, with its own price that a refusal takes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    pub community: OrganisationId,
    pub code: String,
    pub price: Fen,
    pub paid: Fen,
    pub stage: AssignmentStage,
}

/// Where an assignment stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum AssignmentStage {
    Offered { on: NaiveDate },
    Accepted { on: NaiveDate },
    Refused { on: NaiveDate, reason: RefusalReason },
    Delivered { on: NaiveDate },
}

words! {
    /// The name of an assignment's stage.
    AssignmentStageKind {
        Offered = "offered", "待接受", "offered";
        Accepted = "accepted", "已接受", "accepted";
        Refused = "refused", "已拒绝", "refused";
        Delivered = "delivered", "已交付", "delivered";
    }
}

impl AssignmentStage {
    #[must_use]
    pub fn kind(&self) -> AssignmentStageKind {
        match self {
            AssignmentStage::Offered { .. } => AssignmentStageKind::Offered,
            AssignmentStage::Accepted { .. } => AssignmentStageKind::Accepted,
            AssignmentStage::Refused { .. } => AssignmentStageKind::Refused,
            AssignmentStage::Delivered { .. } => AssignmentStageKind::Delivered,
        }
    }
}

impl Assignment {
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.stage, AssignmentStage::Refused { .. })
    }

    /// Nothing is awaited from the community any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.stage, AssignmentStage::Refused { .. } | AssignmentStage::Delivered { .. })
    }
}

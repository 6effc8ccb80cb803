//! An assignment (派单): one community's part of a request that is admitted and funded.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::facts::DayFactor;
use crate::hours::Centihours;
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

/// What a community hands in when its work is done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Delivery {
    pub report: String,
    pub evidence: Vec<Evidence>,
    /// What the work has really cost, where the surplus goes back (`policy.md` §7).
    pub actual: Option<Fen>,
    /// Real hours, by which an emergency is paid.
    pub worked: Vec<Worked>,
}

impl Delivery {
    /// A delivery of a report alone.
    #[must_use]
    pub fn of(report: impl Into<String>) -> Delivery {
        Delivery { report: report.into(), ..Delivery::default() }
    }
}

/// A file that shows the work; its bytes are kept by the store under its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub name: String,
    /// SHA-256, in hex.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

/// Real work on one kind of day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worked {
    pub day: DayFactor,
    pub hours: Centihours,
}

/// Where an assignment stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum AssignmentStage {
    Offered {
        on: NaiveDate,
    },
    Accepted {
        on: NaiveDate,
    },
    Refused {
        on: NaiveDate,
        reason: RefusalReason,
    },
    Delivered {
        on: NaiveDate,
        #[serde(default)]
        delivery: Delivery,
    },
    /// The department says that it is not what was agreed; the office decides.
    Disputed {
        on: NaiveDate,
        delivery: Delivery,
        reason: String,
    },
    /// Accepted by the department, the office or the clock; `due` is what the work is worth.
    Confirmed {
        on: NaiveDate,
        delivery: Delivery,
        due: Fen,
    },
    /// Ended with the request before it was delivered; `due` is what was done.
    Ended {
        on: NaiveDate,
        due: Fen,
    },
}

words! {
    /// The name of an assignment's stage.
    AssignmentStageKind {
        Offered = "offered", "待接受", "offered";
        Accepted = "accepted", "已接受", "accepted";
        Refused = "refused", "已拒绝", "refused";
        Delivered = "delivered", "已交付", "delivered";
        Disputed = "disputed", "有争议", "disputed";
        Confirmed = "confirmed", "已验收", "confirmed";
        Ended = "ended", "已终止", "ended";
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
            AssignmentStage::Disputed { .. } => AssignmentStageKind::Disputed,
            AssignmentStage::Confirmed { .. } => AssignmentStageKind::Confirmed,
            AssignmentStage::Ended { .. } => AssignmentStageKind::Ended,
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
        !matches!(self.stage, AssignmentStage::Offered { .. } | AssignmentStage::Accepted { .. })
    }

    /// The work was handed in, whatever became of it then.
    #[must_use]
    pub fn has_delivered(&self) -> bool {
        self.delivery().is_some()
    }

    #[must_use]
    pub fn is_disputed(&self) -> bool {
        matches!(self.stage, AssignmentStage::Disputed { .. })
    }

    /// What the community has handed in.
    #[must_use]
    pub fn delivery(&self) -> Option<&Delivery> {
        match &self.stage {
            AssignmentStage::Delivered { delivery, .. }
            | AssignmentStage::Disputed { delivery, .. }
            | AssignmentStage::Confirmed { delivery, .. } => Some(delivery),
            _ => None,
        }
    }
}

//! The stages of a request. A stage carries what is true only in that stage.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::clock::DecisionClock;
use crate::consultation::{Inquiry, Objection};
use crate::emergency::Emergency;
use crate::id::UserId;
use crate::money::Fen;
use crate::words;

words! {
    /// The name of a stage (`workflow.md`, stages).
    StageKind {
        Draft = "draft", "草稿", "draft";
        Submitted = "submitted", "待受理", "submitted";
        Returned = "returned", "退回补正", "returned";
        Review = "review", "审核中", "in review";
        Consultation = "consultation", "征求意见", "in consultation";
        Quoted = "quoted", "待确认报价", "quoted";
        Proposed = "proposed", "待审批", "proposed";
        Publication = "publication", "公示中", "in publication";
        Admitted = "admitted", "已准入待到位", "admitted";
        InForce = "in_force", "实施中", "in force";
        Suspended = "suspended", "中止", "suspended";
        Acceptance = "acceptance", "待验收", "in acceptance";
        Settled = "settled", "已结算", "settled";
        Rejected = "rejected", "不予准入", "rejected";
        Reconsideration = "reconsideration", "复核", "in reconsideration";
        Withdrawn = "withdrawn", "撤回", "withdrawn";
        Lapsed = "lapsed", "失效", "lapsed";
        Terminated = "terminated", "退出", "terminated";
        Closed = "closed", "归档", "closed";
    }
}

/// Where a request stands. Dates are days of the jurisdiction; every `on` is the day the stage was entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    Draft,
    Submitted {
        on: NaiveDate,
    },
    Returned {
        on: NaiveDate,
    },
    Review {
        on: NaiveDate,
        clock: DecisionClock,
        accepted_quote: Option<Fen>,
    },
    /// The decision clock stands while others are heard.
    Consultation {
        on: NaiveDate,
        clock: DecisionClock,
        accepted_quote: Option<Fen>,
        inquiry: Inquiry,
    },
    Quoted {
        on: NaiveDate,
        clock: DecisionClock,
        price: Fen,
    },
    Proposed {
        on: NaiveDate,
        clock: DecisionClock,
        accepted_quote: Option<Fen>,
        proposal: Proposal,
    },
    Publication {
        on: NaiveDate,
        clock: DecisionClock,
        decision: Decision,
        #[serde(default)]
        objections: Vec<Objection>,
    },
    Admitted {
        on: NaiveDate,
        decision: Decision,
        funded_on: Option<NaiveDate>,
    },
    InForce {
        on: NaiveDate,
        #[serde(alias = "decision")]
        authority: Authority,
        middle_paid: bool,
    },
    Suspended {
        on: NaiveDate,
        authority: Authority,
        /// What the stage before it carried, for the way back.
        in_force_on: NaiveDate,
        middle_paid: bool,
    },
    Acceptance {
        on: NaiveDate,
        #[serde(alias = "decision")]
        authority: Authority,
    },
    Settled {
        on: NaiveDate,
        #[serde(alias = "decision")]
        authority: Authority,
    },
    Rejected {
        on: NaiveDate,
        decision: Decision,
    },
    Reconsideration {
        on: NaiveDate,
        decision: Decision,
    },
    Withdrawn {
        on: NaiveDate,
    },
    Lapsed {
        on: NaiveDate,
    },
    Terminated {
        on: NaiveDate,
        authority: Authority,
    },
    Closed {
        on: NaiveDate,
        from: StageKind,
    },
}

impl Stage {
    #[must_use]
    pub fn kind(&self) -> StageKind {
        match self {
            Stage::Draft => StageKind::Draft,
            Stage::Submitted { .. } => StageKind::Submitted,
            Stage::Returned { .. } => StageKind::Returned,
            Stage::Review { .. } => StageKind::Review,
            Stage::Consultation { .. } => StageKind::Consultation,
            Stage::Quoted { .. } => StageKind::Quoted,
            Stage::Proposed { .. } => StageKind::Proposed,
            Stage::Publication { .. } => StageKind::Publication,
            Stage::Admitted { .. } => StageKind::Admitted,
            Stage::InForce { .. } => StageKind::InForce,
            Stage::Suspended { .. } => StageKind::Suspended,
            Stage::Acceptance { .. } => StageKind::Acceptance,
            Stage::Settled { .. } => StageKind::Settled,
            Stage::Rejected { .. } => StageKind::Rejected,
            Stage::Reconsideration { .. } => StageKind::Reconsideration,
            Stage::Withdrawn { .. } => StageKind::Withdrawn,
            Stage::Lapsed { .. } => StageKind::Lapsed,
            Stage::Terminated { .. } => StageKind::Terminated,
            Stage::Closed { .. } => StageKind::Closed,
        }
    }

    /// Who proposed and who approved, from the decision on; an emergency that is not decided yet has none.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Stage::Publication { decision, .. }
            | Stage::Admitted { decision, .. }
            | Stage::Rejected { decision, .. }
            | Stage::Reconsideration { decision, .. } => Some(decision),
            _ => self.authority().and_then(Authority::decision),
        }
    }

    /// What lets the work go on, from the day it is in force.
    #[must_use]
    pub fn authority(&self) -> Option<&Authority> {
        match self {
            Stage::InForce { authority, .. }
            | Stage::Suspended { authority, .. }
            | Stage::Acceptance { authority, .. }
            | Stage::Settled { authority, .. }
            | Stage::Terminated { authority, .. } => Some(authority),
            _ => None,
        }
    }

    /// The emergency, where the work goes on as one.
    #[must_use]
    pub fn emergency(&self) -> Option<&Emergency> {
        match self.authority()? {
            Authority::Emergency(emergency) => Some(emergency),
            Authority::Decided(_) => None,
        }
    }
}

impl StageKind {
    /// Whether nothing follows any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        self == StageKind::Closed
    }

    /// Whether the request is over: it holds neither money nor a place in anybody's hands, and waits to be closed.
    #[must_use]
    pub fn is_over(self) -> bool {
        use StageKind as S;
        matches!(self, S::Settled | S::Rejected | S::Withdrawn | S::Lapsed | S::Terminated | S::Closed)
    }

    /// Whether work may go on in communities.
    #[must_use]
    pub fn is_running(self) -> bool {
        matches!(self, StageKind::InForce | StageKind::Suspended | StageKind::Acceptance)
    }
}

words! {
    /// What the office proposes and the leading group approves.
    Verdict {
        Admit = "admit", "准予准入", "admit";
        Reject = "reject", "不予准入", "reject";
    }
}

/// A reviewer's proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub by: UserId,
    pub on: NaiveDate,
    pub verdict: Verdict,
    /// Codes of the findings whose conditions travel with the decision.
    pub conditions: Vec<String>,
    pub reason: Option<String>,
    /// Those for whom the proposer stood in; the second person is none of them.
    #[serde(default)]
    pub principals: Vec<UserId>,
}

/// A proposal that a second person approved (four eyes).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub proposal: Proposal,
    pub approved_by: UserId,
    pub approved_on: NaiveDate,
    /// Those for whom the approver stood in.
    #[serde(default)]
    pub principals: Vec<UserId>,
    /// Why the hours are booked even where they are not free; none where they must be.
    #[serde(default)]
    pub forced: Option<String>,
}

impl Decision {
    /// Everyone who had a hand in it.
    pub fn hands(&self) -> impl Iterator<Item = UserId> {
        let own = [self.proposal.by, self.approved_by].into_iter();
        own.chain(self.proposal.principals.iter().copied()).chain(self.principals.iter().copied())
    }
}

/// By what right work goes on: a decision before it, or an emergency that is decided afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Authority {
    Decided(Decision),
    Emergency(Emergency),
}

impl Authority {
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Authority::Decided(decision) => Some(decision),
            Authority::Emergency(emergency) => emergency.decision.as_ref(),
        }
    }
}

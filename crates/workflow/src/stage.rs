//! The stages of a request. A stage carries what is true only in that stage.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, Limit};
use crate::id::UserId;
use crate::money::Fen;
use crate::parameters::LimitParameters;
use crate::words;

words! {
    /// The name of a stage (`workflow.md`, stages).
    StageKind {
        Draft = "draft", "草稿", "draft";
        Submitted = "submitted", "待受理", "submitted";
        Returned = "returned", "退回补正", "returned";
        Review = "review", "审核中", "in review";
        Quoted = "quoted", "待确认报价", "quoted";
        Proposed = "proposed", "待审批", "proposed";
        Publication = "publication", "公示中", "in publication";
        Admitted = "admitted", "已准入待到位", "admitted";
        InForce = "in_force", "实施中", "in force";
        Acceptance = "acceptance", "待验收", "in acceptance";
        Settled = "settled", "已结算", "settled";
        Rejected = "rejected", "不予准入", "rejected";
        Withdrawn = "withdrawn", "撤回", "withdrawn";
        Lapsed = "lapsed", "失效", "lapsed";
    }
}

/// Where a request stands. Dates are days of the jurisdiction; every `on` is the day the stage was entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    Draft,
    Submitted { on: NaiveDate },
    Returned { on: NaiveDate },
    Review { on: NaiveDate, clock: DecisionClock, accepted_quote: Option<Fen> },
    Quoted { on: NaiveDate, clock: DecisionClock, price: Fen },
    Proposed { on: NaiveDate, clock: DecisionClock, accepted_quote: Option<Fen>, proposal: Proposal },
    Publication { on: NaiveDate, clock: DecisionClock, decision: Decision },
    Admitted { on: NaiveDate, decision: Decision, funded_on: Option<NaiveDate> },
    InForce { on: NaiveDate, decision: Decision, middle_paid: bool },
    Acceptance { on: NaiveDate, decision: Decision },
    Settled { on: NaiveDate, decision: Decision },
    Rejected { on: NaiveDate, decision: Decision },
    Withdrawn { on: NaiveDate },
    Lapsed { on: NaiveDate },
}

impl Stage {
    #[must_use]
    pub fn kind(&self) -> StageKind {
        match self {
            Stage::Draft => StageKind::Draft,
            Stage::Submitted { .. } => StageKind::Submitted,
            Stage::Returned { .. } => StageKind::Returned,
            Stage::Review { .. } => StageKind::Review,
            Stage::Quoted { .. } => StageKind::Quoted,
            Stage::Proposed { .. } => StageKind::Proposed,
            Stage::Publication { .. } => StageKind::Publication,
            Stage::Admitted { .. } => StageKind::Admitted,
            Stage::InForce { .. } => StageKind::InForce,
            Stage::Acceptance { .. } => StageKind::Acceptance,
            Stage::Settled { .. } => StageKind::Settled,
            Stage::Rejected { .. } => StageKind::Rejected,
            Stage::Withdrawn { .. } => StageKind::Withdrawn,
            Stage::Lapsed { .. } => StageKind::Lapsed,
        }
    }

    /// Who proposed and who approved, from the decision on.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Stage::Publication { decision, .. }
            | Stage::Admitted { decision, .. }
            | Stage::InForce { decision, .. }
            | Stage::Acceptance { decision, .. }
            | Stage::Settled { decision, .. }
            | Stage::Rejected { decision, .. } => Some(decision),
            Stage::Draft
            | Stage::Submitted { .. }
            | Stage::Returned { .. }
            | Stage::Review { .. }
            | Stage::Quoted { .. }
            | Stage::Proposed { .. }
            | Stage::Withdrawn { .. }
            | Stage::Lapsed { .. } => None,
        }
    }
}

impl StageKind {
    /// Whether nothing follows any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, StageKind::Settled | StageKind::Rejected | StageKind::Withdrawn | StageKind::Lapsed)
    }
}

/// The clock of the decision (`policy.md` §6): it starts on acceptance and stops while a quote is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionClock {
    pub started_on: NaiveDate,
    pub pauses: Vec<Pause>,
}

/// A time in which a clock stood: the days after `from` up to `until` are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub from: NaiveDate,
    pub until: NaiveDate,
}

impl DecisionClock {
    #[must_use]
    pub fn started(on: NaiveDate) -> DecisionClock {
        DecisionClock { started_on: on, pauses: Vec::new() }
    }

    /// The clock after it stood from one day to another.
    #[must_use]
    pub fn paused(mut self, from: NaiveDate, until: NaiveDate) -> DecisionClock {
        self.pauses.push(Pause { from, until });
        self
    }

    /// The limit of the decision: its working days and exactly those of the pauses. A limit that has passed stays so: a
    /// pause that begins after it adds nothing.
    #[must_use]
    pub fn limit(&self, calendar: &Calendar, limits: &LimitParameters) -> Limit {
        let running = calendar.limit(self.started_on, limits.decision);
        self.pauses.iter().fold(running, |limit, pause| {
            if limit.has_passed(pause.from) {
                return limit;
            }
            let stood = pause.from.succ_opt().map_or(0, |day| calendar.working_days(day, pause.until));
            calendar.limit(self.started_on, limit.working_days.saturating_add(stood))
        })
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
}

/// A proposal that a second person approved (four eyes).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub proposal: Proposal,
    pub approved_by: UserId,
    pub approved_on: NaiveDate,
}

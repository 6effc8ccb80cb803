//! What can be done to a request; an action carries what only it needs.

use crate::assessment::Outcome;
use crate::assignment::RefusalReason;
use crate::facts::{Application, Offer};
use crate::id::OrganisationId;
use crate::request::{Assessed, Target};
use crate::stage::Verdict;
use crate::words;

words! {
    /// The name of an action (`workflow.md`, transitions).
    ActionKind {
        Correct = "correct", "修改", "correct";
        Submit = "submit", "提交", "submit";
        ReturnByRules = "return_by_rules", "规则退回", "return by the rules";
        AcceptFiling = "accept_filing", "受理", "accept the filing";
        Return = "return", "退回补正", "return";
        Quote = "quote", "报价", "quote";
        AcceptQuote = "accept_quote", "接受报价", "accept the quote";
        DeclineQuote = "decline_quote", "不接受报价", "decline the quote";
        Propose = "propose", "提出处理意见", "propose";
        Approve = "approve", "审批", "approve";
        SendBack = "send_back", "发回重审", "send back";
        Enter = "enter", "公示期满准入", "enter";
        QuotaShort = "quota_short", "工时不足退回审核", "go back for lack of hours";
        CommitFunds = "commit_funds", "经费到位", "commit funds";
        Start = "start", "开始实施", "start";
        AcceptAssignment = "accept_assignment", "接受派单", "accept the assignment";
        RefuseAssignment = "refuse_assignment", "拒绝派单", "refuse the assignment";
        DeliverAssignment = "deliver_assignment", "交付派单", "deliver the assignment";
        PayMiddle = "pay_middle", "中期拨付", "pay the middle instalment";
        Finish = "finish", "转入验收", "finish";
        Confirm = "confirm", "验收确认", "confirm";
        Withdraw = "withdraw", "撤回", "withdraw";
        Lapse = "lapse", "逾期失效", "lapse";
    }
}

/// An action with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// What a draft or a returned request says is replaced.
    Correct {
        application: Box<Application>,
        targets: Vec<Target>,
    },
    /// The rules have run; their result comes with it.
    Submit {
        assessed: Box<Assessed>,
    },
    ReturnByRules,
    AcceptFiling,
    Return {
        reason: String,
    },
    Quote,
    AcceptQuote {
        offer: Offer,
    },
    DeclineQuote,
    Propose {
        verdict: Verdict,
        conditions: Vec<String>,
        reason: Option<String>,
    },
    Approve,
    SendBack {
        reason: String,
    },
    Enter,
    QuotaShort,
    CommitFunds {
        base_funds: BaseFunds,
    },
    Start,
    AcceptAssignment {
        community: OrganisationId,
    },
    RefuseAssignment {
        community: OrganisationId,
        reason: RefusalReason,
        text: Option<String>,
    },
    DeliverAssignment {
        community: OrganisationId,
        report: String,
    },
    PayMiddle,
    Finish,
    Confirm,
    Withdraw,
    Lapse,
}

/// Whether the base funds of the communities have arrived for the year (`policy.md` §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaseFunds {
    Current,
    Short,
}

impl Action {
    #[must_use]
    pub fn kind(&self) -> ActionKind {
        match self {
            Action::Correct { .. } => ActionKind::Correct,
            Action::Submit { .. } => ActionKind::Submit,
            Action::ReturnByRules => ActionKind::ReturnByRules,
            Action::AcceptFiling => ActionKind::AcceptFiling,
            Action::Return { .. } => ActionKind::Return,
            Action::Quote => ActionKind::Quote,
            Action::AcceptQuote { .. } => ActionKind::AcceptQuote,
            Action::DeclineQuote => ActionKind::DeclineQuote,
            Action::Propose { .. } => ActionKind::Propose,
            Action::Approve => ActionKind::Approve,
            Action::SendBack { .. } => ActionKind::SendBack,
            Action::Enter => ActionKind::Enter,
            Action::QuotaShort => ActionKind::QuotaShort,
            Action::CommitFunds { .. } => ActionKind::CommitFunds,
            Action::Start => ActionKind::Start,
            Action::AcceptAssignment { .. } => ActionKind::AcceptAssignment,
            Action::RefuseAssignment { .. } => ActionKind::RefuseAssignment,
            Action::DeliverAssignment { .. } => ActionKind::DeliverAssignment,
            Action::PayMiddle => ActionKind::PayMiddle,
            Action::Finish => ActionKind::Finish,
            Action::Confirm => ActionKind::Confirm,
            Action::Withdraw => ActionKind::Withdraw,
            Action::Lapse => ActionKind::Lapse,
        }
    }

    /// The reason given with the action, for the history.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Action::Return { reason } | Action::SendBack { reason } => Some(reason),
            Action::Propose { reason, .. } => reason.as_deref(),
            Action::RefuseAssignment { text, .. } => text.as_deref(),
            Action::DeliverAssignment { report, .. } => Some(report),
            _ => None,
        }
    }
}

/// Whether a verdict says the same as the rules; a proposal that does not needs a reason.
#[must_use]
pub fn agrees(verdict: Verdict, outcome: Outcome) -> bool {
    match verdict {
        Verdict::Admit => matches!(outcome, Outcome::Admit | Outcome::Purchase),
        Verdict::Reject => outcome == Outcome::Reject,
    }
}

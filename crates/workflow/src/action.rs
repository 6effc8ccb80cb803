//! What can be done to a request; an action carries what only it needs.

use chrono::NaiveDate;

use crate::assessment::Outcome;
use crate::assignment::{Delivery, RefusalReason};
use crate::consultation::{Inquiry, Ruling, Stance};
use crate::decimal::Decimal;
use crate::facts::{Application, Offer};
use crate::id::{OrganisationId, RequestId};
use crate::ledger::FundSource;
use crate::money::Fen;
use crate::request::{Assessed, MonthHours, Target};
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
        Reprice = "reprice", "核定价格", "reprice";
        Consult = "consult", "征求意见", "consult";
        Opine = "opine", "提出意见", "give an opinion";
        CloseConsultation = "close_consultation", "结束征求意见", "close the consultation";
        Extend = "extend", "延长期限", "extend";
        Quote = "quote", "报价", "quote";
        AcceptQuote = "accept_quote", "接受报价", "accept the quote";
        DeclineQuote = "decline_quote", "不接受报价", "decline the quote";
        Propose = "propose", "提出处理意见", "propose";
        Approve = "approve", "审批", "approve";
        ApproveForced = "approve_forced", "超额审批", "approve beyond the hours";
        SendBack = "send_back", "发回重审", "send back";
        Object = "object", "提出异议", "object";
        Resolve = "resolve", "答复异议", "answer the objection";
        Enter = "enter", "公示期满准入", "enter";
        QuotaShort = "quota_short", "工时不足退回审核", "go back for lack of hours";
        Move = "move", "调整实施期", "move the period";
        CommitFunds = "commit_funds", "经费到位", "commit funds";
        Start = "start", "开始实施", "start";
        AcceptAssignment = "accept_assignment", "接受派单", "accept the assignment";
        RefuseAssignment = "refuse_assignment", "拒绝派单", "refuse the assignment";
        DeliverAssignment = "deliver_assignment", "交付派单", "deliver the assignment";
        File = "file", "补办备案", "file afterwards";
        Suspend = "suspend", "中止", "suspend";
        Resume = "resume", "恢复", "resume";
        Terminate = "terminate", "准出", "terminate";
        Renew = "renew", "续期", "renew";
        NoteRenewal = "note_renewal", "续期经费到位", "note the renewal";
        NoteSupplement = "note_supplement", "追加经费到位", "note the supplement";
        PayMiddle = "pay_middle", "中期拨付", "pay the middle instalment";
        Finish = "finish", "转入验收", "finish";
        Dispute = "dispute", "验收异议", "dispute";
        RuleOnDispute = "rule_on_dispute", "裁定争议", "rule on the dispute";
        Confirm = "confirm", "验收确认", "confirm";
        AskReconsideration = "ask_reconsideration", "申请复核", "ask for reconsideration";
        Uphold = "uphold", "维持原决定", "uphold";
        Overturn = "overturn", "撤销原决定", "overturn";
        Retarget = "retarget", "社区合并转接", "hand over to the merged community";
        Nudge = "nudge", "催办", "nudge";
        Withdraw = "withdraw", "撤回", "withdraw";
        Lapse = "lapse", "逾期失效", "lapse";
        Close = "close", "归档", "close";
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
        room: Room,
    },
    ReturnByRules,
    AcceptFiling,
    Return {
        reason: String,
    },
    /// Another price in the place of that of the rules.
    Reprice {
        price: Fen,
        reason: String,
    },
    Consult {
        inquiry: Inquiry,
    },
    Opine {
        stance: Stance,
        text: String,
    },
    CloseConsultation,
    Extend {
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
    /// Approval that books the hours even where they are not free.
    ApproveForced {
        reason: String,
    },
    SendBack {
        reason: String,
    },
    Object {
        text: String,
    },
    /// The answer to one objection, counted from 0.
    Resolve {
        objection: usize,
        ruling: Ruling,
        answer: String,
    },
    Enter,
    QuotaShort,
    /// Another period, with the hours that fall into its months.
    Move {
        starts_on: NaiveDate,
        ends_on: NaiveDate,
        hours: Vec<MonthHours>,
        reason: String,
    },
    CommitFunds {
        base_funds: BaseFunds,
        source: FundSource,
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
        delivery: Delivery,
    },
    /// The papers of an emergency, after its start.
    File {
        assessed: Box<Assessed>,
    },
    Suspend {
        reason: String,
    },
    Resume {
        reason: String,
    },
    /// An end before the end, with what was done in each community.
    Terminate {
        done: Vec<Done>,
        reason: String,
    },
    Renew {
        successor: RequestId,
    },
    /// The successor is funded.
    NoteRenewal {
        successor: RequestId,
        until: NaiveDate,
    },
    /// A supplement is funded.
    NoteSupplement {
        supplement: RequestId,
        price: Fen,
    },
    PayMiddle,
    Finish,
    Dispute {
        community: OrganisationId,
        reason: String,
    },
    /// The share of the work, 0 to 1, that counts as delivered.
    RuleOnDispute {
        community: OrganisationId,
        accepted: Decimal,
        reason: String,
    },
    Confirm,
    AskReconsideration {
        reason: String,
    },
    Uphold {
        reason: String,
    },
    Overturn {
        reason: String,
    },
    /// A community was merged into another, which takes its part over.
    Retarget {
        from: Target,
        into: Target,
    },
    Nudge {
        text: Option<String>,
    },
    Withdraw,
    Lapse,
    Close,
}

/// How much a supplement may still add to its request (`policy.md` §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// It is no supplement.
    Free,
    AtMost(Fen),
}

/// What was done in a community when its request ends early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub code: String,
    /// Share of the work, 0 to 1.
    pub share: Decimal,
    /// Direct costs that are proven.
    pub direct: Fen,
}

/// Whether the base funds of the communities have arrived for the year (`policy.md` §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaseFunds {
    Current,
    Short,
}

impl ActionKind {
    /// Whether each organisation does it for itself, so that nobody's waits for another's: a community's answer and
    /// delivery, an opinion, an objection.
    #[must_use]
    pub const fn is_of_own_part(self) -> bool {
        matches!(
            self,
            ActionKind::AcceptAssignment
                | ActionKind::RefuseAssignment
                | ActionKind::DeliverAssignment
                | ActionKind::Opine
                | ActionKind::Object
        )
    }
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
            Action::Reprice { .. } => ActionKind::Reprice,
            Action::Consult { .. } => ActionKind::Consult,
            Action::Opine { .. } => ActionKind::Opine,
            Action::CloseConsultation => ActionKind::CloseConsultation,
            Action::Extend { .. } => ActionKind::Extend,
            Action::Quote => ActionKind::Quote,
            Action::AcceptQuote { .. } => ActionKind::AcceptQuote,
            Action::DeclineQuote => ActionKind::DeclineQuote,
            Action::Propose { .. } => ActionKind::Propose,
            Action::Approve => ActionKind::Approve,
            Action::ApproveForced { .. } => ActionKind::ApproveForced,
            Action::SendBack { .. } => ActionKind::SendBack,
            Action::Object { .. } => ActionKind::Object,
            Action::Resolve { .. } => ActionKind::Resolve,
            Action::Enter => ActionKind::Enter,
            Action::QuotaShort => ActionKind::QuotaShort,
            Action::Move { .. } => ActionKind::Move,
            Action::CommitFunds { .. } => ActionKind::CommitFunds,
            Action::Start => ActionKind::Start,
            Action::AcceptAssignment { .. } => ActionKind::AcceptAssignment,
            Action::RefuseAssignment { .. } => ActionKind::RefuseAssignment,
            Action::DeliverAssignment { .. } => ActionKind::DeliverAssignment,
            Action::File { .. } => ActionKind::File,
            Action::Suspend { .. } => ActionKind::Suspend,
            Action::Resume { .. } => ActionKind::Resume,
            Action::Terminate { .. } => ActionKind::Terminate,
            Action::Renew { .. } => ActionKind::Renew,
            Action::NoteRenewal { .. } => ActionKind::NoteRenewal,
            Action::NoteSupplement { .. } => ActionKind::NoteSupplement,
            Action::PayMiddle => ActionKind::PayMiddle,
            Action::Finish => ActionKind::Finish,
            Action::Dispute { .. } => ActionKind::Dispute,
            Action::RuleOnDispute { .. } => ActionKind::RuleOnDispute,
            Action::Confirm => ActionKind::Confirm,
            Action::AskReconsideration { .. } => ActionKind::AskReconsideration,
            Action::Uphold { .. } => ActionKind::Uphold,
            Action::Overturn { .. } => ActionKind::Overturn,
            Action::Retarget { .. } => ActionKind::Retarget,
            Action::Nudge { .. } => ActionKind::Nudge,
            Action::Withdraw => ActionKind::Withdraw,
            Action::Lapse => ActionKind::Lapse,
            Action::Close => ActionKind::Close,
        }
    }

    /// The reason given with the action, for the history.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Action::Return { reason }
            | Action::Reprice { reason, .. }
            | Action::Extend { reason }
            | Action::ApproveForced { reason }
            | Action::SendBack { reason }
            | Action::Move { reason, .. }
            | Action::Suspend { reason }
            | Action::Resume { reason }
            | Action::Terminate { reason, .. }
            | Action::Dispute { reason, .. }
            | Action::RuleOnDispute { reason, .. }
            | Action::AskReconsideration { reason }
            | Action::Uphold { reason }
            | Action::Overturn { reason } => Some(reason),
            Action::Consult { inquiry } => Some(&inquiry.question),
            Action::Opine { text, .. } | Action::Object { text } => Some(text),
            Action::Resolve { answer, .. } => Some(answer),
            Action::Propose { reason, .. } => reason.as_deref(),
            Action::RefuseAssignment { text, .. } | Action::Nudge { text } => text.as_deref(),
            Action::DeliverAssignment { delivery, .. } => Some(&delivery.report),
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

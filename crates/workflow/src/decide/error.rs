//! Why an action is refused, in words for people and a code for programs.

use chrono::NaiveDate;

use crate::action::ActionKind;
use crate::language::Language;
use crate::money::Fen;
use crate::stage::StageKind;

/// Why an action is refused; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    #[error("`{action}` is not open in stage `{stage}`")]
    NotOpen { stage: StageKind, action: ActionKind },
    #[error("this is not in your hands")]
    NotYours,
    #[error("the rules return the request; it cannot be accepted")]
    RulesReturn,
    #[error("a reason is needed")]
    ReasonMissing,
    #[error("no price is due, so there is nothing to quote")]
    NoPrice,
    #[error("the offer of {offer} yuan is below the price of {price} yuan")]
    OfferBelowPrice { offer: Fen, price: Fen },
    #[error("this year's budget does not hold the offer")]
    NotInBudget,
    #[error("the price of {price} yuan has no accepted quote")]
    QuoteNotAccepted { price: Fen },
    #[error("an item of the negative list can not be admitted")]
    NegativeNeverAdmitted,
    #[error("the condition `{0}` is none of the assessment's")]
    UnknownCondition(String),
    #[error("whoever proposed or filed cannot approve (four eyes)")]
    FourEyes,
    #[error("it is not due before {on}")]
    NotYetDue { on: NaiveDate },
    #[error("the limit passed on {on}")]
    TooLate { on: NaiveDate },
    #[error("the base funds of this year have not all arrived")]
    BaseFundsShort,
    #[error("the funds are already committed")]
    AlreadyFunded,
    #[error("the funds are not committed")]
    NotFunded,
    #[error("the community has no open assignment of this request")]
    NoAssignment,
    #[error("the office belongs to the applicant; only the leading group proposes and decides")]
    Recused,
    #[error("it has been extended once already")]
    AlreadyExtended,
    #[error("nobody is invited to the consultation")]
    NobodyInvited,
    #[error("there is no open objection of that number")]
    NoSuchObjection,
    #[error("an objection is not answered yet")]
    ObjectionsOpen,
    #[error("reconsideration was asked for before; it is granted once")]
    AlreadyReconsidered,
    #[error("whoever had a hand in the decision cannot reconsider it")]
    TookPart,
    #[error("all supplements together may add {room} yuan more at most")]
    SupplementTooLarge { room: Fen },
    #[error("a successor has been drafted already")]
    AlreadyRenewed,
    #[error("it was urged today already; once a day")]
    AlreadyNudged,
    #[error("the period may end on {last} at the latest")]
    PeriodTooLong { last: NaiveDate },
    #[error("the period must not begin before today or end before it begins")]
    PeriodBackwards,
    #[error("the emergency is not filed yet")]
    EmergencyUnfiled,
    #[error("the emergency is not decided yet")]
    EmergencyUndecided,
    #[error("emergency work cannot be refused")]
    NotRefusable,
    #[error("the real hours of an emergency are needed")]
    HoursMissing,
    #[error("a dispute is not ruled on yet")]
    DisputesOpen,
    #[error("a share lies between 0 and 1, an amount is not below zero")]
    ShareOutOfRange,
    #[error("the community `{0}` has no assignment of this request")]
    UnknownCommunity(String),
    #[error("the request has no period or no assessment yet")]
    Incomplete,
}

impl DecideError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            DecideError::NotOpen { .. } => "not_open",
            DecideError::NotYours => "not_yours",
            DecideError::RulesReturn => "rules_return",
            DecideError::ReasonMissing => "reason_missing",
            DecideError::NoPrice => "no_price",
            DecideError::OfferBelowPrice { .. } => "offer_below_price",
            DecideError::NotInBudget => "not_in_budget",
            DecideError::QuoteNotAccepted { .. } => "quote_not_accepted",
            DecideError::NegativeNeverAdmitted => "negative_never_admitted",
            DecideError::UnknownCondition(_) => "unknown_condition",
            DecideError::FourEyes => "four_eyes",
            DecideError::NotYetDue { .. } => "not_yet_due",
            DecideError::TooLate { .. } => "too_late",
            DecideError::BaseFundsShort => "base_funds_short",
            DecideError::AlreadyFunded => "already_funded",
            DecideError::NotFunded => "not_funded",
            DecideError::NoAssignment => "no_assignment",
            DecideError::Recused => "recused",
            DecideError::AlreadyExtended => "already_extended",
            DecideError::NobodyInvited => "nobody_invited",
            DecideError::NoSuchObjection => "no_such_objection",
            DecideError::ObjectionsOpen => "objections_open",
            DecideError::AlreadyReconsidered => "already_reconsidered",
            DecideError::TookPart => "took_part",
            DecideError::SupplementTooLarge { .. } => "supplement_too_large",
            DecideError::AlreadyRenewed => "already_renewed",
            DecideError::AlreadyNudged => "already_nudged",
            DecideError::PeriodTooLong { .. } => "period_too_long",
            DecideError::PeriodBackwards => "period_backwards",
            DecideError::EmergencyUnfiled => "emergency_unfiled",
            DecideError::EmergencyUndecided => "emergency_undecided",
            DecideError::NotRefusable => "not_refusable",
            DecideError::HoursMissing => "hours_missing",
            DecideError::DisputesOpen => "disputes_open",
            DecideError::ShareOutOfRange => "share_out_of_range",
            DecideError::UnknownCommunity(_) => "unknown_community",
            DecideError::Incomplete => "incomplete",
        }
    }

    /// The refusal in the reader's language.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match language {
            Language::English => self.to_string(),
            Language::Chinese => self.in_chinese(),
        }
    }

    fn in_chinese(&self) -> String {
        let name = Language::Chinese;
        match self {
            DecideError::NotOpen { stage, action } => {
                format!("“{}”阶段不能“{}”", stage.name(name), action.name(name))
            }
            DecideError::NotYours => "此事不由您办理".into(),
            DecideError::RulesReturn => "规则要求补正，不能受理".into(),
            DecideError::ReasonMissing => "请填写理由".into(),
            DecideError::NoPrice => "该事项无需付费，不必报价".into(),
            DecideError::OfferBelowPrice { offer, price } => {
                format!("报价 {offer} 元低于核定价格 {price} 元")
            }
            DecideError::NotInBudget => "经费未列入本年预算".into(),
            DecideError::QuoteNotAccepted { price } => format!("价格 {price} 元尚无部门确认的报价"),
            DecideError::NegativeNeverAdmitted => "负面清单事项不得准入".into(),
            DecideError::UnknownCondition(code) => format!("评估结果中没有条件“{code}”"),
            DecideError::FourEyes => "提出意见人或申请人不得审批（双人原则）".into(),
            DecideError::NotYetDue { on } => format!("{on} 之前未到期"),
            DecideError::TooLate { on } => format!("时限已于 {on} 届满"),
            DecideError::BaseFundsShort => "社区本年基础经费尚未全部到位".into(),
            DecideError::AlreadyFunded => "经费已到位".into(),
            DecideError::NotFunded => "经费尚未到位".into(),
            DecideError::NoAssignment => "该社区没有可办理的派单".into(),
            DecideError::Recused => "申请单位与办公室同属一家，须由领导小组提出意见并决定（回避）".into(),
            DecideError::AlreadyExtended => "已延长过一次，不得再延".into(),
            DecideError::NobodyInvited => "请指定征求意见的单位".into(),
            DecideError::NoSuchObjection => "没有该编号的待答复异议".into(),
            DecideError::ObjectionsOpen => "尚有异议未答复".into(),
            DecideError::AlreadyReconsidered => "已申请过复核，复核以一次为限".into(),
            DecideError::TookPart => "参与过原决定的人不得复核".into(),
            DecideError::SupplementTooLarge { room } => format!("追加合计超过上限，至多还可追加 {room} 元"),
            DecideError::AlreadyRenewed => "已有续期申请".into(),
            DecideError::AlreadyNudged => "今日已催办，每日一次".into(),
            DecideError::PeriodTooLong { last } => format!("期限至迟到 {last}"),
            DecideError::PeriodBackwards => "期限不得早于今日开始，也不得先止后起".into(),
            DecideError::EmergencyUnfiled => "应急事项尚未补办备案".into(),
            DecideError::EmergencyUndecided => "应急事项尚未审批".into(),
            DecideError::NotRefusable => "应急事项不得拒绝".into(),
            DecideError::HoursMissing => "请填写应急事项的实际工时".into(),
            DecideError::DisputesOpen => "尚有争议未裁定".into(),
            DecideError::ShareOutOfRange => "比例应在 0 与 1 之间，金额不得为负".into(),
            DecideError::UnknownCommunity(code) => format!("社区“{code}”没有该事项的派单"),
            DecideError::Incomplete => "申请没有期限或尚未评估".into(),
        }
    }
}

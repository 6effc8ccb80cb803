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
            DecideError::Incomplete => "申请没有期限或尚未评估".into(),
        }
    }
}

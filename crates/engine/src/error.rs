//! Why a use case was not carried out, by what the caller does next.

use rules::{CsvFault, RuleSetFaults};
use store::StoreError;
use workflow::budget::LedgerRefusal;
use workflow::card::CardError;
use workflow::decide::DecideError;
use workflow::facts::Fault;
use workflow::language::{Bilingual, Language};
use workflow::merger::MergerRefusal;
use workflow::oversight::OversightError;

use crate::account_error::AccountError;
use crate::accounts::SignInError;

/// Why a use case was not carried out; nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The workflow says no.
    #[error(transparent)]
    Refused(#[from] DecideError),
    /// The workflow says no to a step of a complaint, a plan or a rating.
    #[error(transparent)]
    Overseen(#[from] OversightError),
    /// The step on a card is closed, somebody else's, or too late.
    #[error(transparent)]
    Card(#[from] CardError),
    /// It is no longer as the caller has seen it.
    #[error("somebody else has changed this; reload it and try again")]
    Stale,
    /// The key of a repeated call belongs to another call.
    #[error("the idempotency key was used for another call")]
    KeyReused,
    /// More long work would hold up everybody.
    #[error("too many errands run; wait until one is over")]
    TooManyErrands,
    /// The input is malformed; every fault with its place.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Malformed(Vec<Fault>),
    #[error(transparent)]
    Csv(#[from] CsvFault),
    #[error(transparent)]
    Rules(#[from] RuleSetFaults),
    /// Money is not moved.
    #[error(transparent)]
    Ledger(#[from] LedgerRefusal),
    /// A community is closed, or cannot be merged.
    #[error(transparent)]
    Merger(#[from] MergerRefusal),
    /// An administrator does not change an account.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Nobody is signed in.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Notify(#[from] notifier::NotifyError),
    #[error("{0}")]
    Broken(String),
}

impl EngineError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            EngineError::Refused(refusal) => refusal.code(),
            EngineError::Ledger(refusal) => refusal.code(),
            EngineError::Overseen(refusal) => refusal.code(),
            EngineError::Card(refusal) => refusal.code(),
            EngineError::Merger(refusal) => refusal.code(),
            EngineError::Account(refusal) => refusal.code(),
            EngineError::SignIn(refusal) => refusal.code(),
            EngineError::Stale => "stale",
            EngineError::KeyReused => "idempotency_key_reused",
            EngineError::TooManyErrands => "too_many_errands",
            EngineError::Malformed(_) => "malformed",
            EngineError::Csv(_) => "malformed_file",
            EngineError::Rules(_) => "broken_rules",
            EngineError::Store(StoreError::NotFound(_)) => "not_found",
            EngineError::Store(StoreError::Conflict) => "conflict",
            EngineError::Store(StoreError::Again) => "busy",
            EngineError::Store(StoreError::QuotaOver) => "quota_over",
            EngineError::Store(StoreError::FundsShort) => "funds_short",
            EngineError::Store(StoreError::Duplicate(_)) => "duplicate",
            EngineError::Store(StoreError::Ambiguous { .. }) => "ambiguous",
            EngineError::Store(StoreError::Unreadable { .. } | StoreError::Unavailable(_)) => "unavailable",
            EngineError::Store(StoreError::Untold(_) | StoreError::Forbidden(_))
            | EngineError::Notify(_)
            | EngineError::Broken(_) => "broken",
        }
    }

    /// The refusal in the reader's language. What a database or a driver says of itself is not told to readers of pages:
    /// whoever answers them logs it and says one sentence of their own.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match self {
            EngineError::Refused(refusal) => refusal.message(language),
            EngineError::Ledger(refusal) => refusal.message(language),
            EngineError::Overseen(refusal) => refusal.message(language),
            EngineError::Card(refusal) => refusal.message(language),
            EngineError::Merger(refusal) => refusal.message(language),
            EngineError::Account(refusal) => refusal.message(language),
            EngineError::SignIn(refusal) => refusal.message(language),
            EngineError::Csv(fault) => fault.message(language),
            EngineError::Notify(error) => error.message(language),
            EngineError::Malformed(faults) => {
                faults.iter().map(|fault| fault.told(language)).collect::<Vec<_>>().join("\n")
            }
            EngineError::Store(error) => error.message(language),
            EngineError::Stale
            | EngineError::KeyReused
            | EngineError::TooManyErrands
            | EngineError::Rules(_)
            | EngineError::Broken(_) => match language {
                Language::Chinese => self.in_chinese(),
                Language::English => self.to_string(),
            },
        }
    }

    /// What the engine says itself.
    fn in_chinese(&self) -> String {
        match self {
            EngineError::Stale => "内容已被他人修改，请刷新后再办".to_owned(),
            EngineError::TooManyErrands => "同时办理的任务过多，请等其中一项完成".to_owned(),
            EngineError::KeyReused => "此幂等键已用于另一次请求".to_owned(),
            EngineError::Rules(faults) => format!("规则集有误：\n{faults}"),
            other => format!("系统出错：{other}"),
        }
    }
}

/// What is said of a name that is empty, too long, or holds what cannot be seen.
pub(crate) fn name_length(most: usize) -> Bilingual {
    (format!("应为 1 至 {most} 个字符"), format!("1 to {most} characters are expected here")).into()
}

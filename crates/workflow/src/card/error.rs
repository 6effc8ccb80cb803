//! Why an action on a card was refused, in words for people.

use chrono::NaiveDate;

use super::{CardActionKind, CardStageKind};
use crate::language::Language;

/// Why an action on a card was refused; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    #[error("a card that is `{stage}` does not know `{action}`")]
    NotOpen { stage: CardStageKind, action: CardActionKind },
    #[error("this step on the card is somebody else's")]
    NotYours,
    #[error("the card could be contested until {due}")]
    TooLate { due: NaiveDate },
    #[error("a text is missing")]
    Silent,
}

impl CardError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            CardError::NotOpen { .. } => "not_open",
            CardError::NotYours => "not_yours",
            CardError::TooLate { .. } => "too_late",
            CardError::Silent => "reason_missing",
        }
    }

    /// The refusal in the reader's language.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        if language == Language::English {
            return self.to_string();
        }
        match self {
            CardError::NotOpen { stage, action } => {
                format!("该牌{}，不能{}", stage.name(language), action.name(language))
            }
            CardError::NotYours => "这一步不由您办理".to_owned(),
            CardError::TooLate { due } => format!("申诉期限为 {due}，现已逾期"),
            CardError::Silent => "请写明理由".to_owned(),
        }
    }
}

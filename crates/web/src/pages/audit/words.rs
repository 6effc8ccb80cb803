//! The names of everything that events tell of, from whichever list the word is.

use engine::{AccountDeed, LetterDeed};
use workflow::action::ActionKind;
use workflow::complaint::{ComplaintActionKind, ComplaintStageKind};
use workflow::inspection::{PlanActionKind, PlanStageKind};
use workflow::ledger::Purpose;
use workflow::meeting::{MeetingActionKind, MeetingStageKind};
use workflow::rating::{RatingActionKind, RatingStageKind};
use workflow::stage::StageKind;

use crate::tongue::Tongue;

/// The name that the first of these lists has for a word.
macro_rules! named {
    ($word:expr, $tongue:expr, $($list:ident)+) => {
        None$(.or_else(|| $list::from_word($word).map(|one| one.name($tongue.0))))+
    };
}

/// The name of an action; a word of no list stays as it is.
pub(super) fn action(word: &str, tongue: Tongue) -> String {
    let known: Option<&str> = named!(word, tongue, ActionKind ComplaintActionKind PlanActionKind RatingActionKind
        MeetingActionKind LetterDeed AccountDeed Purpose);
    let record = || match word {
        store::DRAFTED => tongue.say("起草", "drafted"),
        store::TAKEN_OVER => tongue.say("接续历史", "history taken over"),
        "appoint_deputy" => tongue.say("指定代理人", "appoint a deputy"),
        "end_deputy" => tongue.say("收回代理", "end a deputyship"),
        other => other,
    };
    known.unwrap_or_else(record).to_owned()
}

/// The name of a stage; a word of no list stays as it is.
pub(super) fn stage(word: &str, tongue: Tongue) -> String {
    let known: Option<&str> =
        named!(word, tongue, StageKind ComplaintStageKind PlanStageKind RatingStageKind MeetingStageKind);
    known.unwrap_or(word).to_owned()
}

/// Every action that a filter can name, in the order of the lists.
pub(super) fn actions(tongue: Tongue) -> Vec<(&'static str, &'static str)> {
    macro_rules! all {
        ($($list:ident)+) => { [$($list::ALL.iter().map(|one| (one.word(), one.name(tongue.0))).collect::<Vec<_>>()),+] };
    }
    all!(ActionKind ComplaintActionKind PlanActionKind RatingActionKind MeetingActionKind LetterDeed AccountDeed Purpose)
        .concat()
}

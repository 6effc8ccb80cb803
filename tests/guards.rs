//! Every guard of `decide`: what it refuses, with the exact refusal, and beside it what it lets through. A refusal that
//! no guard here provokes, or that is missing from the list of all, fails.

mod ending;
mod filing;
mod funds;
mod hearing;
mod review;
mod work;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use workflow::action::{Action, ActionKind};
use workflow::decide::{DecideError, decide, may_try};
use workflow::language::Language;
use workflow::money::Fen;
use workflow::request::{Decided, Request};
use workflow::stage::StageKind;

use crate::memory::{self, actor, moment, names};

/// What was tried: that which the guard refuses, then its twin that goes through.
type Pair = (Result<Decided, DecideError>, Result<Decided, DecideError>);

/// Tests of guards, and the list of what they provoke.
macro_rules! guards {
    ($($name:ident: $refusal:expr, $pair:block)+) => {
        $(#[test]
        fn $name() {
            crate::guards::holds($refusal, $pair);
        })+

        pub(super) fn provoked() -> Vec<workflow::decide::DecideError> {
            vec![$($refusal),+]
        }
    };
}
use guards;

fn holds(expected: DecideError, (refused, twin): Pair) {
    assert_eq!(refused.map(|decided| decided.event), Err(expected));
    if let Err(error) = twin {
        panic!("the twin is refused: {error}");
    }
}

/// Every refusal there is; a new one does not compile before it stands here, and fails before it is provoked.
fn all() -> Vec<DecideError> {
    let (on, fen) = (NaiveDate::MIN, Fen::ZERO);
    let first = DecideError::NotOpen { stage: StageKind::Draft, action: ActionKind::Submit };
    let next = |error: &DecideError| match error {
        DecideError::NotOpen { .. } => Some(DecideError::NotYours),
        DecideError::NotYours => Some(DecideError::RulesReturn),
        DecideError::RulesReturn => Some(DecideError::ReasonMissing),
        DecideError::ReasonMissing => Some(DecideError::NoPrice),
        DecideError::NoPrice => Some(DecideError::OfferBelowPrice { offer: fen, price: fen }),
        DecideError::OfferBelowPrice { .. } => Some(DecideError::NotInBudget),
        DecideError::NotInBudget => Some(DecideError::QuoteNotAccepted { price: fen }),
        DecideError::QuoteNotAccepted { .. } => Some(DecideError::NegativeNeverAdmitted),
        DecideError::NegativeNeverAdmitted => Some(DecideError::UnknownCondition(String::new())),
        DecideError::UnknownCondition(_) => Some(DecideError::FourEyes),
        DecideError::FourEyes => Some(DecideError::NotYetDue { on }),
        DecideError::NotYetDue { .. } => Some(DecideError::TooLate { on }),
        DecideError::TooLate { .. } => Some(DecideError::BaseFundsShort),
        DecideError::BaseFundsShort => Some(DecideError::AlreadyFunded),
        DecideError::AlreadyFunded => Some(DecideError::NotFunded),
        DecideError::NotFunded => Some(DecideError::NoAssignment),
        DecideError::NoAssignment => Some(DecideError::Recused),
        DecideError::Recused => Some(DecideError::AlreadyExtended),
        DecideError::AlreadyExtended => Some(DecideError::NobodyInvited),
        DecideError::NobodyInvited => Some(DecideError::NoSuchObjection),
        DecideError::NoSuchObjection => Some(DecideError::ObjectionsOpen),
        DecideError::ObjectionsOpen => Some(DecideError::AlreadyReconsidered),
        DecideError::AlreadyReconsidered => Some(DecideError::TookPart),
        DecideError::TookPart => Some(DecideError::SupplementTooLarge { room: fen }),
        DecideError::SupplementTooLarge { .. } => Some(DecideError::AlreadyRenewed),
        DecideError::AlreadyRenewed => Some(DecideError::AlreadyNudged),
        DecideError::AlreadyNudged => Some(DecideError::PeriodTooLong { last: on }),
        DecideError::PeriodTooLong { .. } => Some(DecideError::PeriodBackwards),
        DecideError::PeriodBackwards => Some(DecideError::EmergencyUnfiled),
        DecideError::EmergencyUnfiled => Some(DecideError::EmergencyUndecided),
        DecideError::EmergencyUndecided => Some(DecideError::NotRefusable),
        DecideError::NotRefusable => Some(DecideError::HoursMissing),
        DecideError::HoursMissing => Some(DecideError::DisputesOpen),
        DecideError::DisputesOpen => Some(DecideError::ShareOutOfRange),
        DecideError::ShareOutOfRange => Some(DecideError::UnknownCommunity(String::new())),
        DecideError::UnknownCommunity(_) => Some(DecideError::Incomplete),
        DecideError::Incomplete => None,
    };
    std::iter::successors(Some(first), next).collect()
}

#[test]
fn every_refusal_is_provoked() {
    let main_line = [filing::provoked(), review::provoked(), funds::provoked(), work::provoked()];
    let provoked = [main_line.concat(), hearing::provoked(), ending::provoked()].concat();
    let provoked: BTreeSet<&str> = provoked.iter().map(DecideError::code).collect();
    let all: BTreeSet<&str> = all().iter().map(DecideError::code).collect();
    assert_eq!(provoked, all);
}

#[test]
fn every_refusal_has_a_code_and_a_message_of_its_own() {
    let all = all();
    let distinct = |texts: Vec<String>| texts.into_iter().collect::<BTreeSet<String>>().len();
    assert_eq!(distinct(all.iter().map(|error| error.code().to_owned()).collect()), all.len());
    for language in [Language::Chinese, Language::English] {
        assert_eq!(distinct(all.iter().map(|error| error.message(language)).collect()), all.len());
    }
}

/// One request in each stage in which somebody can do something.
fn running() -> Vec<Request> {
    vec![
        memory::draft(),
        memory::submitted(memory::assessed()),
        memory::agreed(memory::assessed()),
        memory::consulted(),
        memory::quoted(),
        memory::proposed(memory::assessed()),
        memory::published(memory::assessed()),
        memory::funded(memory::assessed()),
        memory::in_force(memory::assessed()),
        memory::in_acceptance(memory::assessed()),
        memory::in_emergency(memory::emergency()),
        memory::rejected(),
    ]
}

#[test]
fn whoever_may_not_try_an_action_is_refused_it() {
    let actions = memory::every_action();
    assert_eq!(actions.iter().map(Action::kind).collect::<Vec<_>>(), ActionKind::ALL);
    for request in running() {
        for action in &actions {
            for name in names() {
                let decided =
                    decide(&request, action.clone(), &actor(name), moment(memory::day("2026-05-08")));
                let out_of_place =
                    matches!(decided, Err(DecideError::NotOpen { .. } | DecideError::NotYours));
                let may_try = may_try(&request, action.kind(), &actor(name));
                assert!(may_try || out_of_place, "{name} {action:?} {:?}", request.stage);
            }
        }
    }
}

/// Whom the workflow itself lets in from elsewhere: invited bodies, and everyone of the district while it is published.
fn is_let_in(request: &Request, action: ActionKind, name: &str) -> bool {
    match request.stage.kind() {
        StageKind::Consultation => action == ActionKind::Opine && name == "civil",
        StageKind::Publication => action == ActionKind::Object && ["civil", "street"].contains(&name),
        _ => false,
    }
}

#[test]
fn nobody_of_another_place_may_try_anything() {
    for request in running() {
        for name in
            ["civil", "health3", "street", "audit", "admin", "policy", "review3", "approve3", "money3", "c9"]
        {
            let may = |action: &&ActionKind| may_try(&request, **action, &actor(name));
            let tried: Vec<&ActionKind> = ActionKind::ALL.iter().filter(may).collect();
            let let_in = |action: &&ActionKind| is_let_in(&request, **action, name);
            let expected: Vec<&ActionKind> = ActionKind::ALL.iter().filter(let_in).collect();
            assert_eq!(tried, expected, "{name} {:?}", request.stage);
        }
    }
}

//! The closed lists of the summary as people call them, in the order of the glossary.

use workflow::action::ActionKind;
use workflow::assessment::Outcome;
use workflow::assignment::{AssignmentStageKind, RefusalReason};
use workflow::card::{CardStageKind, Colour};
use workflow::catalogue::Class;
use workflow::complaint::ComplaintStageKind;
use workflow::inspection::PlanStageKind;
use workflow::language::Language;
use workflow::lateness::Cause;
use workflow::ledger::Purpose;
use workflow::rating::RatingKind;
use workflow::stage::StageKind;

use store::LetterState;

use crate::demo::year::summary::{REFUSED, VISITS};

/// What is counted under a key, and how people call it.
pub(crate) type Names = Vec<(String, String)>;

/// Every word of a closed list with its name.
macro_rules! names {
    ($list:ty, $language:expr) => {
        <$list>::ALL.iter().map(|one| (one.word().to_owned(), one.name($language).to_owned())).collect()
    };
}

/// What happens beside the straight way.
const TURNS: [ActionKind; 28] = [
    ActionKind::ReturnByRules,
    ActionKind::Return,
    ActionKind::Correct,
    ActionKind::Nudge,
    ActionKind::Reprice,
    ActionKind::Consult,
    ActionKind::Opine,
    ActionKind::Extend,
    ActionKind::DeclineQuote,
    ActionKind::SendBack,
    ActionKind::ApproveForced,
    ActionKind::QuotaShort,
    ActionKind::Object,
    ActionKind::AskReconsideration,
    ActionKind::Overturn,
    ActionKind::Uphold,
    ActionKind::Move,
    ActionKind::RefuseAssignment,
    ActionKind::File,
    ActionKind::Suspend,
    ActionKind::Resume,
    ActionKind::Terminate,
    ActionKind::Renew,
    ActionKind::NoteRenewal,
    ActionKind::NoteSupplement,
    ActionKind::Dispute,
    ActionKind::Withdraw,
    ActionKind::Lapse,
];

pub(crate) fn stages(language: Language) -> Names {
    names!(StageKind, language)
}

pub(crate) fn outcomes(language: Language) -> Names {
    names!(Outcome, language)
}

pub(crate) fn classes(language: Language) -> Names {
    let mut names: Names = names!(Class, language);
    let unlisted = match language {
        Language::Chinese => "目录外",
        Language::English => "unlisted",
    };
    names.push(("unlisted".to_owned(), unlisted.to_owned()));
    names
}

pub(crate) fn assignments(language: Language) -> Names {
    names!(AssignmentStageKind, language)
}

pub(crate) fn refusals(language: Language) -> Names {
    names!(RefusalReason, language)
}

pub(crate) fn turns(language: Language) -> Names {
    TURNS.iter().map(|one| (one.word().to_owned(), one.name(language).to_owned())).collect()
}

pub(crate) fn purposes(language: Language) -> Names {
    names!(Purpose, language)
}

pub(crate) fn complaints(language: Language) -> Names {
    names!(ComplaintStageKind, language)
}

/// Colour and cause, as `yellow:office`.
pub(crate) fn cards(language: Language) -> Names {
    let causes = |colour: &Colour| {
        let colour = *colour;
        let named = move |cause: &Cause| {
            let key = format!("{}:{}", colour.word(), cause.word());
            let short = colour.name(language).trim_end_matches(" card");
            (key, format!("{short} · {}", cause.name(language)))
        };
        Cause::ALL.iter().map(named)
    };
    Colour::ALL.iter().flat_map(causes).collect()
}

pub(crate) fn contests(language: Language) -> Names {
    names!(CardStageKind, language)
}

pub(crate) fn inspections(language: Language) -> Names {
    let mut names: Names = names!(PlanStageKind, language);
    let others = match language {
        Language::Chinese => [(VISITS, "检查社区"), (REFUSED, "不予列入的检查")],
        Language::English => [(VISITS, "communities visited"), (REFUSED, "inspections refused")],
    };
    names.extend(others.map(|(key, name)| (key.to_owned(), name.to_owned())));
    names
}

pub(crate) fn ratings(language: Language) -> Names {
    names!(RatingKind, language)
}

pub(crate) fn letters(language: Language) -> Names {
    names!(LetterState, language)
}

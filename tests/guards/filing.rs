//! Guards from draft to review: submission, completeness, correction, lapse.

use workflow::action::{Action, ActionKind};
use workflow::assessment::Outcome;
use workflow::decide::DecideError;
use workflow::facts::Application;
use workflow::request::{Assessed, Request};
use workflow::stage::StageKind;

use super::guards;
use crate::memory::{FUNDS, admitted, assessed, day, does, draft, funded, quoted, submit, submitted, tries};

fn incomplete() -> Assessed {
    Assessed { outcome: Outcome::Return, ..assessed() }
}

fn back(reason: &str) -> Action {
    Action::Return { reason: reason.to_owned() }
}

/// Another title, for the first community only.
fn correct() -> Action {
    let Request { application, targets, .. } = draft();
    let application = Application { title: Some("改过的标题".into()), ..application };
    Action::Correct { application: Box::new(application), targets: targets[..1].to_vec() }
}

/// Returned on Monday, 2 March; the tenth working day after it is the 16th.
fn returned() -> Request {
    does(&submitted(assessed()), "review", back("缺件"), "2026-03-02")
}

guards! {
    what_the_table_does_not_list_is_closed:
    DecideError::NotOpen { stage: StageKind::Draft, action: ActionKind::AcceptFiling }, {
        let refused = tries(&draft(), "review", Action::AcceptFiling, "2026-03-02");
        (refused, tries(&submitted(assessed()), "review", Action::AcceptFiling, "2026-03-02"))
    }

    the_right_action_by_the_wrong_role_is_for_others:
    DecideError::NotYours, {
        let refused = tries(&submitted(assessed()), "health", Action::AcceptFiling, "2026-03-02");
        (refused, tries(&submitted(assessed()), "both", Action::AcceptFiling, "2026-03-02"))
    }

    another_department_cannot_submit:
    DecideError::NotYours, {
        let refused = tries(&draft(), "civil", submit(assessed()), "2026-03-02");
        (refused, tries(&draft(), "chief", submit(assessed()), "2026-03-02"))
    }

    another_district_cannot_accept:
    DecideError::NotYours, {
        let refused = tries(&submitted(assessed()), "review3", Action::AcceptFiling, "2026-03-02");
        (refused, tries(&submitted(assessed()), "review", Action::AcceptFiling, "2026-03-02"))
    }

    a_correction_after_its_limit_is_too_late:
    DecideError::TooLate { on: day("2026-03-16") }, {
        let refused = tries(&returned(), "health", submit(assessed()), "2026-03-17");
        (refused, tries(&returned(), "health", submit(assessed()), "2026-03-16"))
    }

    another_department_corrects_nothing:
    DecideError::NotYours, {
        let refused = tries(&draft(), "civil", correct(), "2026-03-02");
        (refused, tries(&draft(), "chief", correct(), "2026-03-02"))
    }

    what_is_submitted_is_not_rewritten:
    DecideError::NotOpen { stage: StageKind::Submitted, action: ActionKind::Correct }, {
        let refused = tries(&submitted(assessed()), "health", correct(), "2026-03-02");
        (refused, tries(&returned(), "health", correct(), "2026-03-02"))
    }

    a_correction_is_written_within_its_limit:
    DecideError::TooLate { on: day("2026-03-16") }, {
        let refused = tries(&returned(), "health", correct(), "2026-03-17");
        (refused, tries(&returned(), "health", correct(), "2026-03-16"))
    }

    the_rules_send_back_only_what_they_return:
    DecideError::NotOpen { stage: StageKind::Submitted, action: ActionKind::ReturnByRules }, {
        let refused = tries(&submitted(assessed()), "system", Action::ReturnByRules, "2026-03-02");
        (refused, tries(&submitted(incomplete()), "system", Action::ReturnByRules, "2026-03-02"))
    }

    what_the_rules_return_is_not_accepted:
    DecideError::RulesReturn, {
        let refused = tries(&submitted(incomplete()), "review", Action::AcceptFiling, "2026-03-02");
        let referred = Assessed { outcome: Outcome::Refer, ..assessed() };
        (refused, tries(&submitted(referred), "review", Action::AcceptFiling, "2026-03-02"))
    }

    what_the_rules_return_is_not_accepted_by_silence_either:
    DecideError::RulesReturn, {
        let refused = tries(&submitted(incomplete()), "system", Action::AcceptFiling, "2026-03-10");
        (refused, tries(&submitted(assessed()), "system", Action::AcceptFiling, "2026-03-10"))
    }

    silence_accepts_only_after_the_limit:
    DecideError::NotYetDue { on: day("2026-03-09") }, {
        let refused = tries(&submitted(assessed()), "system", Action::AcceptFiling, "2026-03-09");
        (refused, tries(&submitted(assessed()), "system", Action::AcceptFiling, "2026-03-10"))
    }

    a_filing_without_an_assessment_is_not_accepted:
    DecideError::Incomplete, {
        let unassessed = Request { assessed: None, ..submitted(assessed()) };
        let refused = tries(&unassessed, "review", Action::AcceptFiling, "2026-03-02");
        (refused, tries(&submitted(assessed()), "review", Action::AcceptFiling, "2026-03-02"))
    }

    a_return_needs_a_reason:
    DecideError::ReasonMissing, {
        let refused = tries(&submitted(assessed()), "review", back(" \u{3000}\n"), "2026-03-02");
        (refused, tries(&submitted(assessed()), "review", back("缺件"), "2026-03-02"))
    }

    a_correction_lapses_only_after_its_limit:
    DecideError::NotYetDue { on: day("2026-03-16") }, {
        let refused = tries(&returned(), "system", Action::Lapse, "2026-03-16");
        (refused, tries(&returned(), "system", Action::Lapse, "2026-03-17"))
    }

    a_quote_lapses_only_after_its_limit:
    DecideError::NotYetDue { on: day("2026-03-16") }, {
        let refused = tries(&quoted(), "system", Action::Lapse, "2026-03-16");
        (refused, tries(&quoted(), "system", Action::Lapse, "2026-03-17"))
    }

    an_admission_lapses_only_after_its_limit:
    DecideError::NotYetDue { on: day("2026-04-22") }, {
        let refused = tries(&admitted(assessed()), "system", Action::Lapse, "2026-04-22");
        (refused, tries(&admitted(assessed()), "system", Action::Lapse, "2026-04-23"))
    }

    what_is_funded_does_not_lapse:
    DecideError::AlreadyFunded, {
        let refused = tries(&funded(assessed()), "system", Action::Lapse, "2026-04-23");
        (refused, tries(&admitted(assessed()), "system", Action::Lapse, "2026-04-23"))
    }

    what_is_in_force_is_not_withdrawn:
    DecideError::NotOpen { stage: StageKind::InForce, action: ActionKind::Withdraw }, {
        let refused = tries(&crate::memory::in_force(assessed()), "health", Action::Withdraw, "2026-05-06");
        (refused, tries(&funded(assessed()), "health", Action::Withdraw, "2026-05-05"))
    }

    funds_are_committed_by_the_district_of_the_request:
    DecideError::NotYours, {
        let refused = tries(&admitted(assessed()), "money3", FUNDS, "2026-03-10");
        (refused, tries(&admitted(assessed()), "money", FUNDS, "2026-03-10"))
    }
}

#[test]
fn a_correction_changes_the_application_and_nothing_else() {
    let before = returned();
    let after = does(&before, "health", correct(), "2026-03-03");
    assert_eq!((after.title(), after.targets.len()), ("改过的标题", 1));
    let Request { application, targets, version, .. } = after.clone();
    assert_eq!(after, Request { application, targets, version, ..before });
}

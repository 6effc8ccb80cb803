//! Guards of hearing others: consultation, extension, objections; and of whoever must stand back.

use workflow::action::Action;
use workflow::actor::Role;
use workflow::consultation::{Ruling, Stance};
use workflow::decide::{DecideError, decide};
use workflow::facts::Department;
use workflow::request::Request;
use workflow::stage::Verdict;

use super::guards;
use crate::memory::{
    actor, agreed, assessed, consult, consulted, day, does, in_review, moment, propose, proposed, published,
    standing_in, tries,
};

fn opine() -> Action {
    Action::Opine { stance: Stance::Oppose, text: "社区人手不足".into() }
}

fn extend(reason: &str) -> Action {
    Action::Extend { reason: reason.into() }
}

fn extended() -> Request {
    does(&in_review(assessed()), "approve", extend("需补充调研"), "2026-03-03")
}

/// In publication since Monday, 2 March, with an objection of another department.
fn objected() -> Request {
    does(&published(assessed()), "civil", Action::Object { text: "与地名普查重复".into() }, "2026-03-04")
}

fn resolve(objection: usize) -> Action {
    Action::Resolve { objection, ruling: Ruling::Dismissed, answer: "两项内容不同".into() }
}

/// Applied for by the organisation to which the office belongs.
fn of_the_host() -> Request {
    let mut request = agreed(assessed());
    let name = "区民政局".to_owned();
    let kind = workflow::facts::BodyKind::StateOrgan;
    request.application.department = Some(Department { name, kind, hosts_office: true });
    request
}

guards! {
    only_whoever_is_invited_gives_an_opinion:
    DecideError::NotYours, {
        let refused = tries(&consulted(), "c2", opine(), "2026-03-04");
        (refused, tries(&consulted(), "c1", opine(), "2026-03-04"))
    }

    a_consultation_has_somebody_to_ask:
    DecideError::NobodyInvited, {
        let refused = tries(&in_review(assessed()), "review", consult(&[]), "2026-03-02");
        (refused, tries(&in_review(assessed()), "review", consult(&[101]), "2026-03-02"))
    }

    the_clock_closes_a_consultation_after_its_limit_only:
    DecideError::NotYetDue { on: day("2026-03-30") }, {
        let refused = tries(&consulted(), "system", Action::CloseConsultation, "2026-03-30");
        (refused, tries(&consulted(), "system", Action::CloseConsultation, "2026-03-31"))
    }

    a_decision_is_extended_once:
    DecideError::AlreadyExtended, {
        let refused = tries(&extended(), "approve", extend("再延"), "2026-03-04");
        (refused, tries(&in_review(assessed()), "approve", extend("再延"), "2026-03-04"))
    }

    an_extension_needs_a_reason:
    DecideError::ReasonMissing, {
        let refused = tries(&in_review(assessed()), "approve", extend(" "), "2026-03-04");
        (refused, tries(&in_review(assessed()), "approve", extend("需补充调研"), "2026-03-04"))
    }

    only_an_open_objection_is_answered:
    DecideError::NoSuchObjection, {
        let refused = tries(&objected(), "review", resolve(1), "2026-03-05");
        (refused, tries(&objected(), "review", resolve(0), "2026-03-05"))
    }

    nothing_enters_over_an_open_objection:
    DecideError::ObjectionsOpen, {
        let refused = tries(&objected(), "system", Action::Enter, "2026-03-10");
        let answered = does(&objected(), "review", resolve(0), "2026-03-09");
        (refused, tries(&answered, "system", Action::Enter, "2026-03-10"))
    }

    the_office_stands_back_from_its_own_organisation:
    DecideError::Recused, {
        let refused = tries(&of_the_host(), "review", propose(Verdict::Admit, None), "2026-03-03");
        (refused, tries(&of_the_host(), "approve", propose(Verdict::Admit, None), "2026-03-03"))
    }

    an_approver_proposes_nothing_else:
    DecideError::NotYours, {
        let refused = tries(&agreed(assessed()), "approve", propose(Verdict::Admit, None), "2026-03-03");
        (refused, tries(&agreed(assessed()), "review", propose(Verdict::Admit, None), "2026-03-03"))
    }

    nobody_approves_the_request_of_the_own_organisation:
    DecideError::NotYours, {
        let refused = tries(&proposed(assessed()), "chief", Action::Approve, "2026-03-03");
        (refused, tries(&proposed(assessed()), "approve", Action::Approve, "2026-03-03"))
    }

    a_deputy_does_not_approve_what_the_absent_proposed:
    DecideError::FourEyes, {
        let deputy = standing_in("approve", "review", Role::Reviewer);
        let refused = decide(&proposed(assessed()), Action::Approve, &deputy, moment(day("2026-03-03")));
        let other = standing_in("both", "audit", Role::Auditor);
        (refused, decide(&proposed(assessed()), Action::Approve, &other, moment(day("2026-03-03"))))
    }

    the_absent_does_not_approve_what_the_deputy_proposed:
    DecideError::FourEyes, {
        let deputy = standing_in("review", "approve", Role::Approver);
        let propose = propose(Verdict::Admit, None);
        let proposed = decide(&agreed(assessed()), propose, &deputy, moment(day("2026-03-03")));
        let proposed = proposed.expect("it is proposed").request;
        let refused = decide(&proposed, Action::Approve, &actor("approve"), moment(day("2026-03-04")));
        (refused, decide(&proposed, Action::Approve, &actor("both"), moment(day("2026-03-04"))))
    }

    a_deputy_acts_only_in_the_role_that_was_handed_over:
    DecideError::NotYours, {
        let wrong = standing_in("audit", "review", Role::Reviewer);
        let refused = decide(&proposed(assessed()), Action::Approve, &wrong, moment(day("2026-03-03")));
        let right = standing_in("audit", "approve", Role::Approver);
        (refused, decide(&proposed(assessed()), Action::Approve, &right, moment(day("2026-03-03"))))
    }
}

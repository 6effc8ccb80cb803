//! Guards of work in the communities: accept, refuse in one step, deliver, finish.

use workflow::action::Action;
use workflow::assignment::{Delivery, RefusalReason};
use workflow::decide::DecideError;
use workflow::id::OrganisationId;
use workflow::request::Request;

use super::guards;
use crate::memory::{assessed, day, deliver, does, in_force, organisation, tries};

fn community(number: u128) -> OrganisationId {
    organisation(100 + number)
}

fn accept(number: u128) -> Action {
    Action::AcceptAssignment { community: community(number) }
}

fn refuse(number: u128, reason: RefusalReason, text: Option<&str>) -> Action {
    Action::RefuseAssignment { community: community(number), reason, text: text.map(str::to_owned) }
}

/// In force, with the first community's part delivered.
fn with_one_delivered() -> Request {
    does(&in_force(assessed()), "c1", deliver(1), "2026-05-06")
}

guards! {
    a_community_accepts_for_itself_only:
    DecideError::NotYours, {
        let refused = tries(&in_force(assessed()), "c1", accept(2), "2026-05-06");
        (refused, tries(&in_force(assessed()), "c2", accept(2), "2026-05-06"))
    }

    a_community_refuses_for_itself_only:
    DecideError::NotYours, {
        let refused = tries(&in_force(assessed()), "c1", refuse(2, RefusalReason::OffList, None), "2026-05-06");
        (refused, tries(&in_force(assessed()), "c2", refuse(2, RefusalReason::OffList, None), "2026-05-06"))
    }

    a_community_delivers_for_itself_only:
    DecideError::NotYours, {
        let refused = tries(&in_force(assessed()), "c1", deliver(2), "2026-05-06");
        (refused, tries(&in_force(assessed()), "c2", deliver(2), "2026-05-06"))
    }

    a_community_beside_the_request_has_no_part_in_it:
    DecideError::NotYours, {
        let refused = tries(&in_force(assessed()), "c9", deliver(9), "2026-05-06");
        (refused, tries(&in_force(assessed()), "c3", deliver(3), "2026-05-06"))
    }

    silence_accepts_no_assignment_that_does_not_exist:
    DecideError::NoAssignment, {
        let refused = tries(&in_force(assessed()), "system", accept(9), "2026-05-14");
        (refused, tries(&in_force(assessed()), "system", accept(1), "2026-05-14"))
    }

    what_is_delivered_is_not_accepted_any_more:
    DecideError::NoAssignment, {
        let refused = tries(&with_one_delivered(), "c1", accept(1), "2026-05-06");
        (refused, tries(&with_one_delivered(), "c2", accept(2), "2026-05-06"))
    }

    what_is_accepted_is_not_refused_any_more:
    DecideError::NoAssignment, {
        let accepted = does(&in_force(assessed()), "c2", accept(2), "2026-05-06");
        let refused = tries(&accepted, "c2", refuse(2, RefusalReason::OverQuota, None), "2026-05-06");
        (refused, tries(&accepted, "c2", deliver(2), "2026-05-06"))
    }

    what_is_refused_is_not_delivered:
    DecideError::NoAssignment, {
        let without = does(&in_force(assessed()), "c2", refuse(2, RefusalReason::OffList, None), "2026-05-06");
        let refused = tries(&without, "c2", deliver(2), "2026-05-06");
        (refused, tries(&without, "c3", deliver(3), "2026-05-06"))
    }

    silence_accepts_an_assignment_only_after_the_limit:
    DecideError::NotYetDue { on: day("2026-05-12") }, {
        let refused = tries(&in_force(assessed()), "system", accept(1), "2026-05-12");
        (refused, tries(&in_force(assessed()), "system", accept(1), "2026-05-13"))
    }

    a_refusal_comes_within_its_limit:
    DecideError::TooLate { on: day("2026-05-12") }, {
        let refused = tries(&in_force(assessed()), "c1", refuse(1, RefusalReason::OffList, None), "2026-05-13");
        (refused, tries(&in_force(assessed()), "c1", refuse(1, RefusalReason::OffList, None), "2026-05-12"))
    }

    another_reason_is_told_in_words:
    DecideError::ReasonMissing, {
        let silent = refuse(1, RefusalReason::Other, Some("  "));
        let refused = tries(&in_force(assessed()), "c1", silent, "2026-05-06");
        let told = refuse(1, RefusalReason::Other, Some("社区正在换届"));
        (refused, tries(&in_force(assessed()), "c1", told, "2026-05-06"))
    }

    a_delivery_has_a_report:
    DecideError::ReasonMissing, {
        let blank = Action::DeliverAssignment { community: community(1), delivery: Delivery::default() };
        let refused = tries(&in_force(assessed()), "c1", blank, "2026-05-06");
        (refused, tries(&in_force(assessed()), "c1", deliver(1), "2026-05-06"))
    }

    nothing_finishes_while_work_is_awaited:
    DecideError::NotYetDue { on: day("2026-07-31") }, {
        let refused = tries(&with_one_delivered(), "system", Action::Finish, "2026-07-31");
        (refused, tries(&with_one_delivered(), "system", Action::Finish, "2026-08-01"))
    }

    nothing_finishes_without_a_last_day:
    DecideError::Incomplete, {
        let mut endless = in_force(assessed());
        endless.application.ends_on = None;
        let refused = tries(&endless, "system", Action::Finish, "2026-08-01");
        (refused, tries(&in_force(assessed()), "system", Action::Finish, "2026-08-01"))
    }
}

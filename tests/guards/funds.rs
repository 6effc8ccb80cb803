//! Guards of money: commitment, start, the middle instalment, acceptance.

use workflow::action::{Action, ActionKind, BaseFunds};
use workflow::decide::DecideError;
use workflow::ledger::FundSource;
use workflow::request::Request;
use workflow::stage::StageKind;

use super::guards;
use crate::memory::{FUNDS, admitted, assessed, day, does, free, funded, in_acceptance, in_force, tries};

const SHORT: Action = Action::CommitFunds { base_funds: BaseFunds::Short, source: FundSource::BudgetLine };

/// The same request without its first and last day.
fn without_period(request: Request) -> Request {
    let mut request = request;
    request.application.starts_on = None;
    request.application.ends_on = None;
    request
}

guards! {
    a_duty_waits_for_the_base_funds:
    DecideError::BaseFundsShort, {
        let refused = tries(&admitted(free()), "money", SHORT, "2026-03-10");
        (refused, tries(&admitted(free()), "money", FUNDS, "2026-03-10"))
    }

    funds_are_committed_once:
    DecideError::AlreadyFunded, {
        let refused = tries(&funded(assessed()), "money", FUNDS, "2026-03-10");
        // A price stands for itself, whatever the base funds.
        (refused, tries(&admitted(assessed()), "money", SHORT, "2026-03-10"))
    }

    funds_come_within_their_limit:
    DecideError::TooLate { on: day("2026-04-22") }, {
        let refused = tries(&admitted(assessed()), "money", FUNDS, "2026-04-23");
        (refused, tries(&admitted(assessed()), "money", FUNDS, "2026-04-22"))
    }

    nothing_is_funded_without_its_first_day:
    DecideError::Incomplete, {
        let refused = tries(&without_period(admitted(assessed())), "money", FUNDS, "2026-03-10");
        (refused, tries(&admitted(assessed()), "money", FUNDS, "2026-03-10"))
    }

    nothing_starts_without_funds:
    DecideError::NotFunded, {
        let refused = tries(&admitted(assessed()), "system", Action::Start, "2026-05-06");
        (refused, tries(&funded(assessed()), "system", Action::Start, "2026-05-06"))
    }

    nothing_starts_before_its_day:
    DecideError::NotYetDue { on: day("2026-05-06") }, {
        let refused = tries(&funded(assessed()), "system", Action::Start, "2026-05-05");
        (refused, tries(&funded(assessed()), "system", Action::Start, "2026-05-06"))
    }

    nothing_starts_without_a_first_day:
    DecideError::Incomplete, {
        let refused = tries(&without_period(funded(assessed())), "system", Action::Start, "2026-05-06");
        (refused, tries(&funded(assessed()), "system", Action::Start, "2026-05-07"))
    }

    the_middle_instalment_is_paid_at_half_time:
    DecideError::NotYetDue { on: day("2026-06-18") }, {
        let refused = tries(&in_force(assessed()), "system", Action::PayMiddle, "2026-06-17");
        (refused, tries(&in_force(assessed()), "system", Action::PayMiddle, "2026-06-18"))
    }

    the_middle_instalment_is_paid_once:
    DecideError::NotOpen { stage: StageKind::InForce, action: ActionKind::PayMiddle }, {
        let paid = does(&in_force(assessed()), "system", Action::PayMiddle, "2026-06-18");
        let refused = tries(&paid, "system", Action::PayMiddle, "2026-06-18");
        (refused, tries(&in_force(assessed()), "system", Action::PayMiddle, "2026-06-19"))
    }

    there_is_no_half_time_without_a_period:
    DecideError::Incomplete, {
        let refused = tries(&without_period(in_force(assessed())), "system", Action::PayMiddle, "2026-06-18");
        (refused, tries(&in_force(assessed()), "system", Action::PayMiddle, "2026-06-18"))
    }

    silence_confirms_only_after_the_limit:
    DecideError::NotYetDue { on: day("2026-05-21") }, {
        let refused = tries(&in_acceptance(assessed()), "system", Action::Confirm, "2026-05-21");
        (refused, tries(&in_acceptance(assessed()), "system", Action::Confirm, "2026-05-22"))
    }

    another_department_confirms_nothing:
    DecideError::NotYours, {
        let refused = tries(&in_acceptance(assessed()), "civil", Action::Confirm, "2026-05-08");
        (refused, tries(&in_acceptance(assessed()), "health", Action::Confirm, "2026-05-08"))
    }
}

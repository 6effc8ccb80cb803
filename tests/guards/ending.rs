//! Guards of what goes on for long and of ends before the end: emergencies, disputes, termination, reconsideration, links.

use workflow::action::{Action, Done};
use workflow::assessment::Outcome;
use workflow::assignment::{Delivery, RefusalReason, Worked};
use workflow::decide::{DecideError, decide};
use workflow::decimal::Decimal;
use workflow::facts::DayFactor;
use workflow::hours::Centihours;
use workflow::id::RequestId;
use workflow::money::Fen;
use workflow::request::{Assessed, Request};
use workflow::stage::Verdict;

use super::guards;
use crate::memory::{
    FUNDS, actor, admitted, assessed, day, deliver, does, draft, emergency, half, in_acceptance,
    in_emergency, in_force, in_review, moment, organisation, propose, rejected, submit, tries,
};

fn successor() -> RequestId {
    RequestId(uuid::Uuid::from_u128(6))
}

fn worked(number: u128, centihours: i64) -> Action {
    let worked = vec![Worked { day: DayFactor::Rest, hours: Centihours(centihours) }];
    let delivery = Delivery { worked, ..Delivery::of("已完成值守") };
    Action::DeliverAssignment { community: organisation(100 + number), delivery }
}

fn incomplete() -> Assessed {
    Assessed { outcome: Outcome::Return, ..emergency() }
}

/// Delivered with real hours by all three on 6 March, and over since.
fn emergency_over() -> Request {
    let worked_off = [1, 2, 3].into_iter().fold(in_emergency(emergency()), |request, number| {
        does(&request, &format!("c{number}"), worked(number, 1_000), "2026-03-06")
    });
    does(&worked_off, "system", Action::Finish, "2026-03-06")
}

fn emergency_decided() -> Request {
    let proposed = does(&emergency_over(), "review", propose(Verdict::Admit, None), "2026-03-09");
    does(&proposed, "approve", Action::Approve, "2026-03-09")
}

fn dispute() -> Action {
    Action::Dispute { community: organisation(101), reason: "登记表不全".into() }
}

fn disputed() -> Request {
    does(&in_acceptance(assessed()), "health", dispute(), "2026-05-11")
}

fn rule(share: &str) -> Action {
    let accepted = Decimal::parse(share).expect("a share");
    Action::RuleOnDispute { community: organisation(101), accepted, reason: "半数合格".into() }
}

fn asked() -> Request {
    does(&rejected(), "health", ask(), "2026-03-16")
}

fn ask() -> Action {
    Action::AskReconsideration { reason: "依据文件已更新".into() }
}

fn overturn() -> Action {
    Action::Overturn { reason: "原决定漏看依据".into() }
}

fn end(code: &str) -> Action {
    let done = vec![Done { code: code.into(), share: half(), direct: Fen::ZERO }];
    Action::Terminate { done, reason: "居民不接受".into() }
}

fn move_to(from: &str, to: &str) -> Action {
    let (starts_on, ends_on) = (day(from), day(to));
    Action::Move { starts_on, ends_on, hours: assessed().hours, reason: "错峰实施".into() }
}

guards! {
    emergency_work_is_not_refused:
    DecideError::NotRefusable, {
        let community = organisation(101);
        let refuse = Action::RefuseAssignment { community, reason: RefusalReason::OverQuota, text: None };
        let refused = tries(&in_emergency(emergency()), "c1", refuse.clone(), "2026-03-03");
        (refused, tries(&in_force(assessed()), "c1", refuse, "2026-05-06"))
    }

    an_emergency_is_delivered_with_its_real_hours:
    DecideError::HoursMissing, {
        let refused = tries(&in_emergency(emergency()), "c1", deliver(1), "2026-03-03");
        (refused, tries(&in_emergency(emergency()), "c1", worked(1, 800), "2026-03-03"))
    }

    an_emergency_lasts_thirty_days:
    DecideError::PeriodTooLong { last: day("2026-03-31") }, {
        let mut long = draft();
        long.application.starts_on = Some(day("2026-03-02"));
        long.application.ends_on = Some(day("2026-04-01"));
        let refused = tries(&long, "health", submit(emergency()), "2026-03-02");
        long.application.ends_on = Some(day("2026-03-31"));
        (refused, tries(&long, "health", submit(emergency()), "2026-03-02"))
    }

    an_emergency_begins_on_its_day:
    DecideError::NotYetDue { on: day("2026-05-06") }, {
        let refused = tries(&draft(), "health", submit(emergency()), "2026-03-02");
        (refused, tries(&draft(), "health", submit(assessed()), "2026-03-02"))
    }

    an_emergency_is_filed_before_it_is_proposed:
    DecideError::EmergencyUnfiled, {
        let unfiled = in_emergency(incomplete());
        let propose = propose(Verdict::Admit, Some("防汛需要"));
        let refused = tries(&unfiled, "review", propose.clone(), "2026-03-03");
        let file = Action::File { assessed: Box::new(emergency()) };
        let filed = does(&unfiled, "health", file, "2026-03-03");
        (refused, tries(&filed, "review", propose, "2026-03-03"))
    }

    the_papers_of_an_emergency_are_complete:
    DecideError::RulesReturn, {
        let file = |assessed| Action::File { assessed: Box::new(assessed) };
        let refused = tries(&in_emergency(incomplete()), "health", file(incomplete()), "2026-03-03");
        (refused, tries(&in_emergency(incomplete()), "health", file(emergency()), "2026-03-03"))
    }

    an_emergency_is_decided_before_it_is_funded:
    DecideError::EmergencyUndecided, {
        let refused = tries(&emergency_over(), "money", FUNDS, "2026-03-09");
        (refused, tries(&emergency_decided(), "money", FUNDS, "2026-03-09"))
    }

    an_emergency_is_funded_before_it_is_confirmed:
    DecideError::NotFunded, {
        let refused = tries(&emergency_decided(), "health", Action::Confirm, "2026-03-09");
        let funded = does(&emergency_decided(), "money", FUNDS, "2026-03-09");
        (refused, tries(&funded, "health", Action::Confirm, "2026-03-09"))
    }

    nothing_is_confirmed_over_a_dispute:
    DecideError::DisputesOpen, {
        let refused = tries(&disputed(), "health", Action::Confirm, "2026-05-12");
        let ruled = does(&disputed(), "review", rule("0.5"), "2026-05-12");
        (refused, tries(&ruled, "health", Action::Confirm, "2026-05-12"))
    }

    a_share_is_a_share:
    DecideError::ShareOutOfRange, {
        let refused = tries(&disputed(), "review", rule("1.01"), "2026-05-12");
        (refused, tries(&disputed(), "review", rule("1"), "2026-05-12"))
    }

    work_is_disputed_within_the_limit:
    DecideError::TooLate { on: day("2026-05-21") }, {
        let refused = tries(&in_acceptance(assessed()), "health", dispute(), "2026-05-22");
        (refused, tries(&in_acceptance(assessed()), "health", dispute(), "2026-05-21"))
    }

    what_was_done_was_done_in_a_community_of_the_request:
    DecideError::UnknownCommunity("c9".into()), {
        let refused = tries(&in_force(assessed()), "approve", end("c9"), "2026-06-01");
        (refused, tries(&in_force(assessed()), "approve", end("c1"), "2026-06-01"))
    }

    reconsideration_is_asked_for_within_its_limit:
    DecideError::TooLate { on: day("2026-03-16") }, {
        let refused = tries(&rejected(), "health", ask(), "2026-03-17");
        (refused, tries(&rejected(), "health", ask(), "2026-03-16"))
    }

    whoever_took_part_does_not_reconsider:
    DecideError::TookPart, {
        let refused = tries(&asked(), "approve", overturn(), "2026-03-18");
        (refused, tries(&asked(), "both", overturn(), "2026-03-18"))
    }

    reconsideration_is_granted_once:
    DecideError::AlreadyReconsidered, {
        let again = does(&asked(), "both", overturn(), "2026-03-18");
        let against = propose(Verdict::Reject, Some("仍与其他事项重复"));
        let proposed = does(&again, "review", against, "2026-03-19");
        let again = does(&proposed, "approve", Action::Approve, "2026-03-19");
        let refused = tries(&again, "health", ask(), "2026-03-20");
        (refused, tries(&rejected(), "health", ask(), "2026-03-16"))
    }

    a_request_has_one_successor:
    DecideError::AlreadyRenewed, {
        let renew = || Action::Renew { successor: successor() };
        let renewed = does(&in_force(assessed()), "health", renew(), "2026-06-01");
        let refused = tries(&renewed, "health", renew(), "2026-06-02");
        (refused, tries(&in_force(assessed()), "health", renew(), "2026-06-02"))
    }

    supplements_add_a_tenth_at_most:
    DecideError::SupplementTooLarge { room: Fen(20_000) }, {
        let add = |fen| Action::NoteSupplement { supplement: successor(), price: Fen(fen) };
        let once = does(&in_force(assessed()), "system", add(100_000), "2026-06-01");
        let refused = tries(&once, "system", add(20_001), "2026-06-02");
        (refused, tries(&once, "system", add(20_000), "2026-06-02"))
    }

    a_step_is_urged_once_a_day:
    DecideError::AlreadyNudged, {
        let nudge = || Action::Nudge { text: None };
        let urged = does(&in_review(assessed()), "health", nudge(), "2026-03-04");
        let refused = tries(&urged, "health", nudge(), "2026-03-04");
        (refused, tries(&urged, "health", nudge(), "2026-03-05"))
    }

    a_moved_period_is_not_longer:
    DecideError::PeriodTooLong { last: day("2026-08-26") }, {
        let refused = tries(&admitted(assessed()), "review", move_to("2026-06-01", "2026-08-27"), "2026-03-11");
        (refused, tries(&admitted(assessed()), "review", move_to("2026-06-01", "2026-08-26"), "2026-03-11"))
    }

    a_moved_period_lies_ahead:
    DecideError::PeriodBackwards, {
        let refused = tries(&admitted(assessed()), "review", move_to("2026-03-10", "2026-04-01"), "2026-03-11");
        (refused, tries(&admitted(assessed()), "review", move_to("2026-03-11", "2026-04-01"), "2026-03-11"))
    }

    what_is_over_is_closed_after_ninety_days:
    DecideError::NotYetDue { on: day("2026-05-31") }, {
        let refused = tries(&rejected(), "system", Action::Close, "2026-05-31");
        (refused, tries(&rejected(), "system", Action::Close, "2026-06-01"))
    }
}

#[test]
fn what_is_done_is_paid_and_the_rest_goes_back() {
    let decided = tries(&in_force(assessed()), "approve", end("c1"), "2026-06-01").expect("it ends");
    let paid: Vec<Fen> = decided.request.assignments.iter().map(|assignment| assignment.paid).collect();
    assert_eq!(paid, [Fen(350_000), Fen::ZERO, Fen::ZERO]);
    let back: Fen = decided.postings.iter().map(|posting| posting.amount).sum();
    // Half of 7,000 was paid already; the escrow of 6,000 and what the two others had got go back.
    assert_eq!(back, Fen(600_000 + 200_000 + 50_000));
}

#[test]
fn an_emergency_is_paid_by_its_real_hours() {
    let funded = decide(&emergency_decided(), FUNDS, &actor("money"), moment(day("2026-03-09")));
    let funded = funded.expect("the money comes");
    // Ten hours on a rest day: 10 × 35.28 × 2 = 705.60, and 8 % overhead.
    let prices: Vec<Fen> = funded.request.assignments.iter().map(|assignment| assignment.price).collect();
    assert_eq!(prices, [Fen(76_205); 3]);
    let settled = does(&funded.request, "health", Action::Confirm, "2026-03-09");
    assert!(settled.assignments.iter().all(|assignment| assignment.paid == Fen(76_205)));
}

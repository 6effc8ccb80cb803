//! Lateness of whole histories: each late step with its limit, its days and who answers for it.

use rules::{default_calendar_csv, read_calendar};
use workflow::action::Action;
use workflow::lateness::{Loaded, State, lateness};
use workflow::request::Request;
use workflow::stage::Verdict;

use crate::memory::{self, CALENDAR, assessed, day, moment};

/// The states of a request with the days on which they began.
struct History(Vec<(&'static str, Request)>);

impl History {
    fn of(request: Request) -> History {
        History(vec![("2026-03-02", request)])
    }

    fn then(mut self, who: &str, action: Action, on: &'static str) -> History {
        let (_, last) = self.0.last().expect("a state");
        let next = memory::does(last, who, action, on);
        self.0.push((on, next));
        self
    }

    /// Stage, limit, days and cause of what is late on a day.
    fn late_on(&self, on: &str, loads: &[Loaded<'_>]) -> Vec<String> {
        let states = self.0.iter().map(|(since, request)| State { since: day(since), request });
        let late = lateness(&states.collect::<Vec<_>>(), loads, &moment(day(on)));
        late.iter().map(|l| format!("{} {} {} {}", l.stage, l.due, l.days.0, l.cause)).collect()
    }
}

fn since(from: &str) -> Loaded<'static> {
    Loaded { from: day(from), calendar: &CALENDAR }
}

#[test]
fn each_late_step_is_attributed_and_what_is_in_time_is_not() {
    let offer = Action::AcceptQuote { offer: memory::offer(assessed().price) };
    let history = History::of(memory::submitted(assessed()))
        .then("review", Action::AcceptFiling, "2026-03-11")
        .then("review", Action::Quote, "2026-03-12")
        .then("health", offer, "2026-03-26")
        .then("review", memory::propose(Verdict::Admit, None), "2026-04-03")
        .then("approve", Action::Approve, "2026-04-28")
        .then("system", Action::Enter, "2026-05-09")
        .then("money", memory::FUNDS, "2026-05-11");
    let late = history.late_on("2026-05-12", &[since("2026-01-01")]);
    assert_eq!(late, ["submitted 2026-03-09 2 office", "proposed 2026-04-16 8 office"]);
}

#[test]
fn a_step_that_runs_is_late_from_the_day_after_its_limit() {
    let history = History::of(memory::in_review(assessed()));
    assert_eq!(history.late_on("2026-03-23", &[]), Vec::<String>::new());
    assert_eq!(history.late_on("2026-03-24", &[]), ["review 2026-03-23 1 office"]);
}

#[test]
fn a_day_that_a_later_calendar_has_moved_is_the_calendars_fault() {
    let holiday = default_calendar_csv() + "2026-03-20,植树,rest,2026\n";
    let with_holiday = read_calendar("before", &holiday).expect("a calendar");
    let before = Loaded { from: day("2026-01-01"), calendar: &with_holiday };
    let moved = [before, since("2026-03-10")];
    let history = History::of(memory::in_review(assessed()));
    assert_eq!(history.late_on("2026-03-24", &moved), ["review 2026-03-23 1 calendar"]);
    assert_eq!(history.late_on("2026-03-25", &moved), ["review 2026-03-23 2 office"], "late by both");
    let known = [before, since("2026-03-01")];
    assert_eq!(
        history.late_on("2026-03-24", &known),
        ["review 2026-03-23 1 office"],
        "loaded before it began"
    );
}

#[test]
fn a_community_is_never_late() {
    let history = History::of(memory::in_force(assessed()));
    assert_eq!(history.late_on("2027-03-01", &[]), Vec::<String>::new());
}

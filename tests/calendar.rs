//! Working days: the vectors of the policy, the years of the notices, and sums that hold for every date.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use proptest::prelude::*;
use rules::{default_calendar_csv, read_calendar};
use workflow::calendar::{Calendar, DayKind, Month, SpecialDay, first_day, last_day, read_day};
use workflow::clock::DecisionClock;
use workflow::parameters::QuotaParameters;
use workflow::quota::capacity;

use crate::memory::{CALENDAR, PARAMETERS, cases, day};

fn due(start: &str, days: u32) -> NaiveDate {
    CALENDAR.limit(day(start), days).due
}

#[test]
fn limits_are_those_of_the_policy() {
    assert_eq!(due("2026-02-06", 15), day("2026-03-05"));
    assert_eq!(due("2026-02-13", 1), day("2026-02-14"), "a Saturday that is worked");
    assert_eq!(due("2026-04-30", 5), day("2026-05-11"));
    assert_eq!(due("2026-09-16", 15), day("2026-10-13"));
    assert_eq!(due("2026-09-18", 1), day("2026-09-20"), "a Sunday that is worked");
    assert_eq!(due("2025-12-31", 1), day("2026-01-04"));
}

#[test]
fn a_limit_of_no_days_ends_where_it_starts() {
    assert_eq!(due("2026-02-16", 0), day("2026-02-16"));
}

#[test]
fn every_year_of_the_notices_has_its_working_days() {
    let year = |year: i32| {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        CALENDAR.working_days(first, NaiveDate::from_ymd_opt(year, 12, 31).unwrap())
    };
    let found: Vec<u32> = (2007..=2026).map(year).collect();
    let expected =
        [249, 251, 250, 250, 250, 249, 250, 250, 249, 250, 249, 250, 250, 249, 250, 249, 249, 251, 248, 248];
    assert_eq!(found, expected);
    assert_eq!(CALENDAR.noticed_years().collect::<Vec<_>>(), (2007..=2026).collect::<Vec<_>>());
}

/// Hours of the standard community's 2026, month by month, with some shares taken off.
fn hours_of_2026(parameters: &QuotaParameters) -> i64 {
    let months = Month::spanning(day("2026-01-01"), day("2026-12-31"));
    let hundredths = months.map(|month| capacity(10, month, &CALENDAR, parameters).floored().0);
    hundredths.sum()
}

#[test]
fn the_standard_community_has_the_hours_of_the_policy() {
    let none = workflow::decimal::Decimal::default();
    let net = QuotaParameters { reserve: none, ..PARAMETERS.quota.clone() };
    let gross = QuotaParameters { leave: none, ..net.clone() };
    assert_eq!(hours_of_2026(&gross), 1_984_000);
    assert_eq!(hours_of_2026(&net), 1_785_600);
    assert_eq!(hours_of_2026(&PARAMETERS.quota), 1_249_920, "12,499 hours and twelve minutes");
}

#[test]
fn february_is_counted_and_not_a_twelfth() {
    assert_eq!(CALENDAR.working_days(day("2026-02-01"), day("2026-02-28")), 16);
    let february = Month::parse("2026-02").unwrap();
    assert_eq!(capacity(10, february, &CALENDAR, &PARAMETERS.quota).floored().to_string(), "806.40");
}

#[test]
fn a_limit_prints_its_own_arithmetic() {
    let limit = CALENDAR.limit(day("2026-02-06"), 15);
    let days: Vec<String> = CALENDAR.explain(&limit).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("limit_over_the_spring_festival", days.join("\n"));
}

#[test]
fn a_limit_into_a_year_without_a_notice_is_provisional_until_it_is_loaded() {
    let before = CALENDAR.limit(day("2026-12-28"), 5);
    assert_eq!((before.due, before.provisional), (day("2027-01-04"), true));
    let notice = "2027-01-01,元旦,rest,2027\n2027-01-02,元旦,rest,2027\n2027-01-03,元旦,rest,2027\n";
    let loaded = read_calendar("cn-2007-2027", &(default_calendar_csv() + notice)).unwrap();
    let after = loaded.limit(day("2026-12-28"), 5);
    assert_eq!((after.due, after.provisional), (day("2027-01-05"), false));
    let within = |calendar: &Calendar| calendar.limit(day("2026-12-01"), 15);
    assert_eq!(within(&loaded), within(&CALENDAR), "what ends in 2026 does not move");
}

#[test]
fn a_limit_beyond_all_calendars_is_provisional_and_nothing_breaks() {
    for days in [1, 40_000, u32::MAX] {
        let limit = CALENDAR.limit(last_day(), days);
        assert!(limit.provisional && limit.due >= last_day());
    }
}

#[test]
fn a_month_reads_what_it_writes_and_nothing_else() {
    for text in ["2026-05", "2000-01", "2099-12"] {
        assert_eq!(Month::parse(text).unwrap().to_string(), text);
    }
    for text in [
        "2026-13",
        "2026-00",
        "2026-5",
        "26-05",
        "2026-05-01",
        "2026/05",
        "+026-05",
        " 2026-05",
        "2026- 5",
        "",
    ] {
        assert!(Month::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_day_reads_what_it_writes_and_nothing_else() {
    assert_eq!(read_day("2026-02-28").unwrap().to_string(), "2026-02-28");
    for text in
        ["2026-02-30", "2026-2-28", "+026-02-28", "2026- 2- 8", "2026/02/28", "2026-02-28 ", "２０26", ""]
    {
        assert_eq!(read_day(text), None, "{text}");
    }
}

/// Whether a day is worked, from the special days alone.
fn is_worked(special: &BTreeMap<NaiveDate, DayKind>, date: NaiveDate) -> bool {
    match special.get(&date) {
        Some(kind) => *kind == DayKind::Work,
        None => !matches!(date.weekday(), Weekday::Sat | Weekday::Sun),
    }
}

/// The day by counting one by one.
fn counted(special: &BTreeMap<NaiveDate, DayKind>, start: NaiveDate, days: u32) -> NaiveDate {
    let mut date = start;
    let mut left = days;
    while left > 0 {
        date = date + Days::new(1);
        left -= u32::from(is_worked(special, date));
    }
    date
}

fn calendar_of(special: &BTreeMap<NaiveDate, DayKind>) -> Calendar {
    let line = |(date, kind): (&NaiveDate, &DayKind)| SpecialDay {
        date: *date,
        name: "节".into(),
        kind: *kind,
        notice_year: date.year(),
    };
    Calendar::new("made up", special.iter().map(line))
}

prop_compose! {
    fn a_day()(offset in 1_000u64..30_000) -> NaiveDate { first_day() + Days::new(offset) }
}

prop_compose! {
    /// A day of the three years in which the made-up notices lie.
    fn a_near_day()(offset in 9_000u64..10_000) -> NaiveDate { first_day() + Days::new(offset) }
}

fn notices() -> impl Strategy<Value = BTreeMap<NaiveDate, DayKind>> {
    let kind = prop_oneof![Just(DayKind::Rest), Just(DayKind::Work)];
    prop::collection::btree_map(a_near_day(), kind, 0..200)
}

/// Three days in order.
fn ordered() -> impl Strategy<Value = [NaiveDate; 3]> {
    prop::array::uniform3(a_near_day()).prop_map(|mut days| {
        days.sort();
        days
    })
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn a_limit_is_what_counting_day_by_day_gives(special in notices(), start in a_near_day(), days in 0u32..200) {
        let limit = calendar_of(&special).limit(start, days);
        prop_assert_eq!(limit.due, counted(&special, start, days));
        prop_assert_eq!((limit.start, limit.working_days), (start, days));
    }

    #[test]
    fn working_days_add_up(special in notices(), [one, two, three] in ordered()) {
        let calendar = calendar_of(&special);
        let after = two.succ_opt().unwrap();
        let sum = calendar.working_days(one, two) + calendar.working_days(after, three);
        prop_assert_eq!(sum, calendar.working_days(one, three));
        let worked = one.iter_days().take_while(|date| *date <= three).filter(|date| is_worked(&special, *date));
        prop_assert_eq!(usize::try_from(sum).unwrap(), worked.count());
        prop_assert_eq!(calendar.working_days(after, one), 0);
    }

    #[test]
    fn days_left_go_down_one_by_one(special in notices(), start in a_near_day(), days in 1u32..60) {
        let calendar = calendar_of(&special);
        let limit = calendar.limit(start, days);
        prop_assert_eq!(calendar.days_left(start, limit.due), i64::from(days));
        let mut left = i64::from(days);
        for today in start.iter_days().skip(1).take(150) {
            left -= i64::from(is_worked(&special, today));
            prop_assert_eq!(calendar.days_left(today, limit.due), left);
            prop_assert_eq!(limit.has_passed(today), today > limit.due);
            prop_assert!(left >= 0 || limit.has_passed(today));
        }
    }
}

proptest! {
    #![proptest_config(cases(1_024))]

    #[test]
    fn a_later_start_and_more_days_never_end_earlier(one in a_day(), other in a_day(), days in 0u32..400, more in 1u32..50) {
        let (early, late) = (one.min(other), one.max(other));
        let limit = CALENDAR.limit(early, days);
        prop_assert!(limit.due <= CALENDAR.limit(late, days).due);
        prop_assert!(limit.due < CALENDAR.limit(early, days + more).due);
        prop_assert!(days == 0 || CALENDAR.is_working(limit.due));
        prop_assert_eq!(limit.provisional, limit.due.year() < 2007 || limit.due.year() > 2026);
    }

    #[test]
    fn an_explained_limit_counts_to_its_own_number(start in a_day(), days in 0u32..60) {
        let limit = CALENDAR.limit(start, days);
        let explained = CALENDAR.explain(&limit);
        let numbers: Vec<u32> = explained.iter().filter_map(|day| day.number).collect();
        prop_assert_eq!(numbers, (1..=days).collect::<Vec<_>>());
        let through = i64::try_from(explained.len()).unwrap();
        prop_assert_eq!(through, limit.due.signed_duration_since(start).num_days());
    }

    #[test]
    fn months_cover_a_period_without_gap_or_overlap(one in a_day(), length in 0u64..900) {
        let last = one + Days::new(length);
        let months: Vec<Month> = Month::spanning(one, last).collect();
        let days: u32 = months.iter().map(|month| CALENDAR.working_days(month.first(), month.last())).sum();
        let (first, end) = (Month::of(one).first(), Month::of(last).last());
        prop_assert_eq!(days, CALENDAR.working_days(first, end));
        prop_assert_eq!(Month::spanning(last + Days::new(1), one).count(), 0);
    }

    #[test]
    fn the_decision_clock_stands_for_exactly_its_pauses(
        start in a_day(),
        pauses in prop::collection::vec((0u64..4, 0u64..15), 0..4),
    ) {
        let mut clock = DecisionClock::started(start);
        let mut stood = Vec::new();
        let mut from = start;
        for (running, standing) in pauses {
            from = from + Days::new(running);
            let until = from + Days::new(standing);
            clock = clock.paused(from, until);
            stood.push((from, until));
            from = until;
        }
        let stands = |date: NaiveDate| stood.iter().any(|(from, until)| *from < date && date <= *until);
        let counted = |date: &NaiveDate| CALENDAR.is_working(*date) && !stands(*date);
        let wanted = usize::try_from(PARAMETERS.limits.decision).unwrap() - 1;
        let due = start.iter_days().skip(1).filter(counted).nth(wanted);
        prop_assert_eq!(Some(clock.limit(&CALENDAR, &PARAMETERS.limits).due), due);
    }

    #[test]
    fn a_pause_after_the_limit_does_not_bring_it_back(start in a_day(), late in 1u64..40, standing in 0u64..40) {
        let clock = DecisionClock::started(start);
        let due = clock.limit(&CALENDAR, &PARAMETERS.limits).due;
        let from = due + Days::new(late);
        let until = from + Days::new(standing);
        let after = clock.paused(from, until).limit(&CALENDAR, &PARAMETERS.limits);
        prop_assert!(after.has_passed(until), "{} {until}", after.due);
    }
}

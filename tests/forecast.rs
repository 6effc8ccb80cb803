//! The forecast's arithmetic: what renews, what comes back, and what is already filed.

use std::collections::BTreeMap;

use uuid::Uuid;
use workflow::booking::Place;
use workflow::calendar::Month;
use workflow::facts::Term;
use workflow::forecast::{Filed, Quarter, Source, Standing, forecast};
use workflow::hours::{Centihours, Pool};
use workflow::id::RequestId;

use crate::memory::{day, organisation};

fn month(text: &str) -> Month {
    Month::parse(text).expect("a month")
}

fn place(text: &str) -> Place {
    Place { community: organisation(101), pool: Pool::Station, month: month(text) }
}

/// Admitted for one community, with hours of so many hundredths in each of its months.
fn admitted(number: u128, term: Term, (start, end): (&str, &str), months: &[&str]) -> Filed {
    Filed {
        request: RequestId(Uuid::from_u128(number)),
        department: organisation(3),
        item: Some("C03-09".into()),
        term,
        period: (day(start), day(end)),
        cuts: Vec::new(),
        communities: [organisation(101)].into(),
        standing: Standing::Admitted,
        held: months.iter().map(|text| (place(text), Centihours(100))).collect(),
        asked: BTreeMap::new(),
    }
}

/// `source month hours` of the third quarter of 2026.
fn expected(filed: &[Filed]) -> Vec<String> {
    let quarter = Quarter::parse("2026Q3").expect("a quarter");
    let line =
        |line: &workflow::forecast::Expected| format!("{} {} {}", line.source, line.place.month, line.hours);
    let mut lines: Vec<String> = forecast(filed, quarter).iter().map(line).collect();
    lines.sort();
    lines
}

const HALF_YEAR: [&str; 6] = ["2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08"];

#[test]
fn a_periodic_task_that_ends_in_the_quarter_is_booked_and_then_renews() {
    let half_year = admitted(1, Term::Periodic, ("2026-03-01", "2026-08-31"), &HALF_YEAR);
    let lines = ["booked 2026-07 1.00", "booked 2026-08 1.00", "renewal 2026-09 1.00"];
    assert_eq!(expected(std::slice::from_ref(&half_year)), lines);
    let again = admitted(2, Term::Periodic, ("2026-09-01", "2027-02-28"), &["2026-09"]);
    let lines = ["booked 2026-07 1.00", "booked 2026-08 1.00", "booked 2026-09 1.00"];
    assert_eq!(expected(&[half_year.clone(), again.clone()]), lines, "the successor is there already");
    let refused = Filed { standing: Standing::Out, held: BTreeMap::new(), ..again };
    assert!(
        expected(&[half_year, refused]).contains(&"renewal 2026-09 1.00".to_owned()),
        "it came to nothing"
    );
}

#[test]
fn what_ended_early_does_not_renew_and_what_was_cut_does() {
    let ended = admitted(1, Term::LongTerm, ("2026-01-01", "2026-12-31"), &["2026-04", "2026-05"]);
    assert_eq!(expected(std::slice::from_ref(&ended)), Vec::<String>::new());
    let cut = Filed { cuts: vec![day("2026-05-31")], ..ended };
    assert_eq!(expected(&[cut]), ["renewal 2026-09 1.00"], "five months later");
}

#[test]
fn a_temporary_task_of_last_year_comes_back_unless_it_is_filed() {
    let last_year = admitted(1, Term::Temporary, ("2025-08-01", "2025-09-30"), &["2025-08", "2025-09"]);
    let lines = ["season 2026-08 1.00", "season 2026-09 1.00"];
    assert_eq!(expected(std::slice::from_ref(&last_year)), lines);
    let mut this_year = admitted(2, Term::Temporary, ("2026-08-10", "2026-08-31"), &[]);
    this_year.standing = Standing::Review;
    this_year.asked = [(place("2026-08"), Centihours(70))].into();
    assert_eq!(expected(&[last_year.clone(), this_year.clone()]), ["review 2026-08 0.70"]);
    this_year.standing = Standing::Publication;
    assert_eq!(expected(&[last_year.clone(), this_year.clone()]), ["publication 2026-08 0.70"]);
    this_year.item = Some("C03-08".into());
    assert_eq!(expected(&[last_year, this_year]).len(), 3, "another item is another task");
}

#[test]
fn long_gone_and_unlisted_tasks_are_not_expected() {
    let long_gone = admitted(1, Term::Periodic, ("2024-01-01", "2024-06-30"), &["2024-06"]);
    assert_eq!(expected(&[long_gone]), Vec::<String>::new(), "its one renewal would be over, too");
    let mut unlisted = admitted(2, Term::Temporary, ("2025-08-01", "2025-08-31"), &["2025-08"]);
    unlisted.item = None;
    assert_eq!(expected(&[unlisted]), Vec::<String>::new());
}

#[test]
fn each_source_has_its_own_word_and_a_quarter_its_form() {
    let words: Vec<&str> = Source::ALL.iter().map(|source| source.word()).collect();
    assert_eq!(words, ["booked", "publication", "review", "renewal", "season"]);
    assert_eq!(Quarter::after(day("2026-12-31")).to_string(), "2027Q1");
    assert_eq!(Quarter::after(day("2026-01-01")).to_string(), "2026Q2");
    for text in ["2026", "2026Q0", "2026Q5", "Q1", "26Q1", "2026q1", "2026Q99999999999"] {
        assert!(Quarter::parse(text).is_err(), "{text}");
    }
}

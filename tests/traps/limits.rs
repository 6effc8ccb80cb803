//! Limits: reminders, escalation, calendars and timers (traps 7 to 13 and 20).

use chrono::Duration;
use engine::Command;
use rules::{RuleSet, default_files};
use store::LetterState;

use crate::desk::{Desk, duty};

crate::stories::told_on_both! {
    trap_07_reminder_survives_return
    a_limit_is_told_before_on_and_after_its_day_and_goes_up
    trap_09_a_limit_counts_working_days_and_nothing_else
    trap_13_of_two_engines_with_skewed_clocks_one_tells
}

/// Kinds and recipients of all letters so far, each as `kind recipient`.
pub(crate) async fn told(desk: &Desk) -> Vec<String> {
    let letters = desk.engine.reader().letters(LetterState::Waiting).await.expect("letters");
    let short = |to: &str| to.split('@').next().unwrap_or_default().to_owned();
    letters.iter().map(|letter| format!("{} {}", letter.kind, short(&letter.recipient))).collect()
}

/// What is told on a day that was not told before, only of limits.
async fn told_when(desk: &mut Desk, day: &str) -> Vec<String> {
    let before = told(desk).await.len();
    desk.comes(day).await;
    let mut new: Vec<String> = told(desk).await.split_off(before);
    new.retain(|line| line.starts_with("limit_") || line.starts_with("escalated"));
    new.sort();
    new
}

async fn trap_07_reminder_survives_return(mut desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    let reviewers = ["limit_near both", "limit_near review"];
    assert_eq!(told_when(&mut desk, "2026-03-04").await, reviewers, "three days before the 9th");
    desk.does("review", request, Command::Return { reason: "缺少附件".into() }).await;
    desk.does("health", request, Command::Submit).await;
    assert_eq!(told_when(&mut desk, "2026-03-05").await, Vec::<&str>::new(), "a new limit, the 11th");
    assert_eq!(told_when(&mut desk, "2026-03-06").await, reviewers, "three days before it");
    assert_eq!(told_when(&mut desk, "2026-03-10").await, reviewers, "one day before it");
    assert_eq!(told_when(&mut desk, "2026-03-11").await, reviewers, "on the day");
}

async fn a_limit_is_told_before_on_and_after_its_day_and_goes_up(mut desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.does("review", request, Command::AcceptFiling).await;
    let near = ["limit_near both", "limit_near review"];
    assert_eq!(told_when(&mut desk, "2026-03-17").await, Vec::<&str>::new());
    assert_eq!(told_when(&mut desk, "2026-03-18").await, near, "three days before the 23rd");
    assert_eq!(told_when(&mut desk, "2026-03-20").await, near, "one day before");
    assert_eq!(told_when(&mut desk, "2026-03-22").await, Vec::<&str>::new(), "not again on a Sunday");
    assert_eq!(told_when(&mut desk, "2026-03-23").await, near, "on the day");
    let up = ["escalated approve", "escalated both", "limit_passed both", "limit_passed review"];
    assert_eq!(told_when(&mut desk, "2026-03-24").await, up, "a day late: the leading group hears of it");
    assert_eq!(told_when(&mut desk, "2026-03-29").await, Vec::<&str>::new());
    let city = ["escalated audit", "limit_passed both", "limit_passed review"];
    assert_eq!(told_when(&mut desk, "2026-03-30").await, city, "five days late: the city hears of it");
    assert_eq!(told_when(&mut desk, "2026-06-30").await, Vec::<&str>::new(), "each once");
}

async fn trap_09_a_limit_counts_working_days_and_nothing_else(mut desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    let before = told(&desk).await;
    for minutes in [1, 5, 60, 24 * 60 - 1] {
        let swept = desk.engine.sweep(desk.now() + Duration::minutes(minutes)).await.unwrap();
        assert_eq!((swept.actions, swept.reminders), (0, 0), "after {minutes} minutes");
    }
    assert_eq!(told(&desk).await, before);
    assert_eq!(told_when(&mut desk, "2026-03-04").await.len(), 2);
}

async fn trap_13_of_two_engines_with_skewed_clocks_one_tells(mut desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    let other = desk.another_node().await;
    let before = told(&desk).await.len();
    desk.jumps("2026-03-04");
    let (one, ahead) = (desk.now(), desk.now() + Duration::seconds(90));
    let (first, second) =
        tokio::join!(desk.engine.sweep_once_for(one, one), other.sweep_once_for(ahead, ahead));
    assert!(first.unwrap() && second.unwrap(), "the clocks differ, so both sweep");
    assert_eq!(told(&desk).await.len(), before + 2, "each reviewer has one letter");
    assert!(!other.sweep_once_for(one, ahead).await.unwrap(), "the same due time is taken");
}

fn loads(change: impl Fn(&str) -> String) -> Result<RuleSet, String> {
    let mut files = default_files();
    let text = change(&files["parameters.toml"]);
    files.insert("parameters.toml".to_owned(), text);
    RuleSet::load(files).map_err(|faults| faults.to_string())
}

#[test]
fn trap_20_an_escalation_that_nobody_executes_does_not_load() {
    loads(str::to_owned).expect("the rules as they are");
    let add = |lines: &'static str| move |text: &str| format!("{text}\n[[reminders.escalations]]\n{lines}\n");
    let refused = |lines: &'static str| loads(add(lines)).expect_err(lines);
    let nobody = refused("whose = \"policy\"\nafter = 1\nto = \"city\"\nexecutor = \"sweep\"");
    assert!(nobody.contains("carried out by nobody: `policy` holds no step"), "{nobody}");
    let unknown = refused("whose = \"reviewer\"\nafter = 2\nto = \"city\"\nexecutor = \"somebody\"");
    assert!(unknown.contains("unknown variant `somebody`"), "{unknown}");
    let none = refused("whose = \"reviewer\"\nafter = 2\nto = \"city\"");
    assert!(none.contains("missing field `executor`"), "{none}");
    let same = refused("whose = \"reviewer\"\nafter = 2\nto = \"holder\"\nexecutor = \"sweep\"");
    assert!(same.contains("not the next level"), "{same}");
    let twice = refused("whose = \"reviewer\"\nafter = 1\nto = \"leading_group\"\nexecutor = \"sweep\"");
    assert!(twice.contains("is there twice"), "{twice}");
}

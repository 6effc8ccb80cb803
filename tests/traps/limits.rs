//! Limits: reminders, escalation, calendars and timers (traps 7 to 13 and 20).

use chrono::{Duration, SecondsFormat};
use engine::{Command, ImportKind};
use rules::{RuleSet, default_files};
use store::{AuditKey, LetterState, Store};
use workflow::deadline::deadline;
use workflow::id::RequestId;
use workflow::moved::MovedLimit;
use workflow::reminders::Escalation;
use workflow::request::Moment;
use workflow::stage::StageKind;

use crate::desk::{Desk, duty, purchase};

crate::stories::told_on_both! {
    trap_07_reminder_survives_return
    a_limit_is_told_before_on_and_after_its_day_and_goes_up
    trap_08_pauses_add_up_exactly
    trap_09_a_limit_counts_working_days_and_nothing_else
    trap_10_a_new_holiday_moves_open_limits_only
    a_calendar_loaded_by_another_node_counts_at_the_next_sweep
    a_calendar_loaded_twice_changes_nothing
    trap_11_a_make_up_saturday_counts
    trap_12_one_bad_case_stops_no_other
    trap_13_of_two_engines_with_skewed_clocks_one_tells
    timers_are_forgotten_and_nothing_fires_again
    trap_20_every_escalation_is_listed_with_its_executor
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
    let mut new = told(&desk).await.split_off(before);
    new.retain(|line| line.starts_with("limit_near"));
    new.sort();
    assert_eq!(new, ["limit_near both", "limit_near review"], "each reviewer has one letter");
    assert!(!other.sweep_once_for(one, ahead).await.unwrap(), "the same due time is taken");
}

const HOLIDAY: &str = "date,name,kind,notice_year\n";

/// The notice of 2026 with one more day off.
fn notice_of_2026(more: &str) -> String {
    let built_in = rules::default_calendar_csv();
    let lines = built_in.lines().filter(|line| line.ends_with(",2026"));
    format!("{HOLIDAY}{}\n{more}", lines.collect::<Vec<_>>().join("\n"))
}

impl Desk {
    async fn loads_calendar(&self, name: &str, more: &str) -> Vec<MovedLimit> {
        let text = notice_of_2026(more);
        let loaded = self.engine.import(ImportKind::Calendar, name, &text, self.now()).await;
        loaded.expect("the calendar loads").moved
    }

    async fn due(&self, request: RequestId) -> Option<String> {
        let request = self.request(request).await;
        let content = self.engine.content();
        let parameters = content.rules.parameters();
        let moment = Moment { now: self.now(), calendar: &content.calendar, parameters };
        deadline(&request, &moment).map(|deadline| deadline.due.to_string())
    }
}

async fn trap_08_pauses_add_up_exactly(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.does("review", request, Command::AcceptFiling).await;
    assert_eq!(desk.due(request).await.unwrap(), "2026-03-23", "15 working days");
    desk.does("review", request, Command::Quote).await;
    desk.comes("2026-03-05").await;
    let price = desk.request(request).await.price();
    desk.does("health", request, Command::accept_quote(price, 2026)).await;
    assert_eq!(desk.due(request).await.unwrap(), "2026-03-26", "three working days stood");
    desk.comes("2026-03-26").await;
    desk.proposes_to_admit(request).await;
    let passed = told(&desk).await.into_iter().filter(|line| line.starts_with("limit_passed")).count();
    assert_eq!(passed, 0, "on its last day the case is not late");
}

async fn trap_10_a_new_holiday_moves_open_limits_only(mut desk: Desk) {
    let open = desk.files("health", duty(), &[1]).await;
    desk.does("health", open, Command::Submit).await;
    desk.does("review", open, Command::AcceptFiling).await;
    let closed = desk.files("civil", duty(), &[1]).await;
    desk.does("civil", closed, Command::Submit).await;
    desk.does("civil", closed, Command::Withdraw).await;
    desk.comes("2026-03-04").await;
    let before = told(&desk).await.len();
    let closed_before = desk.history(closed).await;
    let moved = desk.loads_calendar("cn-2026-2", "2026-03-20,植树,rest,2026\n").await;
    let days: Vec<_> = moved
        .iter()
        .map(|limit| (limit.request, limit.old_due.to_string(), limit.new_due.to_string()))
        .collect();
    assert_eq!(days, [(open, "2026-03-23".to_owned(), "2026-03-24".to_owned())]);
    assert_eq!(desk.due(open).await.unwrap(), "2026-03-24");
    assert_eq!(desk.due(closed).await, None);
    assert_eq!(desk.history(closed).await, closed_before, "what is closed stays");
    let new = told(&desk).await.split_off(before);
    assert_eq!(new, ["limits_moved review", "limits_moved both"].map(str::to_owned));
    let events = desk.engine.reader().all_events().await.unwrap();
    let logged: Vec<_> = events.iter().filter(|event| event.action == "load_calendar").collect();
    assert_eq!(logged.len(), 2, "on the chain of the district and of the city");
    let of_district = logged.iter().find(|event| event.detail.contains("2026-03-24")).expect("the new day");
    assert!(of_district.detail.contains("2026-03-23"), "and the old one: {}", of_district.detail);
    let near = ["limit_near both", "limit_near review"];
    assert_eq!(told_when(&mut desk, "2026-03-18").await, near, "three days before the new day");
    assert_eq!(
        told_when(&mut desk, "2026-03-22").await,
        Vec::<&str>::new(),
        "and nothing on the new holiday"
    );
    assert_eq!(told_when(&mut desk, "2026-03-23").await, near, "one day before");
    desk.is_sound().await;
}

async fn a_calendar_loaded_by_another_node_counts_at_the_next_sweep(mut desk: Desk) {
    let open = desk.files("health", duty(), &[1]).await;
    desk.does("health", open, Command::Submit).await;
    let other = desk.another_node().await;
    let text = notice_of_2026("2026-03-06,植树,rest,2026\n");
    other.import(ImportKind::Calendar, "cn-2026-2", &text, desk.now()).await.unwrap();
    desk.comes("2026-03-10").await;
    assert_eq!(desk.stage(open).await, StageKind::Submitted, "the fifth working day is now the 10th");
    desk.comes("2026-03-11").await;
    assert_eq!(desk.stage(open).await, StageKind::Review);
}

async fn a_calendar_loaded_twice_changes_nothing(mut desk: Desk) {
    let open = desk.files("health", duty(), &[1]).await;
    desk.does("health", open, Command::Submit).await;
    let holiday = "2026-03-06,植树,rest,2026\n";
    assert_eq!(desk.loads_calendar("cn-2026-2", holiday).await.len(), 1);
    let (letters, events) = (told(&desk).await, desk.engine.reader().all_events().await.unwrap());
    desk.comes("2026-03-03").await;
    assert_eq!(desk.loads_calendar("cn-2026-3", holiday).await, Vec::new());
    assert_eq!(told(&desk).await, letters);
    assert_eq!(desk.engine.reader().all_events().await.unwrap(), events);
    let loads = desk.engine.reader().calendar_loads().await.unwrap();
    assert_eq!(loads.len(), 2, "the one built in, and the new one once");
    assert_eq!(desk.loads_calendar("back", "").await.len(), 1, "the old one can be loaded again");
    assert_eq!(desk.due(open).await.unwrap(), "2026-03-09");
}

async fn trap_11_a_make_up_saturday_counts(mut desk: Desk) {
    desk.jumps("2026-02-12");
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    let days = desk.engine.content().calendar.limit(desk.now().date_naive(), 2).due;
    assert_eq!(days.to_string(), "2026-02-14", "a Saturday that is worked, before the Spring Festival");
    assert_eq!(desk.due(request).await.unwrap(), "2026-02-26", "five working days: 13, 14, 24, 25, 26");
    desk.comes("2026-02-26").await;
    assert_eq!(desk.stage(request).await, StageKind::Submitted);
    desk.comes("2026-02-27").await;
    assert_eq!(desk.stage(request).await, StageKind::Review);
}

/// One of a thousand.
const COPIES: usize = 999;

async fn trap_12_one_bad_case_stops_no_other(mut desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.multiplies(COPIES);
    desk.tampers(include_str!("poison.sql"));
    desk.jumps("2026-03-10");
    let swept = desk.engine.sweep(desk.now()).await.unwrap();
    assert_eq!((swept.actions, swept.failed.len()), (COPIES, 1));
    let again = desk.engine.sweep(desk.now()).await.unwrap();
    assert_eq!((again.actions, again.failed), (0, swept.failed), "it is tried again and stands alone");
    let listed = desk.engine.reader().sweep_failures().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].number.as_deref(), listed[0].tries), (Some("poisoned"), 2));
    desk.tampers(include_str!("cure.sql"));
    let cured = desk.engine.sweep(desk.now()).await.unwrap();
    assert_eq!((cured.actions, cured.failed.len()), (1, 0));
    assert_eq!(desk.engine.reader().sweep_failures().await.unwrap(), Vec::new(), "and is forgotten");
}

async fn timers_are_forgotten_and_nothing_fires_again(mut desk: Desk) {
    let runs = desk.files("health", duty(), &[1]).await;
    desk.does("health", runs, Command::Submit).await;
    desk.does("review", runs, Command::AcceptFiling).await;
    let ends = desk.files("civil", duty(), &[2]).await;
    desk.does("civil", ends, Command::Submit).await;
    desk.comes("2026-03-30").await;
    desk.does("civil", ends, Command::Withdraw).await;
    let first = desk.now();
    assert!(desk.engine.sweep_once_for(first, first).await.unwrap());
    let keep = desk.engine.content().rules.parameters().reminders.keep_days;
    desk.jumps(&(first + Duration::days(i64::from(keep) + 1)).date_naive().to_string());
    let before = told(&desk).await;
    assert!(desk.engine.sweep_once_for(desk.now(), desk.now()).await.unwrap());
    let of_runs = |told: &[String]| told.iter().filter(|line| line.starts_with("limit_passed")).count();
    assert_eq!(of_runs(&told(&desk).await), of_runs(&before), "a request that still runs is not told again");
    assert!(
        !desk.engine.sweep_once_for(first, desk.now()).await.unwrap(),
        "a forgotten due time stays taken"
    );
    let store = Store::open(&desk.url, AuditKey::new([7; 32])).await.unwrap();
    let tx = store.begin().await.unwrap();
    let sweep = first.to_rfc3339_opts(SecondsFormat::Secs, true);
    assert!(tx.take_tick("sweep", &sweep, first).await.unwrap(), "the old sweep is forgotten");
    let ended = format!("remind:{ends}:submitted:before-3");
    assert!(tx.take_tick_of(ends, (&ended, "2026-03-09"), first).await.unwrap(), "so is what has ended");
    let running = format!("remind:{runs}:review:after-5");
    assert!(!tx.take_tick_of(runs, (&running, "2026-03-23"), first).await.unwrap(), "what runs is not");
}

async fn trap_20_every_escalation_is_listed_with_its_executor(desk: Desk) {
    let lines = desk.engine.escalations().await.unwrap();
    let listed: Vec<_> = lines
        .iter()
        .map(|line| {
            let Escalation { whose, after, to, executor } = line.escalation;
            format!(
                "{whose} +{} → {to} by {executor}; nobody in: {}",
                after.0,
                line.reaches_nobody_in.join(", ")
            )
        })
        .collect();
    let expected = [
        "reviewer +1 → leading_group by sweep; nobody in: ",
        "reviewer +5 → city by sweep; nobody in: ",
        "approver +1 → city by sweep; nobody in: ",
        "finance +1 → office by sweep; nobody in: ",
        "submitter +1 → department by sweep; nobody in: ",
        "submitter +1 → office by sweep; nobody in: ",
    ];
    assert_eq!(listed, expected);
    desk.tampers(include_str!("no_approver.sql"));
    let lines = desk.engine.escalations().await.unwrap();
    assert_eq!(lines[0].reaches_nobody_in, ["江滨区", "湖东区"], "a start says so at once");
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

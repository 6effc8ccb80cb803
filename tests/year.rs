//! The year of `zhunru demo --year`, shortened, on the real binary: its summary is the same every time, every kind of event
//! has happened in it, and its figures are those of a second count, from histories, postings and entries alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use serde_json::{Value, json};
use store::{AuditKey, EventLine, HourEntry, Organisation, PostingLine, Store};
use workflow::ledger::AccountKind::{BudgetLine, Community, Contingency, Escrow, Outer, SpecialFund};
use workflow::ledger::{AccountKind, Purpose};
use workflow::money::Fen;

/// Requests that the dice draw, beside those that every year has.
const REQUESTS: &str = "60";

/// One year: what it says of itself, and what it has left behind.
struct Year {
    summary: Value,
    events: Vec<EventLine>,
    postings: Vec<PostingLine>,
    entries: Vec<HourEntry>,
    organisations: Vec<Organisation>,
    /// Letters in the folder.
    letters: usize,
}

static YEAR: LazyLock<Year> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let summary = played(folder.path());
    let letters = std::fs::read_dir(folder.path().join("letters")).expect("letters").count();
    let url = format!("sqlite://{}", folder.path().join("zhunru.db").display());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(&url, AuditKey::new([7; 32])).await.expect("the store opens");
        let reader = store.reader();
        Year {
            summary,
            letters,
            events: reader.all_events().await.expect("events"),
            postings: reader.all_postings().await.expect("postings"),
            entries: reader.all_hour_entries().await.expect("entries"),
            organisations: reader.organisations().await.expect("organisations"),
        }
    })
});

/// The summary, without what the clock on the wall says.
fn played(folder: &Path) -> Value {
    let tests = std::env::current_exe().expect("the test knows itself");
    let target = tests.parent().and_then(Path::parent).expect("target/PROFILE/deps/it");
    let mut zhunru = Command::new(target.join("zhunru"));
    zhunru.args(["--json", "demo", "--year", "--exit", "--requests", REQUESTS, "--data"]).arg(folder);
    let output = zhunru.output().expect("build it first: cargo build --workspace");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut summary: Value = serde_json::from_slice(&output.stdout).expect("a summary");
    summary.as_object_mut().and_then(|summary| summary.remove("elapsed_ms")).expect("it took some time");
    summary
}

impl Year {
    fn told<'a>(&'a self, action: &'a str) -> impl Iterator<Item = &'a EventLine> {
        self.events.iter().filter(move |event| event.action == action)
    }

    fn count(&self, action: &str) -> usize {
        self.told(action).count()
    }

    /// The sum of all postings between two kinds of account.
    fn moved(&self, from: AccountKind, to: AccountKind) -> i64 {
        let between = self.postings.iter().filter(|one| kind(&one.credit) == from && kind(&one.debit) == to);
        between.map(|one| one.amount.0).sum()
    }

    /// Whether a source of funds could not yet pay what it pays here when the request was admitted.
    fn waited_for_money(&self, commitment: &PostingLine) -> bool {
        let admitted = self.told("enter").find(|event| event.subject == commitment.subject);
        let Some(admitted) = admitted.filter(|_| commitment.purpose == Purpose::Commitment) else {
            return false;
        };
        let before = || self.postings.iter().filter(|one| one.at <= admitted.at);
        let arrived: Fen = before().filter(|one| one.debit == commitment.credit).map(|one| one.amount).sum();
        let gone: Fen = before().filter(|one| one.credit == commitment.credit).map(|one| one.amount).sum();
        arrived - gone < commitment.amount
    }

    /// A figure of the summary's sources, all together, in fen.
    fn of_sources(&self, figure: &str) -> i64 {
        self.summary["money"].as_object().expect("sources").values().map(|one| fen(&one[figure])).sum()
    }
}

fn kind(account: &str) -> AccountKind {
    let word = account.split(':').next().unwrap_or_default();
    AccountKind::from_word(word).expect("an account's kind")
}

/// `1,234.56` without the comma, or hours with two places, in hundredths.
fn fen(figure: &Value) -> i64 {
    figure.as_str().and_then(|text| text.replace('.', "").parse().ok()).expect("two places")
}

#[test]
fn a_year_comes_to_the_same_from_the_same_seed() {
    let summary = &YEAR.summary;
    assert_eq!(summary["doctor"]["breaches"], json!([]));
    assert_eq!(summary["letters"]["waiting"], 0);
    insta::assert_snapshot!("year", serde_json::to_string_pretty(summary).expect("JSON"));
}

#[test]
fn everything_that_may_happen_in_a_year_has_happened() {
    for action in [
        "return_by_rules",
        "return",
        "correct",
        "nudge",
        "consult",
        "opine",
        "extend",
        "reprice",
        "decline_quote",
        "send_back",
        "object",
        "ask_reconsideration",
        "overturn",
        "uphold",
        "move",
        "refuse_assignment",
        "suspend",
        "resume",
        "terminate",
        "renew",
        "note_renewal",
        "note_supplement",
        "dispute",
        "rule_on_dispute",
        "withdraw",
        "lapse",
        "file",
        "reversal",
        "reward",
        "appoint_deputy",
        "card",
        "give_rating",
        "give_meeting_rating",
        "take_complaint",
        "uphold_complaint",
        "dismiss_complaint",
        "escalate_complaint",
        "propose_inspection",
        "build_plan",
        "publish_plan",
        "finish_plan",
        "retarget",
    ] {
        assert!(YEAR.count(action) > 0, "nobody had to {action}");
    }
    let ended = |after: &str| YEAR.events.iter().any(|event| event.after == after);
    for stage in ["settled", "rejected", "withdrawn", "lapsed", "terminated", "closed"] {
        assert!(ended(stage), "no request is {stage}");
    }
    for purpose in [Purpose::CarryOver, Purpose::Lapse, Purpose::Merger, Purpose::Reward, Purpose::Reversal] {
        assert!(YEAR.postings.iter().any(|one| one.purpose == purpose), "no money for {purpose}");
    }
    let carried = |one: &PostingLine| one.purpose == Purpose::CarryOver && kind(&one.credit) == BudgetLine;
    assert!(YEAR.postings.iter().any(carried), "no budget came back after the year's end");
    let refused = YEAR.summary["said_no"]["supplement_too_large"].as_u64();
    assert!(refused > Some(0), "no supplement was too large");
}

#[test]
fn late_money_an_amended_calendar_and_a_forced_month_are_in_the_year() {
    let late = YEAR.postings.iter().filter(|one| YEAR.waited_for_money(one)).count();
    assert!(late > 0, "nobody waited for money that came late");
    let unpaid = YEAR.told("lapse").filter(|event| event.before == "admitted").count();
    assert_eq!(YEAR.summary["late_funds"]["lapsed"], unpaid);
    assert!(unpaid > 0, "nothing lapsed for lack of money");
    assert_eq!(YEAR.count("load_calendar"), 1, "an amended calendar moved no limit");
    let overbooked: BTreeSet<_> =
        YEAR.entries.iter().filter(|entry| entry.change.forced.0 > 0).map(|entry| entry.request.0).collect();
    let forced: BTreeSet<_> = YEAR.told("approve_forced").map(|event| event.subject).collect();
    assert!(!overbooked.is_empty(), "no approver forced a month that was full");
    assert!(overbooked.is_subset(&forced), "hours beyond capacity need an approver's word");
    assert!(YEAR.told("approve_forced").all(|event| event.reason.is_some()), "and a reason");
}

#[test]
fn two_communities_have_become_one_with_work_that_was_running() {
    let closed: Vec<_> = YEAR.organisations.iter().filter(|one| one.closed_on.is_some()).collect();
    let [closed] = closed.as_slice() else { panic!("one community is closed: {closed:?}") };
    let line = &YEAR.summary["mergers"][0];
    assert_eq!(line["from"], closed.code);
    let into = YEAR.organisations.iter().find(|one| Some(one.id) == closed.merged_into);
    assert_eq!(line["into"], into.expect("the other community").code);
    assert_eq!(line["requests"], YEAR.count("retarget"));
    let running = YEAR.told("retarget").filter(|event| event.before == "in_force").count();
    assert!(running >= 3, "{running} running requests went over");
    let hours = YEAR.entries.iter().filter(|entry| entry.place.community == closed.id);
    assert!(hours.clone().any(|entry| entry.change.hours.0 < 0), "its coming hours went over");
}

#[test]
fn requests_end_as_their_histories_say() {
    let requests: BTreeSet<_> = YEAR.told("draft").map(|event| event.subject).collect();
    assert_eq!(YEAR.summary["requests"], requests.len());
    let mut endings: BTreeMap<_, String> = BTreeMap::new();
    for event in YEAR.events.iter().filter(|event| requests.contains(&event.subject)) {
        match (event.action.as_str(), event.before.as_str()) {
            ("close", _) => {}
            ("uphold", _) => _ = endings.insert(event.subject, "rejected".to_owned()),
            _ => _ = endings.insert(event.subject, event.after.clone()),
        }
    }
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for ending in endings.into_values() {
        *counted.entry(ending).or_default() += 1;
    }
    assert_eq!(YEAR.summary["endings"], json!(counted));
    let closed = YEAR.events.iter().filter(|event| event.after == "closed").map(|event| event.subject);
    assert_eq!(YEAR.summary["closed"], closed.collect::<BTreeSet<_>>().len());
    let decided = YEAR.events.iter().filter(|event| event.action.starts_with("approve"));
    let accepted: BTreeSet<_> = YEAR.told("accept_filing").map(|event| event.subject).collect();
    let decided: BTreeSet<_> =
        decided.map(|event| event.subject).filter(|one| accepted.contains(one)).collect();
    assert_eq!(YEAR.summary["days_to_decide"]["requests"], decided.len());
}

#[test]
fn money_is_what_the_postings_add_up_to() {
    let mut moved: BTreeMap<String, Fen> = BTreeMap::new();
    for posting in &YEAR.postings {
        *moved.entry(posting.purpose.word().to_owned()).or_default() += posting.amount;
    }
    assert_eq!(YEAR.summary["moved"], json!(moved));
    let sources = [BudgetLine, Contingency, SpecialFund];
    let out = |to| sources.iter().map(|source| YEAR.moved(*source, to)).sum::<i64>();
    let back = |from| sources.iter().map(|source| YEAR.moved(from, *source)).sum::<i64>();
    assert_eq!(YEAR.of_sources("committed"), out(Escrow));
    assert_eq!(YEAR.of_sources("returned"), back(Escrow) + back(Community));
    assert_eq!(
        YEAR.of_sources("paid"),
        YEAR.moved(Escrow, Community) - YEAR.moved(Community, Escrow) - back(Community)
    );
    assert_eq!(YEAR.of_sources("rewarded"), out(Community));
    assert_eq!(YEAR.of_sources("appropriated") - YEAR.of_sources("lapsed"), back(Outer) - out(Outer));
    let between = sources.iter().map(|source| out(*source)).sum::<i64>();
    assert_eq!(YEAR.of_sources("carried_out"), between);
    assert_eq!(YEAR.of_sources("carried_in"), between);
    let free = back(Outer) - out(Outer) + back(Escrow) + back(Community) - out(Escrow) - out(Community);
    assert_eq!(YEAR.of_sources("free"), free);
    assert_eq!(
        YEAR.of_sources("escrow"),
        out(Escrow) - back(Escrow) - YEAR.moved(Escrow, Community) + YEAR.moved(Community, Escrow)
    );
}

#[test]
fn hours_are_what_the_entries_add_up_to() {
    let of_function = |figure: &str| -> i64 {
        let functions = YEAR.summary["hours"].as_object().expect("functions").values();
        functions.map(|one| fen(&one[figure])).sum()
    };
    let booked: i64 = YEAR.entries.iter().map(|entry| entry.change.hours.0).sum();
    let forced: i64 = YEAR.entries.iter().map(|entry| entry.change.forced.0).sum();
    assert_eq!(of_function("booked"), booked);
    assert_eq!(of_function("forced"), forced);
    assert!(forced > 0);
    for pool in ["committee", "station"] {
        let own = YEAR.entries.iter().filter(|entry| entry.place.pool.word() == pool);
        let functions = YEAR.summary["hours"].as_object().expect("functions").values();
        let said: i64 = functions.filter_map(|one| one["pools"].get(pool)).map(fen).sum();
        assert_eq!(said, own.map(|entry| entry.change.hours.0).sum::<i64>(), "{pool}");
    }
}

#[test]
fn what_others_said_is_what_was_recorded() {
    let summary = &YEAR.summary;
    for (area, key, action) in [
        ("complaints", "upheld", "uphold_complaint"),
        ("complaints", "dismissed", "dismiss_complaint"),
        ("ratings", "committee", "give_rating"),
        ("ratings", "meeting", "give_meeting_rating"),
        ("assignments", "refused", "refuse_assignment"),
        ("inspection", "done", "finish_plan"),
    ] {
        assert_eq!(summary[area][key], YEAR.count(action), "{area} {key}");
    }
    let told = YEAR.told("card").filter_map(|event| {
        let detail: Value = serde_json::from_str(&event.detail).ok()?;
        let word = |key: &str| Some(detail.get(key)?.as_str()?.to_owned());
        Some((word("card")?, format!("{}:{}", word("colour")?, word("cause")?)))
    });
    // A card is told of when it is given, contested and decided.
    let given: BTreeMap<String, String> = told.collect();
    let mut cards: BTreeMap<String, usize> = BTreeMap::new();
    for card in given.into_values() {
        *cards.entry(card).or_default() += 1;
    }
    assert_eq!(summary["cards"], json!(cards));
    assert_eq!(summary["letters"]["sent"], YEAR.letters);
}

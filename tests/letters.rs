//! Every kind of letter in both languages, as the workflow's own steps lead to it and as its reader sees it.

use std::collections::BTreeMap;

use notifier::{Composer, Entry, Recipient};
use rules::{default_calendar_csv, read_calendar};
use uuid::Uuid;
use workflow::action::Action;
use workflow::actor::Role;
use workflow::card::{self, Card, CardAction, CardStage, Colour};
use workflow::facts::{BodyKind, Department};
use workflow::id::{CardId, LetterId, RequestId};
use workflow::language::Language;
use workflow::lateness::Cause;
use workflow::merger::{Merger, Named};
use workflow::moved::{self, moved};
use workflow::notice::{Audience, Notice, NoticeKind};
use workflow::reminders::reminders;
use workflow::request::{Moment, Request};
use workflow::stage::{StageKind, Verdict};

use crate::memory::{self, assessed, day, moment};

/// The health department's request, which knows the department's name.
fn named(request: Request) -> Request {
    let mut request = request;
    let kind = BodyKind::StateOrgan;
    request.application.department =
        Some(Department { name: "区卫健局".into(), kind, hosts_office: false });
    request
}

/// The first notice of each kind that the steps of a request and its limits give.
fn notices() -> BTreeMap<NoticeKind, Notice> {
    let back = Action::Return { reason: "缺少依据文件".into() };
    let reject = memory::propose(Verdict::Reject, Some("与已准入事项重复"));
    let rejected = memory::does(&memory::agreed(assessed()), "review", reject, "2026-03-02");
    let steps = [
        (memory::draft(), "health", memory::submit(assessed()), "2026-03-02"),
        (memory::submitted(assessed()), "review", back, "2026-03-02"),
        (memory::in_review(assessed()), "review", Action::Quote, "2026-03-02"),
        (rejected, "approve", Action::Approve, "2026-03-02"),
        (memory::admitted(assessed()), "money", memory::FUNDS, "2026-03-10"),
        (memory::funded(assessed()), "system", Action::Start, "2026-05-06"),
        (memory::in_review(assessed()), "review", memory::consult(&[memory::CIVIL]), "2026-03-02"),
        (memory::in_review(assessed()), "health", Action::Nudge { text: None }, "2026-03-03"),
    ];
    let told = steps.into_iter().flat_map(|(request, who, action, on)| {
        memory::tries(&named(request), who, action, on).expect("the step is open").notices
    });
    // An unanswered quote lapses by itself; only the office's own limits pass without anything being done.
    let limits = [(memory::quoted(), "2026-03-12"), (memory::in_review(assessed()), "2026-03-24")];
    let city = memory::organisation(1);
    let limits = limits.into_iter().flat_map(|(request, on)| {
        let request = named(request);
        let due = reminders(&request, &moment(day(on)));
        due.into_iter().flat_map(move |reminder| reminder.notices(&request, city)).collect::<Vec<_>>()
    });
    let mut first = BTreeMap::new();
    let notice = "2026-03-20,植树,rest,2026\n";
    let calendar = read_calendar("cn-2026-2", &(default_calendar_csv() + notice)).expect("a calendar");
    let waiting = named(memory::in_review(assessed()));
    let (old, now) = (moment(day("2026-03-10")), moment(day("2026-03-10")));
    let new = Moment { calendar: &calendar, ..now };
    let moved: Vec<_> = moved(&waiting, &old, &new).into_iter().collect();
    let told = told.chain(limits).chain(moved::notices(&moved, calendar.version()));
    let sealed = [("seal", "12"), ("hash", "9f2c"), ("chains", "2311"), ("sealed_at", "2026-03-02 09:00")];
    let sealed = Notice {
        kind: NoticeKind::Sealed,
        to: Audience::District { district: city, role: Role::Auditor },
        values: sealed.map(|(name, value)| (name, value.to_owned())).to_vec(),
    };
    let single = [sealed, of_a_paused_webhook()];
    for notice in told.chain(crate::oversight::notices()).chain(single).chain(of_cards()).chain(of_a_merger())
    {
        first.entry(notice.kind).or_insert(notice);
    }
    first
}

/// The maker of a web-hook has gone.
fn of_a_paused_webhook() -> Notice {
    let values = [("name", "台账"), ("url", "https://ledger.example.org/in"), ("maker", "陈健")];
    Notice {
        kind: NoticeKind::WebhookPaused,
        to: Audience::Person(memory::user("health")),
        values: values.map(|(name, value)| (name, value.to_owned())).to_vec(),
    }
}

/// The third community becomes part of the first.
fn of_a_merger() -> Vec<Notice> {
    let named = |number: u128, code: &str, name: &str| {
        let id = memory::organisation(100 + number);
        Named { id, code: code.into(), name: name.into() }
    };
    let merger = Merger {
        district: memory::organisation(memory::DISTRICT),
        from: named(3, "420202001003", "老街社区"),
        into: named(1, "420202001001", "沿湖路社区"),
        on: day("2026-07-01"),
        handed_over: vec![memory::funded(assessed()), memory::draft()],
    };
    let all = merger.notices();
    let of = |role: Role| {
        all.iter().find(|one| matches!(one.to, Audience::Organisation { role: to, .. } if to == role))
    };
    of(Role::Submitter).cloned().into_iter().chain(all.clone()).collect()
}

/// A card that was given, contested and decided.
fn of_cards() -> Vec<Notice> {
    let (city, on) = (memory::organisation(1), day("2026-03-24"));
    let given = Card {
        id: CardId(Uuid::from_u128(9)),
        district: memory::organisation(memory::DISTRICT),
        organisation: memory::organisation(memory::HEALTH),
        request: memory::draft().id,
        number: memory::draft().number().to_owned(),
        title: memory::draft().title().to_owned(),
        department: "区卫健局".into(),
        step: StageKind::Acceptance,
        begun_on: day("2026-03-09"),
        due: day("2026-03-23"),
        given_on: on,
        colour: Colour::Yellow,
        cause: Cause::Department,
        stage: CardStage::Given,
        version: 0,
    };
    let does = |card: &Card, who: &str, action: CardAction| {
        card::decide(card, action, (&memory::actor(who), city), &moment(on)).expect("the step is open")
    };
    let contested = does(&given, "health", CardAction::Contest { text: "验收当日已电话确认".into() });
    let decided = does(&contested, "approve", CardAction::Cancel { reason: "有通话记录".into() });
    [given, contested, decided].iter().flat_map(|card| card::notices(card, city, &moment(on))).collect()
}

fn written(notice: &Notice, name: &str, language: Language) -> String {
    let composer = Composer::new("准入办公室 <zhunru@example.org>", "zhunru.example.org").expect("a sender");
    let to = Recipient { name: name.to_owned(), address: "to@example.org".into(), language };
    let at = memory::morning(day("2026-03-02"));
    let letter =
        composer.compose(notice, &to, LetterId(Uuid::from_u128(1)), at).expect("the letter is written");
    format!("{}\n\n{}", letter.subject, letter.body)
}

#[test]
fn every_kind_of_letter_is_written_in_both_languages() {
    let notices = notices();
    assert_eq!(notices.keys().copied().collect::<Vec<_>>(), NoticeKind::ALL);
    for (kind, notice) in notices {
        let zh = written(&notice, "李卫", Language::Chinese);
        let en = written(&notice, "Li Wei", Language::English);
        assert!(![&zh, &en].iter().any(|letter| letter.contains(['{', '}'])), "{kind} has a blank");
        insta::assert_snapshot!(format!("letter_{kind}"), format!("{zh}\n――――\n\n{en}"));
    }
}

/// One person's digest of notices: the first three about one request, the others about one each.
fn digest(notices: Vec<Notice>, name: &str, language: Language) -> String {
    let composer = Composer::new("准入办公室 <zhunru@example.org>", "zhunru.example.org").expect("a sender");
    let to = Recipient { name: name.to_owned(), address: "to@example.org".into(), language };
    let at = memory::morning(day("2026-03-02"));
    let entries: Vec<Entry> = notices
        .into_iter()
        .zip(0_i32..)
        .map(|(notice, turn)| Entry {
            kind: notice.kind,
            request: Some(RequestId(Uuid::from_u128(u128::from(turn.unsigned_abs()).saturating_sub(2)))),
            values: notice.values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            at: at + chrono::Duration::minutes(i64::from(turn)),
        })
        .collect();
    let zone = chrono::FixedOffset::east_opt(8 * 3600).expect("a zone");
    let now = (at + chrono::Duration::days(1)).with_timezone(&zone);
    let id = LetterId(Uuid::from_u128(2));
    let letter = composer.digest(&entries, &to, id, now).expect("the digest is written");
    let mut turned = entries;
    turned.reverse();
    assert_eq!(
        composer.digest(&turned, &to, id, now).expect("written"),
        letter,
        "the same notices, the same bytes"
    );
    format!("{}\n\n{}", letter.subject, letter.body)
}

#[test]
fn a_digest_says_all_that_its_letters_would() {
    let all = || notices().into_values().collect();
    let (zh, en) = (digest(all(), "李卫", Language::Chinese), digest(all(), "Li Wei", Language::English));
    for text in [&zh, &en] {
        assert!(!text.contains(['{', '}']), "a blank: {text}");
    }
    for notice in notices().values() {
        for (name, value) in notice.values.iter().filter(|(name, _)| *name != "department") {
            let reader = if name.ends_with("_en") { &en } else { &zh };
            assert!(
                reader.contains(value.lines().next().unwrap_or_default()),
                "{} {name}: {value}",
                notice.kind
            );
        }
    }
}

#[test]
fn a_digest_is_put_together_by_request() {
    let kinds = [NoticeKind::Submitted, NoticeKind::Returned, NoticeKind::Quoted, NoticeKind::LimitNear];
    let kinds = [&kinds[..], &[NoticeKind::LimitsMoved]].concat();
    let some = || kinds.iter().filter_map(|kind| notices().remove(kind)).collect();
    let (zh, en) = (digest(some(), "李卫", Language::Chinese), digest(some(), "Li Wei", Language::English));
    insta::assert_snapshot!("digest", format!("{zh}\n――――\n\n{en}"));
}

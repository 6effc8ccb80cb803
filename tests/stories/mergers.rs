//! Two communities become one in the middle of the year: whatever was filed, decided, funded or done goes on, and no yuan
//! and no hour is lost.

use std::collections::BTreeMap;

use engine::{Command, EngineError, Filing, Merged, NewPerson, Seen};
use store::{LetterState, Scope};
use workflow::actor::{Actor, Role};
use workflow::assignment::{AssignmentStageKind, RefusalReason};
use workflow::calendar::Month;
use workflow::consultation::{InquiryKind, Stance};
use workflow::hours::Centihours;
use workflow::id::RequestId;
use workflow::language::Language;
use workflow::ledger::Account;
use workflow::money::Fen;
use workflow::stage::{StageKind, Verdict};

use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    whatever_is_on_its_way_goes_on_in_the_other_community
    work_goes_on_and_is_paid_to_the_other_community
    both_had_the_work_and_one_does_it_now
    what_one_had_delivered_is_not_delivered_again
    two_parts_that_stand_differently_at_the_end_are_ruled_on
    hours_beyond_what_both_can_do_are_shown_as_forced
    only_the_districts_administrator_merges_and_only_once
    a_closed_community_is_asked_for_nothing_more
    everyone_concerned_reads_of_it_once
}

const OLD: &str = "420202001003";
const NEW: &str = "420202001001";

/// An administrator of an organisation.
async fn admin(desk: &Desk, organisation: &str) -> Actor {
    let email = format!("admin-{organisation}@example.org");
    let new = NewPerson {
        email: email.clone(),
        name: "沈管".into(),
        organisation: organisation.into(),
        roles: vec![Role::Admin],
        language: Language::Chinese,
    };
    desk.engine.add_person(new, desk.now()).await.expect("a new person");
    desk.engine.actor(&email, desk.now()).await.expect("an actor")
}

async fn tries(desk: &Desk, who: &Actor, codes: (&str, &str)) -> Result<Merged, EngineError> {
    desk.engine.merge_communities(who, codes, desk.now()).await
}

/// The third community becomes part of the first; sums of money and hours stay.
async fn merges(desk: &Desk) -> Merged {
    let before = sums(desk).await;
    let who = admin(desk, "OFFICE").await;
    let merged = tries(desk, &who, (OLD, NEW)).await.expect("a merger");
    assert_eq!(sums(desk).await, before, "no yuan and no hour is lost");
    desk.is_sound().await;
    merged
}

/// Money by kind of account and year, and hours by pool and month.
async fn sums(desk: &Desk) -> (BTreeMap<String, Fen>, BTreeMap<String, i64>) {
    let (mut money, mut hours) = (BTreeMap::new(), BTreeMap::new());
    for line in desk.engine.reader().all_accounts().await.unwrap() {
        *money.entry(format!("{} {:?}", line.kind, line.year)).or_default() += line.balance;
    }
    for line in desk.engine.reader().all_bookings().await.unwrap() {
        *hours.entry(format!("{} {}", line.place.pool, line.place.month)).or_default() += line.booked.hours.0;
    }
    (money, hours)
}

async fn balance(desk: &Desk, community: u8) -> Fen {
    let account = Account::Community { community: desk.community(community) };
    let balances = desk.engine.reader().balances(&[account]).await.unwrap();
    balances.get(&account.key()).copied().unwrap_or_default()
}

/// Hours of a request in a community from a month on.
async fn hours(desk: &Desk, request: RequestId, community: u8, since: &str) -> i64 {
    let since = Month::parse(since).unwrap();
    let held = desk.engine.reader().held(request).await.unwrap();
    let own = held.iter().filter(|(at, _)| at.community == desk.community(community) && at.month >= since);
    own.map(|(_, booked)| booked.hours.0).sum()
}

fn codes(request: &workflow::request::Request) -> Vec<&str> {
    request.targets.iter().map(|target| target.code.as_str()).collect()
}

/// Decided, through publication and funded, so that it is in force on 6 May.
async fn is_funded(desk: &mut Desk, request: RequestId) {
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    let after = desk.now().date_naive() + chrono::Days::new(8);
    desk.comes(&after.to_string()).await;
    desk.does("money", request, Command::CommitFunds).await;
}

async fn whatever_is_on_its_way_goes_on_in_the_other_community(mut desk: Desk) {
    let admitted = desk.files("health", duty(), &[2, 3]).await;
    desk.does("health", admitted, Command::Submit).await;
    desk.is_decided(admitted).await;
    desk.comes("2026-03-10").await;
    let mut requests = BTreeMap::from([(StageKind::Admitted, admitted)]);
    for stage in StageKind::ALL.iter().take_while(|stage| **stage != StageKind::Admitted) {
        let request = desk.files("health", purchase(), &[2, 3]).await;
        requests.insert(*stage, request);
        comes_to(&desk, request, *stage).await;
    }
    for (stage, request) in &requests {
        assert_eq!(desk.stage(*request).await, *stage);
    }
    let before = prices(&desk, requests.values()).await;
    let merged = merges(&desk).await;
    assert_eq!((merged.requests, merged.people), (requests.len(), 1));
    for request in requests.values() {
        assert_eq!(codes(&desk.request(*request).await), [NEW, "420202001002"]);
    }
    assert_eq!(prices(&desk, requests.values()).await, before, "no price has changed");
    let told = desk.history(requests[&StageKind::Review]).await;
    assert!(told.contains("system: retarget review → review"), "{told}");
    assert!(hours(&desk, admitted, 1, "2026-05").await > 0, "admitted hours have gone over");
    let opinion = Command::Opine { stance: Stance::Support, text: "可以".into() };
    desk.does("c3", requests[&StageKind::Consultation], opinion).await;
}

/// From a draft to one of the stages before admission.
async fn comes_to(desk: &Desk, request: RequestId, stage: StageKind) {
    let asked = || Command::Consult {
        kind: InquiryKind::Opinions,
        question: "能否承接？".into(),
        invited: vec![OLD.into()],
    };
    let admit =
        Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason: Some("会商".into()) };
    let steps = [
        ("health", Command::Submit),
        ("review", Command::AcceptFiling),
        ("review", Command::Quote),
        ("health", Command::accept_quote(Fen(1_000_000), 2026)),
        ("review", admit),
        ("approve", Command::Approve),
    ];
    for (who, command) in steps {
        match (desk.stage(request).await, stage) {
            (is, wanted) if is == wanted => return,
            (StageKind::Submitted, StageKind::Returned) => {
                desk.does("review", request, Command::Return { reason: "缺件".into() }).await;
                return;
            }
            (StageKind::Review, StageKind::Consultation) => {
                desk.does("review", request, asked()).await;
                return;
            }
            _ => drop(desk.does(who, request, command).await),
        }
    }
}

async fn prices(desk: &Desk, requests: impl Iterator<Item = &RequestId>) -> Vec<Fen> {
    let mut prices = Vec::new();
    for request in requests {
        prices.push(desk.request(*request).await.price());
    }
    prices
}

async fn work_goes_on_and_is_paid_to_the_other_community(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[2, 3]).await;
    is_funded(&mut desk, request).await;
    desk.comes("2026-06-02").await;
    let (paid, price) = (balance(&desk, 3).await, desk.request(request).await.price());
    assert!(paid > Fen::ZERO, "the first instalment");
    let in_may = hours(&desk, request, 3, "2026-05").await - hours(&desk, request, 3, "2026-06").await;
    let later = hours(&desk, request, 3, "2026-06").await;
    assert!(in_may > 0 && later > 0);
    let merged = merges(&desk).await;
    assert_eq!((merged.requests, balance(&desk, 3).await, balance(&desk, 1).await), (1, Fen::ZERO, paid));
    assert_eq!(hours(&desk, request, 3, "2026-05").await, in_may, "months gone by stay");
    assert_eq!(hours(&desk, request, 1, "2026-05").await, later, "the others have gone over");
    let sees = desk.engine.reader().request(request, Scope::Community(desk.community(1))).await.unwrap();
    assert!(sees.assignments.iter().all(|one| one.code != OLD));
    assert_eq!(desk.refused("c2", request, desk.delivery(1)).await, "not_yours");
    desk.does("c3", request, desk.delivery(1)).await;
    desk.does("c2", request, desk.delivery(2)).await;
    desk.does("health", request, Command::Confirm).await;
    assert_eq!(balance(&desk, 1).await + balance(&desk, 2).await, price);
    desk.is_sound().await;
}

async fn both_had_the_work_and_one_does_it_now(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1, 3]).await;
    is_funded(&mut desk, request).await;
    desk.comes("2026-05-08").await;
    desk.does("c1", request, Command::AcceptAssignment { community: desk.community(1) }).await;
    merges(&desk).await;
    let merged = desk.request(request).await;
    let [one] = merged.assignments.as_slice() else { panic!("one assignment is left") };
    assert_eq!((one.price, one.stage.kind()), (merged.price(), AssignmentStageKind::Offered));
    desk.does("c1", request, desk.refusal(1, RefusalReason::PowersMissing)).await;
    assert_eq!((balance(&desk, 1).await, hours(&desk, request, 1, "2026-05").await), (Fen::ZERO, 0));
    desk.is_sound().await;
}

async fn what_one_had_delivered_is_not_delivered_again(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1, 3]).await;
    is_funded(&mut desk, request).await;
    desk.comes("2026-06-02").await;
    desk.does("c3", request, desk.delivery(3)).await;
    merges(&desk).await;
    assert_eq!(desk.stage(request).await, StageKind::InForce, "the rest is awaited");
    let done = desk.does("c1", request, desk.delivery(1)).await;
    let delivery = done.assignments[0].delivery().expect("a delivery");
    assert_eq!(delivery.report, "已完成\n已完成", "both reports");
    assert_eq!(done.stage.kind(), StageKind::Acceptance);
    desk.does("health", request, Command::Confirm).await;
    assert_eq!(balance(&desk, 1).await, desk.request(request).await.price());
    desk.is_sound().await;
}

async fn two_parts_that_stand_differently_at_the_end_are_ruled_on(mut desk: Desk) {
    let ends = desk.files("health", purchase(), &[1, 3]).await;
    is_funded(&mut desk, ends).await;
    desk.comes("2026-06-02").await;
    desk.does("c3", ends, desk.delivery(3)).await;
    desk.comes("2026-08-03").await;
    assert_eq!(desk.stage(ends).await, StageKind::Acceptance, "the first has delivered nothing");
    merges(&desk).await;
    assert_eq!(desk.refused("health", ends, Command::Confirm).await, "disputes_open");
    let half = workflow::decimal::Decimal::parse("0.5").unwrap();
    let ruling =
        Command::RuleOnDispute {
            community: desk.community(1), accepted: half, reason: "半数完成".into()
        };
    desk.does("review", ends, ruling).await;
    desk.does("health", ends, Command::Confirm).await;
    assert_eq!(balance(&desk, 1).await.0, (desk.request(ends).await.price().0 + 1) / 2);
    desk.is_sound().await;
}

async fn hours_beyond_what_both_can_do_are_shown_as_forced(mut desk: Desk) {
    let mut large = purchase();
    large["work"][0]["minutes_per_unit"] = serde_json::json!("400");
    large["offer"]["amount"] = serde_json::json!("40000.00");
    let first = desk.files("health", large, &[3]).await;
    is_funded(&mut desk, first).await;
    let fewer = "code,year,households,residents,workers\n420202001001,2026,400,1100,1\n420202001003,2026,400,1100,0\n";
    desk.engine.import(engine::ImportKind::Communities, "fewer", fewer, desk.now()).await.unwrap();
    merges(&desk).await;
    let checked = desk.engine.doctor().await.unwrap();
    assert!(checked.forced > Centihours(0), "one worker cannot do it");
}

async fn only_the_districts_administrator_merges_and_only_once(desk: Desk) {
    let refused = async |who: &Actor, codes| tries(&desk, who, codes).await.expect_err("refused").code();
    let (own, other) = (admin(&desk, "OFFICE").await, admin(&desk, "OFFICE-3").await);
    assert_eq!(refused(&desk.actor("approve"), (OLD, NEW)).await, "not_yours");
    assert_eq!(refused(&desk.actor("system"), (OLD, NEW)).await, "not_yours");
    assert_eq!(refused(&other, (OLD, NEW)).await, "not_found");
    assert_eq!(refused(&own, (OLD, "420203001001")).await, "not_found");
    assert_eq!(refused(&own, (OLD, OLD)).await, "same_community");
    assert_eq!(refused(&own, ("HEALTH", NEW)).await, "no_community");
    tries(&desk, &own, (OLD, NEW)).await.expect("a merger");
    assert_eq!(refused(&own, (OLD, NEW)).await, "community_closed");
    assert_eq!(refused(&own, ("420202001002", OLD)).await, "community_closed");
    desk.is_sound().await;
}

async fn a_closed_community_is_asked_for_nothing_more(mut desk: Desk) {
    let drafted = desk.files("health", duty(), &[2]).await;
    merges(&desk).await;
    let filing = || Filing::read(&duty(), vec![OLD.into()]).unwrap();
    let health = desk.actor("health");
    let draft = desk.engine.draft(filing(), &health, desk.now()).await.expect_err("closed");
    assert_eq!(
        draft.message(Language::Chinese),
        "社区“420202001003”已于 2026-03-02 并入“420202001001”，请改选“420202001001”"
    );
    let order = engine::Order { request: drafted, actor: &health, seen: Seen::Whatever, now: desk.now() };
    let corrected = desk.engine.correct(order, filing()).await.expect_err("closed");
    assert_eq!(corrected.code(), "community_closed");
    let lines = desk.engine.base_funds(Some(desk.request(drafted).await.district), 2026).await.unwrap();
    assert!(lines.iter().all(|line| line.code != OLD && line.missing == Fen::ZERO), "{lines:?}");
    let grown = lines.iter().find(|line| line.code == NEW).unwrap();
    assert_eq!((grown.households, grown.arrived), (2900, Fen(2_900_000)));
    let quarter = workflow::forecast::Quarter::parse("2026Q2").unwrap();
    let forecast = desk.engine.forecast(None, quarter).await.unwrap();
    assert!(forecast.rows.iter().all(|row| row.code != OLD));
    desk.comes("2026-03-04").await;
    desk.is_sound().await;
}

async fn everyone_concerned_reads_of_it_once(mut desk: Desk) {
    let filed = desk.files("health", purchase(), &[2, 3]).await;
    is_funded(&mut desk, filed).await;
    desk.files("civil", duty(), &[3]).await;
    desk.files("women", duty(), &[1, 2]).await;
    desk.comes("2026-05-08").await;
    merges(&desk).await;
    let waiting = desk.engine.reader().letters(LetterState::Waiting).await.unwrap();
    let merged = waiting.iter().filter(|letter| letter.kind == "merged");
    let mut told: Vec<&str> = merged.map(|letter| letter.recipient.split('@').next().unwrap()).collect();
    told.sort_unstable();
    assert_eq!(told, ["both", "c1", "c3", "civil", "health", "health2", "review"], "women lose nothing");
    let subject = "【准入】老街社区（420202001003）并入沿湖路社区（420202001001），自 2026-05-08 起";
    assert!(waiting.iter().any(|letter| letter.subject == subject));
    desk.is_sound().await;
}

//! A small district in memory, for tests of `decide` alone: people, a day, and requests brought to a stage by the
//! workflow itself. No database; what a test needs otherwise it changes in the request it was given.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed};
use rules::{RuleSet, default_calendar_csv, read_calendar};
use uuid::Uuid;
use workflow::action::{Action, BaseFunds, Room};
use workflow::actor::{Actor, Deputyship, Person, Role};
use workflow::assessment::Outcome;
use workflow::assignment::{Delivery, RefusalReason, Worked};
use workflow::calendar::{Calendar, Month};
use workflow::catalogue::Class;
use workflow::consultation::{Inquiry, InquiryKind, Ruling, Stance};
use workflow::decide::{DecideError, decide};
use workflow::decimal::Decimal;
use workflow::dossier::Dossier;
use workflow::facts::{DayFactor, Offer, read_application};
use workflow::hours::Centihours;
use workflow::id::{AssessmentId, OrganisationId, RequestId, UserId};
use workflow::ledger::FundSource;
use workflow::money::Fen;
use workflow::parameters::Parameters;
use workflow::request::{Assessed, Decided, Moment, MonthHours, Request, Share, Target};
use workflow::stage::{Stage, Verdict};

pub(crate) static CALENDAR: LazyLock<Calendar> =
    LazyLock::new(|| read_calendar("cn-2007-2026", &default_calendar_csv()).expect("the calendar reads"));
pub(crate) static PARAMETERS: LazyLock<Parameters> =
    LazyLock::new(|| RuleSet::built_in().parameters().clone());

/// Cases of a property test: the same in each run, unless `ZHUNRU_TEST_ROUNDS` asks for more and others. What failed once is
/// kept beside the test and tried first.
pub(crate) fn cases(number: u32) -> Config {
    let kept = FileFailurePersistence::WithSource("seeds");
    let rng_seed = match std::env::var_os("ZHUNRU_TEST_ROUNDS") {
        Some(_) => RngSeed::Random,
        None => RngSeed::Fixed(2026),
    };
    Config { cases: number, failure_persistence: Some(Box::new(kept)), rng_seed, ..Config::default() }
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub(crate) fn organisation(number: u128) -> OrganisationId {
    OrganisationId(Uuid::from_u128(number))
}

pub(crate) const DISTRICT: u128 = 10;
pub(crate) const OTHER_DISTRICT: u128 = 20;
pub(crate) const HEALTH: u128 = 11;
pub(crate) const CIVIL: u128 = 12;
const OFFICE: u128 = 13;
const TREASURY: u128 = 14;
const OTHER_OFFICE: u128 = 21;
pub(crate) const OTHER_HEALTH: u128 = 22;

/// Everyone of both districts: name, organisation, district, roles.
const PEOPLE: &[(&str, u128, u128, &[Role])] = &[
    ("health", HEALTH, DISTRICT, &[Role::Submitter]),
    ("chief", HEALTH, DISTRICT, &[Role::Submitter, Role::Approver]),
    ("civil", CIVIL, DISTRICT, &[Role::Submitter]),
    ("review", OFFICE, DISTRICT, &[Role::Reviewer]),
    ("both", OFFICE, DISTRICT, &[Role::Reviewer, Role::Approver]),
    ("approve", OFFICE, DISTRICT, &[Role::Approver]),
    ("money", TREASURY, DISTRICT, &[Role::Finance]),
    ("c1", 101, DISTRICT, &[Role::Committee]),
    ("c2", 102, DISTRICT, &[Role::Committee]),
    ("c3", 103, DISTRICT, &[Role::Committee]),
    ("street", 100, DISTRICT, &[Role::Subdistrict]),
    ("audit", OFFICE, DISTRICT, &[Role::Auditor]),
    ("admin", OFFICE, DISTRICT, &[Role::Admin]),
    ("policy", OFFICE, DISTRICT, &[Role::Policy]),
    ("health3", OTHER_HEALTH, OTHER_DISTRICT, &[Role::Submitter]),
    ("review3", OTHER_OFFICE, OTHER_DISTRICT, &[Role::Reviewer]),
    ("approve3", OTHER_OFFICE, OTHER_DISTRICT, &[Role::Approver]),
    ("money3", OTHER_OFFICE, OTHER_DISTRICT, &[Role::Finance]),
    ("c9", 109, OTHER_DISTRICT, &[Role::Committee]),
];

pub(crate) fn names() -> Vec<&'static str> {
    PEOPLE.iter().map(|(name, ..)| *name).chain(["system"]).collect()
}

pub(crate) fn actor(name: &str) -> Actor {
    if name == "system" {
        return Actor::System;
    }
    let place = PEOPLE.iter().position(|(known, ..)| *known == name).expect("somebody of that name");
    let (_, organisation_number, district, roles) = PEOPLE[place];
    Actor::Person(Person {
        user: UserId(Uuid::from_u128(1_000 + place as u128)),
        name: name.to_owned(),
        organisation: organisation(organisation_number),
        district: organisation(district),
        roles: roles.to_vec(),
        deputises: Vec::new(),
    })
}

pub(crate) fn user(name: &str) -> UserId {
    actor(name).user().expect("a person")
}

/// Nine in the morning of a day, in Shanghai.
pub(crate) fn morning(day: NaiveDate) -> DateTime<Utc> {
    Utc.from_utc_datetime(&day.and_time(NaiveTime::from_hms_opt(1, 0, 0).expect("a time")))
}

pub(crate) fn moment(day: NaiveDate) -> Moment<'static> {
    Moment { now: morning(day), calendar: &CALENDAR, parameters: &PARAMETERS }
}

/// Somebody tries something on a day.
pub(crate) fn tries(request: &Request, who: &str, action: Action, on: &str) -> Result<Decided, DecideError> {
    decide(request, action, &actor(who), moment(day(on)))
}

/// Somebody does something on a day.
pub(crate) fn does(request: &Request, who: &str, action: Action, on: &str) -> Request {
    let said = format!("{who} {action:?}");
    tries(request, who, action, on).unwrap_or_else(|error| panic!("{said}: {error}")).request
}

/// What the rules say of the purchase: 12,000.00 yuan in three communities.
pub(crate) fn assessed() -> Assessed {
    let shares = [("c1", 700_000), ("c2", 400_000), ("c3", 100_000)];
    let months = ["2026-05", "2026-06", "2026-07"].map(|month| Month::parse(month).expect("a month"));
    let hours = |(code, fen): (&str, i64)| {
        months.map(|month| MonthHours { code: code.to_owned(), month, hours: Centihours(fen / 100) })
    };
    Assessed {
        assessment: AssessmentId(Uuid::from_u128(1)),
        outcome: Outcome::Purchase,
        class: Some(Class::Purchase),
        function: Some(4),
        price: Fen(1_200_000),
        together: Fen::ZERO,
        granted: Vec::new(),
        shares: shares
            .map(|(code, fen)| Share { code: code.into(), price: Fen(fen), direct: Fen::ZERO })
            .to_vec(),
        hours: shares.into_iter().flat_map(hours).collect(),
        conditions: Vec::new(),
        cuts: Vec::new(),
        findings: vec!["quota.volume".into()],
        to_mend: Vec::new(),
        stations: Vec::new(),
    }
}

/// What the rules say of a duty: no price, nothing to object to.
pub(crate) fn free() -> Assessed {
    let shares = assessed().shares.into_iter().map(|share| Share { price: Fen::ZERO, ..share }).collect();
    let (outcome, class, price) = (Outcome::Admit, Some(Class::Core), Fen::ZERO);
    Assessed { outcome, class, price, shares, findings: Vec::new(), ..assessed() }
}

/// A draft of the health department, filed by `health`, for three communities.
pub(crate) fn draft() -> Request {
    let target = |number: u128| Target { community: organisation(100 + number), code: format!("c{number}") };
    Request {
        id: RequestId(Uuid::from_u128(5)),
        district: organisation(DISTRICT),
        department: organisation(HEALTH),
        filed_by: user("health"),
        number: Some("准〔2026〕1号".into()),
        application: read_application(&crate::desk::purchase()).expect("the application reads"),
        targets: [1, 2, 3].map(target).to_vec(),
        assessed: None,
        stage: Stage::Draft,
        assignments: Vec::new(),
        dossier: Dossier::default(),
        version: 0,
    }
}

pub(crate) fn submit(assessed: Assessed) -> Action {
    Action::Submit { assessed: Box::new(assessed), room: Room::Free }
}

pub(crate) fn offer(amount: Fen) -> Offer {
    Offer { amount, in_budget: true, budget_year: 2026 }
}

pub(crate) fn propose(verdict: Verdict, reason: Option<&str>) -> Action {
    Action::Propose { verdict, conditions: Vec::new(), reason: reason.map(str::to_owned) }
}

pub(crate) const FUNDS: Action =
    Action::CommitFunds { base_funds: BaseFunds::Current, source: FundSource::BudgetLine };

/// Monday, 2 March 2026: submitted with that assessment.
pub(crate) fn submitted(assessed: Assessed) -> Request {
    does(&draft(), "health", submit(assessed), "2026-03-02")
}

/// Accepted on the same Monday.
pub(crate) fn in_review(assessed: Assessed) -> Request {
    does(&submitted(assessed), "review", Action::AcceptFiling, "2026-03-02")
}

pub(crate) fn quoted() -> Request {
    does(&in_review(assessed()), "review", Action::Quote, "2026-03-02")
}

/// Another department and the first community are asked for their opinion.
pub(crate) fn consulted() -> Request {
    does(&in_review(assessed()), "review", consult(&[CIVIL, 101]), "2026-03-02")
}

/// What the rules say of an emergency: work first.
pub(crate) fn emergency() -> Assessed {
    Assessed { class: Some(Class::Emergency), outcome: Outcome::Admit, ..assessed() }
}

/// An emergency from Monday, 2 March, to the end of the month, with complete papers or without.
pub(crate) fn in_emergency(assessed: Assessed) -> Request {
    let mut draft = draft();
    draft.application.starts_on = Some(day("2026-03-02"));
    draft.application.ends_on = Some(day("2026-03-31"));
    draft.application.occurred_on = Some(day("2026-03-02"));
    does(&draft, "health", submit(assessed), "2026-03-02")
}

/// One person who stands in for another's role.
pub(crate) fn standing_in(who: &str, absent: &str, role: Role) -> Actor {
    let (Actor::Person(mut person), Actor::Person(principal)) = (actor(who), actor(absent)) else {
        panic!("the system stands in for nobody");
    };
    let Person { user, organisation, district, .. } = principal;
    person.deputises.push(Deputyship { principal: user, role, organisation, district });
    Actor::Person(person)
}

/// Rejected on Monday, 2 March, by `approve` on the proposal of `review`.
pub(crate) fn rejected() -> Request {
    let against = propose(Verdict::Reject, Some("与其他事项重复"));
    let proposed = does(&agreed(assessed()), "review", against, "2026-03-02");
    does(&proposed, "approve", Action::Approve, "2026-03-02")
}

/// In review with an accepted quote where a price is due.
pub(crate) fn agreed(assessed: Assessed) -> Request {
    let request = in_review(assessed);
    let price = request.price();
    if price == Fen::ZERO {
        return request;
    }
    let request = does(&request, "review", Action::Quote, "2026-03-02");
    does(&request, "health", Action::AcceptQuote { offer: offer(price) }, "2026-03-02")
}

/// Proposed to be admitted by `review`.
pub(crate) fn proposed(assessed: Assessed) -> Request {
    does(&agreed(assessed), "review", propose(Verdict::Admit, None), "2026-03-02")
}

/// In publication since Monday, 2 March; its fifth working day is the 9th.
pub(crate) fn published(assessed: Assessed) -> Request {
    does(&proposed(assessed), "approve", Action::Approve, "2026-03-02")
}

/// Admitted on Tuesday, 10 March; it starts on 6 May.
pub(crate) fn admitted(assessed: Assessed) -> Request {
    does(&published(assessed), "system", Action::Enter, "2026-03-10")
}

/// Funded on the same Tuesday.
pub(crate) fn funded(assessed: Assessed) -> Request {
    does(&admitted(assessed), "money", FUNDS, "2026-03-10")
}

/// In force from its first day, Wednesday, 6 May; it ends on 31 July.
pub(crate) fn in_force(assessed: Assessed) -> Request {
    does(&funded(assessed), "system", Action::Start, "2026-05-06")
}

/// A report with the real hours, which an emergency needs.
pub(crate) fn delivery() -> Delivery {
    let worked = vec![Worked { day: DayFactor::Working, hours: Centihours(800) }];
    Delivery { worked, ..Delivery::of("已完成") }
}

pub(crate) fn deliver(number: u128) -> Action {
    Action::DeliverAssignment { community: organisation(100 + number), delivery: Delivery::of("已完成") }
}

/// Asks bodies for their opinion.
pub(crate) fn consult(invited: &[u128]) -> Action {
    let invited = invited.iter().map(|number| organisation(*number)).collect();
    let question = "社区能否承接？".to_owned();
    Action::Consult { inquiry: Inquiry { kind: InquiryKind::Opinions, question, invited } }
}

pub(crate) fn half() -> Decimal {
    Decimal::parse("0.5").expect("a half")
}

/// One action of each kind, each with arguments that could do.
pub(crate) fn every_action() -> Vec<Action> {
    let (community, reason) = (organisation(101), RefusalReason::OffList);
    let Request { application, targets, .. } = draft();
    vec![
        Action::Correct { application: Box::new(application), targets: targets.clone() },
        submit(assessed()),
        Action::ReturnByRules,
        Action::AcceptFiling,
        Action::Return { reason: "缺件".into() },
        Action::Reprice { price: Fen(1_000_000), reason: "按实际工作量核减".into() },
        consult(&[HEALTH, 101]),
        Action::Opine { stance: Stance::Support, text: "同意".into() },
        Action::CloseConsultation,
        Action::Extend { reason: "需补充调研".into() },
        Action::Quote,
        Action::AcceptQuote { offer: offer(assessed().price) },
        Action::DeclineQuote,
        propose(Verdict::Admit, None),
        Action::Approve,
        Action::ApproveForced { reason: "防汛任务，必须保障".into() },
        Action::SendBack { reason: "请补充".into() },
        Action::Object { text: "与创文工作重复".into() },
        Action::Resolve { objection: 0, ruling: Ruling::Dismissed, answer: "两项内容不同".into() },
        Action::Enter,
        Action::QuotaShort,
        Action::Move {
            starts_on: day("2026-06-01"),
            ends_on: day("2026-07-31"),
            hours: assessed().hours,
            reason: "错峰实施".into(),
        },
        FUNDS,
        Action::Start,
        Action::AcceptAssignment { community },
        Action::RefuseAssignment { community, reason, text: None },
        deliver(1),
        Action::File { assessed: Box::new(assessed()) },
        Action::Suspend { reason: "汛期".into() },
        Action::Resume { reason: "汛期结束".into() },
        Action::Terminate { done: Vec::new(), reason: "居民不接受".into() },
        Action::Renew { successor: RequestId(Uuid::from_u128(6)) },
        Action::NoteRenewal { successor: RequestId(Uuid::from_u128(6)), until: day("2026-12-31") },
        Action::NoteSupplement { supplement: RequestId(Uuid::from_u128(7)), price: Fen(100) },
        Action::PayMiddle,
        Action::Finish,
        Action::Dispute { community, reason: "资料不全".into() },
        Action::RuleOnDispute { community, accepted: half(), reason: "半数合格".into() },
        Action::Confirm,
        Action::AskReconsideration { reason: "情况有变".into() },
        Action::Uphold { reason: "原决定无误".into() },
        Action::Overturn { reason: "原决定漏看依据".into() },
        Action::Retarget { from: targets[0].clone(), into: targets[1].clone() },
        Action::Nudge { text: None },
        Action::Withdraw,
        Action::Lapse,
        Action::Close,
    ]
}

/// Delivered by all three on 8 May, and awaiting acceptance since.
pub(crate) fn in_acceptance(assessed: Assessed) -> Request {
    let delivered = [1, 2, 3].into_iter().fold(in_force(assessed), |request, number| {
        does(&request, &format!("c{number}"), deliver(number), "2026-05-08")
    });
    does(&delivered, "system", Action::Finish, "2026-05-08")
}

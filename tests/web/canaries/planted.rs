//! Planting: a word of its own stands in every text that is written around one community.

use std::collections::BTreeMap;

use engine::{
    By, Command, MeetingWish, NewComplaint, NewDeputy, NewFund, NewMeeting, NewPerson, NewToken, NewWebhook,
    RewardOrder, Visit as Coming,
};
use serde_json::{Value, json};
use store::{LetterState, Scope, TokenReach};
use workflow::action::ActionKind;
use workflow::actor::{Actor, Role};
use workflow::assignment::{Delivery, RefusalReason};
use workflow::card::CardAction;
use workflow::complaint::ComplaintAction;
use workflow::consultation::{InquiryKind, Ruling, Stance};
use workflow::decimal::Decimal;
use workflow::id::RequestId;
use workflow::language::Language;
use workflow::meeting::Vote;
use workflow::money::Fen;
use workflow::rating::Answer;

use super::visits::Visit;
use super::words::{
    ALONE, ANSWER, CARD, COMPLAINT, CONTENT, COVERED, Canary, DISMISSED, DISPUTE, DRAFT, EVIDENCE,
    EVIDENCE_CONTENT, FILE, HOOK, HOOK_ADDRESS, MINUTES, OBJECTION, OPINION, ORDER, OTHERS, PERSON, PLACE,
    PRESENT, PROPOSED, PUBLISHED, PUBLISHED_OPINION, QUESTION, RATING, REFUSAL, REPORT, REWARD, RULING,
    SHARED_OPINION, SHARED_WORDS, TOKEN, VOTE,
};
use crate::desk::{duty, purchase};
use crate::web::client::Site;

/// All of it, and where it stands.
pub(super) struct Planted {
    pub(super) canaries: Vec<Canary>,
    pub(super) visits: Vec<Visit>,
    pub(super) requests: Vec<String>,
    pub(super) complaints: Vec<String>,
    pub(super) cards: Vec<String>,
    pub(super) people: Vec<String>,
    pub(super) own: Own,
    pub(super) meeting: String,
    pub(super) webhook: String,
    /// Long work that an auditor has begun.
    pub(super) errand: String,
    /// Code of the community.
    pub(super) code: &'static str,
    /// Names of the files of a delivery and of a complaint.
    pub(super) file: &'static str,
    pub(super) evidence: &'static str,
}

/// What the one person has alone, and the letters of the district.
pub(super) struct Own {
    pub(super) letters: Vec<String>,
    pub(super) sessions: Vec<String>,
    pub(super) tokens: Vec<String>,
}

impl Own {
    async fn of(site: &Site) -> Own {
        let letters = site.desk.engine.reader().letters(LetterState::Waiting).await.expect("letters");
        let mut kanari = site.signed_in("kanari").await;
        let mut ids = async |path: &str| {
            let listed = kanari.get(path).await.is(200).value();
            let items = listed["items"].as_array().expect("a list").iter();
            items.map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
        };
        Own {
            letters: letters.iter().take(2).map(|letter| letter.id.0.to_string()).collect(),
            sessions: ids("/api/v1/me/sessions").await,
            tokens: ids("/api/v1/tokens").await,
        }
    }
}

/// The community whose matters these are.
const CODE: &str = "420202001001";

/// An application that takes few hours, with another title so that it is part of no other task.
fn small(base: Value, title: &str, days: (&str, &str)) -> Value {
    let mut application = base;
    application["title"] = json!(title);
    application["work"][0]["volume"]["coverage"] = json!("0.02");
    application["offer"] = Value::Null;
    (application["starts_on"], application["ends_on"]) = (json!(days.0), json!(days.1));
    application
}

const SPRING: (&str, &str) = ("2026-05-06", "2026-07-31");
const AUTUMN: (&str, &str) = ("2026-09-01", "2026-10-30");

impl Site {
    fn kanari(&self) -> Actor {
        self.desk.actor("kanari")
    }

    /// A request in review.
    async fn accepted(&self, application: Value, communities: &[u8]) -> RequestId {
        let request = self.desk.files("health", application, communities).await;
        self.desk.does("health", request, Command::Submit).await;
        self.desk.does("review", request, Command::AcceptFiling).await;
        request
    }

    /// Asks the communities and keeps what the one says.
    async fn asks(&self, request: RequestId, (question, opinion): (&str, &str), invited: &[&str]) {
        let invited = invited.iter().map(|code| (*code).to_owned()).collect();
        let consult = Command::Consult { kind: InquiryKind::Opinions, question: question.into(), invited };
        self.desk.does("review", request, consult).await;
        let opine = Command::Opine { stance: Stance::Oppose, text: opinion.into() };
        self.desk.does("kanari", request, opine).await;
    }
}

/// Plants everything; at the end it is the middle of June.
pub(super) async fn plant(site: &mut Site) -> Planted {
    let person = NewPerson {
        email: "kanari@example.org".into(),
        name: PERSON.into(),
        organisation: CODE.into(),
        roles: vec![Role::Committee],
        language: Language::Chinese,
    };
    site.desk.engine.add_person(person, site.now()).await.expect("a person");
    site.desk.knows("kanari").await;
    let mut alone = small(purchase(), "", AUTUMN);
    for (pointer, word, _) in ALONE {
        *alone.pointer_mut(pointer).expect("a text") = json!(word);
    }
    let (shared, refused, settled) = work_is_done(site).await;
    let alone = site.accepted(alone, &[1]).await;
    site.asks(alone, (QUESTION, OPINION), &[CODE]).await;
    let draft = site.desk.files("health", small(duty(), DRAFT, AUTUMN), &[1]).await;
    let published = is_published(site).await;
    let proposed = site.accepted(small(duty(), PROPOSED, AUTUMN), &[1]).await;
    site.desk.proposes_to_admit(proposed).await;
    let complaints = complains(site).await;
    let cards = site.desk.engine.reader().cards(Scope::Everything, &[]).await.expect("cards");
    is_inspected(site, shared).await;
    let meeting = meets(site, proposed).await;
    let (webhook, errand) = (has_programs(site).await, is_checked(site).await);
    let requests = [alone, shared, refused, settled, draft, published, proposed];
    let people = ["kanari", "c1"].map(|who| site.desk.actor(who).user().expect("a person").to_string());
    let own = ALONE.into_iter().map(|(_, word, open)| Canary { word, open });
    let others = OTHERS.into_iter().map(|(word, open)| Canary { word, open });
    Planted {
        canaries: own.chain(others).collect(),
        visits: Vec::new(),
        requests: requests.map(|request| request.to_string()).to_vec(),
        complaints,
        cards: cards.iter().map(|card| card.id.0.to_string()).collect(),
        people: people.to_vec(),
        own: Own::of(site).await,
        meeting,
        webhook,
        errand,
        code: CODE,
        file: FILE,
        evidence: EVIDENCE,
    }
}

/// Three requests that were in force in spring: shared and disputed, shared and refused, and settled, rated and rewarded.
async fn work_is_done(site: &mut Site) -> (RequestId, RequestId, RequestId) {
    let mut application = small(purchase(), "门牌核查", SPRING);
    application["description"] = json!(SHARED_WORDS);
    let shared = site.accepted(application, &[1, 2]).await;
    site.asks(shared, ("怎么看？", SHARED_OPINION), &[CODE, "420202001002"]).await;
    site.desk.does("review", shared, Command::CloseConsultation).await;
    // Nobody takes this one up, which the office has to answer for.
    let late = site.desk.files("health", small(duty(), "党员学习", AUTUMN), &[1]).await;
    site.desk.does("health", late, Command::Submit).await;
    let refused = site.accepted(small(purchase(), "路灯巡查", SPRING), &[1, 2]).await;
    let settled = site.accepted(small(purchase(), "楼道清理", SPRING), &[1]).await;
    for request in [shared, refused, settled] {
        site.desk.is_decided_anew(request).await;
    }
    site.comes("2026-03-10").await;
    is_carded(site).await;
    for request in [shared, refused, settled] {
        site.desk.does("money", request, Command::CommitFunds).await;
    }
    site.comes("2026-05-06").await;
    let community = site.desk.community(1);
    let text = Some(REFUSAL.to_owned());
    let refuse = Command::RefuseAssignment { community, reason: RefusalReason::Other, text };
    site.desk.does("kanari", refused, refuse).await;
    site.comes("2026-06-20").await;
    let files = vec![(FILE.to_owned(), CONTENT.as_bytes().to_vec()).into()];
    let delivery = Box::new(Delivery::of(REPORT));
    site.desk.does("kanari", shared, Command::DeliverWithEvidence { community, delivery, files }).await;
    site.desk.does("c2", shared, site.desk.delivery(2)).await;
    site.desk.does("health", shared, Command::Dispute { community, reason: DISPUTE.into() }).await;
    let accepted = Decimal::parse("0.5").expect("a share");
    let rule = Command::RuleOnDispute { community, accepted, reason: RULING.into() };
    site.desk.does("review", shared, rule).await;
    site.desk.does("kanari", settled, site.desk.delivery(1)).await;
    site.desk.does("health", settled, Command::Confirm).await;
    is_rated_and_rewarded(site, settled).await;
    (shared, refused, settled)
}

async fn is_rated_and_rewarded(site: &Site, settled: RequestId) {
    let (engine, now, written) = (&site.desk.engine, site.now(), settled.to_string());
    let marks = ["funds_on_time", "clear_task", "support", "burden"].map(|mark| (mark.to_owned(), 4));
    let answer = Answer::Committee { marks: BTreeMap::from(marks), text: Some(RATING.into()) };
    engine.rate(By { actor: &site.kanari(), now }, &written, answer).await.expect("a rating");
    let money = site.desk.actor("money");
    let (name, purpose) = ("绿色资金".to_owned(), "奖励".to_owned());
    let fund = NewFund { code: "GREEN".into(), name, name_en: "Green".into(), years: (2026, 2027), purpose };
    engine.open_fund(&money, fund, now).await.expect("a fund");
    engine.fill_fund(&money, "GREEN", (2026, Fen(500_000)), now).await.expect("money");
    let (request, amount) = (written.as_str(), Fen(100_000));
    let order = RewardOrder { fund: "GREEN", request, community: CODE, amount, reason: REWARD };
    engine.reward(&money, order, now).await.expect("a reward");
}

/// A request in publication, of the one community, with an opinion before it and an objection that is answered.
async fn is_published(site: &Site) -> RequestId {
    let request = site.accepted(small(duty(), PUBLISHED, AUTUMN), &[1]).await;
    site.asks(request, ("怎么看？", PUBLISHED_OPINION), &[CODE]).await;
    site.desk.does("review", request, Command::CloseConsultation).await;
    site.desk.is_decided_anew(request).await;
    site.desk.does("kanari", request, Command::Object { text: OBJECTION.into() }).await;
    let resolve = Command::Resolve { objection: 1, ruling: Ruling::Dismissed, answer: ANSWER.into() };
    site.desk.does("review", request, resolve).await;
    request
}

/// The office speaks against the card for what it has let pass.
async fn is_carded(site: &Site) {
    let cards = site.desk.engine.reader().cards(Scope::Everything, &[]).await.expect("cards");
    let card = cards.first().expect("nobody has taken a request up in time");
    let contest = CardAction::Contest { text: CARD.into() };
    let (engine, review) = (&site.desk.engine, site.desk.actor("review"));
    engine.act_on_card(card.id.0, contest, &review, site.now()).await.expect("it is contested");
}

/// A published plan of inspections.
async fn is_inspected(site: &Site, request: RequestId) {
    let (engine, now, written) = (&site.desk.engine, site.now(), request.to_string());
    let [health, review, approve] = ["health", "review", "approve"].map(|who| site.desk.actor(who));
    engine.propose_inspection(By { actor: &health, now }, (2026, &written)).await.expect("a proposal");
    engine.build_plan(By { actor: &review, now }, 2026, &[]).await.expect("a plan");
    engine.publish_plan(By { actor: &approve, now }, 2026).await.expect("it is published");
}

/// Two reports of imposed work: one is upheld, one is not.
async fn complains(site: &Site) -> Vec<String> {
    let (engine, now) = (&site.desk.engine, site.now());
    let (kanari, review) = (site.kanari(), site.desk.actor("review"));
    let mut filed = Vec::new();
    let uphold = ComplaintAction::Uphold { order: ORDER.into() };
    let dismiss = ComplaintAction::Dismiss { reason: DISMISSED.into() };
    for outcome in [uphold, dismiss] {
        let new = NewComplaint {
            department: "HEALTH".into(),
            what: COMPLAINT.into(),
            since: now.date_naive(),
            covered_by: Some(COVERED.into()),
            evidence: vec![(EVIDENCE.to_owned(), EVIDENCE_CONTENT.as_bytes().to_vec()).into()],
        };
        let complaint = engine.file_complaint(By { actor: &kanari, now }, new).await.expect("a complaint");
        let id = complaint.id.0.to_string();
        for action in [ComplaintAction::Take, outcome] {
            engine.decide_complaint(By { actor: &review, now }, &id, action).await.expect("a step");
        }
        filed.push(id);
    }
    filed
}

/// A meeting of the leading group that hears one case.
async fn meets(site: &Site, case: RequestId) -> String {
    let (engine, now, review) = (&site.desk.engine, site.now(), site.desk.actor("review"));
    let by = || By { actor: &review, now };
    let new = NewMeeting { held_on: now.date_naive(), place: PLACE.into() };
    let id = engine.call_meeting(by(), new).await.expect("a meeting").id.0.to_string();
    let vote = Vote {
        in_favour: 1,
        against: 0,
        abstaining: 0,
        objections: vec![VOTE.into()],
        opinion: Some(MINUTES.into()),
    };
    let wishes = [
        MeetingWish::Arrange(vec![(case, 10)]),
        MeetingWish::Open { present: vec![PRESENT.into()] },
        MeetingWish::Record { request: case, vote },
    ];
    for wish in wishes {
        engine.act_on_meeting(by(), (&id, engine::Seen::Whatever), &wish).await.expect("a step");
    }
    id
}

/// A web-hook, a token and a deputy of the one person.
async fn has_programs(site: &Site) -> String {
    let (engine, now, kanari) = (&site.desk.engine, site.now(), site.kanari());
    let url = format!("https://hooks.example.org/{HOOK_ADDRESS}");
    let new = NewWebhook { name: HOOK.into(), url, kinds: vec![ActionKind::Submit] };
    let (webhook, _) = engine.make_webhook(&kanari, new, now).await.expect("a web-hook");
    let visit = Coming { source: "story", agent: "story", now, session: None };
    let token =
        NewToken { name: TOKEN.into(), reach: TokenReach::Read, days: 30, token_hash: "0".repeat(64) };
    engine.make_token(kanari.user().expect("a person"), token, visit).await.expect("a token");
    let deputy = NewDeputy {
        principal: "c1@example.org".into(),
        deputy: "kanari@example.org".into(),
        role: Role::Committee,
        days: (now.date_naive(), now.date_naive()),
    };
    engine.appoint_deputy(&site.desk.actor("c1"), deputy, now).await.expect("a deputy");
    webhook.id.0.to_string()
}

/// An auditor has the chains checked.
async fn is_checked(site: &Site) -> String {
    let mut audit = site.signed_in("audit").await;
    let begun = audit.json(("POST", "/api/v1/audit/checks"), &[], &json!({})).await;
    let address = begun.is(202).header("location").expect("an address");
    address.rsplit('/').next().unwrap_or_default().to_owned()
}

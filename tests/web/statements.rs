//! A list asks the database as often for a thousand rows as for ten, and a request as often with much around it as with
//! little: pages and operations, counted at the connection.

use std::sync::atomic::Ordering;

use engine::{By, Command, NewComplaint, NewFund, NewMeeting};
use serde_json::{Value, json};
use workflow::actor::Role;
use workflow::consultation::{InquiryKind, Stance};
use workflow::id::RequestId;
use workflow::money::Fen;

use super::client::{Browser, Site};
use super::filing::typed;
use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    a_list_asks_as_often_for_a_thousand_as_for_ten
    what_lies_around_requests_is_asked_for_as_often_for_many_as_for_few
    a_request_asks_as_often_with_many_communities_and_events
    the_panel_beside_a_form_asks_as_often_for_many_communities
}

/// Pages and lists, by who reads them.
const READ: &[(&str, &[&str])] = &[
    (
        "review",
        &[
            "/inbox",
            "/requests",
            "/limits",
            "/dashboard",
            "/api/v1/requests",
            "/api/v1/requests?limit=100",
            "/api/v1/limits?limit=100",
            "/api/v1/cards",
            "/api/v1/complaints",
            "/api/v1/organisations",
            "/api/v1/communities",
            "/api/v1/forecast/2026Q3",
            "/api/v1/figures/2026",
            "/api/v1/lateness/2026",
            "/api/v1/refusals",
            "/api/v1/letters",
            "/api/v1/deputies",
            "/api/v1/payments",
            "/api/v1/budget",
            "/api/v1/base-funds",
            "/api/v1/disclosures",
        ],
    ),
    ("health", &["/", "/requests", "/api/v1/requests", "/api/v1/limits"]),
    ("c1", &["/", "/quota", "/api/v1/requests", "/api/v1/communities/420202001001/quota"]),
];

/// How many statements a page takes, the session's own included.
async fn counted(site: &Site, browser: &mut Browser, path: &str) -> usize {
    let before = site.desk.statements.load(Ordering::Relaxed);
    browser.get(path).await.is(200);
    site.desk.statements.load(Ordering::Relaxed) - before
}

async fn all_counted(site: &Site, read: &[(&str, &[&str])]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (who, paths) in read {
        let mut browser = site.signed_in(who).await;
        for path in *paths {
            // Read once before: what is kept in memory from then on is no part of the list.
            browser.get(path).await.is(200);
            found.push((format!("{who} {path}"), counted(site, &mut browser, path).await));
        }
    }
    found
}

async fn a_list_asks_as_often_for_a_thousand_as_for_ten(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    site.desk.multiplies(9);
    let ten = all_counted(&site, READ).await;
    site.desk.multiplies(99);
    let listed = site.signed_in("review").await.get("/api/v1/requests?limit=100").await.value();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(100), "there are a thousand");
    let thousand = all_counted(&site, READ).await;
    assert_eq!(ten, thousand);
    assert!(ten.iter().all(|(_, statements)| (1..30).contains(statements)), "{ten:?}");
}

/// What lists things that are no requests.
const AROUND: &[(&str, &[&str])] = &[
    ("review", &["/complaints", "/meetings", "/disclosure", "/deputies", "/api/v1/meetings"]),
    (
        "money",
        &[
            "/budget",
            "/funds",
            "/ledger/HEALTH",
            "/ledger/HEALTH/statement",
            "/ledger/GREEN",
            "/api/v1/ledger/HEALTH",
            "/api/v1/special-funds",
        ],
    ),
    ("c1", &["/complaints", "/api/v1/complaints", "/disclosure"]),
    ("audit", &["/audit", "/complaints", "/meetings", "/ledger/HEALTH", "/api/v1/audit/events"]),
    ("admin", &["/administration", "/administration/places", "/administration/letters", "/api/v1/accounts"]),
    ("health", &["/requests/new", "/tokens", "/webhooks", "/ledger/HEALTH"]),
];

/// So many more of everything that lies around requests.
async fn grows(site: &Site, numbers: std::ops::Range<usize>) {
    let (engine, now) = (&site.desk.engine, site.now());
    let [c1, review, money] = ["c1", "review", "money"].map(|who| site.desk.actor(who));
    let mut health = site.signed_in("health").await;
    for number in numbers {
        let complaint = NewComplaint {
            department: "HEALTH".into(),
            what: format!("要求填报台账 {number}"),
            since: now.date_naive(),
            covered_by: None,
            evidence: Vec::new(),
        };
        engine.file_complaint(By { actor: &c1, now }, complaint).await.expect("a complaint");
        let meeting = NewMeeting { held_on: now.date_naive(), place: format!("{number} 号会议室") };
        engine.call_meeting(By { actor: &review, now }, meeting).await.expect("a meeting");
        engine.appropriate(&money, "HEALTH", (2026, Fen(100)), now).await.expect("money");
        let (name, purpose) = ("专项资金".to_owned(), "以奖代补".to_owned());
        let code = if number == 0 { "GREEN".to_owned() } else { format!("GREEN-{number}") };
        let fund = NewFund { code, name, name_en: String::new(), years: (2026, 2027), purpose };
        engine.open_fund(&money, fund, now).await.expect("a fund");
        engine.fill_fund(&money, "GREEN", (2026, Fen(100)), now).await.expect("money");
        site.desk.joins(&format!("new{number}"), &[Role::Submitter], "HEALTH").await;
        let token = json!({ "name": format!("程序 {number}"), "reach": "read", "days": 30 });
        health.json(("POST", "/api/v1/tokens"), &[], &token).await.is(201);
        let url = format!("https://hooks.example.org/{number}");
        let hook = json!({ "name": format!("台账 {number}"), "url": url, "kinds": ["submit"] });
        health.json(("POST", "/api/v1/webhooks"), &[], &hook).await.is(201);
    }
}

async fn what_lies_around_requests_is_asked_for_as_often_for_many_as_for_few(desk: Desk) {
    let mut site = Site::of(desk).await;
    site.desk.joins("admin", &[Role::Admin], "OFFICE").await;
    site.admitted(&[1]).await;
    site.desk.multiplies(2);
    grows(&site, 0..2).await;
    let few = all_counted(&site, AROUND).await;
    site.desk.multiplies(10);
    grows(&site, 2..15).await;
    let many = all_counted(&site, AROUND).await;
    assert_eq!(few, many);
    assert!(few.iter().all(|(_, statements)| (1..40).contains(statements)), "{few:?}");
}

/// A request in review in some communities, each of which has been heard so many times.
async fn heard(site: &Site, application: Value, (communities, rounds): (&[u8], usize)) -> RequestId {
    let request = site.desk.files("health", application, communities).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    for _ in 0..rounds {
        let invited = communities.iter().map(|number| format!("42020200100{number}")).collect();
        let consult =
            Command::Consult { kind: InquiryKind::Opinions, question: "有何意见？".into(), invited };
        site.desk.does("review", request, consult).await;
        for number in communities {
            let opine = Command::Opine { stance: Stance::Neutral, text: "无意见".into() };
            site.desk.does(&format!("c{number}"), request, opine).await;
        }
        site.desk.does("review", request, Command::CloseConsultation).await;
    }
    request
}

/// What shows one request.
const OF_ONE: &[(&str, &[&str])] = &[
    (
        "review",
        &[
            "/requests/{id}",
            "/requests/{id}/decide",
            "/api/v1/requests/{id}",
            "/api/v1/requests/{id}/history",
            "/api/v1/requests/{id}/records",
            "/api/v1/requests/{id}/load",
        ],
    ),
    ("health", &["/requests/{id}", "/api/v1/requests/{id}"]),
    ("c1", &["/requests/{id}", "/api/v1/requests/{id}"]),
    ("audit", &["/requests/{id}", "/api/v1/requests/{id}/letters"]),
];

async fn a_request_asks_as_often_with_many_communities_and_events(desk: Desk) {
    let site = Site::of(desk).await;
    let mut other = purchase();
    other["title"] = json!("路灯巡查");
    let little = heard(&site, purchase(), (&[1], 1)).await;
    let much = heard(&site, other, (&[1, 2, 3], 4)).await;
    for (who, paths) in OF_ONE {
        let mut browser = site.signed_in(who).await;
        for path in *paths {
            let [few, many] = [little, much].map(|id| path.replace("{id}", &id.to_string()));
            // Each is read once before: what is kept in memory from then on is no part of it.
            browser.get(&few).await.is(200);
            browser.get(&many).await.is(200);
            let few = counted(&site, &mut browser, &few).await;
            assert_eq!(few, counted(&site, &mut browser, &many).await, "{who} {path}");
        }
    }
}

async fn the_panel_beside_a_form_asks_as_often_for_many_communities(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let more = [("community", "420202001002"), ("community", "420202001003")];
    let mut asked = async |fields: &[(&str, &str)]| {
        let before = site.desk.statements.load(Ordering::Relaxed);
        browser.post("/requests/new/panel", fields).await.is(200).says("购买服务");
        site.desk.statements.load(Ordering::Relaxed) - before
    };
    asked(&typed(&more, "")).await;
    let one = asked(&typed(&[], "")).await;
    assert_eq!(one, asked(&typed(&more, "")).await);
}

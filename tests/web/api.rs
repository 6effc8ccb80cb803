//! The API as programs use it: facts assessed, a request filed and acted on, calls that come twice, pages of a list.

use std::collections::BTreeSet;

use engine::Command;
use serde_json::{Value, json};
use workflow::stage::StageKind;

use super::client::{Browser, Site};
use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    facts_are_assessed_one_or_many
    a_request_is_filed_and_acted_on
    a_change_needs_the_form_token_and_the_version
    a_call_that_comes_twice_acts_once
    two_calls_at_once_act_once
    a_list_is_read_page_by_page
    many_commands_have_an_answer_each
    everyone_sees_their_own_views
    what_is_malformed_is_told_with_its_place
    a_complaint_comes_in_once
}

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("../acceptance/assess.json")).expect("the cases are JSON")
}

fn filing(title: &str) -> Value {
    let mut application = purchase();
    application["title"] = json!(title);
    json!({ "application": application, "communities": ["420202001001", "420202001002"] })
}

const ASSESS: (&str, &str) = ("POST", "/api/v1/assess");
const REQUESTS: (&str, &str) = ("POST", "/api/v1/requests");

async fn facts_are_assessed_one_or_many(desk: Desk) {
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    let cases: Vec<Value> = cases().into_iter().take(20).collect();
    let facts: Vec<Value> = cases.iter().map(|case| case["facts"].clone()).collect();
    let one = health.json(ASSESS, &[], &facts[0]).await;
    one.is(200);
    assert_eq!(one.value()["outcome"], cases[0]["expect"]["outcome"]);
    let many = health.json(ASSESS, &[], &json!(facts)).await.value();
    for (case, found) in cases.iter().zip(many.as_array().unwrap()) {
        assert_eq!((&found["price"], &found["quota"]), (&case["expect"]["price"], &case["expect"]["quota"]));
    }
    let mut bad = facts[0].clone();
    bad["request"]["work"][0]["times"] = json!(-1);
    let refused = health.json(ASSESS, &[], &json!([facts[1], bad])).await;
    assert_eq!((refused.status, refused.code()), (422, "malformed".into()));
    assert_eq!(refused.value()["errors"][0]["pointer"], "/1/request/work/0/times");
}

/// Acts on a request as it is now.
async fn acts(browser: &mut Browser, id: &str, command: &Value) -> super::client::Reply {
    let seen = browser.get(&format!("/api/v1/requests/{id}")).await;
    let version = seen.header("etag").expect("a version").to_owned();
    browser
        .json(("POST", &format!("/api/v1/requests/{id}/actions")), &[("If-Match", &version)], command)
        .await
}

async fn a_request_is_filed_and_acted_on(desk: Desk) {
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    let drafted = health.json(REQUESTS, &[], &filing("登记核查")).await;
    let id = drafted.is(201).value()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/requests/{id}");
    let again = health
        .json(("PUT", &path), &[("If-Match", drafted.header("etag").unwrap())], &filing("登记核查二"))
        .await;
    again.is(200);
    let submitted = acts(&mut health, &id, &json!({ "action": "submit" })).await;
    assert_eq!(submitted.is(200).value()["stage"], "submitted");
    let shown = health.get(&path).await;
    assert_eq!(shown.value()["application"]["title"], "登记核查二");
    assert_eq!(shown.header("etag").unwrap(), format!("\"{}\"", shown.value()["version"]));
    let open = shown.value()["open_actions"].to_string();
    assert!(open.contains("withdraw") && !open.contains("accept_filing"), "{open}");
    let mut review = site.signed_in("review").await;
    acts(&mut review, &id, &json!({ "action": "accept_filing" })).await.is(200);
    let refused = acts(&mut review, &id, &json!({ "action": "approve" })).await;
    assert_eq!((refused.status, refused.code()), (409, "not_open".into()));
    let history = review.get(&format!("{path}/history")).await.value();
    let actions: Vec<&str> =
        history["items"].as_array().unwrap().iter().filter_map(|event| event["action"].as_str()).collect();
    assert_eq!(actions, ["draft", "correct", "submit", "accept_filing"]);
    let mut stranger = site.signed_in("approve3").await;
    for path in [path.clone(), format!("{path}/history")] {
        assert_eq!(stranger.get(&path).await.is(404).code(), "not_found");
    }
}

async fn a_change_needs_the_form_token_and_the_version(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    let mut health = site.signed_in("health").await;
    let path = format!("/api/v1/requests/{request}/actions");
    let (origin, submit) = (site.origin.clone(), json!({ "action": "submit" }).to_string());
    let body = Some(("application/json", submit.as_str()));
    let without = health.sends("POST", &path, &[("Origin", &origin), ("If-Match", "\"0\"")], body).await;
    assert_eq!((without.status, without.code()), (403, "stale_form".into()));
    let token = health.form_token.clone();
    let elsewhere =
        [("Origin", "https://elsewhere.example"), ("X-Form-Token", &token), ("If-Match", "\"0\"")];
    assert_eq!(health.sends("POST", &path, &elsewhere, body).await.code(), "foreign_form");
    let blind = health.json(("POST", &path), &[], &json!({ "action": "submit" })).await;
    assert_eq!((blind.status, blind.code()), (428, "version_needed".into()));
    let stale = health.json(("POST", &path), &[("If-Match", "\"7\"")], &json!({ "action": "submit" })).await;
    assert_eq!((stale.status, stale.code()), (412, "stale".into()));
    let mut nobody = site.browser();
    let asked = nobody.get(&format!("/api/v1/requests/{request}")).await;
    assert_eq!((asked.status, asked.code()), (401, "sign_in_needed".into()));
    assert_eq!(asked.header("www-authenticate"), Some("Bearer"));
    assert_eq!(asked.header("content-type"), Some("application/problem+json"));
    assert_eq!(site.desk.stage(request).await, StageKind::Draft);
}

async fn a_call_that_comes_twice_acts_once(desk: Desk) {
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    let key = [("Idempotency-Key", "k-1")];
    let first = health.json(REQUESTS, &key, &filing("一")).await;
    let second = health.json(REQUESTS, &key, &filing("一")).await;
    assert_eq!(
        (first.is(201).value(), first.header("etag")),
        (second.is(201).value(), second.header("etag"))
    );
    assert_eq!(second.header("idempotent-replayed"), Some("true"));
    let other = health.json(REQUESTS, &key, &filing("二")).await;
    assert_eq!((other.status, other.code()), (422, "idempotency_key_reused".into()));
    assert_eq!(health.get("/api/v1/requests").await.value()["items"].as_array().unwrap().len(), 1);
    let id = first.value()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/requests/{id}/actions");
    let submit = [("Idempotency-Key", "k-2"), ("If-Match", "\"0\"")];
    let command = json!({ "action": "submit" });
    let done = health.json(("POST", &path), &submit, &command).await.is(200).value();
    assert_eq!(
        health.json(("POST", &path), &submit, &command).await.is(200).value(),
        done,
        "not stale: done before"
    );
    let mut colleague = site.signed_in("health2").await;
    let apart = colleague.json(REQUESTS, &key, &filing("三")).await;
    assert_eq!(apart.status, 201, "a key is its owner's: {}", apart.body);
    site.desk.is_sound().await;
}

async fn two_calls_at_once_act_once(desk: Desk) {
    let site = Site::of(desk).await;
    let health = site.signed_in("health").await;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let mut browser = health.clone();
        calls.spawn(
            async move { browser.json(REQUESTS, &[("Idempotency-Key", "same")], &filing("一")).await },
        );
    }
    let answers = calls.join_all().await;
    let ids: BTreeSet<String> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .map(|answer| answer.value()["id"].to_string())
        .collect();
    let said: Vec<(u16, &str)> = answers.iter().map(|answer| (answer.status, answer.body.as_str())).collect();
    assert_eq!(ids.len(), 1, "{said:?}");
    assert!(said.iter().all(|(status, _)| [201, 409].contains(status)), "{said:?}");
    let listed = health.clone().get("/api/v1/requests").await.value();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

async fn a_list_is_read_page_by_page(desk: Desk) {
    let site = Site::of(desk).await;
    for _ in 0..5 {
        site.desk.files("health", duty(), &[1]).await;
    }
    let mut health = site.signed_in("health").await;
    let (mut seen, mut path) = (BTreeSet::new(), "/api/v1/requests?limit=2&stage=draft".to_owned());
    let mut pages = 0;
    loop {
        let page = health.get(&path).await.is(200).value();
        seen.extend(page["items"].as_array().unwrap().iter().map(|line| line["id"].to_string()));
        pages += 1;
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/requests?limit=2&stage=draft&after={next}");
    }
    assert_eq!((pages, seen.len()), (3, 5));
    let none = health.get("/api/v1/requests?stage=settled").await.value();
    assert_eq!(none, json!({ "items": [], "next": null }));
}

async fn many_commands_have_an_answer_each(desk: Desk) {
    let site = Site::of(desk).await;
    let one = site.desk.files("health", duty(), &[1]).await;
    let other = site.desk.files("civil", duty(), &[2]).await;
    let mut health = site.signed_in("health").await;
    let wanted = json!([
        { "request": one, "action": "submit" },
        { "request": one, "action": "approve" },
        { "request": other, "action": "submit" },
    ]);
    let key = [("Idempotency-Key", "bulk")];
    let answers = health.json(("POST", "/api/v1/bulk"), &key, &wanted).await.is(200).value();
    let status = |at: usize| answers[at]["status"].as_u64();
    assert_eq!((status(0), status(1), status(2)), (Some(200), Some(409), Some(404)), "{answers}");
    assert_eq!(answers[2]["problem"]["code"], "not_found");
    let again = health.json(("POST", "/api/v1/bulk"), &key, &wanted).await.value();
    assert_eq!(again[0]["done"], answers[0]["done"], "what was done is not done again");
    assert_eq!(site.desk.stage(other).await, StageKind::Draft);
}

async fn everyone_sees_their_own_views(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", purchase(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    let (mut health, mut money) = (site.signed_in("health").await, site.signed_in("money").await);
    let me = health.get("/api/v1/me").await.value();
    assert_eq!((&me["organisation"]["code"], &me["roles"]), (&json!("HEALTH"), &json!(["submitter"])));
    assert_eq!(me["form_token"], json!(health.form_token));
    assert_eq!(health.get("/api/v1/limits").await.value()["items"][0]["request"], json!(request));
    assert_eq!(
        health.get("/api/v1/budget?year=2026").await.value()["items"].as_array().unwrap().len(),
        1,
        "its own line"
    );
    assert_eq!(money.get("/api/v1/budget?year=2026").await.value()["items"].as_array().unwrap().len(), 3);
    assert_eq!(
        health.get("/api/v1/ledger/HEALTH").await.is(200).value()["accounts"][0]["balance"],
        "50000.00"
    );
    health.get("/api/v1/ledger/CIVIL").await.is(404);
    let quota = health.get("/api/v1/communities/420202001001/quota?year=2026").await.is(200).value();
    assert_eq!(quota["pools"][0]["months"].as_array().unwrap().len(), 12);
    health.get("/api/v1/communities/420203001001/quota").await.is(404);
    let mut committee = site.signed_in("c1").await;
    committee.get("/api/v1/communities/420202001001/quota").await.is(200);
    committee.get("/api/v1/communities/420202001002/quota").await.is(404);
    money.get("/api/v1/forecast/2026Q3").await.is(200);
    health.get("/api/v1/forecast/2026Q3").await.is(403);
    for path in ["cards", "complaints", "communities", "organisations"] {
        let found = money.get(&format!("/api/v1/{path}")).await;
        assert!(
            found.is(200).value()["items"].is_array() && !found.body.contains("湖东路"),
            "{path}: {}",
            found.body
        );
    }
}

async fn what_is_malformed_is_told_with_its_place(desk: Desk) {
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    let wrong = [
        ("/api/v1/requests?limit=0", "/query/limit"),
        ("/api/v1/requests?limit=101", "/query/limit"),
        ("/api/v1/requests?stage=nowhere", "/query/stage"),
        ("/api/v1/requests?after=x", "/query/after"),
        ("/api/v1/requests?colour=red", "/query/colour"),
        ("/api/v1/budget?year=20x6", "/query/year"),
        ("/api/v1/inspections/next", "/path/year"),
    ];
    for (path, pointer) in wrong {
        let refused = health.get(path).await;
        assert_eq!(refused.is(422).value()["errors"][0]["pointer"], pointer, "{path}");
    }
    let mut bad = filing("一");
    bad["application"]["offer"]["amount"] = json!("-1.00");
    let refused = health.json(REQUESTS, &[], &bad).await;
    assert_eq!(refused.is(422).value()["errors"][0]["pointer"], "/application/offer/amount");
    let unknown = json!({ "application": purchase(), "communities": ["420203001001"] });
    let refused = health.json(REQUESTS, &[], &unknown).await;
    assert_eq!(refused.is(422).value()["errors"][0]["pointer"], "/communities/0");
    let (origin, token) = (site.origin.clone(), health.form_token.clone());
    let headers = [("Origin", origin.as_str()), ("X-Form-Token", token.as_str())];
    let broken = health.sends("POST", "/api/v1/requests", &headers, Some(("application/json", "{"))).await;
    assert_eq!((broken.status, broken.code()), (422, "malformed".into()));
}

async fn a_complaint_comes_in_once(desk: Desk) {
    let site = Site::of(desk).await;
    let mut committee = site.signed_in("c1").await;
    let path = ("POST", "/api/v1/complaints");
    let body = json!({ "department": "HEALTH", "what": "要求填报台账", "since": "2026-02-20" });
    let key = [("Idempotency-Key", "c-1")];
    let filed = committee.json(path, &key, &body).await.is(201).value();
    assert_eq!(committee.json(path, &key, &body).await.is(201).value(), filed);
    let mut review = site.signed_in("review").await;
    let seen = review.get("/api/v1/complaints").await.value();
    let seen = &seen["items"];
    assert_eq!((seen.as_array().unwrap().len(), &seen[0]["community"]["code"]), (1, &json!("420202001001")));
    let whole = review.get(&format!("/api/v1/complaints/{}", filed["number"].as_str().unwrap())).await;
    assert_eq!(whole.is(200).value()["imposed"]["what"], "要求填报台账");
    let mut health = site.signed_in("health").await;
    health.json(path, &[], &body).await.is(403);
    assert!(
        !health.get("/api/v1/complaints").await.body.contains("台账"),
        "the accused do not see the words"
    );
}

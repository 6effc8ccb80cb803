//! Whoever sends something that cannot be taken reads why in the own language: programs with the place of each fault, people
//! by the name of the field, and nobody in the words of a driver or a reader of JSON.

use serde_json::{Value, json};

use super::client::{Browser, Reply, Site};
use crate::desk::{Desk, duty};
use crate::tongues::has_han;

super::told_on_both! {
    programs_are_told_in_their_language
    people_are_told_in_their_language
    a_problem_has_the_title_of_its_status_and_says_what_happened
    an_unreadable_choice_in_an_address_is_told_as_a_page
}

/// Calls that cannot be taken, none of which holds a Chinese word of its own.
fn calls() -> Vec<(&'static str, &'static str, Value)> {
    let mut odd = duty();
    odd["term"] = json!("for ever");
    odd["starts_on"] = json!("tomorrow");
    odd["work"][0]["times"] = json!(-1);
    odd["work"][0]["minutes_per_unit"] = json!("many");
    let strange = json!({ "application": odd, "communities": [] });
    let nowhere = json!({ "application": duty(), "communities": ["nowhere"] });
    let long = "x".repeat(200);
    vec![
        ("GET", "/api/v1/requests?limit=x", Value::Null),
        ("GET", "/api/v1/requests?nothing=1", Value::Null),
        ("GET", "/api/v1/requests?limit=1&limit=2", Value::Null),
        ("GET", "/api/v1/requests?stage=gone", Value::Null),
        ("GET", "/api/v1/requests?after=x", Value::Null),
        ("POST", "/api/v1/tokens", json!({})),
        ("POST", "/api/v1/tokens", json!({ "name": 1, "reach": "all", "days": 1, "more": true })),
        ("POST", "/api/v1/tokens", json!({ "name": long, "reach": "read", "days": 30 })),
        ("POST", "/api/v1/requests", strange),
        ("POST", "/api/v1/requests", nowhere),
        ("POST", "/api/v1/assess", json!({ "today": "x", "request": {} })),
    ]
}

async fn speaks(browser: &mut Browser, language: &str) {
    browser.post("/language", &[("to", language)]).await.is(303);
}

/// What a problem tells.
fn told(reply: &Reply) -> Vec<String> {
    let problem = reply.value();
    let faults = problem["errors"].as_array().cloned().unwrap_or_default();
    assert!(!faults.is_empty(), "{problem}");
    let said = faults.iter().map(|fault| &fault["message"]).chain([&problem["detail"]]);
    said.map(|said| said.as_str().expect("a text").to_owned()).collect()
}

async fn programs_are_told_in_their_language(desk: Desk) {
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    for language in ["zh", "en"] {
        speaks(&mut health, language).await;
        for (method, path, body) in calls() {
            let reply = match method {
                "GET" => health.get(path).await,
                _ => health.json((method, path), &[], &body).await,
            };
            for said in told(reply.is(422)) {
                assert_eq!(has_han(&said), language == "zh", "{method} {path}: {said}");
            }
        }
    }
}

/// Why a page is shown again, or is none.
fn refusal(reply: &Reply) -> String {
    let refusal = reply.between("class=\"refusal\" role=\"alert\">", "</p>");
    refusal.or_else(|| reply.between("<h1>", "</h1>")).expect("a refusal")
}

async fn people_are_told_in_their_language(desk: Desk) {
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    let forms: [(&str, &[(&str, &str)]); 4] = [
        ("/tokens", &[]),
        ("/tokens", &[("name", ""), ("reach", "write"), ("days", "0")]),
        ("/deputies", &[("deputy", "review@example.org"), ("role", "nobody"), ("from", ""), ("until", "")]),
        ("/notices", &[("letters", "never"), ("quiet", "off"), ("language", "zh")]),
    ];
    for language in ["zh", "en"] {
        speaks(&mut health, language).await;
        for (path, fields) in forms {
            let reply = health.post(path, fields).await;
            let said = refusal(reply.is(422));
            assert_eq!(has_han(&said), language == "zh", "{path}: {said}");
            assert!(!said.contains("missing field") && !said.contains("/name"), "{path}: {said}");
        }
    }
    speaks(&mut health, "zh").await;
    let named = health.post("/tokens", &[("name", ""), ("reach", "write"), ("days", "30")]).await;
    assert_eq!(refusal(named.is(422)), "名称：应为 1 至 100 个字符");
    health.post("/tokens", &[]).await.is(422).says("提交的内容无法识别，请刷新页面后重填");
}

async fn a_problem_has_the_title_of_its_status_and_says_what_happened(desk: Desk) {
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    let problem = health.json(("POST", "/api/v1/tokens"), &[], &json!({})).await.is(422).value();
    assert_eq!(problem["type"], "about:blank");
    assert_eq!(problem["title"], "Unprocessable Entity");
    assert_eq!(problem["detail"], "填报内容有误");
}

async fn an_unreadable_choice_in_an_address_is_told_as_a_page(desk: Desk) {
    let site = Site::of(desk).await;
    let mut review = site.signed_in("review").await;
    for (language, said) in [("zh", "网址中的筛选条件无法识别"), ("en", "could not be read")] {
        speaks(&mut review, language).await;
        for path in [
            "/dashboard?year=x",
            "/complaints?after=1&after=2",
            "/forecast?quarter=1&quarter=2",
            "/lateness?year=1&year=2",
        ] {
            let page = review.get(path).await;
            page.is(400).says(said);
            assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        }
    }
}

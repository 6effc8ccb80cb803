//! Bearer tokens: made on the page or by the API, used by programs, read-only or not, expiring, ended.

use std::time::Duration;

use serde_json::json;
use workflow::stage::StageKind;

use super::client::Site;
use crate::desk::{Desk, duty};

super::told_on_both! {
    a_program_acts_with_a_token
    a_token_that_reads_changes_nothing
    a_token_expires_and_is_ended
    a_token_makes_no_other_and_is_nobody_elses
    a_token_stands_for_nobody_where_the_person_is_needed
    the_page_shows_a_token_once
}

const TOKENS: (&str, &str) = ("POST", "/api/v1/tokens");
const DAY: Duration = Duration::from_hours(24);

/// A new token of a person, from the API.
async fn made(site: &Site, who: &str, reach: &str) -> (String, String) {
    let mut browser = site.signed_in(who).await;
    let body = json!({ "name": "台账系统", "reach": reach, "days": 30 });
    let made = browser.json(TOKENS, &[], &body).await.is(201).value();
    (made["token"].as_str().unwrap().to_owned(), made["id"].as_str().unwrap().to_owned())
}

async fn a_program_acts_with_a_token(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    let (token, _) = made(&site, "health", "write").await;
    let mut program = site.browser().bearing(&token);
    assert_eq!(program.get("/api/v1/me").await.is(200).value()["signed_in_by"], "write");
    let path = format!("/api/v1/requests/{request}/actions");
    let done = program.json(("POST", &path), &[("If-Match", "\"0\"")], &json!({ "action": "submit" })).await;
    assert_eq!(done.is(200).value()["stage"], "submitted");
    let mut guess = site.browser().bearing("guessed");
    assert_eq!(guess.get("/api/v1/me").await.status, 401);
}

async fn a_token_that_reads_changes_nothing(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    let (token, _) = made(&site, "health", "read").await;
    let mut program = site.browser().bearing(&token);
    program.get(&format!("/api/v1/requests/{request}")).await.is(200);
    let path = format!("/api/v1/requests/{request}/actions");
    let refused =
        program.json(("POST", &path), &[("If-Match", "\"0\"")], &json!({ "action": "submit" })).await;
    assert_eq!((refused.status, refused.code()), (403, "read_only".into()));
    assert_eq!(site.desk.stage(request).await, StageKind::Draft);
}

async fn a_token_expires_and_is_ended(desk: Desk) {
    let mut site = Site::of(desk).await;
    let (token, id) = made(&site, "health", "read").await;
    let mut program = site.browser().bearing(&token);
    site.passes(29 * DAY);
    program.get("/api/v1/me").await.is(200);
    site.passes(DAY);
    program.get("/api/v1/me").await.is(401);
    site.comes("2026-03-03").await;
    program.get("/api/v1/me").await.is(200);
    let mut stranger = site.signed_in("civil").await;
    let end = format!("/api/v1/tokens/{id}");
    stranger.json(("DELETE", &end), &[], &json!({})).await.is(404);
    let mut health = site.signed_in("health").await;
    health.json(("DELETE", &end), &[], &json!({})).await.is(200);
    program.get("/api/v1/me").await.is(401);
}

async fn a_token_makes_no_other_and_is_nobody_elses(desk: Desk) {
    let site = Site::of(desk).await;
    let (token, _) = made(&site, "health", "write").await;
    let body = json!({ "name": "另一个", "reach": "write", "days": 366 });
    let refused = site.browser().bearing(&token).json(TOKENS, &[], &body).await;
    assert_eq!((refused.status, refused.code()), (403, "session_needed".into()));
    let mut civil = site.signed_in("civil").await;
    assert_eq!(civil.get("/api/v1/tokens").await.value()["items"], json!([]));
    for (body, pointer) in [
        (json!({ "name": " ", "reach": "read", "days": 1 }), "/name"),
        (json!({ "name": "x", "reach": "read", "days": 367 }), "/days"),
        (json!({ "name": "x", "reach": "read", "days": 0 }), "/days"),
    ] {
        assert_eq!(civil.json(TOKENS, &[], &body).await.is(422).value()["errors"][0]["pointer"], pointer);
    }
    let listed = site.signed_in("health").await.get("/api/v1/tokens").await;
    assert!(listed.body.contains("台账系统") && !listed.body.contains(&token));
}

async fn a_token_stands_for_nobody_where_the_person_is_needed(desk: Desk) {
    let site = Site::of(desk).await;
    let (token, id) = made(&site, "health", "write").await;
    let mut program = site.browser().bearing(&token);
    let document = program.get("/api/openapi.json").await.value();
    let rows: Vec<web::Row> = web::rows().into_iter().filter(|row| row.in_person).collect();
    assert!(rows.len() > 12, "{}", rows.len());
    for row in rows {
        let method = row.method.as_str();
        let refused = program.json((method, &row.path.replace("{id}", &id)), &[], &json!({})).await;
        assert_eq!((refused.status, refused.code()), (403, "session_needed".into()), "{method} {}", row.path);
        let described = &document["paths"][row.path][method.to_lowercase()]["security"];
        assert_eq!(*described, json!([{ "session": [], "form_token": [] }]), "{method} {}", row.path);
    }
}

async fn the_page_shows_a_token_once(desk: Desk) {
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    let made = health.post("/tokens", &[("name", "<b>台账</b>"), ("reach", "read"), ("days", "7")]).await;
    let token = made.is(201).between("<code class=\"token\">", "<").expect("a token");
    assert!(!made.body.contains("<b>台账"), "a name is no markup");
    site.browser().bearing(&token).get("/api/v1/me").await.is(200);
    let page = health.get("/tokens").await;
    assert!(page.is(200).says("只读").body.contains("&#60;b&#62;台账") && !page.body.contains(&token));
    health.post("/tokens", &[("name", "x"), ("reach", "read"), ("days", "9999")]).await.is(422).says("366");
    let id = page.between("action=\"/tokens/", "/end").expect("an id");
    assert_eq!(health.post(&format!("/tokens/{id}/end"), &[]).await.to(), "/tokens");
    site.browser().bearing(&token).get("/api/v1/me").await.is(401);
}

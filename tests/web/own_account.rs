//! The own account by the API, in person: sessions, password, second factor, recovery codes; a program only looks.

use serde_json::{Value, json};

use super::client::{Browser, PASSWORD, Reply, SESSION, Site};
use super::factor::{STEP, code};
use super::repeated::twice_bare;
use crate::desk::Desk;

super::told_on_both! {
    a_password_changes_by_the_old_one_and_leaves_no_trace
    a_factor_is_turned_on_and_off
    sessions_are_ended_in_person
}

const PASSWORD_PATH: &str = "/api/v1/me/password";
/// A call without a body that asks for something else.
const ELSEWHERE: &str = "/api/v1/webhooks/0198f2c0-0000-7000-8000-000000000000/test";
const FACTOR: &str = "/api/v1/me/factor";

async fn sends(browser: &mut Browser, path: &str, body: &Value) -> Reply {
    let sent = browser.json(("POST", path), &[], body).await;
    if sent.status < 300 {
        browser.form_token = sent.value()["form_token"].as_str().expect("a form token").to_owned();
    }
    sent
}

async fn a_password_changes_by_the_old_one_and_leaves_no_trace(desk: Desk) {
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    let (mut other, mut program) = (site.signs_in_again("health").await, health.program().await);
    let wanted = json!({ "old": PASSWORD, "new": "a sentence of mine" });
    let refused = program.json(("POST", PASSWORD_PATH), &[], &wanted).await;
    assert_eq!((refused.status, refused.code()), (403, "session_needed".into()));
    let wrong =
        sends(&mut health, PASSWORD_PATH, &json!({ "old": "a guess", "new": "a sentence of mine" })).await;
    assert_eq!((wrong.status, wrong.code()), (401, "sign_in_wrong".into()));
    let short = sends(&mut health, PASSWORD_PATH, &json!({ "old": PASSWORD, "new": "short" })).await;
    assert_eq!(short.is(422).value()["errors"][0]["pointer"], "/new");
    let old = health.cookies[SESSION].clone();
    let changed = health.json(("POST", PASSWORD_PATH), &[("Idempotency-Key", "once")], &wanted).await;
    let form_token = changed.is(200).value()["form_token"].as_str().expect("a form token").to_owned();
    health.form_token = form_token;
    assert_ne!(health.cookies[SESSION], old, "the session has changed");
    other.get("/api/v1/me").await.is(401);
    health.calls("/api/v1/me/sessions/endings", &[]).await.is(200);
    let worker = site.desk.engine.reader().worker("health@example.org").await.expect("a person");
    let kept = site.desk.engine.reader().kept_answer(worker.person.user, "once").await.expect("it reads");
    assert_eq!(kept, None, "not even a digest of what held a password");
    site.browser().signs_in("health", PASSWORD).await.is(401);
    assert_eq!(site.browser().signs_in("health", "a sentence of mine").await.to(), "/");
    program.get("/api/v1/me/account").await.is(200);
}

async fn a_factor_is_turned_on_and_off(desk: Desk) {
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    let mut program = health.program().await;
    assert_eq!(program.calls(&format!("{FACTOR}/secret"), &[]).await.code(), "session_needed");
    let before = health.get("/api/v1/me/account").await.is(200).value();
    assert_eq!((&before["has_password"], &before["has_factor"]), (&json!(true), &json!(false)));
    let offered = health.calls(&format!("{FACTOR}/secret"), &[]).await.is(200).value();
    let secret = offered["secret"].as_str().expect("a secret").to_owned();
    assert!(offered["address"].as_str().unwrap().starts_with("otpauth://totp/zhunru:health"));
    let wrong = json!({ "secret": secret, "code": "000000", "password": PASSWORD });
    assert_eq!(sends(&mut health, FACTOR, &wrong).await.is(422).value()["errors"][0]["pointer"], "/code");
    let shown = |password: &str| json!({ "code": code(&secret, site.now()), "password": password });
    let mut on = shown("a guess");
    on["secret"] = json!(secret);
    assert_eq!(sends(&mut health, FACTOR, &on).await.code(), "sign_in_wrong");
    on["password"] = json!(PASSWORD);
    let turned = sends(&mut health, FACTOR, &on).await.is(201).value();
    assert_eq!(turned["recovery_codes"].as_array().unwrap().len(), 10);
    let now = health.get("/api/v1/me/account").await.is(200).value();
    assert_eq!((&now["has_factor"], &now["recovery_codes_left"]), (&json!(true), &json!(10)));
    assert_eq!(health.calls(&format!("{FACTOR}/secret"), &[]).await.code(), "factor_on");
    let codes = format!("{FACTOR}/codes");
    assert_eq!(
        sends(&mut health, &codes, &shown(PASSWORD)).await.code(),
        "sign_in_wrong",
        "a code works once"
    );
    site.passes(STEP);
    let renewed = sends(&mut health, &codes, &shown(PASSWORD)).await.is(200).value();
    let recovery = renewed["recovery_codes"][0].as_str().unwrap().to_owned();
    assert!(!turned["recovery_codes"].to_string().contains(&recovery));
    let off = json!({ "code": recovery, "password": PASSWORD });
    sends(&mut health, &format!("{FACTOR}/removal"), &off).await.is(200);
    let after = health.get("/api/v1/me/account").await.is(200).value();
    assert_eq!((&after["has_factor"], &after["recovery_codes_left"]), (&json!(false), &json!(0)));
    let tried = health.get("/api/v1/me/sign-ins?limit=2").await.is(200).value();
    assert_eq!(tried["items"][0]["outcome"], "factor_taken");
    let next = tried["next"].as_str().expect("there were more");
    let older = health.get(&format!("/api/v1/me/sign-ins?limit=2&after={next}")).await.is(200).value();
    assert_ne!(older["items"][0]["id"], tried["items"][1]["id"]);
}

async fn sessions_are_ended_in_person(desk: Desk) {
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    let (mut second, mut third) = (site.signs_in_again("health").await, site.signs_in_again("health").await);
    let listed = third.get("/api/v1/me/sessions").await.is(200).value();
    let ids: Vec<&str> =
        listed["items"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!((ids.len(), &listed["items"][0]["is_this"]), (3, &json!(true)));
    assert!(!listed.to_string().contains("form_token"), "{listed}");
    let oldest = format!("/api/v1/me/sessions/{}", ids[2]);
    let mut stranger = site.signed_in("review").await;
    stranger.json(("DELETE", &oldest), &[], &json!({})).await.is(404);
    let mut program = second.program().await;
    assert_eq!(program.json(("DELETE", &oldest), &[], &json!({})).await.code(), "session_needed");
    assert_eq!(program.calls("/api/v1/me/sessions/endings", &[]).await.code(), "session_needed");
    third.json(("DELETE", &oldest), &[], &json!({})).await.is(200);
    health.get("/api/v1/me").await.is(401);
    let ended = twice_bare(&mut third, "/api/v1/me/sessions/endings", ELSEWHERE).await;
    assert_eq!(ended.value()["ended"], 1);
    second.get("/api/v1/me").await.is(401);
    program.get("/api/v1/me").await.is(200);
}

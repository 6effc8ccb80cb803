//! Who tries too often waits and is told how long; what signing in came to is kept for a while, and nothing that was only
//! read waits for what is noted beside it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use serde_json::json;
use store::{AuditKey, SignInOutcome, Store};
use web::WebSettings;

use super::client::{PASSWORD, Site};
use crate::desk::{Database, Desk};

super::told_on_both! {
    whoever_tries_too_often_waits_and_is_noted_once
    what_signing_in_came_to_is_forgotten_in_the_end
    of_requests_at_once_one_notes_the_session
}

const MINUTE: Duration = Duration::from_mins(1);

async fn whoever_tries_too_often_waits_and_is_noted_once(desk: Desk) {
    let site = Site::with(desk, |origin| {
        let mut settings = WebSettings::of(origin);
        settings.limits.from_source = 3;
        settings
    })
    .await;
    let mut health = site.signed_in("health").await;
    let begun = site.now();
    for _ in 0..3 {
        site.browser().signs_in("nobody", "a guess").await.is(401);
        site.passes(MINUTE);
    }
    for _ in 0..3 {
        let waits = site.browser().signs_in("health", PASSWORD).await;
        let until = waits.is(429).says("尝试次数过多").header("retry-after").expect("until when");
        let until = DateTime::parse_from_rfc2822(until).expect("a date of HTTP");
        assert_eq!(until, begun + TimeDelta::minutes(15), "the first try is forgotten then");
    }
    let new = json!({ "old": PASSWORD, "new": "a sentence of mine" });
    let waits = health.json(("POST", "/api/v1/me/password"), &[], &new).await;
    assert_eq!(waits.is(429).code(), "sign_in_throttled");
    assert!(waits.header("retry-after").is_some());
    let asked = [("old", PASSWORD), ("password", "a sentence of mine"), ("again", "a sentence of mine")];
    health.post("/account/password", &asked).await.is(429).says("尝试次数过多");
    let lines = site.desk.engine.reader().sign_ins(None, 100).await.expect("the list");
    let noted = lines.iter().filter(|line| line.outcome == SignInOutcome::Throttled).count();
    assert_eq!(noted, 1, "once in that time");
    site.passes(12 * MINUTE);
    site.browser().signs_in("health", PASSWORD).await.is(303);
}

async fn what_signing_in_came_to_is_forgotten_in_the_end(desk: Desk) {
    let site = Site::of(desk).await;
    site.browser().signs_in("nobody", "a guess").await.is(401);
    let engine = &site.desk.engine;
    let lines = async || engine.reader().sign_ins(None, 100).await.expect("the list").len();
    site.passes(180 * 24 * 60 * MINUTE);
    engine.sweep_once_for(site.now(), site.now()).await.expect("a sweep");
    assert_eq!(lines().await, 1, "half a year is not over");
    site.passes(10 * 24 * 60 * MINUTE);
    engine.sweep_once_for(site.now(), site.now()).await.expect("a sweep");
    assert_eq!(lines().await, 0);
}

async fn of_requests_at_once_one_notes_the_session(desk: Desk) {
    let site = Site::of(desk).await;
    let _browser = site.signed_in("health").await;
    let person = site.desk.actor("health").user().expect("a person");
    let engine = &site.desk.engine;
    let session = engine.reader().sessions(person).await.expect("sessions").remove(0);
    let store = Store::open(&site.desk.url, AuditKey::new([7; 32])).await.expect("the store opens");
    for seconds in [61, 62] {
        let now = session.seen_at + TimeDelta::seconds(seconds);
        let tx = store.begin().await.expect("a transaction");
        tx.touch_session(session.id, (now, now - TimeDelta::minutes(1))).await.expect("it is noted");
        tx.commit().await.expect("a commit");
    }
    let seen = engine.reader().sessions(person).await.expect("sessions")[0].seen_at;
    assert_eq!(seen, session.seen_at + TimeDelta::seconds(61), "the second one writes nothing");
}

/// A constraint stands for a full disk; told on PostgreSQL, which takes one for new rows only.
#[tokio::test(flavor = "multi_thread")]
async fn reading_goes_on_where_nothing_can_be_noted() {
    let site = Site::of(Desk::on(Database::Postgres).await).await;
    let mut browser = site.signed_in("health").await;
    let mut program = browser.program().await;
    program.get("/api/v1/me").await.is(200);
    site.desk.tampers(include_str!("nothing_is_noted.sql").trim());
    site.passes(59 * MINUTE);
    browser.get("/requests").await.is(200);
    program.get("/api/v1/me").await.is(200);
}

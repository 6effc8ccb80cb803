//! No answer is bare: what took too long, what the router refuses and what the database does not do have words and headers
//! like everything else.

use std::time::Duration;

use web::WebSettings;

use super::client::{Browser, Reply, Site};
use crate::desk::Desk;

super::told_on_both! {
    what_takes_too_long_is_told_in_words
    what_the_router_refuses_has_words
    a_database_that_is_away_is_worth_another_try
    only_an_encrypted_origin_asks_for_nothing_else
}

#[track_caller]
fn is_dressed(reply: &Reply) {
    let policy = reply.header("content-security-policy").unwrap_or_default();
    assert!(policy.contains("default-src 'none'"), "{policy}");
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(reply.header("x-frame-options"), Some("DENY"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert!(reply.header("x-request-id").is_some());
}

#[track_caller]
fn is_problem(reply: &Reply, status: u16, code: &str) {
    reply.is(status);
    is_dressed(reply);
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    assert_eq!((reply.code().as_str(), reply.value()["status"].as_u64()), (code, Some(status.into())));
}

async fn what_takes_too_long_is_told_in_words(desk: Desk) {
    let site = Site::of(desk).await;
    let program = site.signed_in("health").await.program().await;
    let hurried = |origin| WebSettings { patience: Duration::from_millis(200), ..WebSettings::of(origin) };
    let site = Site::with(site.desk, hurried).await;
    let late = site.browser().never_ends("/sign-in", "application/x-www-form-urlencoded").await;
    late.is(503).says("未能及时办完").says("回到首页");
    is_dressed(&late);
    assert_eq!(late.header("retry-after"), Some("5"));
    let program = Browser { headers: program.headers, ..site.browser() };
    let late = program.never_ends("/api/v1/requests", "application/json").await;
    is_problem(&late, 503, "unavailable");
    assert_eq!(late.header("retry-after"), Some("5"));
}

async fn what_the_router_refuses_has_words(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let refused = browser.sends("DELETE", "/requests", &[], None).await;
    refused.is(405).says("不接受这种请求方法");
    is_dressed(&refused);
    assert_eq!(refused.header("allow"), Some("GET,HEAD"), "what is allowed is still said");
    let refused = browser.sends("DELETE", "/api/v1/requests/1", &[("Accept-Language", "en")], None).await;
    is_problem(&refused, 405, "method_not_allowed");
    assert_eq!(refused.value()["detail"], "this address does not take that method");
    let unread = browser.get("/requests/%FF").await;
    unread.is(400).says("请求有误").says("回到首页");
    is_dressed(&unread);
    is_problem(&browser.get("/api/v1/requests/%FF").await, 400, "malformed");
    browser.get("/assets/x/none.css").await.is(404).says("没有找到");
    let head = browser.sends("HEAD", "/requests/%FF", &[], None).await;
    assert_eq!((head.status, head.body.as_str()), (400, ""));
    is_dressed(&head);
}

async fn a_database_that_is_away_is_worth_another_try(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    site.desk.tampers(include_str!("without_sessions.sql").trim());
    let away = browser.get("/requests").await;
    away.is(503).says("数据库暂时不可用");
    is_dressed(&away);
    assert_eq!(away.header("retry-after"), Some("5"));
    is_problem(&browser.get("/api/v1/requests").await, 503, "unavailable");
}

async fn only_an_encrypted_origin_asks_for_nothing_else(desk: Desk) {
    let site = Site::of(desk).await;
    let plain = site.browser().get("/sign-in").await;
    assert_eq!(plain.header("strict-transport-security"), None);
    let encrypted = |_| WebSettings::of("https://zhunru.example.cn".to_owned());
    let site = Site::with(site.desk, encrypted).await;
    for path in ["/sign-in", "/nowhere", "/assets/x/none.css"] {
        let answer = site.browser().get(path).await;
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"), "{path}");
    }
}

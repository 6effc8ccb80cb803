//! Bad days of a provider: new keys, none at all, silence, and answers without an end. The password form works on each.

use std::time::Duration;

use serde_json::json;
use store::SignInOutcome;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use web::{ProviderSettings, WebSettings};

use super::Linked;
use super::provider::button;
use crate::desk::{Database, Desk};
use crate::web::client::{PASSWORD, Site};

async fn desk() -> Desk {
    Desk::on(Database::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn new_keys_are_read_and_not_at_every_turn() {
    let mut linked = Linked::of(desk().await).await;
    linked.is_given("health", "u-1").await;
    assert_eq!(linked.comes("u-1").await.1.to(), "/");
    linked.provider.begins_again(linked.site.now().timestamp());
    linked.comes("u-1").await.1.is(403).says("无法核实");
    linked.site.passes(Duration::from_secs(31));
    linked.provider.does("clock", json!({ "by": 31 })).await;
    assert_eq!(linked.comes("u-1").await.1.to(), "/", "half a minute later they are read again");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_usual_kind_of_key_is_known() {
    let linked = Linked::of(desk().await).await;
    linked.is_given("health", "u-1").await;
    for alg in ["PS256", "ES256", "ES384", "EdDSA"] {
        linked.provider.does("keys", json!({ "alg": alg })).await;
        linked.site.passes(Duration::from_secs(31));
        linked.provider.does("clock", json!({ "by": 31 })).await;
        assert_eq!(linked.comes("u-1").await.1.to(), "/", "{alg}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_takes_nothing_else_away() {
    let with = |settings| ProviderSettings { patience: Duration::from_secs(5), ..settings };
    let mut linked = Linked::with(desk().await, with).await;
    linked.is_given("health", "u-1").await;
    linked.site.gives_password("health", SignInOutcome::PasswordSet).await;
    let site = &linked.site;
    site.desk.engine.sweep_once_for(site.now(), site.now()).await.expect("a sweep");
    let mut visitor = site.browser();
    assert_eq!(visitor.get("/readyz").await.is(200).value()["status"], "ready");
    // It goes while somebody is on the way.
    let mut browser = site.browser();
    let sent = browser.get("/sign-in/provider").await;
    let back = linked.provider.admits(&sent, "u-1").await;
    linked.provider.ends();
    let site = &linked.site;
    browser.get(&back).await.is(503).says("暂时不可用").says("用密码登录");
    let told = visitor.get("/readyz").await.is(200).value();
    assert_eq!(told, json!({ "status": "degraded", "causes": ["sign_on"] }));
    site.passes(Duration::from_mins(6));
    visitor.get("/sign-in/provider").await.is(503).says("暂时不可用").says("再试一次");
    assert_eq!(site.browser().signs_in("health", PASSWORD).await.to(), "/");
    let now = site.now().timestamp();
    linked.provider.begins_again(now);
    let site = &linked.site;
    site.passes(Duration::from_secs(31));
    linked.provider.does("clock", json!({ "by": 31 })).await;
    assert_eq!(linked.comes("u-1").await.1.to(), "/");
    site.desk.engine.sweep_once_for(site.now(), site.now()).await.expect("a sweep");
    assert_eq!(visitor.get("/readyz").await.is(200).value()["causes"], json!([]));
    // And one that takes every call and says nothing to it.
    linked.provider.does("silence", json!({ "is": true })).await;
    site.passes(Duration::from_mins(6));
    visitor.get("/sign-in/provider").await.is(503);
    site.browser().get("/sign-in").await.is(200).says("统一身份认证登录");
}

/// A site whose provider is whatever listens there.
async fn site_with(issuer: String) -> Site {
    let of = |origin| {
        let settings = ProviderSettings {
            patience: Duration::from_secs(5),
            ..ProviderSettings::of(issuer, "zhunru".into())
        };
        WebSettings { sign_on: Some(button(settings)), ..WebSettings::of(origin) }
    };
    Site::with(desk().await, of).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_an_end_is_not_read_to_it() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let issuer = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"issuer\":\"";
            let mut sent = stream.write_all(head).await;
            while sent.is_ok() {
                sent = stream.write_all(&[b'a'; 4096]).await;
            }
        }
    });
    let site = site_with(issuer).await;
    site.browser().get("/sign-in/provider").await.is(503).says("暂时不可用");
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_and_other_issuers_are_not_followed() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let issuer = format!("http://{}", listener.local_addr().expect("an address"));
    let elsewhere = format!("{issuer}/elsewhere");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = format!(
                "HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            stream.write_all(answer.as_bytes()).await.expect("sent");
        }
    });
    let site = site_with(issuer).await;
    site.browser().get("/sign-in/provider").await.is(503);
    let linked = Linked::of(desk().await).await;
    // The same provider by another name is another provider.
    let site = site_with(format!("{}/", linked.provider.issuer)).await;
    site.browser().get("/sign-in/provider").await.is(503);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_nothing_of_it_is_there() {
    let site = Site::of(desk().await).await;
    let mut visitor = site.browser();
    let page = visitor.get("/sign-in").await;
    assert!(!page.is(200).words().contains("统一身份"), "{}", page.words());
    visitor.get("/sign-in/provider").await.is(404);
    visitor.get("/sign-in/provider/back?state=a&code=b").await.is(404);
    let mut health = site.signed_in("health").await;
    assert!(!health.get("/account").await.words().contains("统一身份"));
    health.post("/account/identity", &[("password", PASSWORD)]).await.is(404);
    health.post("/account/identity/off", &[("password", PASSWORD)]).await.is(404);
}

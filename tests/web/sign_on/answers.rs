//! What an answer of the provider is worth: once, for the browser that asked, in time, and only if it holds.

use std::time::Duration;

use serde_json::json;
use web::ProviderSettings;

use super::Linked;
use crate::desk::{Database, Desk};
use crate::web::client::escaped;
use crate::web::factor::turns_on;

crate::web::told_on_both! {
    an_answer_counts_once_and_for_the_browser_that_asked
    an_answer_that_is_none_opens_nothing
}

async fn an_answer_counts_once_and_for_the_browser_that_asked(desk: Desk) {
    let linked = Linked::of(desk).await;
    let (site, provider) = (&linked.site, &linked.provider);
    linked.is_given("health", "u-1").await;
    let mut browser = site.browser();
    let sent = browser.get("/sign-in/provider").await;
    let kept = browser.cookies.clone();
    let cookie = sent.header("set-cookie").expect("a cookie");
    for part in ["__Host-zhunru-round=", "Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600"] {
        assert!(cookie.contains(part), "{part} is not in {cookie}");
    }
    let secret = browser.cookies["__Host-zhunru-round"].clone();
    assert!(
        !sent.to().contains(&secret) && sent.to().contains("code_challenge_method=S256"),
        "{}",
        sent.to()
    );
    let back = provider.admits(&sent, "u-1").await;
    // Somebody else's browser, with no round and with one of its own.
    site.browser().get(&back).await.is(400).says("登录未完成").says("重新开始");
    let mut other = site.browser();
    other.get("/sign-in/provider").await.is(303);
    other.get(&back).await.is(400);
    assert_eq!(other.get("/").await.to(), "/sign-in");
    // A foreign state takes the round from nobody.
    let foreign = back.replace("state=", "state=0");
    browser.get(&foreign).await.is(400);
    assert_eq!(browser.get(&back).await.to(), "/");
    assert!(!browser.cookies.contains_key("__Host-zhunru-round"), "the round is over");
    browser.get(&back).await.is(400);
    let mut repeated = site.browser();
    repeated.cookies = kept;
    repeated.get(&back).await.is(400).says("已用过");
}

/// What comes too late, from somebody else, or without a yes.
async fn an_answer_that_is_none_opens_nothing(desk: Desk) {
    let linked = Linked::of(desk).await;
    let (site, provider) = (&linked.site, &linked.provider);
    linked.is_given("health", "u-1").await;
    let mut slow = site.browser();
    let sent = slow.get("/sign-in/provider").await;
    let back = provider.admits(&sent, "u-1").await;
    site.passes(Duration::from_mins(10));
    slow.get(&back).await.is(400).says("已过期");
    provider.does("clock", json!({ "by": 600 })).await;
    // The person thinks better of it.
    let mut unsure = site.browser();
    let sent = unsure.get("/sign-in/provider").await;
    let back = provider.is_left(&sent).await;
    assert!(back.contains("error=access_denied"), "{back}");
    unsure.get(&back).await.is(403).says("取消").says("用密码登录");
    // Another provider answers.
    let mut mixed = site.browser();
    let sent = mixed.get("/sign-in/provider").await;
    let back = provider.admits(&sent, "u-1").await;
    let own = escaped(&provider.issuer);
    assert!(back.contains(&own), "{back}");
    mixed.get(&back.replace(&own, &escaped("http://127.0.0.1:1"))).await.is(403).says("无法核实");
    // A code that the provider did not give to this round.
    let mut guessing = site.browser();
    let sent = guessing.get("/sign-in/provider").await;
    let state = sent.to().split("state=").nth(1).and_then(|rest| rest.split('&').next()).expect("a state");
    guessing
        .get(&format!("/sign-in/provider/back?state={state}&code=guessed"))
        .await
        .is(403)
        .says("无法核实");
}

/// The code of one browser in the answer of another: PKCE, and the nonce behind it.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_another_browser_opens_nothing() {
    let linked = Linked::of(Desk::on(Database::Sqlite).await).await;
    linked.is_given("health", "u-1").await;
    let part = |back: &str, name: &str| {
        let rest = back.split(&format!("{name}=")).nth(1).expect("a part");
        rest.split('&').next().expect("a value").to_owned()
    };
    let mut thief = linked.site.browser();
    let sent = thief.get("/sign-in/provider").await;
    let of_thief = linked.provider.admits(&sent, "u-thief").await;
    let sent = linked.site.browser().get("/sign-in/provider").await;
    let stolen = linked.provider.admits(&sent, "u-1").await;
    let mixed = of_thief.replace(&part(&of_thief, "code"), &part(&stolen, "code"));
    thief.get(&mixed).await.is(403).says("无法核实");
    assert_eq!(thief.get("/").await.to(), "/sign-in");
}

/// Each token but the first two is one that somebody without the key, or for somebody else, could make. That the way of
/// putting them in works is seen by `same`, which comes in.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_does_not_hold_opens_nothing() {
    let linked = Linked::of(Desk::on(Database::Sqlite).await).await;
    linked.is_given("health", "u-1").await;
    linked.is_given("civil", "somebody-else").await;
    for how in [json!(null), json!("same")] {
        linked.provider.does("forge", json!({ "how": how })).await;
        assert_eq!(linked.comes("u-1").await.1.to(), "/", "{how}");
    }
    let forged = [
        "other_key",
        "unknown_key",
        "unsigned",
        "by_secret",
        "by_public_key",
        "altered",
        "audience",
        "both_audiences",
        "issuer",
        "nonce",
        "no_nonce",
        "expired",
        "future",
        "party",
        "nobody",
    ];
    for how in forged {
        linked.provider.does("forge", json!({ "how": how })).await;
        let (mut browser, answer) = linked.comes("u-1").await;
        assert_eq!(
            (answer.status, browser.get("/").await.to()),
            (403, "/sign-in"),
            "{how}: {}",
            answer.words()
        );
        answer.says("无法核实");
    }
    linked.provider.does("forge", json!({ "how": "same" })).await;
    assert_eq!(linked.comes("u-1").await.1.to(), "/");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_factor_of_the_provider_counts_where_its_word_is_set() {
    let with = |settings| ProviderSettings { factor: Some("mfa".to_owned()), ..settings };
    let linked = Linked::with(Desk::on(Database::Sqlite).await, with).await;
    let site = &linked.site;
    linked.is_given("health", "u-1").await;
    let mut browser = site.signed_in("health").await;
    let _ = turns_on(site, &mut browser).await;
    assert_eq!(
        linked.comes("u-1").await.1.to(),
        "/sign-in/code",
        "the provider has asked for a password only"
    );
    let mut again = site.browser();
    let sent = again.get("/sign-in/provider").await;
    let back = linked.provider.admits_twice(&sent, "u-1").await;
    assert_eq!(again.get(&back).await.to(), "/");
    again.get("/requests").await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_claim_names_the_person_where_it_is_set() {
    let with = |settings| ProviderSettings {
        claim: "employee".to_owned(),
        scopes: vec!["staff".to_owned()],
        ..settings
    };
    let linked = Linked::with(Desk::on(Database::Sqlite).await, with).await;
    linked.comes("77").await.1.is(403).says("E-77");
    linked.is_given("health", "E-77").await;
    assert_eq!(linked.comes("77").await.1.to(), "/");
    let with = |settings| ProviderSettings { claim: "employee".to_owned(), ..settings };
    let without = Linked::with(Desk::on(Database::Sqlite).await, with).await;
    without.comes("77").await.1.is(403).says("无法核实");
}

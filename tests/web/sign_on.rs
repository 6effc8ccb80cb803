//! Sign-on by an identity provider, with a real provider as a process of its own: who comes in, who does not, and what an
//! answer is worth.

mod answers;
mod bad_days;
mod by_programs;
pub(crate) mod provider;

use serde_json::json;
use store::SignInOutcome;
use web::{ProviderSettings, WebSettings};
use workflow::actor::Role;

use super::administration::{administrator, page_of, sound, version_of};
use super::client::{Browser, PASSWORD, Reply, SESSION, Site};
use super::factor::{enters_code, turns_on};
use crate::desk::Desk;
use provider::{IdentityProvider, button};

super::told_on_both! {
    whoever_security_has_linked_comes_in
    one_links_the_own_account_and_takes_it_off
    an_identity_is_of_one_account_and_an_account_has_one
    whoever_may_not_come_in_learns_whom_to_ask
    the_separate_administrators_sign_in_by_password_only
    the_second_factor_is_asked_for
}

/// A site whose people may sign in by a provider.
pub(crate) struct Linked {
    pub(crate) site: Site,
    pub(crate) provider: IdentityProvider,
}

impl Linked {
    pub(crate) async fn of(desk: Desk) -> Linked {
        Linked::with(desk, |settings| settings).await
    }

    /// The same with something else set.
    pub(crate) async fn with(desk: Desk, set: impl FnOnce(ProviderSettings) -> ProviderSettings) -> Linked {
        let mut started = None;
        let at = desk.now().timestamp();
        let site = Site::with(desk, |origin| {
            let provider = IdentityProvider::for_site(&origin, at);
            let sign_on = Some(button(set(provider.settings())));
            started = Some(provider);
            WebSettings { sign_on, ..WebSettings::of(origin) }
        });
        let site = site.await;
        Linked { site, provider: started.expect("a provider") }
    }

    /// A browser in which somebody has gone to the provider and back, and what became of it.
    pub(crate) async fn comes(&self, login: &str) -> (Browser, Reply) {
        let mut browser = self.site.browser();
        let answer = self.comes_in(&mut browser, login).await;
        (browser, answer)
    }

    pub(crate) async fn comes_in(&self, browser: &mut Browser, login: &str) -> Reply {
        let sent = browser.get("/sign-in/provider").await;
        let back = self.provider.admits(&sent, login).await;
        browser.get(&back).await
    }

    /// Has security link a person.
    pub(crate) async fn is_given(&self, who: &str, subject: &str) {
        let mut security = administrator(&self.site, &format!("security-{who}"), Role::Security).await;
        let page = page_of(&self.site, who).await;
        security.post(&format!("{page}/identity"), &[("subject", subject)]).await.is(303);
        security.get(&page).await.says("已绑定").says(subject);
    }
}

async fn whoever_security_has_linked_comes_in(desk: Desk) {
    let linked = Linked::of(desk).await;
    let site = &linked.site;
    site.browser().get("/sign-in").await.is(200).says("统一身份认证登录").says("或用密码登录");
    let (_, unknown) = linked.comes("u-1001").await;
    unknown.is(403).says("尚未绑定账号").says("u-1001").says("安全管理员");
    site.gives_password("health", SignInOutcome::PasswordSet).await;
    linked.is_given("health", "u-1001").await;
    let mut browser = site.browser();
    browser.signs_in("health", PASSWORD).await.is(303);
    let before = browser.cookies[SESSION].clone();
    assert_eq!(linked.comes_in(&mut browser, "u-1001").await.to(), "/");
    assert_ne!(browser.cookies[SESSION], before, "the session has changed");
    browser.get("/").await.is(200).says("李卫");
    browser.get("/account").await.says("统一身份认证通过").says("已绑定").says("u-1001");
    let mut thief = site.browser();
    thief.cookies.insert(SESSION.to_owned(), before);
    assert_eq!(thief.get("/").await.to(), "/sign-in", "the old one opens nothing");
    assert_eq!(browser.post("/sign-out", &[]).await.to(), "/sign-in");
    let events = site.desk.engine.reader().all_events().await.expect("the histories");
    let told = events.iter().find(|event| event.action == "link_identity").expect("an event");
    assert_eq!(told.role, "security");
    assert!(!format!("{}{}", told.changes, told.detail).contains("u-1001"), "the history keeps a hash");
    sound(site).await;
    let checked = site.desk.engine.doctor().await.expect("the doctor reads");
    assert!(checked.breaches.is_empty(), "{:?}", checked.breaches);
}

async fn one_links_the_own_account_and_takes_it_off(desk: Desk) {
    let linked = Linked::of(desk).await;
    let site = &linked.site;
    let mut browser = site.signed_in("health").await;
    let elsewhere = site.signs_in_again("health").await;
    browser.get("/account").await.is(200).says("未绑定");
    browser.post("/account/identity", &[("password", "wrong")]).await.is(422).says("不正确");
    let sent = browser.post("/account/identity", &[("password", PASSWORD)]).await;
    sent.is(200).says("前往统一身份认证");
    let back = linked.provider.admits(&sent, "u-1001").await;
    assert_eq!(browser.get(&back).await.to(), "/account#identity");
    browser.get("/account").await.is(200).says("已绑定").says("u-1001").says("绑定统一身份");
    assert_eq!(elsewhere.clone().get("/").await.to(), "/sign-in", "all other sessions have ended");
    let (_, entered) = linked.comes("u-1001").await;
    assert_eq!(entered.to(), "/");
    browser.post("/account/identity/off", &[("password", "wrong")]).await.is(422).says("不正确");
    assert_eq!(browser.post("/account/identity/off", &[("password", PASSWORD)]).await.to(), "/account");
    browser.get("/account").await.is(200).says("未绑定");
    browser.post("/account/identity/off", &[("password", PASSWORD)]).await.is(404);
    linked.comes("u-1001").await.1.is(403).says("尚未绑定账号");
    site.browser().signs_in("health", PASSWORD).await.is(303);
    let events = site.desk.engine.reader().all_events().await.expect("the histories");
    let deeds: Vec<&str> = events.iter().map(|event| event.action.as_str()).collect();
    assert!(deeds.contains(&"link_identity") && deeds.contains(&"take_identity"), "{deeds:?}");
    sound(site).await;
}

async fn an_identity_is_of_one_account_and_an_account_has_one(desk: Desk) {
    let linked = Linked::of(desk).await;
    let site = &linked.site;
    linked.is_given("health", "u-1001").await;
    let mut civil = site.signed_in("civil").await;
    let sent = civil.post("/account/identity", &[("password", PASSWORD)]).await;
    let back = linked.provider.admits(&sent, "u-1001").await;
    civil.get(&back).await.is(409).says("已绑定另一个账号");
    let mut security = administrator(site, "security", Role::Security).await;
    let (health, civil_page) = (page_of(site, "health").await, page_of(site, "civil").await);
    security
        .post(&format!("{civil_page}/identity"), &[("subject", "u-1001")])
        .await
        .is(409)
        .says("另一个账号");
    security.post(&format!("{health}/identity"), &[("subject", "u-2")]).await.is(409).says("请先解除");
    security.post(&format!("{civil_page}/identity"), &[("subject", "  ")]).await.is(422);
    // Another letter is another person: nothing is folded or guessed.
    linked.comes("U-1001").await.1.is(403).says("尚未绑定账号");
    linked.comes("health@example.org").await.1.is(403).says("尚未绑定账号");
    security.post(&format!("{health}/identity/off"), &[]).await.is(303);
    security.post(&format!("{health}/identity/off"), &[]).await.is(404);
    security.post(&format!("{civil_page}/identity"), &[("subject", "u-1001")]).await.is(303);
    let (mut browser, entered) = linked.comes("u-1001").await;
    assert_eq!(entered.to(), "/");
    browser.get("/").await.says("王敏");
    sound(site).await;
}

async fn whoever_may_not_come_in_learns_whom_to_ask(desk: Desk) {
    let linked = Linked::of(desk).await;
    let site = &linked.site;
    linked.is_given("health", "u-1").await;
    let mut security = administrator(site, "security", Role::Security).await;
    let page = page_of(site, "health").await;
    let mut deed = async |change: &str| {
        security.post(&format!("{page}/account"), &[("change", change)]).await.is(303);
    };
    deed("lock").await;
    linked.comes("u-1").await.1.is(403).says("安全管理员");
    deed("unlock").await;
    assert_eq!(linked.comes("u-1").await.1.to(), "/", "without any password");
    site.gives_password("health", SignInOutcome::OneTimeSet).await;
    let (mut first, entered) = linked.comes("u-1").await;
    assert_eq!(entered.to(), "/sign-in/password", "a password that was given is changed first");
    assert_eq!(first.get("/").await.to(), "/sign-in/password");
    for _ in 0..5 {
        site.browser().signs_in("health", "wrong").await.is(401);
    }
    linked.comes("u-1").await.1.is(403).says("安全管理员");
    site.passes(std::time::Duration::from_mins(16));
    linked.provider.does("clock", json!({ "by": 16 * 60 })).await;
    assert_eq!(linked.comes("u-1").await.1.to(), "/sign-in/password");
    let mut system = administrator(site, "system", Role::Admin).await;
    system.post(&format!("{page}/closing"), &[("to", "close")]).await.is(303);
    linked.comes("u-1").await.1.is(403).says("尚未绑定账号");
    system.post(&format!("{page}/closing"), &[("to", "open")]).await.is(303);
    linked.comes("u-1").await.1.is(403).says("尚未绑定账号");
    sound(site).await;
}

/// Else whoever runs the provider, or gives identities, could be one of the three.
async fn the_separate_administrators_sign_in_by_password_only(desk: Desk) {
    let linked = Linked::of(desk).await;
    let site = &linked.site;
    let mut security = administrator(site, "security", Role::Security).await;
    let mut system = administrator(site, "system", Role::Admin).await;
    for who in ["system", "audit"] {
        let page = page_of(site, who).await;
        security
            .post(&format!("{page}/identity"), &[("subject", "u-7")])
            .await
            .is(409)
            .says("只能用密码登录");
    }
    let own = page_of(site, "security").await;
    security.post(&format!("{own}/identity"), &[("subject", "u-7")]).await.is(409).says("自己");
    let page = page_of(site, "health").await;
    system.post(&format!("{page}/identity"), &[("subject", "u-7")]).await.is(403);
    let sent = system.post("/account/identity", &[("password", PASSWORD)]).await;
    let back = linked.provider.admits(&sent, "u-7").await;
    system.get(&back).await.is(409).says("只能用密码登录");
    // A person who becomes one of the three comes in no more, though the identity stays.
    linked.is_given("health", "u-7").await;
    let seen = version_of(site, "health").await;
    security.post(&format!("{page}/roles"), &[("role.auditor", "1"), ("version", &seen)]).await.is(303);
    linked.comes("u-7").await.1.is(403).says("安全管理员");
}

async fn the_second_factor_is_asked_for(desk: Desk) {
    let linked = Linked::of(desk).await;
    let site = &linked.site;
    linked.is_given("health", "u-1").await;
    let mut browser = site.signed_in("health").await;
    let (secret, _) = turns_on(site, &mut browser).await;
    let mut again = site.browser();
    let sent = again.get("/sign-in/provider").await;
    let back = linked.provider.admits_twice(&sent, "u-1").await;
    assert_eq!(
        again.get(&back).await.to(),
        "/sign-in/code",
        "the provider's factor counts only where it is set"
    );
    assert_eq!(again.get("/requests").await.to(), "/sign-in/code", "nothing else is open");
    enters_code(&mut again, "000000").await.is(401);
    assert_eq!(enters_code(&mut again, &super::factor::code(&secret, site.now())).await.to(), "/");
    again.get("/requests").await.is(200);
}

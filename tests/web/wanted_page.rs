//! Whoever has to sign in first comes to the page that was wanted, and to no page of anybody else.

use store::SignInOutcome;

use super::client::{PASSWORD, Site, escaped};
use super::factor::{code, turns_on};
use super::sign_on::Linked;
use crate::desk::Desk;

super::told_on_both! {
    whoever_signs_in_comes_to_the_page_that_was_wanted
    the_wanted_page_goes_along_with_a_new_password_and_a_code
    the_wanted_page_goes_along_to_the_provider_and_back
    a_page_of_elsewhere_is_not_gone_to
}

const PAGE: &str = "/requests?q=%E8%80%81&stage=draft";
const ON_THE_WAY: &str = "/sign-in?next=%2Frequests%3Fq%3D%25E8%2580%2581%26stage%3Ddraft";

async fn whoever_signs_in_comes_to_the_page_that_was_wanted(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    site.passes(std::time::Duration::from_hours(1));
    let sent = browser.get(PAGE).await;
    assert_eq!(sent.to(), ON_THE_WAY);
    let form = browser.follows(&sent).await;
    let next = form.is(200).field("next").expect("the form knows it").replace("&#38;", "&");
    assert_eq!(next, PAGE);
    let fields = |password| [("email", "health@example.org"), ("password", password), ("next", PAGE)];
    let wrong = browser.post("/sign-in", &fields("a guess")).await;
    assert!(wrong.is(401).field("next").is_some(), "a wrong password loses nothing");
    let entered = browser.post("/sign-in", &fields(PASSWORD)).await;
    assert_eq!(entered.to(), PAGE);
    browser.follows(&entered).await.is(200);
    let mut stranger = site.browser();
    assert_eq!(stranger.get("/").await.to(), "/sign-in", "the first page needs no mention");
    assert_eq!(stranger.post("/requests/new", &[]).await.to(), "/sign-in", "what was sent is no page");
}

async fn the_wanted_page_goes_along_with_a_new_password_and_a_code(desk: Desk) {
    let site = Site::of(desk).await;
    site.gives_password("health", SignInOutcome::OneTimeSet).await;
    let mut browser = site.browser();
    let fields = |password| [("email", "health@example.org"), ("password", password), ("next", "/deputies")];
    let entered = browser.post("/sign-in", &fields(PASSWORD)).await;
    assert_eq!(entered.to(), "/sign-in/password?next=%2Fdeputies");
    assert_eq!(browser.follows(&entered).await.is(200).field("next").as_deref(), Some("/deputies"));
    let own = "a sentence of mine";
    let short = [("password", "short"), ("again", "short"), ("next", "/deputies")];
    let refused = browser.post("/sign-in/password", &short).await;
    assert_eq!(refused.is(422).field("next").as_deref(), Some("/deputies"));
    let changed = browser.post("/sign-in/password", &[("password", own), ("again", own), short[2]]).await;
    assert_eq!(changed.to(), "/sign-in?next=%2Fdeputies");
    assert_eq!(browser.post("/sign-in", &fields(own)).await.to(), "/deputies");

    site.gives_password("civil", SignInOutcome::PasswordSet).await;
    let mut browser = site.signed_in("civil").await;
    let (secret, _) = turns_on(&site, &mut browser).await;
    let mut again = site.browser();
    let fields = [("email", "civil@example.org"), ("password", PASSWORD), ("next", "/deputies")];
    let entered = again.post("/sign-in", &fields).await;
    assert_eq!(entered.to(), "/sign-in/code?next=%2Fdeputies");
    assert_eq!(again.follows(&entered).await.is(200).field("next").as_deref(), Some("/deputies"));
    let wrong = again.post("/sign-in/code", &[("code", "000000"), ("next", "/deputies")]).await;
    assert_eq!(wrong.is(401).field("next").as_deref(), Some("/deputies"));
    let shown = code(&secret, site.now());
    let entered = again.post("/sign-in/code", &[("code", shown.as_str()), ("next", "/deputies")]).await;
    assert_eq!(entered.to(), "/deputies");
}

async fn the_wanted_page_goes_along_to_the_provider_and_back(desk: Desk) {
    let linked = Linked::of(desk).await;
    linked.site.gives_password("health", SignInOutcome::PasswordSet).await;
    linked.is_given("health", "u-1001").await;
    let mut browser = linked.site.browser();
    let form = browser.get("/sign-in?next=%2Fdeputies").await;
    let way = form.is(200).between("href=\"/sign-in/provider", "\"").expect("a way to the provider");
    let sent = browser.get(&format!("/sign-in/provider{way}")).await;
    let back = linked.provider.admits(&sent, "u-1001").await;
    assert_eq!(browser.get(&back).await.to(), "/deputies");
    assert_eq!(linked.comes_in(&mut browser, "u-1001").await.to(), "/", "it is gone to once");
    browser.get("/sign-in/provider?next=%2Fdeputies").await;
    assert_eq!(
        linked.comes_in(&mut browser, "u-1001").await.to(),
        "/",
        "a way that was given up is forgotten"
    );
    let sent = browser.get("/sign-in/provider?next=%2F%2Fevil.example").await;
    let back = linked.provider.admits(&sent, "u-1001").await;
    assert_eq!(browser.get(&back).await.to(), "/");
    // Whatever stands in the cookie is looked at again.
    let sent = browser.get("/sign-in/provider?next=%2Fdeputies").await;
    browser.cookies.insert("__Host-zhunru-wanted".to_owned(), "next=%2F%2Fevil.example".to_owned());
    let back = linked.provider.admits(&sent, "u-1001").await;
    assert_eq!(browser.get(&back).await.to(), "/");
}

async fn a_page_of_elsewhere_is_not_gone_to(desk: Desk) {
    let site = Site::of(desk).await;
    site.gives_password("health", SignInOutcome::PasswordSet).await;
    let long = format!("/{}", "x".repeat(2000));
    let hostile = [
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example/",
        "evil.example",
        "javascript:alert(1)",
        "/requests\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        "/sign-out",
        "/api/v1/me",
        &long,
    ];
    for next in hostile {
        let form = site.browser().get(&format!("/sign-in?next={}", escaped(next))).await;
        assert_eq!(form.field("next"), None, "{next}");
        let fields = [("email", "health@example.org"), ("password", PASSWORD), ("next", next)];
        let entered = site.browser().post("/sign-in", &fields).await;
        assert!(entered.to() == "/" || entered.status == 422, "{next}: {}", entered.to());
    }
}

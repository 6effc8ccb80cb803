//! The second factor: turned on with a code that works, asked for at each sign-in, each code once, recovery codes, off again.

use std::time::Duration;

use chrono::{DateTime, Utc};
use totp_rs::{Builder, Secret};

use super::client::{Browser, PASSWORD, Reply, SESSION, Site};
use crate::desk::Desk;

super::told_on_both! {
    a_code_is_asked_for_once_the_factor_is_on
    a_code_works_once
    wrong_codes_lock_the_account_whoever_knows_the_password
    a_recovery_code_works_once
    the_factor_goes_with_password_and_code
    a_password_alone_opens_nothing
    of_two_who_show_the_same_code_at_once_one_comes_in
}

pub(crate) const STEP: Duration = Duration::from_secs(30);

/// What the telephone shows.
pub(crate) fn code(secret: &str, now: DateTime<Utc>) -> String {
    let secret = Secret::try_from_base32(secret).expect("a secret");
    let totp = Builder::new().with_secret(secret).build().expect("a telephone");
    totp.generate(u64::try_from(now.timestamp()).expect("a time")).to_string()
}

/// Turns the factor on; gives the secret and the recovery codes.
pub(crate) async fn turns_on(site: &Site, browser: &mut Browser) -> (String, Vec<String>) {
    let offered = browser.get("/account/factor").await;
    let secret = offered.is(200).field("secret").expect("a secret");
    assert!(offered.body.contains("<svg class=\"qr\""), "{}", offered.body);
    let shown = code(&secret, site.now());
    let on = [("secret", secret.as_str()), ("code", &shown), ("password", PASSWORD)];
    let codes = browser.post("/account/factor", &on).await;
    codes.is(200).says("只显示这一次");
    let parts = codes.body.split("<li><code>").skip(1);
    let codes = parts.map(|part| part.split('<').next().expect("a code").to_owned()).collect();
    site.passes(STEP);
    (secret, codes)
}

pub(super) async fn enters_code(browser: &mut Browser, code: &str) -> Reply {
    browser.get("/sign-in/code").await;
    browser.post("/sign-in/code", &[("code", code)]).await
}

async fn a_code_is_asked_for_once_the_factor_is_on(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let (old, elsewhere) = (browser.cookies[SESSION].clone(), site.signs_in_again("health").await);
    let on = [("secret", "short"), ("code", "123456"), ("password", PASSWORD)];
    browser.post("/account/factor", &on).await.is(422).says("验证码不对");
    let (secret, codes) = turns_on(&site, &mut browser).await;
    assert_eq!(codes.len(), 10);
    assert_ne!(browser.cookies[SESSION], old, "the session has changed");
    assert_eq!(elsewhere.clone().get("/").await.to(), "/sign-in", "all others have ended");
    browser.get("/account").await.is(200).says("剩余恢复码： 10");
    let mut again = site.browser();
    let entered = again.signs_in("health", PASSWORD).await;
    assert_eq!(entered.to(), "/sign-in/code");
    let half = again.cookies[SESSION].clone();
    assert_eq!(again.get("/requests").await.to(), "/sign-in/code", "nothing else is open");
    assert_eq!(again.get("/api/v1/requests").await.status, 401);
    enters_code(&mut again, "000000").await.is(401).says("不正确");
    assert_eq!(enters_code(&mut again, &code(&secret, site.now())).await.to(), "/");
    assert_ne!(again.cookies[SESSION], half, "the id changes when more is open");
    again.get("/requests").await.is(200);
}

async fn a_code_works_once(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let (secret, _) = turns_on(&site, &mut browser).await;
    let shown = code(&secret, site.now());
    let mut first = site.browser();
    first.signs_in("health", PASSWORD).await;
    enters_code(&mut first, &shown).await.is(303);
    let mut second = site.browser();
    second.signs_in("health", PASSWORD).await;
    enters_code(&mut second, &shown).await.is(401);
    site.passes(STEP);
    enters_code(&mut second, &shown).await.is(401);
    assert_eq!(enters_code(&mut second, &code(&secret, site.now())).await.to(), "/");
}

/// The right password between wrong codes does not begin the count anew.
async fn wrong_codes_lock_the_account_whoever_knows_the_password(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let (secret, _) = turns_on(&site, &mut browser).await;
    for _ in 0..5 {
        let mut guessing = site.browser();
        guessing.signs_in("health", PASSWORD).await.is(303);
        enters_code(&mut guessing, "000000").await.is(401);
    }
    let mut locked = site.browser();
    locked.signs_in("health", PASSWORD).await.is(401);
    site.passes(Duration::from_mins(16));
    assert_eq!(locked.signs_in("health", PASSWORD).await.to(), "/sign-in/code");
    assert_eq!(enters_code(&mut locked, &code(&secret, site.now())).await.to(), "/");
}

async fn a_recovery_code_works_once(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let (_, codes) = turns_on(&site, &mut browser).await;
    let mut without = site.browser();
    without.signs_in("health", PASSWORD).await;
    let written = codes[3].to_uppercase().replace('-', " ");
    assert_eq!(enters_code(&mut without, &written).await.to(), "/");
    without.get("/account").await.says("剩余恢复码： 9").says("使用恢复码");
    let mut again = site.browser();
    again.signs_in("health", PASSWORD).await;
    enters_code(&mut again, &codes[3]).await.is(401);
    enters_code(&mut again, &codes[4]).await.is(303);
    let audited = site.desk.engine.audit(&[]).await.expect("an audit");
    assert!(audited.mismatches.is_empty(), "{:?}", audited.mismatches);
}

async fn the_factor_goes_with_password_and_code(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let (secret, codes) = turns_on(&site, &mut browser).await;
    let off = async |browser: &mut Browser, password: &str, code: &str| {
        browser.post("/account/factor/off", &[("password", password), ("code", code)]).await
    };
    off(&mut browser, "a guess", &code(&secret, site.now())).await.is(422).says("不正确");
    off(&mut browser, PASSWORD, "000000").await.is(422).says("不正确");
    let made = [("password", PASSWORD), ("code", codes[0].as_str())];
    let renewed = browser.post("/account/factor/codes", &made).await;
    renewed.is(200).says("只显示这一次");
    off(&mut browser, PASSWORD, &codes[1]).await.is(422);
    assert_eq!(off(&mut browser, PASSWORD, &code(&secret, site.now())).await.to(), "/account");
    browser.get("/account").await.says("未启用");
    assert_eq!(site.browser().signs_in("health", PASSWORD).await.to(), "/");
}

/// Between password and code only the code, and leaving, are open: not even the change of a password.
async fn a_password_alone_opens_nothing(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let _ = turns_on(&site, &mut browser).await;
    let mut half = site.browser();
    half.signs_in("health", PASSWORD).await;
    half.get("/sign-in/code").await.is(200);
    let new = [("password", "a sentence of mine"), ("again", "a sentence of mine")];
    assert_eq!(half.post("/sign-in/password", &new).await.to(), "/sign-in/code");
    for path in ["/account", "/account/factor", "/tokens"] {
        assert_eq!(half.get(path).await.to(), "/sign-in/code", "{path}");
    }
    site.passes(Duration::from_mins(11));
    assert_eq!(half.get("/sign-in/code").await.to(), "/sign-in", "a code is not awaited for ever");
}

async fn of_two_who_show_the_same_code_at_once_one_comes_in(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let (secret, _) = turns_on(&site, &mut browser).await;
    let shown = code(&secret, site.now());
    let (mut first, mut second) = (site.browser(), site.browser());
    for one in [&mut first, &mut second] {
        one.signs_in("health", PASSWORD).await;
        one.get("/sign-in/code").await;
    }
    let fields = [("code", shown.as_str())];
    let (one, other) =
        tokio::join!(first.post("/sign-in/code", &fields), second.post("/sign-in/code", &fields));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 401]);
}

//! My account: letters and language, the password with the old one, sessions seen and ended.

use std::time::Duration;

use super::client::{PASSWORD, SESSION, Site};
use crate::desk::Desk;

super::told_on_both! {
    language_and_letters_are_kept
    a_password_changes_with_the_old_one
    guesses_of_the_old_password_lock_the_account
    sessions_are_seen_and_ended
    nobody_ends_the_session_of_another
}

async fn language_and_letters_are_kept(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    browser.get("/account").await.is(200).says("李卫").says("部门经办人");
    let kept = [("language", "en"), ("letters", "at_once"), ("quiet", "off")];
    let kept = browser.post("/account/letters", &kept).await;
    assert_eq!(kept.to(), "/account");
    let page = browser.follows(&kept).await;
    page.says("My account").says("Second factor");
    assert!(page.body.contains("value=\"at_once\" selected"), "{}", page.body);
    let worker = site.desk.engine.reader().worker("health@example.org").await.expect("a person");
    assert_eq!((worker.preference.letters.word(), worker.preference.quiet.word()), ("at_once", "off"));
    let unknown = [("language", "en"), ("letters", "never"), ("quiet", "off")];
    browser.post("/account/letters", &unknown).await.is(422);
}

async fn a_password_changes_with_the_old_one(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let other = site.signs_in_again("health").await;
    let old = browser.cookies[SESSION].clone();
    let sentence = "a sentence of mine";
    let change = |old: &'static str, new: &'static str, again: &'static str| {
        [("old", old), ("password", new), ("again", again)]
    };
    browser.post("/account/password", &change("a guess", sentence, sentence)).await.is(422).says("不正确");
    browser.post("/account/password", &change(PASSWORD, "short", "short")).await.is(422).says("12 个以上");
    browser.post("/account/password", &change(PASSWORD, sentence, "another")).await.is(422).says("不一致");
    assert_eq!(
        browser.post("/account/password", &change(PASSWORD, sentence, sentence)).await.to(),
        "/account"
    );
    browser.get("/account").await.is(200).says("设置密码");
    assert_ne!(browser.cookies[SESSION], old, "the session has changed");
    assert_eq!(other.clone().get("/").await.to(), "/sign-in", "the others have ended");
    site.browser().signs_in("health", PASSWORD).await.is(401);
    assert_eq!(site.browser().signs_in("health", sentence).await.to(), "/");
}

/// Whoever finds a browser open cannot guess on.
async fn guesses_of_the_old_password_lock_the_account(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let change = |old: &'static str| {
        [("old", old), ("password", "a sentence of mine"), ("again", "a sentence of mine")]
    };
    for _ in 0..5 {
        browser.post("/account/password", &change("a guess")).await.is(422);
    }
    browser.post("/account/password", &change(PASSWORD)).await.is(422);
    site.browser().signs_in("health", PASSWORD).await.is(401);
    site.passes(Duration::from_mins(16));
    browser.post("/account/password", &change(PASSWORD)).await.is(303);
}

async fn sessions_are_seen_and_ended(desk: Desk) {
    let site = Site::of(desk).await;
    let mut here = site.signed_in("health").await;
    let mut phone = site.browser().with("User-Agent", "Mozilla/5.0 (Linux; Android 15) Chrome/141.0 Mobile");
    phone.signs_in("health", PASSWORD).await.is(303);
    let third = site.signs_in_again("health").await;
    let page = here.get("/account").await;
    page.says("Chrome · Android").says("本机").says("登录中的设备 3");
    let id = page.between("/account/sessions/", "/end").expect("another session");
    assert_eq!(here.post(&format!("/account/sessions/{id}/end"), &[]).await.to(), "/account");
    here.get("/account").await.says("登录中的设备 2");
    here.post("/account/sessions/end", &[]).await.is(303);
    here.get("/account").await.says("登录中的设备 1");
    for gone in [phone, third] {
        assert_eq!(gone.clone().get("/").await.to(), "/sign-in");
    }
}

async fn nobody_ends_the_session_of_another(desk: Desk) {
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    let _second = site.signs_in_again("health").await;
    let page = health.get("/account").await;
    let id = page.between("/account/sessions/", "/end").expect("another session");
    let mut stranger = site.signed_in("review").await;
    stranger.post(&format!("/account/sessions/{id}/end"), &[]).await.is(303);
    stranger.post("/account/sessions/no-id/end", &[]).await.is(404);
    health.get("/account").await.says("登录中的设备 2");
}

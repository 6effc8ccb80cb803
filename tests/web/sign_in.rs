//! Signing in and out: right, wrong, locked, one-time passwords, sessions that change and end.

use std::time::Duration;

use engine::{Opening, Visit};
use store::{Session, SessionState, SignInOutcome};
use uuid::Uuid;
use web::WebSettings;
use workflow::actor::Role;
use workflow::id::UserId;

use super::administration::administrator;
use super::client::{PASSWORD, SESSION, Site};
use crate::desk::Desk;

super::told_on_both! {
    the_right_password_opens_the_first_page
    a_wrong_password_says_nothing_of_why
    five_failures_lock_the_account
    a_right_guess_among_many_at_once_opens_nothing
    a_sign_in_on_its_way_does_not_outlive_the_password
    a_session_that_has_ended_changes_nothing_any_more
    sessions_that_are_over_are_forgotten
    a_one_time_password_opens_nothing_but_its_change
    signing_in_again_changes_the_session
    an_idle_session_ends
    a_session_ends_after_its_whole_time
    leaving_ends_the_session_for_good
    an_open_session_keeps_its_password
}

const MINUTE: Duration = Duration::from_mins(1);

async fn the_right_password_opens_the_first_page(desk: Desk) {
    let site = Site::of(desk).await;
    let mut stranger = site.browser();
    assert_eq!(stranger.get("/").await.to(), "/sign-in");
    site.gives_password("health", SignInOutcome::PasswordSet).await;
    let entered = stranger.signs_in("health", PASSWORD).await;
    let cookie = entered.header("set-cookie").unwrap();
    for part in ["__Host-zhunru=", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    stranger.follows(&entered).await.is(200).says("李卫");
    let english = stranger.clone().with("Cookie", "zhunru-language=en").get("/").await;
    english.says("Sign out");
}

async fn a_wrong_password_says_nothing_of_why(desk: Desk) {
    let site = Site::of(desk).await;
    site.gives_password("health", SignInOutcome::PasswordSet).await;
    let mut browser = site.browser();
    let wrong = browser.signs_in("health", "not the password").await;
    let unknown = browser.signs_in("nobody", "not the password").await;
    let without = browser.signs_in("review", "not the password").await;
    for refused in [&wrong, &unknown, &without] {
        refused.is(401).says("邮箱、密码或验证码不正确");
    }
    assert!(browser.cookies.is_empty(), "nobody has a session");
}

async fn five_failures_lock_the_account(desk: Desk) {
    let site = Site::of(desk).await;
    site.gives_password("health", SignInOutcome::PasswordSet).await;
    let mut browser = site.browser();
    for _ in 0..5 {
        browser.signs_in("health", "guess").await.is(401);
    }
    let locked = browser.signs_in("health", PASSWORD).await;
    let unknown = site.browser().signs_in("nobody", PASSWORD).await;
    locked.is(401).says("邮箱、密码或验证码不正确");
    let without_address = |reply: &super::client::Reply| reply.body.replace("health@", "nobody@");
    assert_eq!(without_address(&locked), unknown.body, "nothing tells that there is such an account");
    site.passes(16 * MINUTE);
    browser.signs_in("health", PASSWORD).await.is(303);
}

/// Many guesses pass the first look at once; the lock that the wrong ones bring counts for the right one, too.
async fn a_right_guess_among_many_at_once_opens_nothing(desk: Desk) {
    let site = Site::of(desk).await;
    site.gives_password("health", SignInOutcome::PasswordSet).await;
    let limits = WebSettings::of(site.origin.clone()).limits;
    let visit = Visit { source: "afar", agent: "story", now: site.now(), session: None };
    let engine = &site.desk.engine;
    let candidate =
        engine.candidate("health@example.org", visit, &limits).await.unwrap().expect("an account");
    for _ in 0..limits.failures {
        let wrong = (visit, SignInOutcome::WrongPassword);
        engine.refuse_sign_in(Some(&candidate), wrong, &limits).await.expect_err("a wrong guess");
    }
    let session = session_of(candidate.credential.person, visit);
    let opening = Opening { checked: &candidate.credential, before: None };
    let opened = engine.open_session(session, (visit, None), (opening, &limits)).await;
    assert_eq!(opened.expect_err("it is locked").code(), "sign_in_wrong");
}

/// The old password was right when it was looked at; what is opened with it comes too late.
async fn a_sign_in_on_its_way_does_not_outlive_the_password(desk: Desk) {
    let site = Site::of(desk).await;
    let limits = WebSettings::of(site.origin.clone()).limits;
    let visit = Visit { source: "afar", agent: "story", now: site.now(), session: None };
    let engine = &site.desk.engine;
    site.gives_password("health", SignInOutcome::PasswordSet).await;
    let candidate =
        engine.candidate("health@example.org", visit, &limits).await.unwrap().expect("an account");
    let opens = async || {
        let opening = Opening { checked: &candidate.credential, before: None };
        let session = session_of(candidate.credential.person, visit);
        engine.open_session(session, (visit, None), (opening, &limits)).await.map_err(|error| error.code())
    };
    site.gives_password("health", SignInOutcome::OneTimeSet).await;
    assert_eq!(opens().await, Err("sign_in_wrong"), "somebody has given another one");
    site.gives_password("health", SignInOutcome::PasswordSet).await;
    let mut system = administrator(&site, "system", Role::Admin).await;
    let close = format!("/api/v1/accounts/{}/close", candidate.credential.person);
    system.calls(&close, &[]).await.is(200);
    assert_eq!(opens().await, Err("sign_in_wrong"), "the account is closed");
}

/// Whoever ends all sessions ends what is on its way in one of them.
async fn a_session_that_has_ended_changes_nothing_any_more(desk: Desk) {
    let site = Site::of(desk).await;
    let _ = site.signed_in("health").await;
    let (engine, person) = (&site.desk.engine, site.desk.actor("health").user().unwrap());
    let present = engine.reader().sessions(person).await.unwrap()[0].id;
    let visit = Visit { source: "here", agent: "story", now: site.now(), session: Some(present) };
    engine.end_session((person, present), visit).await.unwrap();
    let fresh = session_of(person, visit);
    let changed = engine.change_password("$argon2id$other".into(), &fresh, visit).await;
    assert_eq!(changed.expect_err("it is over").code(), "sign_in_wrong");
    assert!(engine.reader().sessions(person).await.unwrap().is_empty(), "nothing was opened");
    site.browser().signs_in("health", PASSWORD).await.is(303);
}

async fn sessions_that_are_over_are_forgotten(desk: Desk) {
    let site = Site::of(desk).await;
    let _ = site.signed_in("health").await;
    let person = site.desk.actor("health").user().unwrap();
    site.passes(13 * 60 * MINUTE);
    site.browser().signs_in("health", PASSWORD).await.is(303);
    assert_eq!(site.desk.engine.reader().sessions(person).await.unwrap().len(), 1, "the old one is gone");
}

fn session_of(person: UserId, visit: Visit<'_>) -> Session {
    Session {
        id: Uuid::now_v7(),
        token_hash: "hash".into(),
        person,
        form_token: "token".into(),
        state: SessionState::Open,
        created_at: visit.now,
        seen_at: visit.now,
        source: visit.source.into(),
        agent: visit.agent.into(),
    }
}

async fn a_one_time_password_opens_nothing_but_its_change(desk: Desk) {
    let site = Site::of(desk).await;
    site.gives_password("health", SignInOutcome::OneTimeSet).await;
    let mut browser = site.browser();
    let entered = browser.signs_in("health", PASSWORD).await;
    assert_eq!(entered.to(), "/sign-in/password");
    assert_eq!(browser.get("/requests").await.to(), "/sign-in/password", "nothing else is open");
    browser.follows(&entered).await.is(200);
    let change = async |browser: &mut super::client::Browser, first: &str, again: &str| {
        browser.post("/sign-in/password", &[("password", first), ("again", again)]).await
    };
    change(&mut browser, "short", "short").await.is(422).says("12 个以上字符");
    change(&mut browser, "a sentence of mine", "another one of mine").await.is(422).says("不一致");
    let changed = change(&mut browser, "a sentence of mine", "a sentence of mine").await;
    assert_eq!((changed.status, changed.to()), (303, "/sign-in"));
    assert_eq!(browser.get("/").await.to(), "/sign-in", "all sessions have ended");
    browser.signs_in("health", PASSWORD).await.is(401);
    assert_eq!(browser.signs_in("health", "a sentence of mine").await.to(), "/");
}

async fn signing_in_again_changes_the_session(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let old = browser.cookies[SESSION].clone();
    browser.signs_in("health", PASSWORD).await.is(303);
    assert_ne!(browser.cookies[SESSION], old);
    let mut thief = site.browser();
    thief.cookies.insert(SESSION.to_owned(), old);
    assert_eq!(thief.get("/").await.to(), "/sign-in", "the old one opens nothing");
    browser.get("/").await.is(200);
}

async fn an_idle_session_ends(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    site.passes(59 * MINUTE);
    browser.get("/").await.is(200);
    site.passes(59 * MINUTE);
    browser.get("/").await.is(200);
    site.passes(60 * MINUTE);
    assert_eq!(browser.get("/").await.to(), "/sign-in");
}

async fn a_session_ends_after_its_whole_time(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    for _ in 0..23 {
        site.passes(30 * MINUTE);
        browser.get("/").await.is(200);
    }
    site.passes(30 * MINUTE);
    assert_eq!(browser.get("/").await.to(), "/sign-in", "twelve hours have passed");
}

/// The page for one-time passwords asks for no old one, so it is shut to whoever is signed in.
async fn an_open_session_keeps_its_password(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    assert_eq!(browser.get("/sign-in/password").await.to(), "/account");
    let new = [("password", "a sentence of mine"), ("again", "a sentence of mine")];
    assert_eq!(browser.post("/sign-in/password", &new).await.to(), "/account");
    site.browser().signs_in("health", "a sentence of mine").await.is(401);
    site.browser().signs_in("health", PASSWORD).await.is(303);
}

async fn leaving_ends_the_session_for_good(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let before = browser.clone();
    assert_eq!(browser.post("/sign-out", &[]).await.to(), "/sign-in");
    assert!(browser.cookies.is_empty());
    assert_eq!(before.clone().get("/").await.to(), "/sign-in", "the cookie opens nothing any more");
}

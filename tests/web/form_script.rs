//! What the script of a form hears when the server says no: a problem in words, and never another page.

use super::client::Site;
use super::filing::begun;
use crate::desk::Desk;

super::told_on_both! {
    a_script_hears_that_the_session_is_over
    a_script_hears_why_something_is_refused
}

/// What the script says that it reads.
const PROBLEMS: (&str, &str) = ("Accept", "application/problem+json, */*");
const PATHS: [&str; 2] = ["/requests/new/panel", "/requests/new/autosave"];

async fn a_script_hears_that_the_session_is_over(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let page = browser.get("/requests/new").await;
    let over = page.is(200).between("data-over=\"", "\"").expect("what is said then");
    assert!(over.contains("请在另一标签页登录"), "{over}");
    site.passes(std::time::Duration::from_hours(1));
    for path in PATHS {
        let told = browser.clone().with(PROBLEMS.0, PROBLEMS.1).post(path, &begun("标题")).await;
        assert_eq!(told.header("content-type"), Some("application/problem+json"));
        assert_eq!(told.is(401).code(), "sign_in_needed");
        assert_eq!(browser.post(path, &begun("标题")).await.to(), "/sign-in", "a person is sent there");
    }
}

async fn a_script_hears_why_something_is_refused(desk: Desk) {
    let site = Site::of(desk).await;
    let browser = site.signed_in("health").await;
    let mut old = browser.clone();
    old.form_token = "of a session that is over".to_owned();
    for path in PATHS {
        let mut script = browser.clone().with(PROBLEMS.0, PROBLEMS.1);
        let told = script.post(path, &begun("标\u{200b}题")).await;
        assert_eq!(told.is(422).code(), "text_unfit");
        let detail = told.value()["detail"].to_string();
        assert!(detail.contains("看不见的字符"), "{detail}");
        let told = old.clone().with(PROBLEMS.0, PROBLEMS.1).post(path, &begun("标题")).await;
        assert_eq!(told.is(403).code(), "stale_form");
        let page = old.clone().post(path, &begun("标题")).await;
        assert!(page.is(403).body.contains("<html"), "a person gets a page");
    }
}

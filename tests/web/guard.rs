//! What stands before every page: forms from elsewhere, stale pages, four eyes, other people's matters, headers.

use engine::Command;
use workflow::id::RequestId;
use workflow::stage::StageKind;

use super::client::{Browser, Site};
use crate::desk::{Desk, duty};

super::told_on_both! {
    a_form_from_elsewhere_is_refused
    a_stale_page_is_told_kindly
    whoever_proposed_does_not_approve
    what_is_outside_the_scope_is_not_found
    every_answer_keeps_strangers_out
    leaving_and_choosing_a_language_need_the_token_of_the_session
    only_the_assets_of_this_program_are_kept_for_ever
}

async fn submitted(site: &Site) -> RequestId {
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    request
}

async fn a_form_from_elsewhere_is_refused(desk: Desk) {
    let site = Site::of(desk).await;
    let request = submitted(&site).await;
    let mut browser = site.signed_in("health").await;
    let page = browser.get(&format!("/requests/{request}")).await;
    let (token, version) = (page.field("_token").unwrap(), page.field("version").unwrap());
    let path = format!("/requests/{request}/withdraw");
    let with_token = [("_token", token.as_str()), ("version", version.as_str())];
    let own = site.origin.clone();
    let elsewhere: [&[(&str, &str)]; 5] = [
        &[],
        &[("Origin", "https://elsewhere.example")],
        &[("Origin", "null")],
        &[("Sec-Fetch-Site", "cross-site"), ("Origin", &own)],
        &[("Sec-Fetch-Site", "same-site")],
    ];
    for headers in elsewhere {
        browser.posts_from(&path, &with_token, headers).await.is(403).says("不是从本系统页面发出的");
    }
    let without = [("version", version.as_str())];
    browser.posts_from(&path, &without, &[("Origin", &own)]).await.is(403).says("页面已过期");
    let guessed = [("_token", "guessed"), ("version", version.as_str())];
    browser.posts_from(&path, &guessed, &[("Origin", &own)]).await.is(403).says("页面已过期");
    assert_eq!(site.desk.stage(request).await, StageKind::Submitted, "nothing has happened");
    browser.posts_from(&path, &with_token, &[("Sec-Fetch-Site", "same-origin")]).await.is(303);
    assert_eq!(site.desk.stage(request).await, StageKind::Withdrawn);
}

async fn a_stale_page_is_told_kindly(desk: Desk) {
    let site = Site::of(desk).await;
    let request = submitted(&site).await;
    let mut browser = site.signed_in("review").await;
    let page = browser.get(&format!("/requests/{request}")).await;
    let version = page.field("version").unwrap();
    site.desk.does("both", request, Command::AcceptFiling).await;
    let fields = [("version", version.as_str()), ("reason", "缺件")];
    let told = browser.post(&format!("/requests/{request}/return"), &fields).await;
    told.is(412).says("刚被他人办理过").says("没有提交");
    assert_eq!(site.desk.stage(request).await, StageKind::Review);
}

async fn acts(
    browser: &mut Browser,
    request: RequestId,
    action: &str,
    fields: &[(&str, &str)],
) -> super::client::Reply {
    let page = browser.get(&format!("/requests/{request}")).await;
    let version = page.field("version").unwrap_or_default();
    let mut fields = fields.to_vec();
    fields.push(("version", &version));
    browser.post(&format!("/requests/{request}/{action}"), &fields).await
}

async fn whoever_proposed_does_not_approve(desk: Desk) {
    let site = Site::of(desk).await;
    let request = submitted(&site).await;
    let mut both = site.signed_in("both").await;
    acts(&mut both, request, "accept_filing", &[]).await.is(303);
    acts(&mut both, request, "propose", &[("verdict", "admit"), ("reason", "")]).await.is(303);
    acts(&mut both, request, "approve", &[]).await.is(409).says("双人原则");
    assert_eq!(site.desk.stage(request).await, StageKind::Proposed);
    let mut other = site.signed_in("approve").await;
    acts(&mut other, request, "approve", &[]).await.is(303);
    assert_eq!(site.desk.stage(request).await, StageKind::Publication);
}

async fn what_is_outside_the_scope_is_not_found(desk: Desk) {
    let site = Site::of(desk).await;
    let request = submitted(&site).await;
    for stranger in ["approve3", "civil", "c1", "c9"] {
        let mut browser = site.signed_in(stranger).await;
        browser.get(&format!("/requests/{request}")).await.is(404).says("没有找到");
        let fields = [("version", "1"), ("reason", "缺件")];
        browser.post(&format!("/requests/{request}/return"), &fields).await.is(404);
        assert!(!browser.get("/requests").await.body.contains(&request.to_string()), "{stranger}");
    }
    let mut auditor = site.signed_in("audit").await;
    auditor.get(&format!("/requests/{request}")).await.is(200);
}

async fn every_answer_keeps_strangers_out(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    for path in ["/", "/requests", "/sign-in", "/healthz", "/nowhere"] {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert!(!answer.body.contains("<script>") && !answer.body.contains(" style="), "{path}");
    }
}

async fn leaving_and_choosing_a_language_need_the_token_of_the_session(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let origin = site.origin.clone();
    let from_here = [("Origin", origin.as_str())];
    for (path, fields) in [("/sign-out", vec![]), ("/language", vec![("to", "en")])] {
        browser.posts_from(path, &fields, &from_here).await.is(403).says("页面已过期");
        let wrong = [fields.as_slice(), &[("_token", "a guess")]].concat();
        browser.posts_from(path, &wrong, &from_here).await.is(403);
    }
    let page = browser.get("/").await;
    let forms = page.is(200).body.split("<form method=\"post\"").skip(1);
    for form in forms {
        assert!(form.split("</form>").next().is_some_and(|form| form.contains("name=\"_token\"")), "{form}");
    }
    browser.post("/language", &[("to", "zh")]).await.is(303);
    assert_eq!(browser.post("/sign-out", &[]).await.to(), "/sign-in");
    let mut stranger = site.browser();
    stranger.get("/sign-in").await;
    stranger.posts_from("/language", &[("to", "en")], &from_here).await.is(303);
}

/// A page of an older or a newer program asks with another stamp.
async fn only_the_assets_of_this_program_are_kept_for_ever(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.browser();
    let page = browser.get("/sign-in").await;
    let address = page.between("rel=\"stylesheet\" href=\"", "\"").expect("a style");
    let kept = browser.get(&address).await;
    assert!(kept.is(200).header("cache-control").is_some_and(|keep| keep.contains("immutable")));
    for other in ["/assets/000000000000/style.css", "/assets/style.css"] {
        let answer = browser.get(other).await;
        assert_eq!(answer.is(200).header("cache-control"), Some("no-store"), "{other}");
    }
}

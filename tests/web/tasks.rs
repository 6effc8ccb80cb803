//! A committee hands in its work in the browser, with files that show it, and others save what they may see.

use engine::Command;
use workflow::id::RequestId;

use super::client::Site;
use super::community::uploads;
use crate::desk::{Desk, purchase};

super::told_on_both! {
    work_is_handed_in_with_a_file
    a_file_that_cannot_be_kept_comes_back_with_the_report
    a_task_of_another_community_is_not_found
}

/// A request whose communities are at work.
async fn at_work(site: &mut Site, communities: &[u8]) -> RequestId {
    let request = site.desk.files("health", purchase(), communities).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.is_decided(request).await;
    site.comes("2026-03-10").await;
    site.desk.does("money", request, Command::CommitFunds).await;
    site.comes("2026-06-02").await;
    request
}

async fn work_is_handed_in_with_a_file(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = at_work(&mut site, &[1, 2]).await;
    let mut browser = site.signed_in("c1").await;
    let page = browser.get(&format!("/tasks/{request}")).await;
    page.is(200).says("已接受").says("入户核对").says("完成情况");
    let (token, version) = (browser.form_token.clone(), page.field("version").unwrap());
    let fields =
        [("_token", token.as_str()), ("version", &version), ("report", "已入户750户"), ("actual", "120")];
    let path = format!("/tasks/{request}/delivery");
    let sent = uploads(&mut browser, (&path, &site.origin), &fields, &[("入户 名单.txt", "一二三")]).await;
    let page = browser.follows(&sent).await;
    page.is(200).says("已交付").says("已入户750户").says("入户 名单.txt");
    let file = page.between("<li><a href=\"/requests", "\"").map(|rest| format!("/requests{rest}")).unwrap();
    let saved = browser.get(&file).await;
    saved.is(200);
    assert_eq!(saved.body, "一二三");
    assert!(saved.header("content-disposition").unwrap().starts_with("attachment"));
    assert_eq!(saved.header("x-content-type-options"), Some("nosniff"));
    let mut department = site.signed_in("health").await;
    department.get(&file).await.is(200);
    department
        .get(&format!("/requests/{request}/files"))
        .await
        .is(200)
        .says("已入户750户")
        .says("入户 名单.txt");
    let other = site.signed_in("c2").await.get(&format!("/requests/{request}/files")).await;
    other.is(200).says("还没有交付");
    site.signed_in("c2").await.get(&file).await.is(404);
    site.signed_in("c9").await.get(&file).await.is(404);
    let again = uploads(&mut browser, (&path, &site.origin), &fields, &[]).await;
    again.is(412);
}

async fn a_file_that_cannot_be_kept_comes_back_with_the_report(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = at_work(&mut site, &[1]).await;
    let mut browser = site.signed_in("c1").await;
    let page = browser.get(&format!("/tasks/{request}")).await;
    let version = page.is(200).field("version").expect("a version");
    let token = browser.form_token.clone();
    let fields = [("_token", token.as_str()), ("version", version.as_str()), ("report", "已入户750户")];
    let path = format!("/tasks/{request}/delivery");
    let large = "x".repeat(10_485_761);
    for (name, text) in [("a.exe", "MZ"), ("照片.png", "no picture"), ("大.txt", large.as_str())] {
        let refused = uploads(&mut browser, (&path, &site.origin), &fields, &[(name, text)]).await;
        refused.is(409).says(name);
    }
    let cut = "%PDF-1.7 一";
    let refused = uploads(&mut browser, (&path, &site.origin), &fields, &[("名单.csv", "1\u{0}2")]).await;
    refused.is(409).says("名单.csv").says("已入户750户");
    let refused = uploads(&mut browser, (&path, &site.origin), &fields, &[("报告.pdf", cut)]).await;
    refused.is(409).says("报告.pdf").says("不完整");
    let mut odd = fields.to_vec();
    odd.push(("actual", "many"));
    uploads(&mut browser, (&path, &site.origin), &odd, &[]).await.is(422).says("已入户750户").says("many");
    assert!(!site.desk.request(request).await.assignments[0].has_delivered(), "nothing was kept");
}

async fn a_task_of_another_community_is_not_found(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = at_work(&mut site, &[1]).await;
    let mut other = site.signed_in("c3").await;
    other.get(&format!("/tasks/{request}")).await.is(404);
    let token = other.form_token.clone();
    let fields = [("_token", token.as_str()), ("report", "已完成")];
    let path = format!("/tasks/{request}/delivery");
    uploads(&mut other, (&path, &site.origin), &fields, &[]).await.is(404);
    site.signed_in("health").await.get(&format!("/tasks/{request}")).await.is(403);
}

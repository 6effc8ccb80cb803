//! A committee's day in the browser: its home, its hours, what it refuses, and the report of imposed work.

use engine::Command;
use workflow::assignment::RefusalReason;
use workflow::id::RequestId;

use super::client::{Browser, Reply, Site};
use crate::desk::{Desk, purchase};

super::told_on_both! {
    the_home_shows_hours_tasks_and_money
    a_task_is_refused_on_the_home_with_a_reason
    what_a_sibling_wrote_and_its_hours_are_not_shown
    hours_are_seen_by_month_and_function
    imposed_work_is_reported_with_a_file
    the_accused_reads_the_order_only
    a_report_without_the_token_is_refused
}

/// What one community writes to the office.
const WRITTEN: &str = "金丝雀canary";

/// A funded request whose communities have not answered yet.
async fn offered(site: &mut Site, communities: &[u8]) -> RequestId {
    let request = site.desk.files("health", purchase(), communities).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.is_decided(request).await;
    site.comes("2026-03-10").await;
    site.desk.does("money", request, Command::CommitFunds).await;
    site.comes("2026-05-06").await;
    request
}

/// Sends a form with files: text fields first, each file as name and text.
pub(super) async fn uploads(
    browser: &mut Browser,
    (path, origin): (&str, &str),
    fields: &[(&str, &str)],
    files: &[(&str, &str)],
) -> Reply {
    let mut parts = Vec::new();
    for (name, value) in fields {
        parts.push(format!(
            "--b0undary\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    for (name, text) in files {
        parts.push(format!(
            "--b0undary\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n{text}\r\n"
        ));
    }
    parts.push("--b0undary--\r\n".to_owned());
    let body = parts.concat();
    let kind = "multipart/form-data; boundary=b0undary";
    browser.sends("POST", path, &[("Origin", origin)], Some((kind, &body))).await
}

async fn the_home_shows_hours_tasks_and_money(desk: Desk) {
    let mut site = Site::of(desk).await;
    offered(&mut site, &[1]).await;
    let mut browser = site.signed_in("c1").await;
    let home = browser.get("/").await;
    home.is(200).says("现在要办 1").says("待接受").says("门牌与地名标识核查").says("剩 5 个工作日");
    home.says("本月 5月").says("自留").says("基础经费").says("首期拨付").says("报告违规摊派");
    let other = site.signed_in("c3").await.get("/").await;
    other.is(200).says("现在要办 0");
    assert!(!other.body.contains("门牌"), "another community's task is not there");
}

async fn a_task_is_refused_on_the_home_with_a_reason(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = offered(&mut site, &[1, 2]).await;
    let mut browser = site.signed_in("c1").await;
    let home = browser.get("/").await;
    let version = home.field("version").expect("the version stands in the form");
    let fields = [("version", version.as_str()), ("reason", "over_quota")];
    browser.post(&format!("/requests/{request}/refuse_assignment"), &fields).await.is(303);
    browser.get("/").await.is(200).says("现在要办 0");
    let quota = browser.get("/quota").await;
    quota.is(200).says("已拒绝的任务 2026 1").says("超出工作量").says("拒绝不计入任何考核");
    let other = site.signed_in("c2").await.get("/quota").await;
    other.says("已拒绝的任务 2026 0");
}

async fn what_a_sibling_wrote_and_its_hours_are_not_shown(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = offered(&mut site, &[1, 2]).await;
    let community = site.desk.community(1);
    let text = Some(WRITTEN.to_owned());
    let refusal = Command::RefuseAssignment { community, reason: RefusalReason::Other, text };
    site.desk.does("c1", request, refusal).await;
    let (page, api) = (format!("/requests/{request}"), format!("/api/v1/requests/{request}"));
    let paths = [page.clone(), api.clone(), format!("{api}/history"), format!("{api}/records")];
    let mut sibling = site.signed_in("c2").await;
    for path in paths.iter().chain([&format!("{api}/events")]) {
        let reply = sibling.get(path).await;
        reply.is(200);
        for hidden in [WRITTEN, "冯一"] {
            assert!(!reply.body.contains(hidden), "{path} shows {hidden}");
        }
    }
    let places = |reply: Reply| -> Vec<String> {
        let rows = reply.value()["assessment"]["quota"].as_array().cloned().expect("rows of hours");
        let mut codes: Vec<String> =
            rows.iter().filter_map(|row| Some(row["community"].as_str()?.to_owned())).collect();
        codes.dedup();
        codes
    };
    assert_eq!(places(sibling.get(&api).await), ["420202001002"]);
    // Whose it is, and whoever asked for it, read all of it.
    for who in ["c1", "health"] {
        let mut reader = site.signed_in(who).await;
        for path in [&page, &api] {
            reader.get(path).await.is(200).says(WRITTEN);
        }
    }
    let mut department = site.signed_in("health").await;
    assert_eq!(places(department.get(&api).await), ["420202001001", "420202001002"]);
}

async fn hours_are_seen_by_month_and_function(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = offered(&mut site, &[1]).await;
    let mut browser = site.signed_in("c1").await;
    let path = "/quota?month=2026-05&pool=committee";
    browser.get(path).await.is(200).says("2026-05 · 居委会").says("门牌与地名标识核查");
    browser.get("/quota?month=nonsense&year=99999").await.is(200).says("工作量 2026");
    let seen = site.signed_in("review").await.get("/communities/420202001001/quota").await;
    seen.is(200).says("420202001001");
    browser.get("/communities/420202001002/quota").await.is(404);
    site.signed_in("health").await.get("/communities/420202001001/quota").await.is(403);
    site.desk.does("c1", request, site.desk.refusal(1, RefusalReason::OverQuota)).await;
    let gone = browser.get(path).await;
    gone.says("这里没有占用");
}

const WHAT: &str = "每日上报APP活跃人数<script>";

async fn reports(site: &Site, browser: &mut Browser, files: &[(&str, &str)]) -> Reply {
    browser.get("/complaints/new").await.is(200).says("请选择");
    let token = browser.form_token.clone();
    let fields =
        [("_token", token.as_str()), ("department", "HEALTH"), ("what", WHAT), ("since", "2026-02-01")];
    uploads(browser, ("/complaints/new", &site.origin), &fields, files).await
}

async fn imposed_work_is_reported_with_a_file(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("c1").await;
    let refused = reports(&site, &mut browser, &[("通知.exe", "MZ")]).await;
    refused.is(409).says("通知.exe").says("每日上报APP活跃人数");
    let filed = reports(&site, &mut browser, &[("通知.txt", "请每日上报")]).await;
    let page = browser.follows(&filed).await;
    page.is(200).says("待办理").says("举〔2026〕1号").says("通知.txt");
    assert!(!page.body.contains("<script>"), "what people write is shown as text");
    let file = page.between("<li><a href=\"", "\"").expect("the way to the file");
    let saved = browser.get(&file).await;
    saved.is(200);
    assert_eq!(saved.body, "请每日上报");
    assert!(saved.header("content-disposition").unwrap().starts_with("attachment"));
    assert_eq!(saved.header("x-content-type-options"), Some("nosniff"));
    site.signed_in("c2").await.get(&file).await.is(404);
    site.signed_in("health").await.get(&file).await.is(404);
}

async fn the_accused_reads_the_order_only(desk: Desk) {
    let site = Site::of(desk).await;
    let mut committee = site.signed_in("c1").await;
    let filed = reports(&site, &mut committee, &[]).await;
    let path = filed.to().to_owned();
    let mut accused = site.signed_in("health").await;
    accused.get(&path).await.is(404);
    let mut office = site.signed_in("review").await;
    office.get("/complaints").await.is(200).says("每日上报APP活跃人数");
    let seen = office.get(&path).await.field("version").expect("a version");
    office.post(&format!("{path}/take_complaint"), &[("version", &seen)]).await.is(303);
    let seen = office.get(&path).await.field("version").expect("a version");
    let upholds = [("order", "立即停止"), ("version", seen.as_str())];
    office.post(&format!("{path}/uphold_complaint"), &upholds).await.is(303);
    assert!(committee.get("/notices").await.body.contains(&format!("matter\"><a href=\"{path}\"")));
    committee.get(&path).await.is(200).says("属实，责令停止").says("立即停止");
    let list = accused.get("/complaints").await;
    list.is(200).says("责令停止");
    let order = list.between("<td class=\"number\"><a href=\"", "\"").expect("the way to the order");
    let order = accused.get(&order).await;
    order.is(200).says("立即停止");
    assert!(!order.body.contains("APP"), "the accused does not read the complaint");
    accused.post(&format!("{path}/take_complaint"), &[]).await.is(403);
}

async fn a_report_without_the_token_is_refused(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("c1").await;
    let fields = [("department", "HEALTH"), ("what", WHAT), ("since", "2026-02-01")];
    let without = uploads(&mut browser, ("/complaints/new", &site.origin), &fields, &[]).await;
    without.is(403).says("页面已过期");
    let token = browser.form_token.clone();
    let late = [("what", WHAT), ("_token", token.as_str())];
    uploads(&mut browser, ("/complaints/new", &site.origin), &late, &[]).await.is(403);
    browser.get("/complaints").await.says("没有您可以看到的举报");
}

//! Two people have the same page open: whoever acts second is told so and changes nothing, and acts by the page as it is
//! now. A form that does not say what was seen is no form of ours.

use engine::{By, Command, NewComplaint};

use super::client::{Browser, Reply, Site};
use crate::desk::{Desk, duty};

super::told_on_both! {
    a_complaint_is_decided_by_whoever_has_seen_it_as_it_is
    a_card_is_contested_and_decided_by_whoever_has_seen_it_as_it_is
    a_plan_is_built_and_published_by_whoever_has_seen_it_as_it_is
}

/// What the first form of a page says of the version that it was made from.
fn version(page: &Reply) -> String {
    page.field("version").unwrap_or_else(|| panic!("no form with a version: {}", page.words()))
}

/// A complaint of the first community; gives the address of its page.
async fn reported(site: &Site) -> String {
    let (committee, now) = (site.desk.actor("c1"), site.desk.now());
    let new = NewComplaint {
        department: "HEALTH".into(),
        what: "每日上报台账".into(),
        since: "2026-02-01".parse().expect("a day"),
        covered_by: None,
        evidence: Vec::new(),
    };
    let filed = site.desk.engine.file_complaint(By { actor: &committee, now }, new).await;
    format!("/complaints/{}", filed.expect("a complaint").id)
}

async fn a_complaint_is_decided_by_whoever_has_seen_it_as_it_is(desk: Desk) {
    let site = Site::of(desk).await;
    let path = reported(&site).await;
    let (mut review, mut both) = (site.signed_in("review").await, site.signed_in("both").await);
    let seen = version(review.get(&path).await.is(200).says("待办理"));
    assert_eq!(version(both.get(&path).await.is(200)), seen, "both have the same page open");
    let (take, uphold) = (format!("{path}/take_complaint"), format!("{path}/uphold_complaint"));
    both.post(&take, &[("version", seen.as_str())]).await.is(303);
    let late = review.post(&take, &[("version", seen.as_str())]).await;
    late.is(412).says("刚被他人办理过").says("办理中");
    let order = [("order", "立即停止"), ("version", seen.as_str())];
    let late = both.post(&uphold, &order).await;
    late.is(412).says("没有提交");
    assert!(late.body.contains(">立即停止</textarea>"), "what was typed is kept: {}", late.body);
    assert_ne!(version(&late), seen, "a second press sends it");
    both.post(&uphold, &[("order", "立即停止")]).await.is(422).says("页面缺少版本信息");
    both.post(&uphold, &[("order", "立即停止"), ("version", "newest")]).await.is(422);
    let page = both.get(&path).await;
    page.is(200).says("办理中");
    assert!(!page.body.contains("立即停止"), "it is as it was: {}", page.words());
    let now = version(&page);
    assert_ne!(now, seen);
    both.post(&uphold, &[("order", "立即停止"), ("version", now.as_str())]).await.is(303);
    both.get(&path).await.is(200).says("属实，责令停止").says("立即停止");
    site.desk.is_sound().await;
}

async fn a_card_is_contested_and_decided_by_whoever_has_seen_it_as_it_is(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    site.comes("2026-03-24").await;
    let (mut review, mut both) = (site.signed_in("review").await, site.signed_in("both").await);
    let page = review.get("/limits").await;
    let seen = version(page.is(200).says("黄牌"));
    let card = format!("/cards/{}", page.between("action=\"/cards/", "\"").expect("a form of the card"));
    let contests = |reason| [("action", "contest"), ("reason", reason), ("version", seen.as_str())];
    both.post(&card, &contests("材料于最后一日才补齐")).await.is(303);
    let late = review.post(&card, &contests("日历有误")).await;
    late.is(412).says("刚被他人办理过").says("日历有误");
    let page = review.get("/limits").await;
    page.is(200).says("申诉中").says("材料于最后一日才补齐");
    assert!(!page.body.contains("日历有误"), "it is as it was: {}", page.words());
    let mut city = site.signed_in("audit").await;
    city.cookies.insert("zhunru-language".into(), "zh".into());
    let now = version(city.get("/limits").await.is(200));
    let cancels = |version| [("action", "cancel"), ("reason", "情况属实"), ("version", version)];
    let late = city.post(&card, &cancels(seen.as_str())).await;
    late.is(412).says("没有提交");
    assert!(late.body.contains(">情况属实</textarea>"), "what was typed is kept: {}", late.body);
    assert_eq!(version(&late), now, "a second press sends it");
    city.post(&card, &cancels("newest")).await.is(422);
    city.post(&card, &[("action", "cancel"), ("reason", "情况属实")]).await.is(422);
    city.get("/limits").await.is(200).says("申诉中");
    city.post(&card, &cancels(now.as_str())).await.is(303);
    city.get("/limits").await.is(200).says("撤销").says("情况属实");
    site.desk.is_sound().await;
}

/// Builds the plan of the year around a day.
async fn builds(browser: &mut Browser, busy: &str, version: &str) -> Reply {
    browser.post("/inspections/build", &[("year", "2026"), ("busy", busy), ("version", version)]).await
}

async fn publishes(browser: &mut Browser, version: &str) -> Reply {
    browser.post("/inspections/publish", &[("year", "2026"), ("version", version)]).await
}

async fn a_plan_is_built_and_published_by_whoever_has_seen_it_as_it_is(desk: Desk) {
    let mut site = Site::of(desk).await;
    site.in_force(&[1, 2]).await;
    let (mut review, mut both) = (site.signed_in("review").await, site.signed_in("both").await);
    let path = "/inspections?year=2026";
    let nothing = version(review.get(path).await.is(200));
    assert_eq!(nothing, version(both.get(path).await.is(200)), "both have seen that there is no plan");
    review.post("/inspections/build", &[("year", "2026")]).await.is(422).says("页面缺少版本信息");
    builds(&mut review, "2026-10-09", "newest").await.is(422).says("页面缺少版本信息");
    builds(&mut review, "2026-10-09", &nothing).await.is(303);
    let late = builds(&mut both, "2026-10-12", &nothing).await;
    late.is(412).says("刚被他人办理过").says("草案");
    assert!(late.body.contains(">2026-10-12</textarea>"), "what was typed is kept: {}", late.body);
    let first = version(&late);
    let mut approve = site.signed_in("approve").await;
    assert_eq!(version(approve.get(path).await.is(200).says("草案")), first, "it is as it was");
    builds(&mut both, "2026-10-12", &first).await.is(303);
    let late = publishes(&mut approve, &first).await;
    late.is(412).says("刚被他人办理过").says("草案");
    publishes(&mut approve, "").await.is(422).says("页面缺少版本信息");
    publishes(&mut approve, &version(&late)).await.is(303);
    approve.get(path).await.is(200).says("已公布");
    site.desk.is_sound().await;
}

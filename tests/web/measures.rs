//! What the office measures: the hours that a quarter will ask for, who was late how often, and the limits of a past day.

use engine::Command;

use super::client::Site;
use crate::desk::{Desk, duty};

super::told_on_both! {
    a_quarter_is_foreseen_by_source_and_leads_to_its_requests
    whoever_was_late_is_counted
    limits_are_shown_as_they_ran_on_a_past_day
}

async fn a_quarter_is_foreseen_by_source_and_leads_to_its_requests(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.admitted(&[1]).await;
    let mut review = site.signed_in("review").await;
    let page = review.get("/forecast?quarter=2026Q2").await;
    page.is(200).says("2026年第2季度").says("沿湖路社区").says("2026-05").says("可承接");
    let behind =
        page.between("<a href=\"/forecast?quarter=2026Q2&#38;", "#behind\"").expect("a way to the requests");
    let behind = behind.replace("&#38;", "&");
    let behind = review.get(&format!("/forecast?quarter=2026Q2&{behind}")).await;
    behind.is(200).says("已占用").says("准〔2026〕1号");
    assert!(behind.body.contains(&format!("/requests/{request}")), "{}", behind.body);
    review.get("/forecast").await.is(200).says("2026年第2季度");
    review.get("/forecast?quarter=nonsense&district=420203").await.is(200).says("2026年第2季度");
    let stranger = site.signed_in("approve3").await.get("/forecast?quarter=2026Q2").await;
    stranger.is(200);
    assert!(!stranger.body.contains("沿湖路社区"), "another district's hours are none of theirs");
    site.signed_in("audit").await.get("/forecast?quarter=2026Q2").await.is(200).says("沿湖路社区");
    site.signed_in("health").await.get("/forecast").await.is(403);
}

async fn whoever_was_late_is_counted(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.comes("2026-04-20").await;
    let mut review = site.signed_in("review").await;
    let page = review.get("/lateness?year=2026").await;
    page.is(200).says("江滨区领导小组办公室").says("逾期率").says("逾期上报").says("领导小组");
    let found = site.desk.engine.parties(store::Scope::Everything, 2026, site.now()).await.expect("parties");
    let office = found.parties.iter().find(|one| one.organisation.as_deref() == Some("江滨区领导小组办公室"));
    let days: u32 = office.expect("the office").late_days.values().sum();
    assert!(days > 0 && page.body.contains(&format!("<td class=\"sum\">{days}</td>")), "{days}");
    review.get("/lateness?year=2025").await.is(200).says("还没有带时限的环节");
    let history = review.get(&format!("/requests/{request}")).await;
    history.is(200).says("各环节用时").says("· 办公室");
    site.signed_in("health").await.get("/lateness").await.is(403);
}

async fn limits_are_shown_as_they_ran_on_a_past_day(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    let day = site.now().date_naive();
    site.comes("2026-03-20").await;
    site.desk.does("health", request, Command::Withdraw).await;
    let mut review = site.signed_in("review").await;
    review.get("/limits").await.is(200).says("没有正在计算的时限").says("黄牌和红牌");
    let past = review.get(&format!("/limits?on={day}")).await;
    past.is(200).says("以下为当日终了时的情况").says("准〔2026〕1号");
    assert!(!past.body.contains("id=\"cards\""), "cards are those of today");
    review.get("/limits?on=2099-01-01").await.is(200).says("没有正在计算的时限");
}

//! Communities rate departments in the browser, and who reads what of it.

use engine::Command;
use workflow::id::RequestId;

use super::client::Site;
use crate::desk::{Desk, purchase};

super::told_on_both! {
    a_community_rates_and_its_representatives_vote
}

async fn settled(site: &mut Site) -> RequestId {
    let request = site.desk.files("health", purchase(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.is_decided(request).await;
    site.comes("2026-03-10").await;
    site.desk.does("money", request, Command::CommitFunds).await;
    site.comes("2026-06-20").await;
    site.desk.does("c1", request, site.desk.delivery(1)).await;
    site.desk.does("health", request, Command::Confirm).await;
    request
}

async fn a_community_rates_and_its_representatives_vote(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = settled(&mut site).await;
    let path = format!("/ratings/requests/{request}");
    let mut committee = site.signed_in("c1").await;
    committee.get("/ratings").await.is(200).says("评议部门 1").says("门牌与地名标识核查").says("社区评议");
    committee.post(&path, &[("mark.support", "5")]).await.is(409).says("不多不少");
    committee.post(&path, &[("mark.support", "many")]).await.is(422);
    let marks = ["funds_on_time", "clear_task", "support", "burden"].map(|id| (format!("mark.{id}"), "4"));
    let mut fields: Vec<(&str, &str)> = marks.iter().map(|(name, mark)| (name.as_str(), *mark)).collect();
    fields.push(("text", "按时到位<i>"));
    committee.post(&path, &fields).await.is(303);
    committee.post(&path, &fields).await.is(409);
    let votes = |present: &'static str| {
        [
            ("held_on", "2026-06-20"),
            ("representatives", "61"),
            ("present", present),
            ("satisfied", "20"),
            ("basically", "6"),
            ("not_satisfied", "4"),
        ]
    };
    committee.post(&path, &votes("12")).await.is(409).says("未达法定人数");
    committee.post(&path, &votes("31")).await.is(303);
    committee.get("/ratings").await.is(200).says("没有待评议的工作").says("已评议");
    site.signed_in("c2").await.post(&path, &fields).await.is(404);
    let mut health = site.signed_in("health").await;
    health.get("/ratings").await.is(200).says("评议的社区太少");
    health.get("/ratings/WOMEN").await.is(404);
    let mut review = site.signed_in("review").await;
    review.get("/ratings").await.is(200).says("区卫健局").says("4.00").says("87 %");
    let whole = review.get("/ratings/HEALTH?year=2026").await;
    whole.is(200).says("逐份评议 2").says("沿湖路社区").says("按时到位");
    assert!(!whole.body.contains("<i>"), "what people write is shown as text");
    site.signed_in("approve3").await.get("/ratings/HEALTH").await.is(404);
    site.signed_in("money").await.get("/ratings").await.is(403);
}

//! Auditors look through the histories in the browser, check them, and take them with them.

use engine::Command;
use workflow::actor::Role;

use super::client::Site;
use crate::desk::{Desk, duty};

super::told_on_both! {
    the_log_is_sieved_checked_and_exported
    a_district_auditor_finds_nobody_elsewhere
}

async fn the_log_is_sieved_checked_and_exported(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    let mut audit = site.signed_in("audit").await;
    let mut browser = audit.clone();
    browser.post("/language", &[("to", "zh")]).await;
    audit.cookies = browser.cookies;
    audit.get("/audit").await.is(200).says("受理").says("张审").says("三会一课与主题党日");
    let number = "%E5%87%86%E3%80%942026%E3%80%951%E5%8F%B7";
    let own = audit.get(&format!("/audit?subject={number}")).await;
    own.is(200).says("起草").says("提交");
    assert!(!own.body.contains("沿湖路社区"), "no other subject");
    let one = audit.get(&format!("/audit?subject={number}&person=review@example.org")).await;
    one.is(200).says("受理");
    assert!(!one.words().contains("起草 详情"), "{}", one.words());
    audit.get("/audit?action=accept_filing&from=2026-03-02&until=2026-03-02").await.is(200).says("张审");
    audit.get("/audit?until=2020-01-01").await.is(200).says("没有符合的事件");
    audit.get("/audit?subject=nothing").await.is(200).says("没有找到 nothing");
    let saved = audit.get(&format!("/audit/export?subject={number}")).await;
    saved.is(200);
    let actions: Vec<String> = saved
        .body
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["action"].to_string())
        .collect();
    assert_eq!(actions.last().map(String::as_str), Some("\"draft\""), "{actions:?}");
    let begun = audit.post("/audit/check", &[("witnesses", "")]).await;
    audit.sees_the_end(&begun).await.says("历史完整");
    audit.post("/audit/check", &[("witnesses", "no seal")]).await.is(422);
    let begun = audit.post("/audit/check", &[("witnesses", "1:00ff")]).await;
    audit.sees_the_end(&begun).await.says("发现不符");
    for who in ["review", "health", "c1"] {
        site.signed_in(who).await.get("/audit").await.is(403);
    }
}

async fn a_district_auditor_finds_nobody_elsewhere(desk: Desk) {
    let site = Site::of(desk).await;
    site.desk.joins("near", &[Role::Auditor], "OFFICE").await;
    let mut near = site.signed_in("near").await;
    let own = near.get("/audit?person=review@example.org").await;
    assert!(!own.is(200).body.contains("没有找到"), "somebody of the own district");
    for who in ["approve3", "nobody"] {
        let found = near.get(&format!("/audit?person={who}@example.org")).await;
        found.is(200).says(&format!("没有找到 {who}@example.org"));
    }
}

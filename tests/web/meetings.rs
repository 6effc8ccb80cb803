//! The leading group meets in the browser: agenda, votes, the ordinary decision, and minutes to be printed.

use engine::Command;
use workflow::id::RequestId;
use workflow::stage::StageKind;

use super::client::{Browser, Site};
use crate::desk::{Desk, duty};

super::told_on_both! {
    a_meeting_is_called_held_and_minuted
    a_stranger_finds_no_meeting
}

async fn proposed(site: &Site) -> RequestId {
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    site.desk.proposes_to_admit(request).await;
    request
}

/// Calls a meeting for today and gives its address.
async fn called(site: &Site, browser: &mut Browser) -> String {
    browser.get("/meetings").await.is(200).says("可上会的事项 2").says("还没有会议");
    let day = site.desk.now().date_naive().to_string();
    let answer = browser.post("/meetings", &[("held_on", &day), ("place", "三楼会议室")]).await;
    assert_eq!(answer.status, 303, "{}", answer.words());
    answer.to().to_owned()
}

async fn posts(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> u16 {
    let page = browser.get(path.rsplit_once('/').expect("a path").0).await;
    let version = page.field("version").expect("the version stands in the form");
    let all: Vec<(&str, &str)> = fields.iter().copied().chain([("version", version.as_str())]).collect();
    browser.post(path, &all).await.status
}

async fn a_meeting_is_called_held_and_minuted(desk: Desk) {
    let site = Site::of(desk).await;
    let (one, other) = (proposed(&site).await.to_string(), proposed(&site).await);
    let mut review = site.signed_in("review").await;
    review
        .post("/meetings", &[("held_on", "2020-01-01"), ("place", "会议室")])
        .await
        .is(409)
        .says("不得早于");
    review.post("/meetings", &[("held_on", "soon"), ("place", "会议室")]).await.is(422).says("请填写日期");
    let path = called(&site, &mut review).await;
    review
        .get(&path)
        .await
        .is(200)
        .says("会〔2026〕1号")
        .says("筹备")
        .says("待审批")
        .says("三会一课与主题党日");
    let (second, first) = (format!("place.{other}"), format!("place.{one}"));
    let minutes = format!("minutes.{one}");
    let agenda = [(second.as_str(), "2"), (first.as_str(), "1"), (minutes.as_str(), "15")];
    assert_eq!(posts(&mut review, &format!("{path}/agenda"), &agenda).await, 303);
    assert_eq!(posts(&mut review, &format!("{path}/open"), &[("present", " ")]).await, 409);
    let people = [("present", "孙批 领导小组\n万局长 财政局<b>")];
    assert_eq!(posts(&mut review, &format!("{path}/open"), &people).await, 303);
    let session = review.get(&path).await;
    session.is(200).says("会议中").says("到会 (2)").says("15 分钟").says("同意");
    assert!(!session.body.contains("<b>"), "what people write is shown as text");
    let votes =
        [("request", one.as_str()), ("for", "1"), ("against", "1"), ("objections", "万局长：预算已满")];
    assert_eq!(posts(&mut review, &format!("{path}/votes"), &votes).await, 303);
    let many = [("request", one.as_str()), ("for", "3")];
    assert_eq!(posts(&mut review, &format!("{path}/votes"), &many).await, 409);
    let mut approve = site.signed_in("approve").await;
    let shown = approve.get(&path).await;
    let meeting = shown.between("name=\"_back\" value=\"", "\"").expect("decisions come back to the meeting");
    let version = site.desk.request(one.parse().map(RequestId).unwrap()).await.version.to_string();
    let fields = [("version", version.as_str()), ("_back", meeting.as_str())];
    let decided = approve.post(&format!("/requests/{one}/approve"), &fields).await;
    assert_eq!((decided.status, decided.to()), (303, path.as_str()));
    assert_eq!(site.desk.stage(one.parse().map(RequestId).unwrap()).await, StageKind::Publication);
    assert_eq!(posts(&mut review, &format!("{path}/close"), &[]).await, 303);
    let minutes = review.get(&path).await;
    minutes.is(200).says("联席会议纪要").says("审批 → 公示中").says("决定人 孙批").says("万局长：预算已满");
    minutes.says("未决定，转下次会议").says("决定 1 · 转下次 1");
    review.get("/meetings").await.is(200).says("其中上次未决定 1").says("已结束");
    let elsewhere = [("version", "0"), ("_back", "https://example.com/")];
    let refused = approve.post(&format!("/requests/{other}/approve"), &elsewhere).await;
    refused.is(412);
    site.desk.is_sound().await;
}

async fn a_stranger_finds_no_meeting(desk: Desk) {
    let site = Site::of(desk).await;
    let _ = (proposed(&site).await, proposed(&site).await);
    let mut review = site.signed_in("review").await;
    let path = called(&site, &mut review).await;
    let mut stranger = site.signed_in("approve3").await;
    stranger.get(&path).await.is(404);
    stranger.get("/meetings").await.is(200).says("可上会的事项 0");
    stranger.post(&format!("{path}/cancel"), &[("reason", "x")]).await.is(404);
    site.signed_in("health").await.get(&path).await.is(403);
    let mut audit = site.signed_in("audit").await;
    audit.get(&path).await.is(200);
    audit.post(&format!("{path}/cancel"), &[("reason", "x")]).await.is(403);
}

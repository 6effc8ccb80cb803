//! Many organisations have a part in one request, and each has its own page open: what others do with theirs makes no page
//! stale. What a colleague has done already does, and what the office has done with the whole.

use engine::Command;
use serde_json::json;
use workflow::action::ActionKind;
use workflow::actor::Role;
use workflow::assignment::RefusalReason;
use workflow::consultation::{InquiryKind, Stance};
use workflow::id::RequestId;
use workflow::stage::StageKind;

use super::client::{Browser, Reply, Site};
use super::community::uploads;
use crate::desk::{Desk, duty};

super::told_on_both! {
    a_community_delivers_while_its_sibling_does
    a_community_answers_while_its_siblings_do
    what_a_colleague_has_delivered_is_told
    what_the_office_has_done_meanwhile_is_told
    an_opinion_does_not_wait_for_anothers
    an_objection_does_not_wait_for_anothers
    a_program_goes_by_the_whole
}

/// Opens the page of a task, and gives the version that its forms were made from.
async fn opens(browser: &mut Browser, request: RequestId) -> String {
    let page = browser.get(&format!("/tasks/{request}")).await;
    page.is(200).field("version").expect("the version stands in the form")
}

async fn delivers(browser: &mut Browser, request: RequestId, version: &str) -> Reply {
    let (token, origin) = (browser.form_token.clone(), browser.origin.clone());
    let fields =
        [("_token", token.as_str()), ("version", version), ("report", "已入户750户"), ("actual", "120")];
    uploads(browser, (&format!("/tasks/{request}/delivery"), &origin), &fields, &[("名单.txt", "一二三")])
        .await
}

async fn a_community_delivers_while_its_sibling_does(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.in_force(&[1, 2, 3]).await;
    site.comes("2026-06-02").await;
    let mut c1 = site.signed_in("c1").await;
    let version = opens(&mut c1, request).await;
    site.desk.does("c2", request, site.desk.delivery(2)).await;
    site.desk.does("c3", request, site.desk.delivery(3)).await;
    delivers(&mut c1, request, &version).await.is(303);
    let request = site.desk.request(request).await;
    assert!(request.assignments.iter().all(workflow::assignment::Assignment::has_delivered));
    site.desk.is_sound().await;
}

async fn a_community_answers_while_its_siblings_do(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.in_force(&[1, 2, 3]).await;
    let mut c1 = site.signed_in("c1").await;
    let version = opens(&mut c1, request).await;
    let (second, third) = (site.desk.community(2), site.desk.community(3));
    site.desk.does("c2", request, Command::AcceptAssignment { community: second }).await;
    let refusal =
        Command::RefuseAssignment { community: third, reason: RefusalReason::OverQuota, text: None };
    site.desk.does("c3", request, refusal).await;
    let refuses = [("version", version.as_str()), ("reason", "over_quota")];
    c1.post(&format!("/requests/{request}/refuse_assignment"), &refuses).await.is(303);
    site.desk.is_sound().await;
}

async fn what_a_colleague_has_delivered_is_told(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.in_force(&[1, 2]).await;
    site.comes("2026-06-02").await;
    site.desk.joins("colleague", &[Role::Committee], "420202001001").await;
    site.desk.knows("colleague").await;
    let mut c1 = site.signed_in("c1").await;
    let version = opens(&mut c1, request).await;
    site.desk.does("c2", request, site.desk.delivery(2)).await;
    site.desk.does("colleague", request, site.desk.delivery(1)).await;
    let told = delivers(&mut c1, request, &version).await;
    told.is(412).says("刚被他人办理过").says("没有提交").says("已入户750户");
    let part = &site.desk.request(request).await.assignments[0];
    assert_eq!(part.delivery().expect("a delivery").report, "已完成", "the colleague's stands");
    site.desk.is_sound().await;
}

async fn what_the_office_has_done_meanwhile_is_told(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.in_force(&[1, 2]).await;
    site.comes("2026-06-02").await;
    let mut c1 = site.signed_in("c1").await;
    let version = opens(&mut c1, request).await;
    site.desk.does("c2", request, site.desk.delivery(2)).await;
    site.desk.does("approve", request, Command::Suspend { reason: "汛情".into() }).await;
    delivers(&mut c1, request, &version).await.is(412).says("刚被他人办理过").says("已入户750户");
    site.desk.does("approve", request, Command::Resume { reason: "汛情已过".into() }).await;
    let told = delivers(&mut c1, request, &version).await;
    told.is(412).says("刚被他人办理过").says("请重新选择");
    assert!(told.body.contains(">已入户750户</textarea>"), "the report is kept: {}", told.body);
    assert!(told.body.contains("value=\"120\""), "so is what it cost: {}", told.body);
    let now = told.field("version").expect("the version as it is now");
    assert_ne!(now, version);
    delivers(&mut c1, request, &now).await.is(303);
    site.desk.is_sound().await;
}

async fn an_opinion_does_not_wait_for_anothers(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    let invited = vec!["420202001001".to_owned(), "WOMEN".to_owned()];
    let question = "社区能否承接？".to_owned();
    let consult = Command::Consult { kind: InquiryKind::Opinions, question, invited };
    site.desk.does("review", request, consult).await;
    let mut c1 = site.signed_in("c1").await;
    let path = format!("/requests/{request}");
    let version = c1.get(&path).await.is(200).field("version").expect("a version");
    let opinion = Command::Opine { stance: Stance::Support, text: "可以".to_owned() };
    site.desk.does("women", request, opinion).await;
    let says = [("version", version.as_str()), ("stance", "oppose"), ("text", "人手不足")];
    c1.post(&format!("{path}/opine"), &says).await.is(303);
    assert_eq!(site.desk.request(request).await.dossier.opinions.len(), 2);
    let again = c1.post(&format!("{path}/opine"), &says).await;
    again.is(412).says("刚被他人办理过");
    assert!(again.body.contains(">人手不足</textarea>"), "{}", again.body);
    assert_eq!(site.desk.request(request).await.dossier.opinions.len(), 2, "the own one was seen first");
}

async fn an_objection_does_not_wait_for_anothers(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.is_decided(request).await;
    let mut women = site.signed_in("women").await;
    let version = site.desk.request(request).await.version.to_string();
    site.desk.does("c3", request, Command::Object { text: "与本社区工作重复".into() }).await;
    let objects = [("version", version.as_str()), ("text", "依据文件不适用")];
    let path = format!("/requests/{request}/object");
    let objected = women.post(&path, &objects).await;
    assert_ne!(objected.status, 412, "another's objection is none of its business: {}", objected.words());
    site.desk.does("c1", request, Command::Object { text: "人手不足".into() }).await;
    let mut c3 = site.signed_in("c3").await;
    c3.post(&path, &objects).await.is(412);
    assert_eq!(site.desk.stage(request).await, StageKind::Publication);
}

/// Programs read the whole before they act on it.
async fn a_program_goes_by_the_whole(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.in_force(&[1, 2]).await;
    let mut c1 = site.signed_in("c1").await;
    let version = site.desk.request(request).await.version;
    let (own, other) = (site.desk.community(1), site.desk.community(2));
    site.desk.does("c2", request, Command::AcceptAssignment { community: other }).await;
    let accept = json!({ "action": ActionKind::AcceptAssignment.word(), "community": own });
    let path = format!("/api/v1/requests/{request}/actions");
    let tag = |version: i64| format!("\"{version}\"");
    c1.json(("POST", &path), &[("If-Match", &tag(version))], &accept).await.is(412);
    c1.json(("POST", &path), &[("If-Match", &tag(version + 1))], &accept).await.is(200);
}

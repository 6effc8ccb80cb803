//! What few requests need, done on the page of the request: a delivery is disputed and ruled on, work ends before its end,
//! and funds come from elsewhere than the department's line.

use engine::{Command, NewFund};
use workflow::assignment::{Assignment, AssignmentStage};
use workflow::id::RequestId;
use workflow::ledger::FundSource;
use workflow::money::Fen;
use workflow::stage::StageKind;

use super::client::Site;
use crate::desk::Desk;

super::told_on_both! {
    a_delivery_is_disputed_and_ruled_on
    work_is_ended_with_what_was_done
    funds_come_from_the_contingency_pool
    funds_come_from_a_special_fund
    work_is_handed_in_on_the_page_of_the_task
}

/// The part of a community.
async fn part(site: &Site, request: RequestId, number: u8) -> Assignment {
    let community = site.desk.community(number);
    let mut parts = site.desk.request(request).await.assignments.into_iter();
    parts.find(|part| part.community == community).expect("it has a part")
}

async fn a_delivery_is_disputed_and_ruled_on(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.in_force(&[1, 2]).await;
    site.desk.does("c1", request, site.desk.delivery(1)).await;
    site.desk.does("c2", request, site.desk.delivery(2)).await;
    let (path, community) = (format!("/requests/{request}"), site.desk.community(1).to_string());
    let mut department = site.signed_in("health").await;
    let page = department.get(&path).await;
    let version = page.is(200).says("验收异议").field("version").expect("the version stands in the form");
    let choices = page.between("id=\"a-dispute-community\"", "</select>").expect("communities to choose");
    assert!(choices.contains("沿湖路社区 420202001001") && choices.contains("420202001002"), "{choices}");
    let dispute = format!("{path}/dispute");
    let nowhere = [("version", version.as_str()), ("community", "老街社区"), ("reason", "登记表不全")];
    department.post(&dispute, &nowhere).await.is(422).says("社区：请选择列出的社区");
    let fields = [("version", version.as_str()), ("community", &community), ("reason", "登记表不全")];
    department.post(&dispute, &fields).await.is(303);
    assert!(part(&site, request, 1).await.is_disputed());
    let page = department.get(&path).await;
    let choices = page.between("id=\"a-dispute-community\"", "</select>").expect("one is left");
    assert!(!choices.contains(&community), "it is disputed once");

    let mut office = site.signed_in("review").await;
    let page = office.get(&path).await;
    let version = page.is(200).says("裁定争议").field("version").expect("the version stands in the form");
    let choices = page.between("id=\"a-rule_on_dispute-community\"", "</select>").expect("the dispute");
    assert!(choices.contains(&community) && !choices.contains("420202001002"), "{choices}");
    let rule = format!("{path}/rule_on_dispute");
    let ruling = |accepted| {
        let reason = ("reason", "四分之一合格");
        [("version", version.as_str()), ("community", &community), ("accepted", accepted), reason]
    };
    office.post(&rule, &ruling("四分之一")).await.is(422).says("认可的完成比例（0至1）：请填写");
    office.post(&rule, &ruling("1.01")).await.is(409);
    office.post(&rule, &ruling("0.25")).await.is(303);
    let ruled = part(&site, request, 1).await;
    let AssignmentStage::Confirmed { due, .. } = ruled.stage else { panic!("{:?}", ruled.stage) };
    assert_eq!(due, ruled.price.share(1, 4));
    assert!(!office.get(&path).await.body.contains("rule_on_dispute"), "nothing is left to rule on");
    site.desk.does("health", request, Command::Confirm).await;
    site.desk.is_sound().await;
}

async fn work_is_ended_with_what_was_done(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.in_force(&[1, 2]).await;
    site.comes("2026-06-10").await;
    site.desk.does("c2", request, site.desk.delivery(2)).await;
    let path = format!("/requests/{request}");
    let mut approver = site.signed_in("approve").await;
    let page = approver.get(&path).await;
    page.is(200).says("准出").says("沿湖路社区 420202001001 · 已完成比例").says("不填为全部");
    let version = page.field("version").expect("the version stands in the form");
    let end = format!("{path}/terminate");
    let fields = |share, costs| {
        let delivered = [("share.420202001002", ""), ("costs.420202001002", "")];
        let other = [("share.420202001001", share), ("costs.420202001001", costs)];
        let all = [("version", version.as_str()), ("reason", "居民不接受")];
        [all, other, delivered].concat()
    };
    let refused = approver.post(&end, &fields("六成", "many")).await;
    refused.is(422).says("已完成比例（0至1）：请填写").says("已证明的直接费用（元）：请填写");
    approver.post(&end, &fields("1.5", "100")).await.is(409);
    assert_eq!(site.desk.stage(request).await, StageKind::InForce, "nothing has changed");
    approver.post(&end, &fields("0.6", "100")).await.is(303);
    assert_eq!(site.desk.stage(request).await, StageKind::Terminated);
    let assessed = site.desk.request(request).await.assessed.expect("it was assessed");
    let (ended, delivered) = (part(&site, request, 1).await, part(&site, request, 2).await);
    let direct = assessed.direct(&ended.code).min(ended.price);
    assert_eq!(ended.paid, (ended.price - direct).share(6, 10) + Fen(10_000).min(direct));
    assert_eq!(delivered.paid, delivered.price, "what is delivered is paid as a whole");
    site.desk.is_sound().await;
}

async fn funds_come_from_the_contingency_pool(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.admitted(&[1, 2]).await;
    let money = site.desk.actor("money");
    let pool = (2026, Fen(5_000_000));
    site.desk.engine.fill_contingency(&money, pool, site.desk.now()).await.expect("a pool");
    let path = format!("/requests/{request}");
    let mut finance = site.signed_in("money").await;
    let page = finance.get(&path).await;
    page.is(200).says("资金来源").says("部门预算").says("应急预备金");
    let version = page.field("version").expect("the version stands in the form");
    let commit = format!("{path}/commit_funds");
    let from = |source| [("version", version.as_str()), ("source", source)];
    finance.post(&commit, &from("escrow")).await.is(422).says("资金来源：请选择列出的资金来源");
    finance.post(&commit, &from("contingency")).await.is(303);
    let funded = site.desk.request(request).await;
    assert_eq!(funded.dossier.source, FundSource::Contingency);
    assert_eq!(funded.held_in_escrow(), funded.price());
    site.desk.is_sound().await;
}

async fn funds_come_from_a_special_fund(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.admitted(&[1, 2]).await;
    let money = site.desk.actor("money");
    let (engine, now) = (&site.desk.engine, site.desk.now());
    let fund = |code: &str, name: &str, years| NewFund {
        code: code.into(),
        name: name.into(),
        name_en: String::new(),
        years,
        purpose: "奖励环境卫生成效突出的社区".into(),
    };
    engine.open_fund(&money, fund("GREEN", "绿色社区", (2026, 2027)), now).await.expect("a fund");
    engine.open_fund(&money, fund("LATER", "明年社区", (2027, 2027)), now).await.expect("another fund");
    engine.fill_fund(&money, "GREEN", (2026, Fen(5_000_000)), now).await.expect("money for it");
    let path = format!("/requests/{request}");
    let mut finance = site.signed_in("money").await;
    let page = finance.get(&path).await;
    page.is(200).says("专项资金 · 绿色社区 GREEN");
    assert!(!page.body.contains("LATER"), "it is for another year");
    let version = page.field("version").expect("the version stands in the form");
    let fund = page.between("应急预备金</option><option value=\"", "\"").expect("the fund");
    let fields = [("version", version.as_str()), ("source", fund.as_str())];
    finance.post(&format!("{path}/commit_funds"), &fields).await.is(303);
    let funded = site.desk.request(request).await;
    assert!(matches!(funded.dossier.source, FundSource::Special(id) if id.to_string() == fund));
    site.desk.is_sound().await;
}

async fn work_is_handed_in_on_the_page_of_the_task(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.in_force(&[1, 2]).await;
    let mut committee = site.signed_in("c1").await;
    let page = committee.get(&format!("/requests/{request}")).await;
    let task = format!("/tasks/{request}#deliver");
    assert!(page.is(200).body.contains(&task), "there is a way to the task");
    assert!(!page.body.contains("/deliver_assignment"), "there is no second form for it");
    committee.get(&format!("/tasks/{request}")).await.is(200).says("完成情况");
}

//! The office at its desk: the inbox, several at once, the decision with its reason, limits and cards, and the figures of the
//! year beside a recount.

use std::collections::BTreeMap;

use engine::Command;
use serde_json::json;
use store::{HourSum, RequestSum, Scope};
use workflow::calendar::Month;
use workflow::id::RequestId;
use workflow::money::Fen;
use workflow::stage::{StageKind, Verdict};

use super::client::Site;
use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    the_inbox_shows_what_waits_and_takes_several_at_once
    what_goes_against_the_rules_needs_a_reason
    a_condition_is_struck_out_with_a_reason_that_the_approver_reads
    what_is_beyond_the_hours_is_approved_by_force_where_it_is_decided
    the_figures_are_those_of_a_recount
    a_card_is_contested_and_decided_on_the_page_of_limits
}

async fn submitted(site: &Site, who: &str) -> RequestId {
    let request = site.desk.files(who, duty(), &[1]).await;
    site.desk.does(who, request, Command::Submit).await;
    request
}

async fn version(site: &Site, request: RequestId) -> String {
    site.desk.request(request).await.version.to_string()
}

async fn the_inbox_shows_what_waits_and_takes_several_at_once(desk: Desk) {
    let site = Site::of(desk).await;
    let (one, other) = (submitted(&site, "health").await, submitted(&site, "health").await);
    let mut review = site.signed_in("review").await;
    let inbox = review.get("/inbox").await;
    inbox.is(200).says("待办 2").says("三会一课与主题党日").says("待受理");
    review.get("/inbox?stage=review").await.is(200).says("没有符合筛选的事项");
    review.get("/inbox?late=1").await.is(200).says("没有符合筛选的事项");
    review.get("/inbox?class=core").await.is(200).says("待受理");
    site.signed_in("health").await.get("/inbox").await.is(403);
    let picks = [format!("{one}:{}", version(&site, one).await), format!("{other}:1000")];
    let fields = [("action", "accept_filing"), ("pick", picks[0].as_str()), ("pick", picks[1].as_str())];
    let answers = review.post("/inbox", &fields).await;
    answers.is(200).says("已办 1 / 2").says("未办 刚被他人办理过");
    assert_eq!(site.desk.stage(one).await, StageKind::Review);
    assert_eq!(site.desk.stage(other).await, StageKind::Submitted, "one that fails stops no other");
    review.post("/inbox", &[("action", "accept_filing")]).await.is(422).says("至少勾选一件");
    let (unseen, lacks) = (other.to_string(), "页面缺少版本信息");
    review.post("/inbox", &[("action", "accept_filing"), ("pick", &unseen)]).await.is(422).says(lacks);
    assert_eq!(site.desk.stage(other).await, StageKind::Submitted, "nobody has looked at it");
    review.post("/inbox", &[("action", "withdraw"), ("pick", picks[0].as_str())]).await.is(422);
    let mut stranger = site.signed_in("approve3").await;
    let foreign = [("action", "approve"), ("pick", picks[0].as_str())];
    let told = stranger.post("/inbox", &foreign).await;
    told.is(200).says("已办 0 / 1");
    assert!(!told.body.contains("三会一课"), "nothing of another district is told");
}

async fn what_goes_against_the_rules_needs_a_reason(desk: Desk) {
    let site = Site::of(desk).await;
    let request = submitted(&site, "health").await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    let path = format!("/requests/{request}/decide");
    let mut review = site.signed_in("review").await;
    review.get(&format!("/requests/{request}")).await.is(200).says("审定：事实、结论、工时、价格");
    let page = review.get(&path).await;
    page.is(200).says("规则结论").says("与规则结论不一致，须写理由").says("各社区各月工时");
    let seen = page.field("version").unwrap();
    let silent = [("version", seen.as_str()), ("verdict", "reject"), ("reason", " ")];
    review.post(&path, &silent).await.is(422).says("提出处理意见");
    assert_eq!(site.desk.stage(request).await, StageKind::Review);
    let said = [("version", seen.as_str()), ("verdict", "reject"), ("reason", "与上月活动重复")];
    review.post(&path, &said).await.is(303);
    review.post(&path, &said).await.is(412).says("没有提交");
    let mut approve = site.signed_in("approve").await;
    let proposal = approve.get(&path).await;
    proposal.is(200).says("与规则结论不一致").says("与上月活动重复").says("同意该意见");
    let mut stranger = site.signed_in("approve3").await;
    stranger.get(&path).await.is(404);
    let fields = [("version", proposal.field("version").unwrap()), ("reason", "请再听取社区意见".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    approve.post(&format!("/requests/{request}/send_back"), &fields).await.is(303);
    assert_eq!(site.desk.stage(request).await, StageKind::Review);
}

async fn a_condition_is_struck_out_with_a_reason_that_the_approver_reads(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", purchase(), &[1, 2]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    let path = format!("/requests/{request}/decide");
    let mut review = site.signed_in("review").await;
    review.get(&path).await.is(200).says("须先报价并由申请单位确认").says("价格构成");
    site.desk.does("review", request, Command::Quote).await;
    let price = site.desk.request(request).await.price();
    site.desk.does("health", request, Command::accept_quote(price, 2026)).await;
    let page = review.get(&path).await;
    let seen = page.field("version").unwrap();
    assert!(page.body.contains("name=\"keep\""), "it has a condition: {}", page.words());
    let admit = [("version", seen.as_str()), ("verdict", "admit")];
    review.post(&path, &admit).await.is(422);
    let reasoned = [("version", seen.as_str()), ("verdict", "admit"), ("reason", "市级考核已取消，无须划去")];
    review.post(&path, &reasoned).await.is(303);
    let mut approve = site.signed_in("approve").await;
    approve.get(&path).await.is(200).says("已划去的条件").says("市级考核已取消");
}

/// A proposal to admit more work than the smallest community has hours for.
async fn overbooked(site: &Site) -> RequestId {
    let (desk, money) = (&site.desk, site.desk.actor("money"));
    desk.engine.appropriate(&money, "HEALTH", (2026, Fen(100_000_000)), desk.now()).await.expect("a budget");
    let mut application = purchase();
    application["work"][0]["volume"] = json!({ "fixed": 9000 });
    application["offer"]["amount"] = json!("200000.00");
    let request = desk.files("health", application, &[3]).await;
    let price = desk.does("health", request, Command::Submit).await.price();
    desk.does("review", request, Command::AcceptFiling).await;
    desk.does("review", request, Command::Quote).await;
    desk.does("health", request, Command::accept_quote(price, 2026)).await;
    let reason = Some("防汛任务，必须保障".to_owned());
    desk.does("review", request, Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason })
        .await;
    request
}

async fn what_is_beyond_the_hours_is_approved_by_force_where_it_is_decided(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = overbooked(&site).await;
    let (path, forced) =
        (format!("/requests/{request}/decide"), format!("/requests/{request}/approve_forced"));
    let mut review = site.signed_in("review").await;
    assert!(!review.get(&path).await.is(200).body.contains(&forced), "it is not the reviewer's to force");
    let mut approve = site.signed_in("approve").await;
    let page = approve.get(&path).await;
    page.is(200).says("同意该意见").says("超额审批").says("发回重审");
    assert!(page.body.contains(&format!("action=\"{forced}\"")), "it is sent from here");
    let seen = page.field("version").expect("a version");
    approve.post(&forced, &[("version", seen.as_str()), ("reason", " ")]).await.is(422);
    assert_eq!(site.desk.stage(request).await, StageKind::Proposed, "not without a reason");
    let said = [("version", seen.as_str()), ("reason", "会议决定超额安排")];
    approve.post(&forced, &said).await.is(303);
    approve.post(&forced, &said).await.is(412).says("没有提交");
    assert_eq!(site.desk.stage(request).await, StageKind::Publication);
    approve.get(&path).await.is(200);
    site.comes("2026-03-10").await;
    assert_eq!(site.desk.stage(request).await, StageKind::Admitted);
    assert!(site.desk.booked().await.contains("forced"), "the hours beyond are booked as forced");
    site.desk.is_sound().await;
}

/// Sums of requests by their key.
fn counted(sums: &[RequestSum]) -> BTreeMap<(String, u8, Month, StageKind), (i64, i64)> {
    let entry = |sum: &RequestSum| {
        ((sum.department.to_string(), sum.function, sum.month, sum.stage), (sum.requests, sum.price.0))
    };
    sums.iter().map(entry).collect()
}

async fn the_figures_are_those_of_a_recount(desk: Desk) {
    let site = Site::of(desk).await;
    for (application, communities) in [(purchase(), vec![1, 2]), (duty(), vec![1]), (duty(), vec![2, 3])] {
        let request = site.desk.files("health", application, &communities).await;
        site.desk.does("health", request, Command::Submit).await;
        site.desk.is_decided(request).await;
    }
    site.desk.files("health", duty(), &[3]).await;
    let mut site = site;
    site.comes("2026-03-10").await;
    let reader = site.desk.engine.reader();
    let stages: Vec<StageKind> = StageKind::ALL.to_vec();
    let all = reader.requests_of(Scope::Everything, &stages).await.unwrap();
    let all: Vec<_> = all.into_iter().map(Result::unwrap).collect();
    let mut expected: BTreeMap<_, (i64, i64)> = BTreeMap::new();
    for request in all.iter().filter(|request| request.stage.kind() != StageKind::Draft) {
        let function = request.assessed.as_ref().and_then(|assessed| assessed.function).unwrap_or_default();
        let month = Month::of(request.application.starts_on.unwrap());
        let key = (request.department.to_string(), function, month, request.stage.kind());
        let sum = expected.entry(key).or_default();
        sum.0 += 1;
        sum.1 += request.price().0;
    }
    assert_eq!(counted(&reader.request_sums(Scope::Everything, 2026).await.unwrap()), expected);
    assert_eq!(reader.request_sums(Scope::Everything, 2025).await.unwrap(), []);
    let bookings = reader.all_bookings().await.unwrap();
    let booked: i64 = bookings.iter().map(|line| line.booked.hours.0).sum();
    let hours: Vec<HourSum> = reader.hour_sums(Scope::Everything, 2026).await.unwrap();
    let months = reader.month_sums(Scope::Everything, 2026).await.unwrap();
    assert!(booked > 0, "something is booked");
    assert_eq!(hours.iter().map(|sum| sum.hours.0).sum::<i64>(), booked);
    assert_eq!(months.iter().map(|(_, _, hours)| hours.0).sum::<i64>(), booked);
    assert_eq!(reader.decision_times(Scope::Everything, 2026).await.unwrap().len(), 3);
    let mut audit = site.signed_in("audit").await;
    audit.cookies.insert("zhunru-language".into(), "zh".into());
    let page = audit.get("/dashboard?year=2026").await;
    page.is(200).says("哪个部门占用了谁的工时").says("各社区占用程度");
    let department = all[0].department;
    let behind = audit.get(&format!("/requests?begins=2026&department={department}")).await;
    assert_eq!(behind.is(200).body.matches("class=\"matter\"").count(), 3, "drafts are not counted");
    audit.get("/requests?begins=2026&days=0").await.is(200).says("统计数字背后");
    audit.get("/requests?begins=2025").await.is(200).says("没有符合的申请");
    let mut stranger = site.signed_in("approve3").await;
    stranger.get("/dashboard?year=2026").await.is(200).says("这一年还没有");
    let saved = audit.get("/dashboard/export?year=2026").await;
    saved.is(200);
    assert!(saved.body.contains("\"2026-"), "the months are in the file: {}", saved.body);
    site.signed_in("health").await.get("/dashboard").await.is(403);
}

async fn a_card_is_contested_and_decided_on_the_page_of_limits(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = submitted(&site, "health").await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    site.comes("2026-03-24").await;
    let mut review = site.signed_in("review").await;
    let page = review.get("/limits?late=1").await;
    page.is(200).says("黄牌").says("三会一课与主题党日").says("申诉");
    let contest = page.between("action=\"/cards/", "\"").expect("a form of the card");
    let seen = page.field("version").expect("a version");
    let fields = [("action", "contest"), ("reason", ""), ("version", seen.as_str())];
    review.post(&format!("/cards/{contest}"), &fields).await.is(409);
    let fields = [("action", "contest"), ("reason", "材料于期限最后一日才补齐"), ("version", seen.as_str())];
    review.post(&format!("/cards/{contest}"), &fields).await.is(303);
    review.get("/limits").await.is(200).says("申诉中").says("材料于期限最后一日才补齐");
    let mut city = site.signed_in("audit").await;
    city.cookies.insert("zhunru-language".into(), "zh".into());
    let now = city.get("/limits").await.field("version").expect("a version");
    let decides = [("action", "cancel"), ("reason", "情况属实"), ("version", now.as_str())];
    review.post(&format!("/cards/{contest}"), &decides).await.is(409);
    city.post(&format!("/cards/{contest}"), &decides).await.is(303);
    city.get("/limits").await.is(200).says("撤销");
}

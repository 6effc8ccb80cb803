//! A form that is refused comes back on the page where it stood, open, with what was typed, with what is wrong by the names
//! of its fields, and with the version as it is now. A form that does not say what was seen changes nothing.

use engine::Command;
use workflow::id::RequestId;
use workflow::stage::{Stage, StageKind};

use super::client::{Browser, Reply, Site};
use super::community::uploads;
use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    a_stale_action_comes_back_and_is_sent_by_a_second_press
    what_is_wrong_is_named_by_its_field
    what_was_typed_is_shown_where_the_action_is_open_no_more
    a_form_without_its_version_changes_nothing
    a_decision_comes_back_where_it_is_made
    a_meeting_keeps_what_was_typed
    those_who_are_heard_are_chosen_by_name
    a_quote_is_accepted_by_who_says_that_it_is_in_the_budget
}

async fn submitted(site: &Site) -> RequestId {
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    request
}

async fn in_review(site: &Site) -> RequestId {
    let request = submitted(site).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    request
}

/// Opens a page, and gives the version that its forms were made from.
async fn opens(browser: &mut Browser, path: &str) -> String {
    browser.get(path).await.is(200).field("version").expect("the version stands in the form")
}

/// The open form of an action, without the others.
fn open_form(page: &Reply, to: &str) -> String {
    let (before, after) = page.body.split_once(&format!("action=\"{to}\"")).expect("the form is there");
    let details = before.rsplit("<details").next().unwrap_or_default();
    assert!(details.starts_with(" class=\"action\" open>"), "it is open: {details}");
    after.split_once("</form>").map(|(form, _)| form.to_owned()).expect("its end")
}

async fn a_stale_action_comes_back_and_is_sent_by_a_second_press(desk: Desk) {
    let site = Site::of(desk).await;
    let request = submitted(&site).await;
    let path = format!("/requests/{request}");
    let mut review = site.signed_in("review").await;
    let seen = opens(&mut review, &path).await;
    site.desk.does("both", request, Command::AcceptFiling).await;
    let to = format!("{path}/return");
    let told = review.post(&to, &[("version", seen.as_str()), ("reason", "附件<无法打开>")]).await;
    told.is(412).says("刚被他人办理过").says("审核中");
    let form = open_form(&told, &to);
    assert!(form.contains(">附件&#60;无法打开&#62;</textarea>"), "what was typed is there, as text: {form}");
    assert!(form.contains("maxlength=\"4000\""), "{form}");
    let now = told.field("version").expect("a version");
    assert_ne!(now, seen);
    review.post(&to, &[("version", now.as_str()), ("reason", "附件<无法打开>")]).await.is(303);
    assert_eq!(site.desk.stage(request).await, StageKind::Returned);
}

async fn what_is_wrong_is_named_by_its_field(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", purchase(), &[1, 2]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    let path = format!("/requests/{request}");
    let mut review = site.signed_in("review").await;
    let seen = opens(&mut review, &path).await;
    let to = format!("{path}/return");
    let empty = review.post(&to, &[("version", seen.as_str()), ("reason", "  ")]).await;
    empty.is(422).says("理由：请填写");
    open_form(&empty, &to);
    let long = "长".repeat(4001);
    let long = review.post(&to, &[("version", seen.as_str()), ("reason", long.as_str())]).await;
    long.is(422).says("理由：字数过多，最多 4000");
    assert!(open_form(&long, &to).contains("长长长"), "nothing is lost");
    let to = format!("{path}/reprice");
    let priced = [("version", seen.as_str()), ("price", "六千"), ("reason", "按去年结算价")];
    let priced = review.post(&to, &priced).await;
    priced.is(422).says("价格（元）：请填写金额");
    let form = open_form(&priced, &to);
    assert!(form.contains("value=\"六千\"") && form.contains(">按去年结算价</textarea>"), "{form}");
    let whole = [("version", seen.as_str()), ("price", "6000"), ("reason", "按去年结算价")];
    review.post(&to, &whole).await.is(303);
}

async fn what_was_typed_is_shown_where_the_action_is_open_no_more(desk: Desk) {
    let site = Site::of(desk).await;
    let request = submitted(&site).await;
    let path = format!("/requests/{request}");
    let mut review = site.signed_in("review").await;
    let seen = opens(&mut review, &path).await;
    site.desk.does("health", request, Command::Withdraw).await;
    let told = review.post(&format!("{path}/return"), &[("version", &seen), ("reason", "缺少盖章页")]).await;
    told.is(412).says("刚被他人办理过").says("您填写的内容").says("缺少盖章页").says("撤回 → 撤回");
    assert!(!told.body.contains(&format!("{path}/return")), "it is open no more");
    let now = site.desk.request(request).await.version.to_string();
    let closed = review.post(&format!("{path}/return"), &[("version", &now), ("reason", "缺少盖章页")]).await;
    closed.is(409).says("缺少盖章页");
}

async fn a_form_without_its_version_changes_nothing(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = in_review(&site).await;
    let path = format!("/requests/{request}");
    let mut review = site.signed_in("review").await;
    review.get("/").await;
    let lacks = "页面缺少版本信息，请刷新后重试";
    let before = site.desk.request(request).await;
    for version in [None, Some(("version", "")), Some(("version", "newest"))] {
        let with = |fields: &[(&'static str, &'static str)]| -> Vec<(&'static str, &'static str)> {
            fields.iter().copied().chain(version).collect()
        };
        let told = review.post(&format!("{path}/return"), &with(&[("reason", "缺件")])).await;
        told.is(422).says(lacks);
        assert!(open_form(&told, &format!("{path}/return")).contains(">缺件</textarea>"));
        let proposal = with(&[("verdict", "reject"), ("reason", "与上月活动重复")]);
        let told = review.post(&format!("{path}/decide"), &proposal).await;
        told.is(422).says(lacks);
        assert!(told.body.contains(">与上月活动重复</textarea>"), "{}", told.body);
    }
    assert_eq!(site.desk.request(request).await, before, "nothing has happened");
    let draft = site.desk.files("health", duty(), &[1]).await;
    let mut health = site.signed_in("health").await;
    let typed = [("title", "我刚刚打的标题"), ("do", "save")];
    let told = health.post(&format!("/requests/{draft}/edit"), &typed).await;
    told.is(422).says(lacks);
    assert!(told.body.contains("我刚刚打的标题"), "{}", told.body);
    health.post(&format!("/requests/{draft}/autosave"), &typed).await.is(422);
    let task = site.in_force(&[1]).await;
    let mut c1 = site.signed_in("c1").await;
    let (token, origin) = (c1.form_token.clone(), c1.origin.clone());
    let fields = [("_token", token.as_str()), ("report", "已入户750户")];
    let told = uploads(&mut c1, (&format!("/tasks/{task}/delivery"), &origin), &fields, &[]).await;
    told.is(422).says(lacks);
    assert!(told.body.contains(">已入户750户</textarea>"), "{}", told.body);
}

async fn a_decision_comes_back_where_it_is_made(desk: Desk) {
    let site = Site::of(desk).await;
    let request = in_review(&site).await;
    let (path, page) = (format!("/requests/{request}"), format!("/requests/{request}/decide"));
    let mut review = site.signed_in("review").await;
    let seen = opens(&mut review, &page).await;
    site.desk.proposes_to_admit(request).await;
    let late = [("version", seen.as_str()), ("verdict", "reject"), ("reason", "与上月活动重复")];
    let told = review.post(&page, &late).await;
    told.is(412).says("刚被他人办理过").says("您填写的内容").says("与上月活动重复");
    let mut approve = site.signed_in("approve").await;
    let seen = opens(&mut approve, &page).await;
    let to = format!("{path}/send_back");
    let back = approve.get(&page).await.field("_back").expect("it comes back here");
    let silent = [("version", seen.as_str()), ("_back", back.as_str()), ("reason", " ")];
    let told = approve.post(&to, &silent).await;
    told.is(422).says("理由：请填写").says("规则结论");
    open_form(&told, &to);
    let mut health = site.signed_in("health").await;
    let withdraws = [("version", "0"), ("_back", back.as_str())];
    let told = health.post(&format!("{path}/withdraw"), &withdraws).await;
    told.is(412);
    assert!(!told.words().contains("全部经过"), "the page of the decision is not the department's");
}

async fn a_meeting_keeps_what_was_typed(desk: Desk) {
    let site = Site::of(desk).await;
    let request = in_review(&site).await;
    site.desk.proposes_to_admit(request).await;
    let mut review = site.signed_in("review").await;
    let day = site.desk.now().date_naive().to_string();
    let called = review.post("/meetings", &[("held_on", &day), ("place", "三楼会议室")]).await;
    let path = called.is(303).to().to_owned();
    let seen = opens(&mut review, &path).await;
    let (place, minutes) = (format!("place.{request}"), format!("minutes.{request}"));
    let agenda = [("version", "7"), (place.as_str(), "1"), (minutes.as_str(), "25")];
    let told = review.post(&format!("{path}/agenda"), &agenda).await;
    told.is(412).says("刚被他人办理过");
    assert!(told.body.contains(&format!(
        "name=\"{minutes}\" type=\"number\" min=\"0\" max=\"999\" inputmode=\"numeric\" value=\"25\""
    )));
    let agenda = [("version", seen.as_str()), (place.as_str(), "1"), (minutes.as_str(), "25")];
    review.post(&format!("{path}/agenda"), &agenda).await.is(303);
    let to = format!("{path}/cancel");
    let told = review.post(&to, &[("version", seen.as_str()), ("reason", "改期到下周")]).await;
    told.is(412).says("刚被他人办理过");
    assert!(open_form(&told, &to).contains(">改期到下周</textarea>"));
    let to = format!("{path}/open");
    let told = review.post(&to, &[("reason", "x"), ("present", "孙批 领导小组")]).await;
    told.is(422).says("页面缺少版本信息");
    assert!(open_form(&told, &to).contains(">孙批 领导小组</textarea>"));
    let now = told.field("version").expect("a version");
    review.post(&to, &[("version", now.as_str()), ("present", "孙批 领导小组")]).await.is(303);
    let to = format!("{path}/votes");
    let case = request.to_string();
    let votes = [("version", "0"), ("request", case.as_str()), ("for", "1"), ("opinion", "同意试行一年")];
    let told = review.post(&to, &votes).await;
    told.is(412);
    let form = open_form(&told, &to);
    assert!(form.contains(">同意试行一年</textarea>") && form.contains("value=\"1\""), "{form}");
    let mut approve = site.signed_in("approve").await;
    let page = approve.get(&path).await;
    let back = page.field("_back").expect("it comes back to the meeting");
    let to = format!("/requests/{request}/send_back");
    let told = approve.post(&to, &[("version", "0"), ("_back", &back), ("reason", "再听取社区意见")]).await;
    told.is(412).says("会议中");
    assert!(open_form(&told, &to).contains(">再听取社区意见</textarea>"));
}

async fn those_who_are_heard_are_chosen_by_name(desk: Desk) {
    let site = Site::of(desk).await;
    let request = in_review(&site).await;
    let path = format!("/requests/{request}");
    let mut review = site.signed_in("review").await;
    let page = review.get(&path).await;
    page.is(200).says("本申请涉及的社区 1 沿湖路社区 420202001001").says("区妇联 WOMEN").says("青山湾社区");
    assert!(!page.body.contains("湖东路社区"), "another district is not heard");
    let seen = page.field("version").expect("a version");
    let to = format!("{path}/consult");
    let silent = [
        ("version", seen.as_str()),
        ("kind", "hearing"),
        ("question", ""),
        ("invited.420202001001", "yes"),
        ("invited.WOMEN", "yes"),
    ];
    let told = review.post(&to, &silent).await;
    told.is(422).says("征求内容：请填写");
    let form = open_form(&told, &to);
    assert!(form.contains("value=\"hearing\" selected"), "{form}");
    assert!(form.contains("name=\"invited.WOMEN\" type=\"checkbox\" value=\"yes\" checked"), "{form}");
    assert!(!form.contains("name=\"invited.CIVIL\" type=\"checkbox\" value=\"yes\" checked"), "{form}");
    let nobody = [("version", seen.as_str()), ("kind", "hearing"), ("question", "社区能否承接？")];
    review.post(&to, &nobody).await.is(409).says("社区能否承接？");
    let mut asked = silent;
    asked[2].1 = "社区能否承接？";
    review.post(&to, &asked).await.is(303);
    let Stage::Consultation { inquiry, .. } = site.desk.request(request).await.stage else {
        panic!("it is not heard");
    };
    assert_eq!(inquiry.invited.len(), 2);
    assert!(inquiry.invited.contains(&site.desk.community(1)));
}

async fn a_quote_is_accepted_by_who_says_that_it_is_in_the_budget(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", purchase(), &[1, 2]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    site.desk.does("review", request, Command::Quote).await;
    let path = format!("/requests/{request}");
    let mut health = site.signed_in("health").await;
    let page = health.get(&path).await;
    let seen = page.is(200).says("已列入部门预算").field("version").expect("a version");
    let price = site.desk.request(request).await.price().to_string();
    let to = format!("{path}/accept_quote");
    let accepts = [("version", seen.as_str()), ("amount", price.as_str()), ("budget_year", "2026")];
    let told = health.post(&to, &accepts).await;
    told.is(422).says("已列入部门预算：请勾选确认");
    assert!(open_form(&told, &to).contains(&format!("value=\"{price}\"")));
    assert_eq!(site.desk.stage(request).await, StageKind::Quoted);
    let said = [accepts.as_slice(), &[("in_budget", "yes")]].concat();
    health.post(&to, &said).await.is(303);
    assert_eq!(site.desk.stage(request).await, StageKind::Review);
}

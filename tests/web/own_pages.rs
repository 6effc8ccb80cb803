//! What everybody has: notices, deputies, the catalogue; and what finance does with money.

use super::client::Site;
use crate::desk::Desk;

super::told_on_both! {
    a_role_is_lent_and_taken_back
    notices_are_the_own_ones
    the_catalogue_is_searched_by_everybody
    finance_fills_pools_and_opens_funds
}

async fn a_role_is_lent_and_taken_back(desk: Desk) {
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    health.get("/deputies").await.is(200).says("没有人代您办理").says("陈健");
    let days = [("role", "submitter"), ("from", "2026-03-02"), ("until", "2026-03-09")];
    let lends = |to: &'static str| days.into_iter().chain([("deputy", to)]).collect::<Vec<_>>();
    health.post("/deputies", &lends("civil@example.org")).await.is(422).says("属于其他机构");
    health.post("/deputies", &lends("nobody@example.org")).await.is(404);
    health.post("/deputies", &lends("health2@example.org")).await.is(303);
    health.get("/deputies").await.is(200).says("代我办理 1").says("陈健").says("代理中");
    let mut deputy = site.signed_in("health2").await;
    deputy.get("/deputies").await.is(200).says("1").says("李卫");
    health.post("/deputies/end", &[("role", "submitter")]).await.is(303);
    let ended = health.get("/deputies").await;
    ended.is(200).says("2026年3月2日");
    site.desk.is_sound().await;
}

async fn notices_are_the_own_ones(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", crate::desk::duty(), &[1]).await;
    site.desk.does("health", request, engine::Command::Submit).await;
    let mut review = site.signed_in("review").await;
    review.get("/notices").await.is(200).says("三会一课与主题党日");
    let other = site.signed_in("women").await.get("/notices").await;
    other.is(200).says("还没有通知");
    let wanted = [("letters", "urgent"), ("quiet", "off"), ("language", "zh")];
    review.post("/notices", &wanted).await.is(303);
    let page = review.get("/notices").await;
    assert!(page.body.contains("value=\"urgent\" selected"), "the wish is kept");
    review.post("/notices", &[("letters", "never"), ("quiet", "off"), ("language", "zh")]).await.is(422);
    site.desk.is_sound().await;
}

async fn the_catalogue_is_searched_by_everybody(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.browser();
    browser.get("/catalogue").await.is(200).says("事项目录").says("三会一课与主题党日");
    let found = browser.get("/catalogue?q=%E5%85%9A%E8%B4%B9").await;
    found.is(200).says("党费收缴与公示").says("1 项");
    browser.get("/catalogue?q=zzz").await.is(200).says("没有符合的事项");
    browser.get("/catalogue?class=negative").await.is(200).says("负面清单");
}

async fn finance_fills_pools_and_opens_funds(desk: Desk) {
    let site = Site::of(desk).await;
    let mut money = site.signed_in("money").await;
    money.get("/funds").await.is(200).says("这一年还没有注入资金").says("年终结转");
    money.post("/funds/fill_contingency", &[("year", "2026"), ("amount", "1000.00")]).await.is(303);
    money.get("/funds").await.is(200).says("￥1,000.00");
    let drain = [("year", "2026"), ("amount", "2000.00"), ("reason", "多了")];
    money.post("/funds/drain_contingency", &drain).await.is(409);
    money
        .post("/funds/fill_contingency", &[("year", "2026"), ("amount", "much")])
        .await
        .is(422)
        .says("请填写金额");
    let fund = [
        ("code", "JLZJ"),
        ("name", "奖励资金"),
        ("year", "2026"),
        ("until", "2027"),
        ("purpose", "奖励先进社区"),
    ];
    money.post("/funds/open_fund", &fund).await.is(303);
    let fill = [("fund", "JLZJ"), ("year", "2026"), ("amount", "500.00")];
    money.post("/funds/fill_fund", &fill).await.is(303);
    money.get("/funds").await.is(200).says("奖励资金").says("￥500.00").says("奖励先进社区");
    money.post("/funds/close", &[("year", "2026"), ("rule", "")]).await.is(409);
    money.post("/funds/steal", &[]).await.is(404);
    let more = [("department", "HEALTH"), ("year", "2026"), ("amount", "1.00")];
    money.post("/funds/appropriate", &more).await.is(303);
    money.get("/budget").await.is(200).says("￥50,001.00").says("待拨付 0");
    site.signed_in("review").await.get("/funds").await.is(403);
    site.desk.is_sound().await;
}

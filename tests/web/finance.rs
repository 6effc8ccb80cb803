//! Finance commits funds in the browser and sees where the money is; nobody else's ledger is found.

use engine::Command;
use workflow::money::Fen;
use workflow::stage::StageKind;

use super::client::Site;
use crate::desk::Desk;

super::told_on_both! {
    finance_commits_what_waits
    ledgers_are_those_of_the_own_scope
    base_funds_are_paid_to_one_community
}

async fn finance_commits_what_waits(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.admitted(&[1, 2]).await;
    let mut browser = site.signed_in("money").await;
    let page = browser.get("/budget").await;
    page.is(200).says("等经费到位 1").says("门牌与地名标识核查").says("￥50,000.00").says("基础经费");
    let version = page.field("version").expect("the version stands in the form");
    let path = page.between("<form method=\"post\" action=\"/requests/", "\"").expect("the way to commit");
    browser.post(&format!("/requests/{path}"), &[("version", &version)]).await.is(303);
    assert_eq!(site.desk.stage(request).await, StageKind::Admitted);
    browser.get("/budget").await.is(200).says("等经费到位 0");
    site.comes("2026-05-06").await;
    let mut browser = site.signed_in("money").await;
    let paid = browser.get("/budget").await;
    paid.is(200).says("首期拨付").says("准〔2026〕1号");
    browser.get("/budget?year=2031").await.is(200).says("这一年没有资金");
    site.signed_in("health").await.get("/budget").await.is(403);
    site.signed_in("c1").await.get("/budget").await.is(403);
}

async fn ledgers_are_those_of_the_own_scope(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.admitted(&[1, 2]).await;
    site.desk.does("money", request, Command::CommitFunds).await;
    site.comes("2026-05-06").await;
    let mut finance = site.signed_in("money").await;
    let health = finance.get("/ledger/HEALTH").await;
    health.is(200).says("预算下达").says("经费到位").says("准〔2026〕1号");
    finance.get("/ledger/HEALTH?as_of=2026-03-02").await.is(200).says("预算下达");
    let statement = finance.get("/ledger/HEALTH/statement?year=2026").await;
    statement.is(200).says("账实相符").says("预算下达").says("年末余额");
    let mut committee = site.signed_in("c1").await;
    committee.get("/ledger/HEALTH/statement").await.is(404);
    committee.get("/ledger/420202001001").await.is(200).says("首期拨付").says("基础经费");
    for other in ["420202001002", "HEALTH", "420203001001", "nobody"] {
        committee.get(&format!("/ledger/{other}")).await.is(404);
    }
    site.signed_in("c9").await.get(&format!("/ledger/{request}")).await.is(404);
}

async fn base_funds_are_paid_to_one_community(desk: Desk) {
    let site = Site::of(desk).await;
    let arrived = async || {
        let lines = site.desk.engine.base_funds(None, 2027).await.expect("base funds");
        let some = lines.into_iter().filter(|line| line.arrived > Fen::ZERO);
        some.map(|line| (line.code, line.arrived)).collect::<Vec<_>>()
    };
    assert_eq!(arrived().await, []);
    let mut finance = site.signed_in("money").await;
    finance.get("/funds?year=2027").await.is(200).says("拨付一个社区的基础经费");
    let fields = |amount| [("community", "420202001002"), ("year", "2027"), ("amount", amount)];
    finance.post("/funds/base_fund", &fields("12.50")).await.is(303);
    assert_eq!(arrived().await, [("420202001002".to_owned(), Fen(1250))]);
    let refused = finance.post("/funds/base_fund", &fields("99999999.00")).await;
    assert!(refused.status >= 400 && refused.status < 500 && refused.body.contains("value=\"99999999.00\""));
    assert_eq!(arrived().await.len(), 1, "more than is due is not paid");
}

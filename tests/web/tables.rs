//! Tables come in as spreadsheets write them and leave as spreadsheets read them; long lists come page by page, and years are
//! those that a calendar can count.

use std::collections::BTreeMap;

use engine::{By, Command, NewComplaint};
use serde_json::{Value, json};
use workflow::actor::Role;

use super::client::{Browser, Reply, Site};
use crate::desk::{Desk, duty};

super::told_on_both! {
    a_table_comes_in_with_its_mark
    years_are_those_that_can_be_counted
    older_complaints_follow_page_by_page
    a_ledger_is_read_by_year_and_saved
    more_than_fits_in_one_form_is_told
    the_median_of_two_is_their_mean
}

/// What became of an import that has begun.
async fn imported(browser: &mut Browser, kind: &str, text: &str) -> Value {
    let table = json!({ "name": "表", "text": text });
    let begun = browser.json(("POST", &format!("/api/v1/imports/{kind}")), &[], &table).await;
    let address = begun.is(202).header("location").expect("an address").to_owned();
    for _ in 0..600 {
        let errand = browser.get(&address).await.is(200).value();
        if errand["state"] != "running" {
            return errand;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("it comes to no end");
}

const HEADS: &str = "code,year,households,residents,workers\n";

async fn a_table_comes_in_with_its_mark(desk: Desk) {
    let site = Site::of(desk).await;
    site.desk.joins("cityadmin", &[Role::Admin], "420200").await;
    let mut city = site.signed_in("cityadmin").await;
    let text = format!("\u{feff}{HEADS}420202001001,2026,500,1500,\n");
    let errand = imported(&mut city, "communities", &text).await;
    assert_eq!((&errand["state"], &errand["result"]["rows"]), (&json!("finished"), &json!(1)), "{errand}");
    for (place, text) in [("/text", format!("\u{feff}{text}")), ("/name", HEADS.to_owned())] {
        let name = if place == "/name" { "\u{feff}表" } else { "表" };
        let table = json!({ "name": name, "text": text });
        let refused = city.json(("POST", "/api/v1/imports/communities"), &[], &table).await;
        assert_eq!((refused.status, refused.code()), (422, "text_unfit".into()), "{}", refused.body);
        assert_eq!(refused.value()["errors"][0]["pointer"], place);
    }
}

async fn years_are_those_that_can_be_counted(desk: Desk) {
    let site = Site::of(desk).await;
    site.desk.joins("cityadmin", &[Role::Admin], "420200").await;
    let mut city = site.signed_in("cityadmin").await;
    for year in ["0", "1999", "2100", "9999999"] {
        let errand =
            imported(&mut city, "communities", &format!("{HEADS}420202001001,{year},500,1500,\n")).await;
        assert_eq!(errand["state"], "failed", "{year}: {errand}");
        assert_eq!(errand["failure"]["place"]["column"], "year", "{errand}");
    }
    let mut money = site.signed_in("money").await;
    for path in
        ["/budget?year=", "/dashboard?year=", "/ledger/HEALTH?year=", "/ledger/HEALTH/statement?year="]
    {
        money.get(&format!("{path}2099")).await.is(200).says("2099");
        money.get(&format!("{path}2100")).await.is(200).says("2026");
    }
    money.get("/api/v1/budget?year=2099").await.is(200);
    money.get("/api/v1/budget?year=2100").await.is(422);
}

async fn older_complaints_follow_page_by_page(desk: Desk) {
    let site = Site::of(desk).await;
    for number in 1..=101 {
        let by = By { actor: &site.desk.actor("c1"), now: site.now() };
        let (department, what) = ("HEALTH".to_owned(), format!("摊派第{number}件"));
        let new = NewComplaint {
            department,
            what,
            since: site.now().date_naive(),
            covered_by: None,
            evidence: Vec::new(),
        };
        site.desk.engine.file_complaint(by, new).await.expect("a complaint");
    }
    let mut review = site.signed_in("review").await;
    let first = review.get("/complaints").await;
    first.is(200).says("摊派第101件").says("摊派第2件").says("更早的");
    assert!(!first.words().contains("摊派第1件"), "{}", first.words());
    let last = first.between("name=\"after\" value=\"", "\"").expect("there is more");
    let older = review.get(&format!("/complaints?after={}", super::client::escaped(&last))).await;
    older.is(200).says("摊派第1件").says("最新的");
    assert!(!older.words().contains("摊派第2件") && !older.words().contains("更早的"), "{}", older.words());
}

/// The rows of a saved table without its heads, each by its cells.
fn rows(saved: &Reply) -> Vec<Vec<String>> {
    saved.is(200);
    assert_eq!(saved.header("content-type"), Some("application/octet-stream"));
    let text = saved.body.strip_prefix('\u{feff}').expect("a mark for spreadsheets");
    let cells = |line: &str| line.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect();
    text.lines().skip(1).map(cells).collect()
}

async fn a_ledger_is_read_by_year_and_saved(desk: Desk) {
    let mut site = Site::of(desk).await;
    site.in_force(&[1, 2]).await;
    for _ in 0..101 {
        let (actor, fen) = (site.desk.actor("money"), workflow::money::Fen(100));
        site.desk.engine.appropriate(&actor, "HEALTH", (2026, fen), site.now()).await.expect("money");
    }
    let mut money = site.signed_in("money").await;
    let page = money.get("/ledger/HEALTH").await;
    page.is(200).says("2026").says("更早的");
    assert_eq!(page.body.matches("￥1.00").count(), 100, "one page");
    let older = page.between("<a href=\"", "\" rel=\"next\"").expect("a way on");
    let older = older.rsplit_once("href=\"").map_or(older.as_str(), |(_, last)| last).replace("&amp;", "&");
    let older = money.get(&older.replace("&#38;", "&")).await;
    older.is(200).says("最新的").says("经费到位");
    assert_eq!(older.body.matches("￥1.00").count(), 1);
    money.get("/ledger/HEALTH?year=2025").await.is(200).says("这一年没有资金往来");
    let saved = rows(&money.get("/ledger/HEALTH/export?year=2026").await);
    assert_eq!(saved.iter().filter(|row| row[7] == "1.00").count(), 101, "the file is whole: {saved:?}");
    assert_eq!(saved.last().map(Vec::len), Some(9));
    assert_eq!(rows(&money.get("/ledger/HEALTH/export?year=2025").await), Vec::<Vec<String>>::new());
    let statement = rows(&money.get("/ledger/HEALTH/statement/export?year=2026").await);
    let stands: BTreeMap<&str, &str> =
        statement.iter().map(|row| (row[1].as_str(), row[5].as_str())).collect();
    assert_eq!(stands["年初余额"], "0.00");
    assert_eq!(saved.last().map(|row| row[8].as_str()), Some(stands["年末余额"]), "both say the same");
    let budget = rows(&money.get("/budget/export?year=2026").await);
    let free = budget.iter().find(|row| row[1] == "HEALTH" && row[3] == "可用").expect("the line");
    assert_eq!(free[4], stands["年末余额"]);
    assert!(budget.iter().any(|row| row[0] == "社区基础经费" && row[1] == "420202001001"), "{budget:?}");
    let mut stranger = site.signed_in("c1").await;
    for path in ["/ledger/HEALTH/export", "/ledger/HEALTH/statement/export"] {
        stranger.get(path).await.is(404);
    }
    stranger.get("/budget/export").await.is(403);
}

async fn more_than_fits_in_one_form_is_told(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    let mut review = site.signed_in("review").await;
    let pick = format!("{request}:{}", site.desk.request(request).await.version);
    let fields = |count: usize| {
        let picks = std::iter::repeat_n(("pick", pick.as_str()), count);
        [("action", "accept_filing")].into_iter().chain(picks).collect::<Vec<_>>()
    };
    let refused = review.post("/inbox", &fields(201)).await;
    refused.is(422).says("一次最多办理 200 件，您勾选了 201 件");
    assert_eq!(site.desk.request(request).await.stage.kind(), workflow::stage::StageKind::Submitted);
    review.post("/inbox", &fields(200)).await.is(200);
    assert_eq!(site.desk.request(request).await.stage.kind(), workflow::stage::StageKind::Review);
}

async fn the_median_of_two_is_their_mean(desk: Desk) {
    let mut site = Site::of(desk).await;
    let requests =
        [site.desk.files("health", duty(), &[1]).await, site.desk.files("health", duty(), &[2]).await];
    for request in requests {
        site.desk.does("health", request, Command::Submit).await;
    }
    let median = async |site: &Site| {
        let mut review = site.signed_in("review").await;
        let page = review.get("/dashboard/export?year=2026").await;
        let line = page.is(200).body.lines().find(|line| line.contains("决定用时中位数")).map(str::to_owned);
        line.and_then(|line| Some(line.rsplit(',').next()?.trim_matches('"').to_owned())).expect("a figure")
    };
    site.desk.is_decided(requests[0]).await;
    let first = median(&site).await;
    site.comes("2026-03-05").await;
    site.desk.is_decided(requests[1]).await;
    let (first, mean): (f64, f64) =
        (first.parse().expect("days"), median(&site).await.parse().expect("days"));
    assert!(((mean - first) - 1.5).abs() < 1e-9, "three working days later: {first}, then {mean}");
}

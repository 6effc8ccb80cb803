//! The figures of the dashboard beside the lists they lead to: prices and requests add up, and the export leaves nothing out.

use std::fmt::Write;

use engine::{Command, ImportKind};
use serde_json::json;
use store::{Refused, Scope, Sieve};
use workflow::id::RequestId;
use workflow::money::Fen;
use workflow::stage::{StageKind, Verdict};

use super::client::{Browser, Reply, Site};
use crate::desk::{Desk, duty, negative, purchase};

super::told_on_both! {
    the_prices_behind_the_money_add_up_to_it
    the_months_add_up_to_the_year
    the_export_has_every_stream_and_the_totals
    the_name_of_a_community_leads_to_its_hours
    the_list_behind_a_ground_is_of_that_ground_alone
}

/// An admitted purchase of May, one of May that was rejected, a duty of June, and a draft.
async fn year(site: &mut Site) -> RequestId {
    let mut refused = purchase();
    refused["title"] = json!("未获准入的核查");
    let refused = site.desk.files("health", refused, &[1]).await;
    site.desk.does("health", refused, Command::Submit).await;
    site.desk.does("review", refused, Command::AcceptFiling).await;
    let reason = Some("与上月活动重复".to_owned());
    let reject = Command::Propose { verdict: Verdict::Reject, without: Vec::new(), reason };
    site.desk.does("review", refused, reject).await;
    site.desk.does("approve", refused, Command::Approve).await;
    assert_eq!(site.desk.stage(refused).await, StageKind::Rejected);
    assert!(site.desk.request(refused).await.price() > Fen::ZERO, "it would have cost something");
    let admitted = site.desk.files("health", purchase(), &[1, 2]).await;
    site.desk.does("health", admitted, Command::Submit).await;
    site.desk.is_decided(admitted).await;
    let mut later = duty();
    later["starts_on"] = json!("2026-06-08");
    let later = site.desk.files("health", later, &[1]).await;
    site.desk.does("health", later, Command::Submit).await;
    let mut draft = purchase();
    draft["title"] = json!("尚未提交的核查");
    site.desk.files("health", draft, &[2]).await;
    site.comes("2026-03-10").await;
    assert_eq!(site.desk.stage(admitted).await, StageKind::Admitted);
    admitted
}

/// A figure, and where it leads.
struct Shown {
    to: String,
    text: String,
}

/// An address as a browser reads it.
fn address(written: &str) -> String {
    written.replace("&#38;", "&").replace("&amp;", "&")
}

fn money(text: &str) -> Fen {
    Fen::parse(&text.replace(['￥', ','], "")).expect("an amount")
}

fn total(page: &Reply, name: &str) -> Shown {
    let link = page.between(&format!("<dt>{name}</dt><dd><a href=\""), "</a>").expect("a total");
    let (to, text) = link.split_once("\">").expect("a link");
    Shown { to: address(to), text: text.to_owned() }
}

/// The rows of a table of the dashboard, as they are written.
fn rows(page: &Reply, word: &str) -> Vec<String> {
    let section = page.between(&format!("<h2 id=\"{word}\">"), "</section>").expect("a table");
    section.split("<th scope=\"row\">").skip(1).map(str::to_owned).collect()
}

/// The figures of a row that lead somewhere, in their order.
fn figures(row: &str) -> Vec<Shown> {
    let links = row.split("<td class=\"sum\"><a href=\"").skip(1);
    let shown = |link: &str| {
        let (to, rest) = link.split_once("\">").expect("a link");
        let (text, _) = rest.split_once("</a>").expect("its end");
        Shown { to: address(to), text: text.to_owned() }
    };
    links.map(shown).collect()
}

/// The prices in the list behind a figure.
async fn prices(browser: &mut Browser, to: &str) -> Vec<Fen> {
    let list = browser.get(to).await;
    let cells = list.is(200).body.split("<td class=\"sum\">").skip(1);
    cells.map(|cell| money(cell.split('<').next().unwrap_or_default())).collect()
}

async fn the_prices_behind_the_money_add_up_to_it(desk: Desk) {
    let mut site = Site::of(desk).await;
    let admitted = year(&mut site).await;
    let mut review = site.signed_in("review").await;
    let page = review.get("/dashboard?year=2026").await;
    let shown = total(page.is(200), "准入后的价款");
    let price = site.desk.request(admitted).await.price();
    assert_eq!(money(&shown.text), price, "the rejected one is no money");
    let listed = prices(&mut review, &shown.to).await;
    assert_eq!(listed, [price]);
    let list = review.get(&shown.to).await;
    list.says("门牌与地名标识核查").says("统计数字背后");
    for absent in ["未获准入的核查", "尚未提交的核查", "三会一课"] {
        assert!(!list.words().contains(absent), "`{absent}` is in: {}", list.words());
    }
    review.get(&format!("{}&stage=admitted", shown.to)).await.is(200).says("门牌与地名标识核查");
    review.get(&format!("{}&stage=rejected", shown.to)).await.is(200).says("没有符合的申请");
    let kept = list.field("money").expect("it goes along when a stage is chosen");
    assert_eq!(kept, "admitted");
}

async fn the_months_add_up_to_the_year(desk: Desk) {
    let mut site = Site::of(desk).await;
    year(&mut site).await;
    let mut review = site.signed_in("review").await;
    let page = review.get("/dashboard?year=2026").await;
    let whole = total(page.is(200), "申请（件）");
    assert_eq!(whole.text, "3", "drafts are not counted");
    let mut sum = 0;
    for row in rows(&page, "month") {
        let shown = figures(&row);
        let [requests, price, ..] = shown.as_slice() else { panic!("too few figures: {row}") };
        let month = row.get(..7).expect("a month");
        assert_eq!(requests.to, format!("/requests?begins={month}"));
        assert_eq!(price.to, requests.to);
        let listed = prices(&mut review, &requests.to).await;
        assert_eq!(requests.text, listed.len().to_string(), "{month}");
        assert_eq!(money(&price.text), listed.iter().copied().sum::<Fen>(), "{month}");
        sum += listed.len();
    }
    assert_eq!(sum.to_string(), whole.text);
    assert_eq!(prices(&mut review, &whole.to).await.len(), sum);
    assert_eq!(prices(&mut review, "/requests?begins=2026-05").await.len(), 2);
    assert_eq!(prices(&mut review, "/requests?begins=2026-06").await.len(), 1);
}

/// Communities by number that the desk does not have yet.
const MORE: std::ops::RangeInclusive<u8> = 10..=30;

async fn grows(desk: &Desk) {
    let mut organisations = "code,parent,kind,name,name_en,body,hosts_office\n".to_owned();
    let mut sizes = "code,year,households,residents,workers\n".to_owned();
    for number in MORE {
        let code = format!("42020200100{number}");
        writeln!(organisations, "{code},420202001,community,新建{number}社区,,,false").expect("a line");
        writeln!(sizes, "{code},2026,200,600,").expect("a line");
    }
    for (kind, text) in [(ImportKind::Organisations, organisations), (ImportKind::Communities, sizes)] {
        desk.engine.import(kind, "story", &text, desk.now()).await.expect("the file is good");
    }
}

async fn the_export_has_every_stream_and_the_totals(desk: Desk) {
    grows(&desk).await;
    let mut site = Site::of(desk).await;
    let communities: Vec<u8> = MORE.collect();
    let mut application = purchase();
    application["offer"]["amount"] = json!("30000.00");
    let request = site.desk.files("health", application, &communities).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.is_decided(request).await;
    site.comes("2026-03-10").await;
    let mut review = site.signed_in("review").await;
    let page = review.get("/dashboard?year=2026").await;
    page.is(200).says("表中为最大的 20 条，导出的文件中另有 1 条").says("本社区工时占比");
    let streams = rows(&page, "flow");
    assert_eq!(streams.len(), 20);
    assert!(
        streams.iter().all(|row| row.contains("<td class=\"sum\">100 %</td>")),
        "nobody else fills theirs"
    );
    let saved = review.get("/dashboard/export?year=2026").await;
    let lines: Vec<&str> = saved.is(200).body.lines().collect();
    let hours = |line: &&&str| line.starts_with("\"哪个部门占用了谁的工时\"") && line.contains(",\"工时\",");
    assert_eq!(lines.iter().filter(hours).count(), communities.len());
    for number in communities {
        assert!(
            lines.iter().filter(hours).any(|line| line.contains(&format!("新建{number}社区"))),
            "{number}"
        );
    }
    for (place, name) in
        ["申请（件）", "占用工时（小时）", "准入后的价款", "不予准入（条理由）"].iter().enumerate()
    {
        let shown = total(&page, name);
        let expected = format!("\"合计\",\"{name}\",\"2026\",\"{}\"", shown.text);
        assert_eq!(lines.get(place + 1).copied(), Some(expected.as_str()), "below the heads");
    }
}

async fn the_name_of_a_community_leads_to_its_hours(desk: Desk) {
    let mut site = Site::of(desk).await;
    year(&mut site).await;
    let mut review = site.signed_in("review").await;
    let page = review.get("/dashboard?year=2026").await;
    let loads = rows(page.is(200), "load");
    let load = loads.iter().find(|row| row.contains("沿湖路社区")).expect("a row of the community");
    let to = "/communities/420202001001/quota?year=2026";
    assert!(load.starts_with(&format!("<a href=\"{to}\">沿湖路社区</a>")), "{load}");
    review.get(to).await.is(200).says("沿湖路社区").says("2026");
    let far = loads.iter().any(|row| row.contains("湖东路社区"));
    assert!(!far, "a community of another district is not in it");
}

async fn the_list_behind_a_ground_is_of_that_ground_alone(desk: Desk) {
    let refused = desk.files("health", negative(), &[1]).await;
    desk.does("health", refused, Command::Submit).await;
    desk.does("review", refused, Command::AcceptFiling).await;
    let reason = Some("属于负面清单".to_owned());
    let reject = Command::Propose { verdict: Verdict::Reject, without: Vec::new(), reason };
    desk.does("review", refused, reject).await;
    desk.does("approve", refused, Command::Approve).await;
    let reader = desk.engine.reader();
    let listed = async |code: &str| {
        let sieve = Sieve { refused: Refused::On(code.to_owned()), ..Sieve::default() };
        reader.sieved_lines(Scope::Everything, &sieve, (None, 10)).await.expect("a list").len()
    };
    let grounds = reader.refusal_grounds(Scope::Everything, 2026).await.expect("grounds");
    assert!(!grounds.is_empty());
    for ground in &grounds {
        assert_eq!(listed(&ground.code).await, ground.requests, "{}", ground.code);
        assert_eq!(listed(&"_".repeat(ground.code.len())).await, 0, "no letter stands for another");
    }
    assert_eq!(listed("%").await, 0, "nor for many");
}

//! Everybody looks up what is admitted: words in Chinese, open data, and nothing that is not public.

use engine::Command;
use serde_json::json;
use workflow::id::RequestId;

use super::client::{Site, escaped};
use crate::desk::{Desk, purchase};

super::told_on_both! {
    what_is_admitted_is_found_by_two_characters
    what_is_not_admitted_is_nowhere
    open_data_is_safe_in_a_spreadsheet
}

/// A request that is admitted and funded.
async fn admitted(site: &mut Site, title: &str, communities: &[u8]) -> RequestId {
    let mut application = purchase();
    application["title"] = json!(title);
    let request = site.desk.files("health", application, communities).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.is_decided(request).await;
    site.comes("2026-03-10").await;
    site.desk.does("money", request, Command::CommitFunds).await;
    request
}

async fn what_is_admitted_is_found_by_two_characters(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = admitted(&mut site, "门牌_核查100%𠮷", &[1, 2]).await;
    let mut visitor = site.browser();
    let found =
        ["门牌", "核查", "100%", "𠮷", "_核", "卫健", "沿湖", "准〔2026〕1", "health", "门牌 沿湖", ""];
    for words in found {
        let page = visitor.get(&format!("/disclosure?q={}", escaped(words))).await;
        page.is(200).says("1 件").says("门牌_核查100%𠮷");
    }
    for words in ["不在", "%门", "门牌 不在", "!", "' OR 1=1 --", "%%", "__", "100_"] {
        visitor.get(&format!("/disclosure?q={}", escaped(words))).await.is(200).says("0 件");
    }
    visitor.get("/disclosure?department=HEALTH&function=0&page=nonsense").await.is(200);
    visitor.get("/disclosure?department=CIVIL").await.is(200).says("0 件");
    visitor.get("/disclosure?district=NOBODY").await.is(200).says("0 件");
    let item = visitor.get(&format!("/disclosure/{request}")).await;
    item.is(200).says("区卫健局").says("420202001001").says("2026年5月6日");
    for name in ["冯一", "陈二"] {
        assert!(!item.body.contains(name), "no person stands there");
    }
}

async fn what_is_not_admitted_is_nowhere(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", purchase(), &[1]).await;
    let mut visitor = site.browser();
    for command in [Command::Submit, Command::Withdraw] {
        visitor.get("/disclosure").await.is(200).says("0 件");
        visitor.get(&format!("/disclosure/{request}")).await.is(404);
        assert_eq!(visitor.get("/disclosure.json").await.value()["total"], 0);
        site.desk.does("health", request, command).await;
    }
    visitor.get(&format!("/disclosure/{request}")).await.is(404);
    visitor.get("/disclosure/nonsense").await.is(404);
}

async fn open_data_is_safe_in_a_spreadsheet(desk: Desk) {
    let mut site = Site::of(desk).await;
    admitted(&mut site, "=HYPERLINK(\"http://x\"),\"看\"", &[1]).await;
    let mut visitor = site.browser();
    let csv = visitor.get("/disclosure.csv").await;
    csv.is(200);
    assert!(csv.body.contains("\"'=HYPERLINK(\"\"http://x\"\"),\"\"看\"\"\""), "{}", csv.body);
    assert!(csv.header("content-disposition").unwrap().starts_with("attachment"));
    let data = visitor.get("/disclosure.json?q=%E7%9C%8B").await.value();
    assert_eq!(
        (&data["total"], &data["items"][0]["communities"][0]["code"]),
        (&json!(1), &json!("420202001001"))
    );
    assert_eq!(data["items"][0]["stage"], "admitted");
}

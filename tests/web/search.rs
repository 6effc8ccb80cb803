//! Search in Chinese: by one, two and more characters, in any width and case, on every list; and never beyond the scope.

use engine::{Command, ImportKind};
use serde_json::json;
use workflow::id::RequestId;

use super::client::{Browser, Site, escaped};
use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    words_are_found_on_every_list
    nobody_finds_what_is_not_in_the_own_sight
    what_is_written_anew_is_found_anew
    the_doctor_misses_what_cannot_be_found
}

/// A request of the health department that is in review.
async fn filed(site: &Site, title: &str) -> RequestId {
    let mut application = duty();
    application["title"] = json!(title);
    let request = site.desk.files("health", application, &[1, 2]).await;
    site.desk.does("health", request, Command::Submit).await;
    request
}

/// How many requests the API finds.
async fn found(browser: &mut Browser, words: &str) -> usize {
    let reply = browser.get(&format!("/api/v1/search?q={}", escaped(words))).await;
    reply.is(200).value()["items"].as_array().map_or(0, Vec::len)
}

async fn words_are_found_on_every_list(desk: Desk) {
    let site = Site::of(desk).await;
    filed(&site, "消防通道检查（Ａ类）𠮷").await;
    filed(&site, "垃圾分类宣传").await;
    let mut review = site.signed_in("review").await;
    for words in [
        "消防",
        "检",
        "查",
        "通道检查",
        "𠮷",
        "a类",
        "Ａ类",
        "(a",
        "（A类）",
        "准[2026]1号",
        "准〔2026〕1",
        "消防 检查",
        "消 𠮷",
    ] {
        assert_eq!(found(&mut review, words).await, 1, "{words}");
        for list in ["/requests", "/inbox"] {
            let page = review.get(&format!("{list}?q={}", escaped(words))).await;
            page.is(200).says("消防通道检查");
            assert!(!page.words().contains("垃圾分类宣传"), "{list} {words}");
        }
    }
    for words in ["卫健", "区卫健局", "health", "沿湖", "420202001002", "类", "2026"] {
        assert_eq!(found(&mut review, words).await, 2, "{words}");
        // As many as are wanted stand among the newest, which are looked at by themselves.
        let first = review.get(&format!("/api/v1/search?limit=1&q={}", escaped(words))).await.value();
        assert_eq!(first["items"][0]["title"], "垃圾分类宣传", "{words}");
        assert!(first["next"].is_string(), "{words}");
    }
    for words in ["消道", "防消", "通道查", "消防 垃圾", "妇联", "\u{20BB8}家", "%", "_", "消%"]
    {
        assert_eq!(found(&mut review, words).await, 0, "{words}");
    }
    let second = review.get("/api/v1/search?q=%E7%B1%BB&limit=1").await;
    let next = second.value()["next"].as_str().expect("there is more").to_owned();
    let rest = review.get(&format!("/api/v1/search?q=%E7%B1%BB&limit=1&after={next}")).await.value();
    assert_eq!((rest["items"].as_array().map(Vec::len), &rest["next"]), (Some(1), &json!(null)));
    for query in ["", "?q=", "?q=%20", "?words=x", "?q=x&after=nonsense"] {
        review.get(&format!("/api/v1/search{query}")).await.is(422);
    }
}

async fn nobody_finds_what_is_not_in_the_own_sight(desk: Desk) {
    let site = Site::of(desk).await;
    filed(&site, "金丝雀𠮷canary").await;
    let mut draft = duty();
    draft["title"] = json!("金丝雀草稿");
    site.desk.files("health", draft, &[1]).await;
    for (who, expected) in [("health", 2), ("review", 2), ("civil", 0), ("c1", 0), ("c9", 0), ("audit", 2)] {
        let mut browser = site.signed_in(who).await;
        assert_eq!(found(&mut browser, "金丝").await, expected, "{who}");
        assert_eq!(found(&mut browser, "雀").await, expected, "{who}");
    }
    site.browser().get("/api/v1/search?q=x").await.is(401);
    site.browser().get("/disclosure?q=%E9%87%91%E4%B8%9D").await.is(200).says("0 件");
}

async fn what_is_written_anew_is_found_anew(desk: Desk) {
    let site = Site::of(desk).await;
    let mut application = purchase();
    application["title"] = json!("楼道清扫");
    let request = site.desk.files("health", application.clone(), &[1]).await;
    let mut health = site.signed_in("health").await;
    assert_eq!((found(&mut health, "楼道").await, found(&mut health, "雨棚").await), (1, 0));
    application["title"] = json!("雨棚清扫");
    site.desk.corrects("health", request, application, &[1]).await;
    assert_eq!((found(&mut health, "楼道").await, found(&mut health, "雨棚").await), (0, 1));
    assert_eq!(found(&mut health, "清扫").await, 1);
    let header = crate::desk::ORGANISATIONS.lines().next().expect("a head");
    let line = crate::desk::ORGANISATIONS.lines().find(|line| line.starts_with("HEALTH,")).expect("a line");
    let text = format!("{header}\n{}\n", line.replace("区卫健局", "区卫生健康局"));
    site.desk.engine.import(ImportKind::Organisations, "story", &text, site.now()).await.expect("renamed");
    assert_eq!((found(&mut health, "卫健").await, found(&mut health, "卫生健康").await), (0, 1));
    site.desk.is_sound().await;
}

async fn the_doctor_misses_what_cannot_be_found(desk: Desk) {
    let site = Site::of(desk).await;
    let request = filed(&site, "消防通道检查").await;
    assert!(site.desk.engine.doctor().await.expect("a check").breaches.is_empty());
    for sql in include_str!("search_tampering.sql").lines().filter(|line| !line.is_empty()) {
        site.desk.tampers(sql);
        let breaches = site.desk.engine.doctor().await.expect("a check").breaches;
        assert!(!breaches.is_empty(), "{sql}");
        site.desk.engine.rebuild_search().await.expect("it is built again");
        let breaches = site.desk.engine.doctor().await.expect("a check").breaches;
        assert_eq!(breaches, Vec::new(), "{sql}");
        let mut review = site.signed_in("review").await;
        assert_eq!(found(&mut review, "消防").await, 1, "{request}");
    }
}

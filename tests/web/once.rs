//! A form that makes something new and is sent twice, since its answer was lost, makes one thing and loses nothing.

use serde_json::Value;
use workflow::stage::StageKind;

use super::client::{Browser, Reply, Site};
use super::community::uploads;
use super::filing::{begun, drafts, typed};
use crate::desk::Desk;

super::told_on_both! {
    an_autosave_whose_answer_was_lost_makes_no_second_draft
    a_button_after_a_lost_autosave_files_one_request
    a_submission_sent_twice_leads_to_the_one_request
    another_form_makes_another_draft
    a_complaint_sent_twice_is_one
}

/// The key of a new form.
async fn key_of(browser: &mut Browser, form: &str) -> String {
    browser.get(form).await.is(200).field("once").filter(|key| !key.is_empty()).expect("a key")
}

fn with_key<'a>(fields: &[(&'a str, &'a str)], key: &'a str) -> Vec<(&'a str, &'a str)> {
    [fields, &[("once", key)]].concat()
}

async fn an_autosave_whose_answer_was_lost_makes_no_second_draft(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let key = key_of(&mut browser, "/requests/new").await;
    let path = "/requests/new/autosave";
    let nothing = browser.post(path, &with_key(&begun(" "), &key)).await;
    assert_eq!(nothing.is(200).value()["saved"], Value::Bool(false), "a key is nothing that was typed");
    let lost = browser.post(path, &with_key(&begun("只有标题"), &key)).await.is(200).value();
    let same = browser.post(path, &with_key(&begun("只有标题"), &key)).await.is(200).value();
    assert_eq!((&same["id"], &same["version"]), (&lost["id"], &lost["version"]));
    let next = browser.post(path, &with_key(&begun("标题和更多"), &key)).await.is(200).value();
    assert_eq!(next["id"], lost["id"]);
    assert_eq!(next["version"].as_i64(), lost["version"].as_i64().map(|version| version + 1));
    assert_eq!(drafts(&site).await, 1);
    let page = browser.get(next["edit"].as_str().expect("an address")).await;
    assert!(page.is(200).body.contains("标题和更多"), "what was typed last is kept");
}

async fn a_button_after_a_lost_autosave_files_one_request(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let key = key_of(&mut browser, "/requests/new").await;
    let lost = browser.post("/requests/new/autosave", &with_key(&begun("只有标题"), &key)).await;
    let id = lost.is(200).value()["id"].as_str().expect("an id").to_owned();
    let faulty =
        browser.post("/requests/new", &with_key(&typed(&[("starts_on", "昨天")], "save"), &key)).await;
    assert_eq!(faulty.is(422).field("once"), Some(key.clone()), "the form keeps its key");
    let sent = browser.post("/requests/new", &with_key(&typed(&[], "submit"), &key)).await;
    assert_eq!(sent.is(303).to(), format!("/requests/{id}"));
    browser.follows(&sent).await.is(200).says("老年人健康档案入户更新").says("待受理");
    assert_eq!(all(&site).await, 1);
}

/// How many requests there are of any stage.
async fn all(site: &Site) -> usize {
    let stages = [StageKind::Draft, StageKind::Submitted];
    let found = site.desk.engine.reader().requests_of(store::Scope::Everything, &stages).await;
    found.expect("requests").len()
}

async fn a_submission_sent_twice_leads_to_the_one_request(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let key = key_of(&mut browser, "/requests/new").await;
    let fields = with_key(&typed(&[], "submit"), &key);
    let first = browser.post("/requests/new", &fields).await;
    let again = browser.post("/requests/new", &fields).await;
    let page = browser.follows(&again).await;
    assert_eq!(page.is(303).to(), first.is(303).to());
    assert_eq!(all(&site).await, 1);
    // More was typed meanwhile: it is too late for that, and still on the page.
    let late = with_key(&typed(&[("title", "另一个标题")], "submit"), &key);
    let refused = browser.post("/requests/new", &late).await;
    assert!(refused.status != 303 && refused.body.contains("另一个标题"), "{}", refused.words());
    assert_eq!(all(&site).await, 1);
}

async fn another_form_makes_another_draft(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    for count in 1..=2 {
        let key = key_of(&mut browser, "/requests/new").await;
        browser.post("/requests/new/autosave", &with_key(&begun("同一标题"), &key)).await.is(200);
        assert_eq!(drafts(&site).await, count);
    }
    let strange = with_key(&begun("没有钥匙的"), "not a key");
    browser.post("/requests/new/autosave", &strange).await.is(200);
    assert_eq!(drafts(&site).await, 3);
}

async fn a_complaint_sent_twice_is_one(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("c1").await;
    let key = key_of(&mut browser, "/complaints/new").await;
    let refused = reports(&site, &mut browser, (&key, "昨天")).await;
    assert_eq!(refused.is(422).field("once"), Some(key.clone()), "the form keeps its key");
    let first = reports(&site, &mut browser, (&key, "2026-02-01")).await;
    let again = reports(&site, &mut browser, (&key, "2026-02-01")).await;
    assert_eq!(first.is(303).to(), again.is(303).to());
    browser.follows(&again).await.is(200).says("举〔2026〕1号");
    let other = key_of(&mut browser, "/complaints/new").await;
    let second = reports(&site, &mut browser, (&other, "2026-02-01")).await;
    browser.follows(&second).await.is(200).says("举〔2026〕2号");
}

async fn reports(site: &Site, browser: &mut Browser, (key, since): (&str, &str)) -> Reply {
    let token = browser.form_token.clone();
    let fields = [
        ("_token", token.as_str()),
        ("once", key),
        ("department", "HEALTH"),
        ("what", "每日上报活跃人数"),
        ("since", since),
    ];
    uploads(browser, ("/complaints/new", &site.origin), &fields, &[("通知.txt", "请每日上报")]).await
}

//! Communities are chosen by their codes, pasted from a list of somebody's own: what may be chosen is ticked, and what may
//! not is named with its line and still there.

use serde_json::Value;
use store::Scope;
use workflow::id::RequestId;
use workflow::stage::StageKind;

use super::client::{Browser, Reply, Site};
use crate::desk::{Desk, duty};

super::told_on_both! {
    pasted_codes_are_chosen_and_come_back_ticked
    a_code_that_may_not_be_chosen_is_named_with_its_line_and_nothing_is_lost
    a_draft_that_keeps_itself_takes_pasted_codes_once
    a_draft_does_not_keep_itself_without_a_code_that_is_wrong
    of_very_many_wrong_codes_the_first_are_named_and_the_others_counted
}

const FIRST: &str = "420202001001";
const SECOND: &str = "420202001002";
const THIRD: &str = "420202001003";
/// A community of another district.
const FOREIGN: &str = "420203001001";
const UNKNOWN: &str = "999999999999";

/// The form as somebody has begun it, with codes pasted and a button pressed.
fn begun<'a>(other: &[(&'a str, &'a str)], codes: &'a str, button: &'a str) -> Vec<(&'a str, &'a str)> {
    let typed = [("title", "门牌核查"), ("term", "temporary"), ("codes", codes), ("do", button)];
    [typed.as_slice(), other].concat()
}

fn is_ticked(page: &Reply, code: &str) -> bool {
    page.body.contains(&format!("name=\"community\" value=\"{code}\" checked"))
}

/// What stands in the field for codes.
fn pasted(page: &Reply) -> String {
    let field = page.between("<textarea id=\"codes\"", "</textarea>").expect("a field for codes");
    field.split_once('>').map(|(_, text)| text.to_owned()).expect("its text")
}

/// What the panel beside a form says.
fn panel(page: &Reply) -> String {
    page.between("id=\"panel\"", "</aside>").expect("a panel")
}

/// The communities of a draft, in the order of codes.
async fn chosen(site: &Site, id: &str) -> Vec<String> {
    let id: RequestId = site.desk.engine.reader().request_id(id, Scope::Everything).await.expect("a request");
    let mut codes: Vec<String> =
        site.desk.request(id).await.targets.into_iter().map(|target| target.code).collect();
    codes.sort();
    codes
}

async fn drafts(site: &Site) -> usize {
    let found = site.desk.engine.reader().requests_of(Scope::Everything, &[StageKind::Draft]).await;
    found.expect("drafts").len()
}

async fn pasted_codes_are_chosen_and_come_back_ticked(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let empty = browser.get("/requests/new").await;
    empty.is(200).says("粘贴社区代码");
    assert_eq!(pasted(&empty), "");
    let all = [FIRST, SECOND, THIRD];
    for between in ["\r\n", "\n\n", " ", ",", "，", "、", "; "] {
        let codes = all.join(between);
        let page = browser.post("/requests/new", &begun(&[], &codes, "assess")).await;
        page.is(200).says("沿湖街道 3 / 3");
        assert!(all.iter().all(|code| is_ticked(&page, code)), "parted by {between:?}");
        assert_eq!(pasted(&page), "", "what is taken is not there twice");
    }
    let twice = format!("{SECOND}\r\n{SECOND}\r\n");
    let page = browser.post("/requests/new", &begun(&[("community", FIRST)], &twice, "assess")).await;
    page.is(200).says("沿湖街道 2 / 3");
    let saved = browser.post("/requests/new", &begun(&[("community", FIRST)], &twice, "save")).await;
    let id = saved.is(303).to().split('/').nth(2).expect("an id").to_owned();
    assert_eq!(chosen(&site, &id).await, [FIRST, SECOND]);
    let page = browser.follows(&saved).await;
    assert!(is_ticked(&page, FIRST) && is_ticked(&page, SECOND) && !is_ticked(&page, THIRD));
    assert_eq!(pasted(&page), "");
}

async fn a_code_that_may_not_be_chosen_is_named_with_its_line_and_nothing_is_lost(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let codes = format!("{SECOND}\r\n{FOREIGN}\r\n\r\n{THIRD} {UNKNOWN}\r\n{FOREIGN}");
    for button in ["assess", "save", "submit"] {
        let page = browser.post("/requests/new", &begun(&[("community", FIRST)], &codes, button)).await;
        let foreign = format!("第2行 {FOREIGN} 不是可选的社区");
        let unknown = format!("第4行 {UNKNOWN} 不是可选的社区");
        page.is(422).says(&format!("社区代码 ：{foreign}")).says(&unknown).says("沿湖街道 3 / 3");
        assert!(page.body.contains("门牌核查"), "the title is still there");
        assert!([FIRST, SECOND, THIRD].iter().all(|code| is_ticked(&page, code)), "the others are taken");
        assert_eq!(pasted(&page), format!("{FOREIGN}\n{UNKNOWN}"), "the wrong ones stay");
        assert!(panel(&page).contains(&unknown), "the panel says so, too: {}", panel(&page));
        assert!(!page.words().contains("湖东路社区"), "its name is nobody's business");
    }
    assert_eq!(drafts(&site).await, 0);
    let beside = browser.post("/requests/new/panel", &begun(&[], FOREIGN, "")).await;
    beside.is(200).says(&format!("社区代码：第1行 {FOREIGN}"));
    let mended = [("community", FIRST), ("community", SECOND), ("community", THIRD)];
    browser.post("/requests/new", &begun(&mended, " \r\n", "save")).await.is(303);
    assert_eq!(drafts(&site).await, 1);
}

/// What the script hears of a draft that is kept, and its next version.
async fn kept(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> (Value, String) {
    let told = browser.post(path, fields).await.is(200).value();
    assert_eq!(told["saved"], Value::Bool(true));
    let version = told["version"].to_string();
    (told, version)
}

/// The script keeps the form as it stands, with what was pasted, until somebody presses a button.
async fn a_draft_that_keeps_itself_takes_pasted_codes_once(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let codes = format!("{SECOND}\r\n{THIRD}");
    let first = [("community", FIRST)];
    let (told, mut version) = kept(&mut browser, "/requests/new/autosave", &begun(&first, &codes, "")).await;
    let id = told["id"].as_str().expect("an id").to_owned();
    let path = format!("/requests/{id}/autosave");
    for _ in 0..2 {
        let again = [("community", FIRST), ("version", version.as_str())];
        let (told, next) = kept(&mut browser, &path, &begun(&again, &codes, "")).await;
        assert_eq!(told["id"].as_str(), Some(id.as_str()));
        assert_eq!(chosen(&site, &id).await, [FIRST, SECOND, THIRD]);
        version = next;
    }
    assert_eq!(drafts(&site).await, 1);
    let saved = [("community", FIRST), ("version", version.as_str())];
    let answer = browser.post(&format!("/requests/{id}/edit"), &begun(&saved, &codes, "save")).await;
    let page = browser.follows(&answer).await;
    page.is(200).says("沿湖街道 3 / 3");
    assert_eq!(chosen(&site, &id).await, [FIRST, SECOND, THIRD]);
}

async fn a_draft_does_not_keep_itself_without_a_code_that_is_wrong(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let codes = format!("{SECOND}\r\n{FOREIGN}");
    let told = browser.post("/requests/new/autosave", &begun(&[], &codes, "")).await.is(422).value();
    assert_eq!(told["said"], "填写有误，改正后再自动保存：社区代码");
    assert_eq!(drafts(&site).await, 0);
    let nothing = [("term", "temporary"), ("codes", " 、\r\n")];
    let told = browser.post("/requests/new/autosave", &nothing).await.is(200).value();
    assert_eq!(told["saved"], Value::Bool(false), "nothing was typed");
    let request = site.desk.files("health", duty(), &[1]).await;
    let version = site.desk.request(request).await.version.to_string();
    let typed = [("community", FIRST), ("version", version.as_str())];
    let path = format!("/requests/{request}/autosave");
    browser.post(&path, &begun(&typed, &codes, "")).await.is(422);
    assert_eq!(chosen(&site, &request.to_string()).await, [FIRST], "it is as it was");
}

async fn of_very_many_wrong_codes_the_first_are_named_and_the_others_counted(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let wrong: Vec<String> = (1..=60).map(|number| format!("X{number:03}")).collect();
    let codes = wrong.join("\r\n");
    let page = browser.post("/requests/new", &begun(&[], &codes, "save")).await;
    page.is(422).says("第50行 X050 不是可选的社区").says("另有 10 个 不是可选的社区");
    assert!(!page.words().contains("第51行"), "the others are counted");
    assert_eq!(pasted(&page), wrong.join("\n"), "and all of them stay");
}

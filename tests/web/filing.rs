//! A department files by forms alone: a fault is mended on the way, the assessment is seen, the draft keeps itself.

use serde_json::Value;
use workflow::stage::StageKind;

use super::client::{Browser, Reply, Site};
use crate::desk::Desk;

super::told_on_both! {
    a_department_files_by_forms_only
    a_draft_keeps_itself_while_somebody_types
    a_new_request_keeps_itself_as_one_draft
    a_new_request_with_a_fault_is_told_its_place_and_not_kept
    communities_of_elsewhere_are_refused
    other_departments_and_roles_have_no_form_here
    a_button_fills_in_what_would_change_the_outcome
    each_input_that_stands_in_the_way_has_its_button
    a_document_that_is_missing_is_asked_for_and_not_made_up
    a_draft_changed_elsewhere_loses_nothing_that_was_typed
    work_beyond_all_sums_is_told_at_its_place
    a_running_request_is_renewed_and_supplemented_from_its_page
}

/// A whole application, as somebody types it.
const TYPED: [(&str, &str); 24] = [
    ("title", "老年人健康档案入户更新"),
    ("description", "更新六十五岁以上老年人健康档案"),
    ("item", "C08-07"),
    ("term", "temporary"),
    ("starts_on", "2026-05-06"),
    ("ends_on", "2026-08-31"),
    ("governing_document.title", "基本公共卫生服务工作方案"),
    ("governing_document.expires_on", "2026-12-31"),
    ("declarations.department", "培训、体检、录入系统"),
    ("declarations.community", "入户通知、登记"),
    ("declarations.support", "经费、物资、数据"),
    ("work.0.what", "入户动员"),
    ("work.0.per", "household"),
    ("work.0.amount", "30"),
    ("work.0.times", "1"),
    ("work.0.minutes_per_unit", "6.5"),
    ("work.0.day", "working"),
    ("work.0.worker", "community"),
    ("direct_costs.0.what", "印刷"),
    ("direct_costs.0.amount", "1000.01"),
    ("offer.amount", "9000.00"),
    ("offer.budget_year", "2026"),
    ("offer.in_budget", "yes"),
    ("community", "420202001001"),
];

/// The form with some fields typed otherwise, some added, and a button pressed.
pub(super) fn typed<'a>(other: &[(&'a str, &'a str)], button: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = TYPED.to_vec();
    for (name, value) in other {
        match fields.iter_mut().find(|(known, _)| known == name && *name != "community") {
            Some(field) => field.1 = value,
            None => fields.push((name, value)),
        }
    }
    fields.push(("do", button));
    fields
}

/// The id at the end of an address such as `/requests/ID/edit`.
fn id_in(reply: &Reply) -> String {
    reply.is(303).to().split('/').nth(2).expect("an id").to_owned()
}

async fn drafted(browser: &mut Browser) -> String {
    id_in(&browser.post("/requests/new", &typed(&[], "save")).await)
}

async fn a_department_files_by_forms_only(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    browser.get("/requests/new").await.is(200).says("新申请").says("沿湖路社区").says("开始填写后");

    let wrong = [("work.0.minutes_per_unit", "六分半"), ("direct_costs.0.amount", "-3")];
    let answer = browser.post("/requests/new", &typed(&wrong, "submit")).await;
    answer.is(422).says("每次分钟 (第1行) ：请填每次分钟数").says("请填金额，如 1000.00");
    for (_, value) in typed(&wrong, "submit").iter().filter(|(name, _)| *name != "do") {
        assert!(answer.body.contains(value), "`{value}` is still there");
    }

    let row = browser.post("/requests/new", &typed(&[], "add:work")).await;
    assert!(row.is(200).body.contains("name=\"work.2.what\""), "two rows are blank now");
    let seen = browser.post("/requests/new", &typed(&[], "assess")).await;
    seen.is(200).says("购买服务").says("沿湖路社区 2026-05");
    let price = seen.between("<p class=\"figure\">", "<").expect("a price");

    let answer = browser.post("/requests/new", &typed(&[], "submit")).await;
    let page = browser.follows(&answer).await;
    page.is(200).says("老年人健康档案入户更新").says("待受理").says(&price);
    let request = site.desk.engine.reader();
    let id = request.request_id(&id_in(&answer), store::Scope::Everything).await.unwrap();
    assert_eq!(site.desk.stage(id).await, StageKind::Submitted);
}

async fn a_draft_keeps_itself_while_somebody_types(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let id = drafted(&mut browser).await;
    let page = browser.get(&format!("/requests/{id}/edit")).await;
    let version = page.is(200).field("version").expect("a version");
    let path = format!("/requests/{id}/autosave");

    let other = [("title", "老年人健康档案更新（修改）"), ("version", version.as_str())];
    let kept = browser.post(&path, &typed(&other, "")).await;
    let next = kept.is(200).value()["version"].as_i64().expect("a version");
    assert_eq!(next, version.parse::<i64>().unwrap() + 1);
    browser.get(&format!("/requests/{id}")).await.says("老年人健康档案更新（修改）");

    browser.post(&path, &typed(&other, "")).await.is(412);
    let next = next.to_string();
    let faulty = [("starts_on", "昨天"), ("version", next.as_str())];
    let told = browser.post(&path, &typed(&faulty, "")).await;
    assert_eq!(told.is(422).value()["saved"], Value::Bool(false));

    let panel = browser.post("/requests/new/panel", &typed(&[("request", &id)], "")).await;
    panel.is(200).says("购买服务");
    assert!(!panel.body.contains("<html"), "the panel alone");

    let submitted =
        browser.post(&format!("/requests/{id}/edit"), &typed(&[("version", &next)], "submit")).await;
    submitted.is(303);
    browser.post(&path, &typed(&[("version", "9")], "")).await.is(409);
}

/// How many drafts there are.
pub(super) async fn drafts(site: &Site) -> usize {
    let found = site.desk.engine.reader().requests_of(store::Scope::Everything, &[StageKind::Draft]).await;
    found.expect("drafts").len()
}

/// The form as it comes from the page before anybody has typed, with a title.
pub(super) fn begun(title: &str) -> Vec<(&str, &str)> {
    let given = [("term", "temporary"), ("origin", ""), ("of", ""), ("of_version", ""), ("request", "")];
    let row = [("work.0.what", ""), ("work.0.per", "household"), ("work.0.times", "1")];
    [given.as_slice(), &row, &[("title", title)]].concat()
}

async fn a_new_request_keeps_itself_as_one_draft(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let page = browser.get("/requests/new").await;
    let path = page.is(200).between("data-autosave=\"", "\"").expect("an address");
    let nothing = browser.post(&path, &begun(" ")).await;
    assert_eq!(nothing.is(200).value()["saved"], Value::Bool(false));
    assert_eq!(drafts(&site).await, 0, "nothing was typed");

    let told = browser.post(&path, &begun("只有标题")).await.is(200).value();
    let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
    let id = text("id");
    assert_eq!(text("edit"), format!("/requests/{id}/edit"));
    assert_eq!(text("autosave"), format!("/requests/{id}/autosave"));
    let page = browser.get(&text("edit")).await;
    assert_eq!(page.is(200).field("version"), Some(told["version"].to_string()));
    assert_eq!(page.between("data-autosave=\"", "\""), Some(text("autosave")));
    assert_eq!(drafts(&site).await, 1);

    let version = told["version"].to_string();
    let more = [begun("标题改过了"), vec![("version", version.as_str())]].concat();
    let next = browser.post(&text("autosave"), &more).await.is(200).value();
    assert_eq!(next["id"], told["id"]);
    assert_eq!(next["version"].as_i64(), told["version"].as_i64().map(|version| version + 1));
    assert!(browser.get(&text("edit")).await.is(200).body.contains("标题改过了"));
    assert_eq!(drafts(&site).await, 1, "the second time makes no other");
}

async fn a_new_request_with_a_fault_is_told_its_place_and_not_kept(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let faulty = [begun("日期写错了"), vec![("starts_on", "昨天")]].concat();
    let told = browser.post("/requests/new/autosave", &faulty).await.is(422).value();
    assert_eq!(told["saved"], Value::Bool(false));
    assert_eq!(told["said"], "填写有误，改正后再自动保存：开始");
    let foreign = [begun("外区社区"), vec![("community", "420203001001")]].concat();
    let told = browser.post("/requests/new/autosave", &foreign).await.is(422).value();
    assert_eq!(told["said"], "填写有误，改正后再自动保存：社区");
    assert_eq!(drafts(&site).await, 0);
}

async fn communities_of_elsewhere_are_refused(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let answer = browser.post("/requests/new", &typed(&[("community", "420203001001")], "save")).await;
    answer.is(422).says("420203001001 不是本区的社区").says("沿湖路社区");
    assert!(!answer.words().contains("湖东路社区"), "and its name is nobody's business");
    let whole = [("whole", "420202001")];
    let answer = browser.post("/requests/new", &typed(&whole, "assess")).await;
    answer.is(200).says("沿湖街道 3 / 3");
    let elsewhere = [("whole", "420203")];
    browser.post("/requests/new", &typed(&elsewhere, "assess")).await.is(200).says("沿湖街道 1 / 3");
}

async fn other_departments_and_roles_have_no_form_here(desk: Desk) {
    let site = Site::of(desk).await;
    let id = drafted(&mut site.signed_in("health").await).await;
    let mut civil = site.signed_in("civil").await;
    let edit = format!("/requests/{id}/edit");
    civil.get(&edit).await.is(404);
    civil.post(&edit, &typed(&[], "save")).await.is(404);
    civil.post(&format!("/requests/{id}/autosave"), &typed(&[], "")).await.is(404);
    civil.post("/requests/new/panel", &typed(&[("request", &id)], "")).await.is(404);
    civil.get(&format!("/requests/new?renew={id}")).await.is(404);
    for who in ["review", "c1", "money", "audit"] {
        let mut browser = site.signed_in(who).await;
        browser.get("/requests/new").await.is(403);
        browser.post("/requests/new", &typed(&[], "save")).await.is(403);
        browser.post("/requests/new/autosave", &typed(&[], "")).await.is(403);
    }
}

async fn a_button_fills_in_what_would_change_the_outcome(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let early = [("starts_on", "2026-03-20"), ("ends_on", "2026-07-15")];
    let page = browser.post("/requests/new", &typed(&early, "assess")).await;
    page.is(200).says("退回补正").says("怎样改变结论").says("推迟到2026年4月14日开始");
    let button = page.between("name=\"do\" value=\"change:", "\"").expect("a button");
    let change = format!("change:{}", button.replace("&#34;", "\"").replace("&quot;", "\""));
    let filled = browser.post("/requests/new", &typed(&early, &change)).await;
    filled.is(200).says("购买服务");
    assert!(filled.body.contains("value=\"2026-04-14\""), "the start is filled in");
}

/// Budget, coverage, communities and start: what is wrong, what the panel tells, and that its button is enough.
async fn each_input_that_stands_in_the_way_has_its_button(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let heavy = [("work.0.amount", "100"), ("work.0.minutes_per_unit", "120"), ("offer.amount", "900000.00")];
    let with_small = [heavy.as_slice(), &[("community", "420202001003")]].concat();
    let early = [("starts_on", "2026-03-20"), ("ends_on", "2026-07-15"), ("offer.in_budget", "")];
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("offer.in_budget", "")], "承诺 ￥"),
        (&heavy, "覆盖率降到 "),
        (&with_small, "不含沿湖路社区"),
        (&early, "推迟到2026年4月14日开始"),
    ];
    for (wrong, wanted) in cases {
        let filled = pressed(&mut browser, wrong, wanted).await;
        let panel = filled.between("id=\"panel\"", "</aside>").expect("a panel");
        assert!(panel.contains("购买服务") && !panel.contains("怎样改变结论"), "{wanted}: {panel}");
    }
}

/// What people have to write themselves is told and not made up.
async fn a_document_that_is_missing_is_asked_for_and_not_made_up(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let cases = [("governing_document.title", "补上有效期至"), ("declarations.community", "写全三项声明")];
    for (missing, wanted) in cases {
        let filled = pressed(&mut browser, &[(missing, "")], wanted).await;
        filled.says("退回补正").says("还缺什么");
        assert_eq!(filled.field(missing).unwrap_or_default(), "", "{missing}");
    }
}

/// The form after the button of a way was pressed that says so.
async fn pressed(browser: &mut Browser, wrong: &[(&str, &str)], wanted: &str) -> Reply {
    let page = browser.post("/requests/new", &typed(wrong, "assess")).await;
    let panel = page.is(200).between("id=\"panel\"", "</aside>").unwrap_or_default();
    assert!(panel.contains("怎样改变结论") && panel.contains(wanted), "{wanted}: {panel}");
    let says = |button: &&str| button.split("</button>").next().is_some_and(|said| said.contains(wanted));
    let button = page.body.split("name=\"do\" value=\"change:").skip(1).find(says);
    let value = button.and_then(|button| button.split('"').next()).expect("a button");
    let change = format!("change:{}", value.replace("&#34;", "\"").replace("&quot;", "\""));
    let filled = browser.post("/requests/new", &typed(wrong, &change)).await;
    filled.is(200);
    filled
}

async fn a_draft_changed_elsewhere_loses_nothing_that_was_typed(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let id = drafted(&mut browser).await;
    let edit = format!("/requests/{id}/edit");
    let version = browser.get(&edit).await.field("version").expect("a version");
    browser.post(&edit, &typed(&[("version", &version)], "save")).await.is(303);
    let mine = [("version", version.as_str()), ("title", "我刚刚打的标题")];
    let answer = browser.post(&edit, &typed(&mine, "save")).await;
    answer.is(412).says("没有保存，但都还在下面");
    assert!(answer.body.contains("我刚刚打的标题"), "nothing is lost");
}

async fn work_beyond_all_sums_is_told_at_its_place(desk: Desk) {
    let site = Site::of(desk).await;
    let mut browser = site.signed_in("health").await;
    let huge = [
        ("work.0.per", "fixed"),
        ("work.0.amount", "10000000"),
        ("work.0.times", "10000"),
        ("work.0.minutes_per_unit", "999999999"),
    ];
    browser.post("/requests/new", &typed(&huge, "assess")).await.is(422).says("工作量合计过大");
    browser.post("/requests/new", &typed(&huge, "submit")).await.is(422).says("工作量合计过大");
}

async fn a_running_request_is_renewed_and_supplemented_from_its_page(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.in_force(&[1, 2]).await;
    assert_eq!(site.desk.stage(request).await, StageKind::InForce);
    let mut browser = site.signed_in("health").await;
    browser.get(&format!("/requests/{request}")).await.says("续期").says("追加");
    let form = browser.get(&format!("/requests/new?renew={request}")).await;
    form.is(200).says("续期申请");
    let (of, seen) = (form.field("of").expect("of"), form.field("of_version").expect("a version"));
    let bound = [("origin", "renew"), ("of", of.as_str()), ("of_version", seen.as_str())];
    let id = id_in(&browser.post("/requests/new", &typed(&bound, "save")).await);
    let old = site.desk.request(request).await;
    assert_eq!(old.dossier.successor.map(|id| id.to_string()), Some(id));
    browser.get(&format!("/requests/new?supplement={request}")).await.is(200).says("追加申请");
}

//! The page of a request: what is asked for and its papers for all who may read it, and what others were asked and have
//! objected, also when the publication is over.

use engine::Command;
use workflow::assignment::Delivery;
use workflow::consultation::{InquiryKind, Ruling, Stance};
use workflow::id::RequestId;
use workflow::stage::StageKind;

use super::client::Site;
use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    all_who_may_read_it_read_what_is_asked_for
    the_decision_record_names_every_rule
    files_are_listed_for_those_who_may_see_them
    objections_keep_their_numbers_when_the_publication_is_over
    an_upheld_objection_stands_beside_those_of_the_next_publication
}

/// The same words for all readers.
const ASKED: [&str; 5] = [
    "申请内容",
    "目录事项 C03-09",
    "工作内容 入户核对:",
    "依据文件 地名管理条例实施方案 · 江民发〔2026〕8号",
    "三方责任 部门: 培训、制图、汇总",
];

fn object(text: &str) -> Command {
    Command::Object { text: text.to_owned() }
}

fn answer(objection: usize, ruling: Ruling, text: &str) -> Command {
    Command::Resolve { objection, ruling, answer: text.to_owned() }
}

async fn published(site: &Site) -> RequestId {
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.is_decided(request).await;
    request
}

/// What a rule had looked at is for those who read all of the request; that it was asked, for all its readers.
async fn the_decision_record_names_every_rule(desk: Desk) {
    let site = Site::of(desk).await;
    let request = published(&site).await;
    let path = format!("/requests/{request}");
    let looked_at = "<span class=\"soft\">over</span>";
    for who in ["health", "review", "approve"] {
        let page = site.signed_in(who).await.get(&path).await;
        page.is(200).says("决定记录").says("quota.month 未触发").says("规则集");
        assert!(page.body.contains(looked_at), "{who} sees what it looked at");
    }
    let community = site.signed_in("c1").await.get(&path).await;
    community.is(200).says("决定记录").says("quota.month 未触发");
    assert!(!community.body.contains(looked_at), "others' loads are none of theirs");
}

async fn all_who_may_read_it_read_what_is_asked_for(desk: Desk) {
    let site = Site::of(desk).await;
    // A like one before it, which is no matter of those who are asked.
    let like = site.desk.files("health", purchase(), &[1]).await;
    site.desk.does("health", like, Command::Submit).await;
    let request = site.desk.files("health", purchase(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    let invited = vec!["420202001001".to_owned(), "WOMEN".to_owned()];
    let question = "社区能否承接？".to_owned();
    let consult = Command::Consult { kind: InquiryKind::Opinions, question, invited };
    site.desk.does("review", request, consult).await;
    let opinion = Command::Opine { stance: Stance::Oppose, text: "人手不足".to_owned() };
    site.desk.does("c1", request, opinion).await;
    let path = format!("/requests/{request}");
    for who in ["health", "review", "c1", "women"] {
        let page = site.signed_in(who).await.get(&path).await;
        page.is(200).says("材料 依据文件").says("征求内容 · 征求意见 社区能否承接？");
        for said in ASKED {
            page.says(said);
        }
        assert!(page.body.contains("<details open><summary>事由"), "{who} reads it first: {}", page.body);
        let is_theirs = who == "health" || who == "review";
        assert_eq!(page.words().contains("同一单位的相近申请"), is_theirs, "{who}: {}", page.words());
        assert_eq!(page.words().contains("人手不足"), who != "women", "{who}: {}", page.words());
    }
    let english = site.signed_in("health2").await.get(&path).await;
    english.is(200).says("What is asked for").says("Governing document 地名管理条例实施方案").says("Work");
    site.signed_in("c2").await.get(&path).await.is(404);
}

async fn files_are_listed_for_those_who_may_see_them(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.in_force(&[1, 2]).await;
    site.comes("2026-06-02").await;
    let files = vec![("入户名单.txt".to_owned(), "一二三".as_bytes().to_vec()).into()];
    let (community, delivery) = (site.desk.community(1), Box::new(Delivery::of("已入户")));
    site.desk.does("c1", request, Command::DeliverWithEvidence { community, delivery, files }).await;
    let path = format!("/requests/{request}");
    let to = format!("<li><a href=\"{path}/files/420202001001/");
    for who in ["health", "review", "c1"] {
        let mut reader = site.signed_in(who).await;
        let page = reader.get(&path).await;
        page.is(200).says("交付的文件 1 入户名单.txt 420202001001").says("交付和证据");
        assert!(!page.body.contains("<details open><summary>事由"), "{who}: it is decided");
        let rest = page.between(&to, "\"").expect("the way to the file");
        let saved = reader.get(&format!("{path}/files/420202001001/{rest}")).await;
        assert_eq!(saved.is(200).body, "一二三");
    }
    let sibling = site.signed_in("c2").await.get(&path).await;
    sibling.is(200).says("材料 依据文件 地名管理条例实施方案");
    assert!(!sibling.body.contains("入户名单"), "{}", sibling.words());
}

async fn objections_keep_their_numbers_when_the_publication_is_over(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = published(&site).await;
    site.desk.does("women", request, object("依据文件不适用")).await;
    site.desk.does("c3", request, object("与本社区工作重复")).await;
    let path = format!("/requests/{request}");
    let page = site.signed_in("review").await.get(&path).await;
    page.is(200).says("公示期间的异议 2").says("1. 区妇联 2026年3月2日 待答复 依据文件不适用");
    page.says("2. 老街社区 2026年3月2日 待答复 与本社区工作重复");
    let other = site.signed_in("c3").await.get(&path).await;
    other.is(200).says("1. 另一单位 2026年3月2日 待答复 依据文件不适用").says("2. 老街社区");
    assert!(!other.words().contains("区妇联"), "{}", other.words());
    for objection in [2, 1] {
        site.desk.does("review", request, answer(objection, Ruling::Dismissed, "两项内容不同")).await;
    }
    site.comes("2026-03-12").await;
    assert_eq!(site.desk.stage(request).await, StageKind::Admitted);
    for who in ["review", "health"] {
        let page = match who {
            "review" => site.signs_in_again(who).await.get(&path).await,
            _ => site.signed_in(who).await.get(&path).await,
        };
        page.is(200).says("1. 区妇联 2026年3月2日 不成立 依据文件不适用 答复 两项内容不同");
        page.says("2. 老街社区 2026年3月2日 不成立");
    }
}

async fn an_upheld_objection_stands_beside_those_of_the_next_publication(desk: Desk) {
    let site = Site::of(desk).await;
    let request = published(&site).await;
    let path = format!("/requests/{request}");
    site.desk.does("women", request, object("依据文件不适用")).await;
    site.desk.does("review", request, answer(1, Ruling::Upheld, "依据须更新")).await;
    assert_eq!(site.desk.stage(request).await, StageKind::Review);
    let mut department = site.signed_in("health").await;
    let upheld = "1. 区妇联 2026年3月2日 成立 依据文件不适用 答复 依据须更新";
    let page = department.get(&path).await;
    page.is(200).says(&format!("公示期间的异议 1 {upheld}"));
    assert!(!page.words().contains("此前公示"), "{}", page.words());
    site.desk.is_decided_anew(request).await;
    site.desk.does("c3", request, object("与本社区工作重复")).await;
    let page = department.get(&path).await;
    page.is(200).says("公示期间的异议 1 1. 老街社区 2026年3月2日 待答复");
    page.says(&format!("此前公示期间的异议 1 {upheld}"));
}

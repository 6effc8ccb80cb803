//! What those who oversee a district read without changing it: its organisations and communities, and the working calendar.

use workflow::actor::Role;

use super::administration::administrator;
use super::client::{Reply, Site};
use crate::desk::Desk;

super::told_on_both! {
    the_office_reads_the_communities_of_its_district
    the_office_reads_the_days_of_a_year
    whoever_oversees_nothing_is_refused
}

const PLACES: &str = "/administration/places";
const CALENDARS: &str = "/administration/calendars";

/// A page whose content changes nothing, and which has no tabs of administrators.
#[track_caller]
fn only_reads(page: &Reply) {
    page.is(200);
    let content = page.between("<main", "</main>").expect("content");
    for mark in ["multipart/form-data", "name=\"_token\"", "aria-label=\"管理\"", "href=\"/administration\""]
    {
        assert!(!content.contains(mark), "`{mark}` is on the page: {}", page.words());
    }
}

async fn the_office_reads_the_communities_of_its_district(desk: Desk) {
    let site = Site::of(desk).await;
    let mut review = site.signed_in("review").await;
    let page = review.get(PLACES).await;
    only_reads(&page);
    page.says("已有规模的社区 3 / 3").says("沿湖路社区 420202001001").says("户 2500 人 8000 工作人员 10");
    page.says("户 400 人 1100 工作人员 –");
    assert!(!page.body.contains("湖东"), "nothing of another district: {}", page.words());
    review.get(&format!("{PLACES}?q=420203001001")).await.is(200).says("机构和社区 0");
    review.get(&format!("{PLACES}?q=420202001001")).await.is(200).says("机构和社区 1");
    let there = site.signed_in("approve3").await.get(PLACES).await;
    only_reads(&there);
    there.says("湖东路社区").says("户 2000 人 6000 工作人员 9");
    assert!(!there.body.contains("沿湖路社区"), "{}", there.words());
    let city = site.signed_in("audit").await.get(PLACES).await;
    only_reads(&city);
    city.says("420202001001").says("420203001001");
    let changing = administrator(&site, "system", Role::Admin).await.get(PLACES).await;
    changing.is(200).says("从 CSV 导入");
    assert!(changing.body.contains("multipart/form-data") && changing.body.contains("aria-label=\"管理\""));
}

async fn the_office_reads_the_days_of_a_year(desk: Desk) {
    let site = Site::of(desk).await;
    let mut review = site.signed_in("review").await;
    let page = review.get(&format!("{CALENDARS}?year=2026")).await;
    only_reads(&page);
    page.says("2026-01 工作日 21 放假 元旦 01-01–01-03 调休上班 元旦 01-04");
    page.says("2026-02 工作日 16 放假 春节 02-15–02-23 调休上班 春节 02-14 春节 02-28");
    page.says("2026-03 工作日 22 2026-04");
    page.says("2026-09 工作日 22 放假 中秋节 09-25–09-27 调休上班 国庆节 09-20");
    page.says("2026-10 工作日 18 放假 国庆节 10-01–10-07 调休上班 国庆节 10-10");
    page.says("全年 工作日 248");
    assert!(!page.words().contains("暂定"), "its notice is loaded: {}", page.words());
    assert!(page.body.contains(&format!("href=\"{CALENDARS}?year=2007\"")), "{}", page.words());
    review.get(CALENDARS).await.is(200).says("2026-10 工作日 18");
    let unknown = review.get(&format!("{CALENDARS}?year=2027")).await;
    only_reads(&unknown);
    unknown.says("暂定").says("放假通知尚未导入").says("全年 工作日 261");
    let mut system = administrator(&site, "system", Role::Admin).await;
    system.get(CALENDARS).await.is(200).says("导入日历").says("2026-10 工作日 18");
}

async fn whoever_oversees_nothing_is_refused(desk: Desk) {
    let site = Site::of(desk).await;
    for role in [Role::Reviewer, Role::Approver, Role::Auditor, Role::Policy, Role::Finance] {
        let name = format!("reads-{role}");
        site.desk.joins(&name, &[role], "OFFICE").await;
        let mut reader = site.signed_in(&name).await;
        let menu = reader.get("/catalogue").await;
        for path in [PLACES, CALENDARS] {
            assert!(menu.body.contains(&format!("href=\"{path}\"")), "the menu of {role} leads to {path}");
            only_reads(&reader.get(path).await);
            reader.post(path, &[]).await.is(403);
        }
    }
    for who in ["health", "c1"] {
        let mut stranger = site.signed_in(who).await;
        let menu = stranger.get("/catalogue").await;
        for path in [PLACES, CALENDARS] {
            assert!(!menu.body.contains(&format!("href=\"{path}\"")), "the menu of {who} has no {path}");
            stranger.get(path).await.is(403);
        }
    }
}

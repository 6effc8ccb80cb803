//! The unified inspection in the browser: proposed, built, published, and seen by each side.

use super::client::Site;
use crate::desk::Desk;

super::told_on_both! {
    a_plan_is_made_and_each_sees_its_part
}

async fn a_plan_is_made_and_each_sees_its_part(desk: Desk) {
    let mut site = Site::of(desk).await;
    site.in_force(&[1, 2]).await;
    let mut health = site.signed_in("health").await;
    health.get("/inspections").await.is(200).says("这一年的计划还没有公布");
    let proposes = |what| [("year", "2026"), ("what", what)];
    health.post("/inspections/propose", &proposes("准〔2026〕1号")).await.is(303);
    health.post("/inspections/propose", &proposes("C01-02")).await.is(303);
    health.post("/inspections/propose", &proposes("没有的编号")).await.is(404).says("没有找到");
    health.get("/inspections").await.says("列入统一检查").says("未经准入");
    let mut review = site.signed_in("review").await;
    let busy = [("year", "2026"), ("busy", "2026-10-09\n下周"), ("version", "none")];
    review.post("/inspections/build", &busy).await.is(422).says("这一行不是日期");
    let builds = [("year", "2026"), ("busy", "2026-10-09"), ("version", "none")];
    review.post("/inspections/build", &builds).await.is(303);
    review.get("/inspections?year=2026").await.is(200).says("草案").says("2 个社区").says("区卫健局");
    let mut committee = site.signed_in("c1").await;
    committee.get("/inspections").await.is(200).says("这一年的计划还没有公布");
    review.post("/inspections/publish", &[("year", "2026")]).await.is(403);
    let mut approve = site.signed_in("approve").await;
    let seen = approve.get("/inspections?year=2026").await.field("version").expect("a version");
    approve.post("/inspections/publish", &[("year", "2026"), ("version", &seen)]).await.is(303);
    let own = committee.get("/inspections").await;
    own.is(200).says("已公布").says("本社区检查日").says("门牌与地名标识核查");
    assert!(!own.body.contains("青山湾"), "another community's day is not there");
    site.signed_in("c3").await.get("/inspections").await.is(200).says("本社区今年没有检查");
    health.get("/inspections").await.is(200).says("检查日程 2");
    site.signed_in("women").await.get("/inspections").await.is(200).says("0 个社区");
}

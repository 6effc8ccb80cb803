//! Two communities are merged on a page: what would go over is shown first and changes nothing, and is what goes over then.

use engine::Command;
use workflow::actor::Role;

use super::administration::{administrator, sound};
use super::client::Site;
use crate::desk::{Desk, duty};

super::told_on_both! {
    what_a_merger_would_carry_over_is_shown_before_it_does
    what_cannot_be_merged_is_told_beside_the_choice
}

const AHEAD: &str = "/administration/merger?from=420202001002&into=420202001001";
const PAIR: [(&str, &str); 2] = [("from", "420202001002"), ("into", "420202001001")];

async fn what_a_merger_would_carry_over_is_shown_before_it_does(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[2]).await;
    site.desk.does("health", request, Command::Submit).await;
    let mut system = administrator(&site, "system", Role::Admin).await;
    system.get("/administration/places").await.is(200).says("合并社区");
    system.get("/administration/merger").await.is(200).says("查看将发生什么");
    let ahead = system.get(AHEAD).await;
    ahead.is(200).says("转接申请 1").says("转入人员 1").says("合并后不能撤回");
    let told = system.get("/api/v1/communities/420202001002/mergers/420202001001").await.is(200).value();
    assert_eq!((&told["requests"], &told["people"]), (&1.into(), &1.into()));
    let before = site.desk.engine.reader().organisation("420202001002").await.expect("a community");
    assert_eq!(before.closed_on, None, "nothing has happened yet");
    sound(&site).await;
    let done = system.post("/administration/merger", &PAIR).await;
    done.is(200).says("已合并").says("转接申请 1").says("转入人员 1");
    let after = site.desk.engine.reader().organisation("420202001002").await.expect("a community");
    assert!(after.closed_on.is_some(), "it is closed");
    system.get("/administration/places?q=420202001002").await.is(200).says("已撤并");
    sound(&site).await;
}

async fn what_cannot_be_merged_is_told_beside_the_choice(desk: Desk) {
    let site = Site::of(desk).await;
    let mut system = administrator(&site, "system", Role::Admin).await;
    let same = system.get("/administration/merger?from=420202001001&into=420202001001").await;
    assert!(same.status >= 400 && same.status < 500, "{}", same.status);
    assert!(same.body.contains("role=\"alert\"") && same.body.contains("value=\"420202001001\" selected"));
    let none = system.get("/administration/merger?from=420202001001&into=").await;
    assert!(none.status < 500 && none.body.contains("role=\"alert\""), "{}", none.status);
    system.post("/administration/merger", &PAIR).await.is(200).says("已合并");
    let again = system.post("/administration/merger", &PAIR).await;
    assert!(again.status >= 400 && again.status < 500 && again.body.contains("role=\"alert\""));
}

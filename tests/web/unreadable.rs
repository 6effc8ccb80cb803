//! A row that was broken in the database goes missing from no list silently: the list goes on without it and says so.

use engine::{By, Command, MeetingWish, NewComplaint, NewMeeting, Seen};
use serde_json::json;

use super::client::{Browser, Site};
use crate::desk::{Desk, duty};

super::told_on_both! {
    a_request_that_cannot_be_read_is_missed
    work_that_cannot_be_read_is_missed_by_those_who_do_it
    a_complaint_that_cannot_be_read_stops_no_other
    a_meeting_that_cannot_be_read_stops_no_other
    a_step_of_a_part_that_cannot_be_read_is_nobodys
}

/// What lists say about one row.
const SAID: &str = "另有 1 件无法读取，请告知系统管理员";

/// Breaks the request, complaint or meeting of a title or number behind the program's back.
fn breaks(site: &Site, which: &str, named: &str) {
    let sql = include_str!("unreadable.sql").lines().find(|line| line.contains(&format!(" {which} ")));
    site.desk.tampers(&sql.expect("a change").replace("NAMED", named));
}

async fn says_so(browser: &mut Browser, path: &str, what_is_left: &str) {
    browser.get(path).await.is(200).says(SAID).says(what_is_left);
}

async fn a_request_that_cannot_be_read_is_missed(desk: Desk) {
    let site = Site::of(desk).await;
    for title in ["会损坏的申请", "完好的申请"] {
        let mut application = duty();
        application["title"] = json!(title);
        let request = site.desk.files("health", application, &[1]).await;
        site.desk.does("health", request, Command::Submit).await;
    }
    let mut review = site.signed_in("review").await;
    let whole = review.get("/inbox").await;
    assert!(!whole.is(200).words().contains("无法读取"), "{}", whole.words());
    breaks(&site, "requests", "会损坏的申请");
    for path in ["/", "/inbox", "/limits"] {
        says_so(&mut review, path, "完好的申请").await;
    }
    review.cookies.insert("zhunru-language".to_owned(), "en".to_owned());
    review.get("/inbox").await.is(200).says("1 more cannot be read; tell the system administrator");
    let listed = review.get("/api/v1/limits").await.is(200).value();
    assert_eq!((&listed["unreadable"], listed["items"].as_array().map(Vec::len)), (&json!(1), Some(1)));
    let expected = review.get("/api/v1/forecast/2026Q3").await.is(200).value();
    assert_eq!(expected["unreadable"], 1);
    assert_eq!(
        review.get("/api/v1/lateness/2026").await.is(200).value()["unreadable"],
        0,
        "histories are whole"
    );
}

async fn work_that_cannot_be_read_is_missed_by_those_who_do_it(desk: Desk) {
    let mut site = Site::of(desk).await;
    site.in_force(&[1]).await;
    breaks(&site, "requests", "门牌与地名标识核查");
    says_so(&mut site.signed_in("c1").await, "/", "工作量").await;
    says_so(&mut site.signed_in("health").await, "/", "申请").await;
    says_so(&mut site.signed_in("money").await, "/budget", "基础经费").await;
    site.desk.tampers(include_str!("settled.sql").trim());
    says_so(&mut site.signs_in_again("c1").await, "/ratings", "评议").await;
}

fn imposed(what: &str, site: &Site) -> NewComplaint {
    let since = site.now().date_naive();
    let (department, what) = ("HEALTH".to_owned(), what.to_owned());
    NewComplaint { department, what, since, covered_by: None, evidence: Vec::new() }
}

async fn a_complaint_that_cannot_be_read_stops_no_other(desk: Desk) {
    let site = Site::of(desk).await;
    let mut numbers = Vec::new();
    for what in ["每日上报截图", "每周报表"] {
        let by = By { actor: &site.desk.actor("c1"), now: site.now() };
        let filed = site.desk.engine.file_complaint(by, imposed(what, &site)).await.expect("a complaint");
        numbers.push(filed.number);
    }
    breaks(&site, "complaints", &numbers[0]);
    for who in ["c1", "review"] {
        let mut browser = site.signed_in(who).await;
        says_so(&mut browser, "/complaints", "每周报表").await;
        let listed = browser.get("/api/v1/complaints").await.is(200).value();
        assert_eq!((&listed["unreadable"], &listed["items"][0]["number"]), (&json!(1), &json!(numbers[1])));
    }
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    breaks(&site, "requests", site.desk.request(request).await.title());
    let mut review = site.signs_in_again("review").await;
    says_so(&mut review, &format!("/complaints/{}", super::client::escaped(&numbers[1])), "每周报表").await;
}

async fn a_meeting_that_cannot_be_read_stops_no_other(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    site.desk.proposes_to_admit(request).await;
    let mut called = Vec::new();
    for place in ["一楼会议室", "三楼会议室"] {
        let by = By { actor: &site.desk.actor("review"), now: site.now() };
        let new = NewMeeting { held_on: site.now().date_naive(), place: place.to_owned() };
        called.push(site.desk.engine.call_meeting(by, new).await.expect("a meeting"));
    }
    let second = called[1].id.to_string();
    let by = By { actor: &site.desk.actor("review"), now: site.now() };
    let wish = MeetingWish::Arrange(vec![(request, 15)]);
    site.desk.engine.act_on_meeting(by, (&second, Seen::Whatever), &wish).await.expect("an agenda");
    breaks(&site, "meetings", &called[0].number);
    let mut review = site.signed_in("review").await;
    says_so(&mut review, "/meetings", "三楼会议室").await;
    let listed = review.get("/api/v1/meetings").await.is(200).value();
    assert_eq!((&listed["unreadable"], &listed["items"][0]["place"]), (&json!(1), &json!("三楼会议室")));
    breaks(&site, "requests", site.desk.request(request).await.title());
    review.get("/meetings").await.is(200).says("另有 2 件无法读取").says("三楼会议室");
    assert_eq!(review.get("/api/v1/ripe-cases").await.is(200).value()["unreadable"], 2);
    review.get(&format!("/meetings/{second}")).await.is(200).says("另有 2 件无法读取");
    let by = By { actor: &site.desk.actor("review"), now: site.now() };
    let wish = MeetingWish::Arrange(vec![(request, 20)]);
    let arranged = site.desk.engine.act_on_meeting(by, (&second, Seen::Whatever), &wish).await;
    arranged.expect("what stands on the agenda stays on it");
}

async fn a_step_of_a_part_that_cannot_be_read_is_nobodys(desk: Desk) {
    let mut site = Site::of(desk).await;
    let request = site.in_force(&[1, 2]).await;
    let accepts = Command::AcceptAssignment { community: site.desk.community(2) };
    site.desk.does("c2", request, accepts).await;
    site.desk.tampers(include_str!("unreadable_detail.sql").trim());
    for who in ["c1", "c2"] {
        let shown =
            site.signed_in(who).await.get(&format!("/api/v1/requests/{request}")).await.is(200).value();
        let steps = shown["history"].as_array().expect("a history");
        let step = steps.iter().find(|step| step["action"] == "accept_assignment").expect("the step");
        assert_eq!((&step["detail"], &step["person"]), (&json!("{}"), &json!(null)), "{who}: {step}");
    }
    let shown = site.signed_in("review").await.get(&format!("/api/v1/requests/{request}")).await;
    assert!(shown.is(200).body.contains("无法还原"), "the office reads it as it stands");
}

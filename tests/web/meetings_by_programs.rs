//! Meetings by the API: called, prepared, held and closed, each step once and on the version that was seen.

use engine::Command;
use serde_json::{Value, json};
use workflow::id::RequestId;

use super::client::{Browser, Reply, Site};
use super::repeated::twice;
use crate::desk::{Desk, duty};

super::told_on_both! {
    a_program_keeps_the_minutes
    nobody_else_meets
}

const MEETINGS: &str = "/api/v1/meetings";

async fn proposed(site: &Site) -> RequestId {
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    site.desk.proposes_to_admit(request).await;
    request
}

fn called(site: &Site) -> Value {
    json!({ "held_on": site.now().date_naive(), "place": "三楼会议室" })
}

/// Takes a step twice on the version that is there now.
async fn steps(browser: &mut Browser, path: &str, step: &Value) -> Reply {
    let seen = browser.get(path).await.is(200).header("etag").expect("a version").to_owned();
    let key = format!("{}-{seen}", step["action"].as_str().unwrap());
    let keyed = [("If-Match", seen.as_str()), ("Idempotency-Key", key.trim_matches('"'))];
    let first = browser.json(("POST", &format!("{path}/actions")), &keyed, step).await;
    let again = browser.json(("POST", &format!("{path}/actions")), &keyed, step).await;
    if first.status == 200 {
        assert_eq!((again.header("idempotent-replayed"), again.value()), (Some("true"), first.value()));
    }
    first
}

async fn a_program_keeps_the_minutes(desk: Desk) {
    let site = Site::of(desk).await;
    let (one, other) = (proposed(&site).await, proposed(&site).await);
    let mut review = site.signed_in("review").await.program().await;
    let ripe = review.get("/api/v1/ripe-cases").await.is(200).value();
    let of_ripe: Vec<&Value> =
        ripe["items"].as_array().unwrap().iter().map(|case| &case["request"]).collect();
    assert_eq!(of_ripe, [&json!(one), &json!(other)]);
    assert_eq!((&ripe["items"][0]["ripe"], ripe["items"][0]["due"].is_string()), (&json!("proposed"), true));
    let past =
        review.json(("POST", MEETINGS), &[], &json!({ "held_on": "2020-01-01", "place": "会议室" })).await;
    assert_eq!((past.status, past.code()), (409, "too_soon".into()));
    let meeting = twice(&mut review, MEETINGS, &[], &called(&site)).await.is(201).value();
    assert_eq!((&meeting["number"], &meeting["stage"]["stage"]), (&json!("会〔2026〕1号"), &json!("called")));
    let path = format!("{MEETINGS}/{}", meeting["id"].as_str().unwrap());
    let cases = json!([{ "request": other, "minutes": 5 }, { "request": one, "minutes": 15 }]);
    steps(&mut review, &path, &json!({ "action": "arrange_meeting", "cases": cases })).await.is(200);
    let nobody = steps(&mut review, &path, &json!({ "action": "open_meeting", "present": [] })).await;
    assert_eq!((nobody.status, nobody.code()), (409, "nobody_present".into()));
    let present = json!({ "action": "open_meeting", "present": ["孙批", "万局长"] });
    steps(&mut review, &path, &present).await.is(200);
    let blind = review.json(("POST", &format!("{path}/actions")), &[], &present).await;
    assert_eq!((blind.status, blind.code()), (428, "version_needed".into()));
    let stale = review.json(("POST", &format!("{path}/actions")), &[("If-Match", "\"0\"")], &present).await;
    assert_eq!((stale.status, stale.code()), (412, "stale".into()));
    let votes = |number: i64| {
        json!({
            "action": "record_votes", "request": one, "for": number, "against": 1, "abstaining": 0,
            "objections": ["万局长：预算已满"], "opinion": null,
        })
    };
    assert_eq!(steps(&mut review, &path, &votes(9)).await.code(), "votes");
    assert_eq!(steps(&mut review, &path, &votes(-1)).await.is(422).value()["errors"][0]["pointer"], "/for");
    steps(&mut review, &path, &votes(1)).await.is(200);
    site.desk.does("approve", one, Command::Approve).await;
    let now = review.get(&path).await.is(200).value();
    assert_eq!(now["open_actions"], json!(["record_votes", "close_meeting"]));
    let case = &now["agenda"][1];
    assert_eq!(
        (&case["outcome"]["action"], &case["request_stage"]),
        (&json!("approve"), &json!("publication"))
    );
    assert!(now["people"].to_string().contains("孙批"), "{now}");
    let closed = steps(&mut review, &path, &json!({ "action": "close_meeting" })).await.is(200).value();
    assert_eq!(closed["agenda"][0]["outcome"]["outcome"], "carried_over");
    let listed = review.get(MEETINGS).await.is(200).value();
    assert_eq!((&listed["items"][0]["decided"], &listed["items"][0]["carried_over"]), (&json!(1), &json!(1)));
    let ripe = review.get("/api/v1/ripe-cases").await.value();
    assert_eq!(ripe["items"][0]["carried_over_from"], "会〔2026〕1号");
    site.desk.is_sound().await;
}

async fn nobody_else_meets(desk: Desk) {
    let site = Site::of(desk).await;
    let mut review = site.signed_in("review").await;
    let meeting = review.json(("POST", MEETINGS), &[], &called(&site)).await.is(201).value();
    let path = format!("{MEETINGS}/{}", meeting["id"].as_str().unwrap());
    let cancel = json!({ "action": "cancel_meeting", "reason": "改期" });
    let (actions, seen) = (format!("{path}/actions"), [("If-Match", "\"0\"")]);
    let mut stranger = site.signed_in("approve3").await;
    stranger.get(&path).await.is(404);
    stranger.json(("POST", &actions), &seen, &cancel).await.is(404);
    assert_eq!(stranger.get(MEETINGS).await.is(200).value()["items"], json!([]));
    for who in ["health", "c1", "money"] {
        let mut nobody = site.signed_in(who).await;
        nobody.get(&path).await.is(403);
        nobody.get("/api/v1/ripe-cases").await.is(403);
        nobody.json(("POST", MEETINGS), &[], &called(&site)).await.is(403);
    }
    let mut audit = site.signed_in("audit").await;
    assert_eq!(audit.get(&path).await.is(200).value()["open_actions"], json!([]));
    audit.json(("POST", &actions), &seen, &cancel).await.is(403);
    let cancelled = steps(&mut review, &path, &cancel).await.is(200).value();
    assert_eq!(cancelled["stage"], json!({ "stage": "cancelled", "reason": "改期" }));
}

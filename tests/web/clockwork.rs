//! What administrators and auditors read by the API: jobs and running one, calendars as they were loaded, letters about a
//! request, and the log of events.

use std::time::Duration;

use engine::Command;
use serde_json::{Value, json};
use workflow::actor::Role;
use workflow::stage::StageKind;

use super::client::{Browser, Site, escaped};
use super::errands::is_over;
use super::repeated::{twice, twice_bare};
use crate::desk::{Desk, duty};

super::told_on_both! {
    a_job_is_run_once_for_each_key
    a_broken_limit_is_told_in_its_district
    calendars_are_read_as_they_were_loaded
    auditors_page_through_the_log
    letters_about_a_request_are_read_by_whoever_may
}

async fn administrator(site: &Site, name: &str, organisation: &str) -> Browser {
    joins(site, name, (Role::Admin, organisation)).await
}

/// Somebody with one role, signed in.
async fn joins(site: &Site, name: &str, (role, organisation): (Role, &str)) -> Browser {
    site.desk.joins(name, &[role], organisation).await;
    site.signed_in(name).await
}

/// Events of that action in all histories.
async fn events(site: &Site, action: &str) -> usize {
    let all = site.desk.engine.reader().all_events().await.expect("the histories");
    all.iter().filter(|event| event.action == action).count()
}

async fn a_job_is_run_once_for_each_key(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.is_decided(request).await;
    // Only the server's clock moves on: the limit is over, and nobody has swept.
    site.passes(Duration::from_hours(24 * 9));
    let mut system = administrator(&site, "system", "420200").await;
    let never = system.get("/api/v1/jobs").await.is(200).value();
    assert_eq!((&never[0]["job"], &never[0]["last"]), (&json!("sweep"), &Value::Null));
    let begun = twice_bare(&mut system, "/api/v1/jobs/sweep/runs", "/api/v1/jobs/seal/runs").await;
    let run = is_over(&mut system, &begun).await;
    assert_eq!((&run["wanted"]["job"], &run["state"]), (&json!("sweep"), &json!("finished")));
    assert!(run["result"]["actions"].as_u64() > Some(0), "{run}");
    assert_eq!(site.desk.stage(request).await, StageKind::Admitted);
    assert_eq!((events(&site, "run_job").await, events(&site, "enter").await), (1, 1));
    let mut program = system.program().await;
    for job in ["deliver", "digest", "seal"] {
        let begun = program.calls(&format!("/api/v1/jobs/{job}/runs"), &[]).await;
        assert_eq!(is_over(&mut program, &begun).await["state"], "finished", "{job}");
    }
    program.calls("/api/v1/jobs/none/runs", &[]).await.is(404);
    let listed = system.get("/api/v1/jobs").await.is(200).value();
    assert!(listed.as_array().unwrap().iter().all(|line| line["last"]["ran_at"].is_string()), "{listed}");
    for who in ["health", "review", "audit"] {
        let mut nobody = site.signed_in(who).await;
        nobody.get("/api/v1/jobs").await.is(403);
        nobody.calls("/api/v1/jobs/sweep/runs", &[]).await.is(403);
    }
}

async fn a_broken_limit_is_told_in_its_district(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.is_decided(request).await;
    site.desk.tampers(include_str!("../traps/poison.sql"));
    site.passes(Duration::from_hours(24 * 9));
    let mut here = administrator(&site, "here", "OFFICE").await;
    let mut there = administrator(&site, "there", "OFFICE-3").await;
    let begun = here.calls("/api/v1/jobs/sweep/runs", &[]).await;
    is_over(&mut here, &begun).await;
    let told = here.get("/api/v1/sweep-failures").await.is(200).value();
    assert_eq!((&told["items"][0]["request"], &told["items"][0]["tries"]), (&json!(request), &json!(1)));
    assert_eq!(there.get("/api/v1/sweep-failures").await.is(200).value()["items"], json!([]));
    there.get("/administration/jobs").await.is(200);
}

async fn calendars_are_read_as_they_were_loaded(desk: Desk) {
    let site = Site::of(desk).await;
    let mut city = administrator(&site, "city", "420200").await;
    let before = city.get("/api/v1/calendars").await.is(200).value();
    let text = "date,name,kind,notice_year\n2026-10-01,国庆,rest,2026\n";
    site.passes(Duration::from_mins(1));
    let table = json!({ "name": "cn-2026-new", "text": text });
    let begun = twice(&mut city, "/api/v1/imports/calendar", &[], &table).await;
    assert_eq!(is_over(&mut city, &begun).await["state"], "finished");
    let after = city.get("/api/v1/calendars?limit=1").await.is(200).value();
    let newest = &after["items"][0];
    assert_eq!((&newest["version"], &newest["last_year"]), (&json!("cn-2026-new"), &json!(2026)));
    assert!(newest["text"].as_str().unwrap().contains("2026-10-01,国庆,rest,2026"));
    let next = escaped(after["next"].as_str().expect("there was one before"));
    let rest = city.get(&format!("/api/v1/calendars?after={next}")).await.is(200).value();
    assert_eq!(rest["items"], before["items"]);
    site.signed_in("review").await.get("/api/v1/calendars").await.is(403);
}

const LOG: &str = "/api/v1/audit/events";

/// All events of a question, page by page.
async fn pages(browser: &mut Browser, question: &str) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), String::new());
    loop {
        let page = browser.get(&format!("{LOG}?limit=3{question}{next}")).await.is(200).value();
        all.extend(page["items"].as_array().unwrap().clone());
        let Some(after) = page["next"].as_str() else { return all };
        next = format!("&after={}", escaped(after));
    }
}

async fn auditors_page_through_the_log(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.is_decided(request).await;
    let mut audit = site.signed_in("audit").await;
    let all = pages(&mut audit, "").await;
    let everything = store::EventSieve::default();
    let expected = site.desk.engine.reader().event_lines(&everything, 1000).await.expect("the log");
    let hashes: Vec<&str> = expected.iter().map(|event| event.hash.as_str()).collect();
    assert_eq!(all.iter().map(|event| event["hash"].as_str().unwrap()).collect::<Vec<_>>(), hashes);
    assert!(hashes.len() > 4, "{}", hashes.len());
    let number = site.desk.request(request).await.number().to_owned();
    let own = pages(&mut audit, &format!("&subject={}", escaped(&number))).await;
    assert_eq!((&own.last().unwrap()["action"], &own[0]["about"]), (&json!("draft"), &json!(number)));
    let submitted = pages(&mut audit, "&action=submit&person=health@example.org&from=2026-01-01").await;
    assert_eq!((submitted.len(), &submitted[0]["by"]), (1, &json!("李卫")));
    assert_eq!(pages(&mut audit, "&until=2026-01-01").await, Vec::<Value>::new());
    for unknown in ["subject=nothing", "person=nobody@example.org"] {
        audit.get(&format!("{LOG}?{unknown}")).await.is(404);
    }
    let shapeless = audit.get(&format!("{LOG}?from=soon&after=here")).await;
    assert_eq!(shapeless.is(422).value()["errors"][0]["pointer"], "/query/from");
    assert_eq!(
        audit.get(&format!("{LOG}?after=here")).await.is(422).value()["errors"][0]["pointer"],
        "/query/after"
    );
    let mut stranger = joins(&site, "stranger", (Role::Auditor, "420203")).await;
    let foreign = pages(&mut stranger, "").await;
    assert!(foreign.iter().all(|event| event["subject"] != json!(request)), "{foreign:?}");
    stranger.get(&format!("{LOG}?subject={}", escaped(&number))).await.is(404);
    for who in ["review", "approve", "c1"] {
        site.signed_in(who).await.get(LOG).await.is(403);
    }
}

async fn letters_about_a_request_are_read_by_whoever_may(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    site.desk.is_decided(request).await;
    let path = format!("/api/v1/requests/{request}/letters");
    let mut review = site.signed_in("review").await;
    let first = review.get(&format!("{path}?limit=1")).await.is(200).value();
    let all = review.get(&path).await.is(200).value();
    let all = all["items"].as_array().unwrap();
    assert!(all.len() > 1 && all.iter().all(|letter| letter["request"] == json!(request)), "{all:?}");
    let next = first["next"].as_str().expect("there are more");
    let second = review.get(&format!("{path}?limit=1&after={next}")).await.is(200).value();
    assert_eq!((&first["items"][0], &second["items"][0]), (&all[0], &all[1]));
    let own = site.signed_in("health").await.get(&path).await.is(200).value();
    assert!(
        own["items"].as_array().unwrap().iter().all(|letter| letter["recipient"] == "health@example.org")
    );
    let civil = site.signed_in("civil").await.get(&path).await.is(200).value();
    assert_eq!(civil["items"], json!([]), "the matter is public by now, letters to others are not");
    site.signed_in("approve3").await.get(&path).await.is(404);
}

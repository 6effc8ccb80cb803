//! Long work: begun with an answer at once, followed to its end by whoever has begun it and by nobody else, and marked where the
//! program is killed before that.

use std::process::{Child, Command};
use std::time::Duration;

use engine::Job;
use serde_json::{Value, json};
use store::{ErrandState, SignInOutcome};
use workflow::actor::Role;
use workflow::id::{ErrandId, UserId};

use super::client::{Browser, PASSWORD, Reply, Site, gives_password};
use super::killed_uploads::serves;
use super::timeline::Stream;
use crate::desk::{Desk, duty};

super::told_on_both! {
    a_check_is_begun_followed_and_read
    progress_is_seen_while_a_table_is_imported
    a_table_with_a_fault_says_where
    nobody_begins_too_many
    what_a_kill_or_a_stop_interrupts_says_so
}

impl Browser {
    /// Goes where an answer sends the browser, and looks again until the long work there is over.
    pub(crate) async fn sees_the_end(&mut self, begun: &Reply) -> Reply {
        loop {
            let page = self.follows(begun).await;
            if page.is(200).between("<progress", ">").is_none() {
                return page;
            }
            assert!(page.body.contains("http-equiv=\"refresh\""), "it asks again without a script, too");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// An administrator of the city.
async fn administrator(desk: &Desk) -> UserId {
    desk.joins("system", &[Role::Admin], "420200").await;
    desk.engine.reader().worker("system@example.org").await.expect("a worker").person.user
}

/// A table of so many people, whose addresses begin alike.
fn people(begins: &str, count: usize) -> Value {
    let rows = (0..count).map(|n| format!("{begins}{n}@example.org,人{n},HEALTH,,zh\n"));
    json!({ "name": "people", "text": format!("email,name,organisation,roles,language\n{}", rows.collect::<String>()) })
}

/// Looks until an errand is over, as a program does.
pub(super) async fn is_over(browser: &mut Browser, begun: &Reply) -> Value {
    assert_eq!(begun.status, 202, "{}", begun.body);
    let address = begun.value()["address"].as_str().expect("an address").to_owned();
    for _ in 0..3_000 {
        let errand = browser.get(&address).await.is(200).value();
        if errand["state"] != "running" {
            return errand;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it comes to no end");
}

async fn a_check_is_begun_followed_and_read(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, engine::Command::Submit).await;
    let mut audit = site.signed_in("audit").await;
    let keyed = [("Idempotency-Key", "check-1")];
    let begun = audit.json(("POST", "/api/v1/audit/checks"), &keyed, &json!({})).await;
    let again = audit.json(("POST", "/api/v1/audit/checks"), &keyed, &json!({})).await;
    assert_eq!((again.status, again.header("location")), (202, begun.header("location")), "begun once");
    let errand = is_over(&mut audit, &begun).await;
    assert_eq!((&errand["state"], &errand["result"]["mismatches"]), (&json!("finished"), &json!(0)));
    assert_eq!(errand["done"], errand["total"], "every step was counted before and done");
    assert!(errand["total"].as_i64().expect("a number") > 20, "{errand}");
    let listed = audit.get("/api/v1/errands").await.is(200).value();
    assert_eq!(listed["items"].as_array().expect("items").len(), 1);
    let address = begun.header("location").expect("an address").to_owned();
    let mut stream = Stream::of(&audit, &format!("{address}/events"), &[]).await;
    assert!(stream.comes("event: over").await && stream.comes("\"mismatches\":0").await);
    assert!(stream.ends().await);
    let page = format!("/errands/{}", errand["id"].as_str().expect("an id"));
    audit.get(&page).await.is(200).says("The histories are whole");
    audit.get("/audit/check").await.is(200).says("check of the chains").says("finished");
    for who in ["review", "health", "c1"] {
        let mut other = site.signed_in(who).await;
        other.get(&address).await.is(404);
        other.get(&format!("{address}/events")).await.is(404);
        other.get(&page).await.is(404);
        assert_eq!(other.get("/api/v1/errands").await.is(200).value()["items"], json!([]));
        other.json(("POST", "/api/v1/audit/checks"), &[], &json!({})).await.is(403);
    }
    let witness = json!({ "witnesses": ["1:00ff"] });
    let begun = audit.json(("POST", "/api/v1/audit/checks"), &[], &witness).await;
    let errand = is_over(&mut audit, &begun).await;
    assert_eq!(errand["result"]["places"][0]["kind"], "witness", "a seal that is kept outside counts");
}

async fn progress_is_seen_while_a_table_is_imported(desk: Desk) {
    administrator(&desk).await;
    let site = Site::of(desk).await;
    let mut system = site.signed_in("system").await;
    let begun = system.json(("POST", "/api/v1/imports/people"), &[], &people("a", 6_000)).await;
    assert_eq!(begun.status, 202, "{}", begun.body);
    let address = begun.header("location").expect("an address").to_owned();
    let mut stream = Stream::of(&system, &format!("{address}/events"), &[]).await;
    assert!(stream.comes("event: over").await && stream.ends().await);
    let told: Vec<Value> = stream
        .text
        .lines()
        .filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok())
        .collect();
    let steps: Vec<i64> = told.iter().filter_map(|one| one["done"].as_i64()).collect();
    assert!(steps.is_sorted(), "{steps:?}");
    assert!(steps.iter().any(|done| *done < 6_000), "it was seen before its end: {steps:?}");
    let last = told.last().expect("an end");
    assert_eq!(
        (&last["state"], &last["done"], &last["total"]),
        (&json!("finished"), &json!(6_000), &json!(6_000))
    );
    assert_eq!(last["result"]["rows"], 6_000);
    let page = format!("/errands/{}", last["id"].as_str().expect("an id"));
    system.get(&page).await.is(200).says("已导入 6000 行").says("导入表格");
    site.desk.is_sound().await;
}

async fn a_table_with_a_fault_says_where(desk: Desk) {
    administrator(&desk).await;
    let site = Site::of(desk).await;
    let mut system = site.signed_in("system").await;
    // A place that is not known, and a right that the administrator of the system does not give.
    for (row, column) in [("人,NOWHERE,,zh", "organisation"), ("人,HEALTH,approver,zh", "roles")] {
        let text = format!("email,name,organisation,roles,language\na@example.org,{row}\n");
        let table = json!({ "name": "x", "text": text });
        let begun = system.json(("POST", "/api/v1/imports/people"), &[], &table).await;
        let errand = is_over(&mut system, &begun).await;
        assert_eq!((&errand["state"], &errand["result"]), (&json!("failed"), &Value::Null));
        let failure = &errand["failure"];
        assert_eq!((&failure["code"], &failure["place"]["row"]), (&json!("malformed_file"), &json!(2)));
        let page = format!("/errands/{}", errand["id"].as_str().expect("an id"));
        let place = format!("第 2 行，{column} 列");
        system.get(&page).await.is(200).says(&place).says("未导入任何内容");
    }
}

async fn nobody_begins_too_many(desk: Desk) {
    administrator(&desk).await;
    let site = Site::of(desk).await;
    let system = site.signed_in("system").await;
    let mut begins = Vec::new();
    for number in 0..6 {
        let mut browser = system.clone();
        let table = people(&format!("p{number}-"), 2_000);
        begins.push(tokio::spawn(async move {
            browser.json(("POST", "/api/v1/imports/people"), &[], &table).await
        }));
    }
    let (mut begun, mut refused) = (Vec::new(), 0);
    for one in begins {
        let answer = one.await.expect("an answer");
        match answer.status {
            429 => {
                assert_eq!(answer.code(), "too_many_errands");
                refused += 1;
            }
            202 => begun.push(answer),
            other => panic!("{other} {}", answer.body),
        }
    }
    assert!(refused > 0 && !begun.is_empty(), "{refused} refused");
    let mut browser = system.clone();
    for one in &begun {
        assert_eq!(is_over(&mut browser, one).await["state"], "finished");
    }
    let sweep = browser.post(&format!("/administration/jobs/{}", Job::Sweep.word()), &[]).await;
    browser.follows(&sweep).await.is(200).says("已运行");
}

/// The errand as its row says, whatever becomes of a row without its program.
async fn row(desk: &Desk, id: ErrandId, person: UserId) -> ErrandState {
    desk.engine.reader().errand(id.0, person).await.expect("a row").state
}

/// Begins an import that takes long on a program of its own.
async fn begins(browser: &mut Browser, address: std::net::SocketAddr, begins: &str) -> ErrandId {
    let cookies = std::mem::take(&mut browser.cookies);
    *browser = Browser::at(address);
    browser.cookies = cookies;
    browser.get("/account").await.is(200);
    let begun = browser.json(("POST", "/api/v1/imports/people"), &[], &people(begins, 20_000)).await;
    assert_eq!(begun.status, 202, "{}", begun.body);
    ErrandId(begun.value()["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"))
}

fn stops(program: &Child) {
    let sent = Command::new("kill").args(["-TERM", &program.id().to_string()]).status();
    assert!(sent.expect("kill is installed").success());
}

async fn what_a_kill_or_a_stop_interrupts_says_so(desk: Desk) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("key"), "07".repeat(32)).expect("the key is written");
    let person = administrator(&desk).await;
    gives_password(&desk, ("system", SignInOutcome::PasswordSet), desk.now()).await;
    let before = desk.engine.reader().everyone().await.expect("people").len();
    let (mut program, address) = serves(&desk, folder.path());
    let mut browser = Browser::at(address);
    assert_eq!(browser.signs_in("system", PASSWORD).await.status, 303);
    let killed = begins(&mut browser, address, "k").await;
    program.kill().expect("it is killed");
    program.wait().expect("it has ended");
    assert_eq!(row(&desk, killed, person).await, ErrandState::Running, "nobody was there to say otherwise");
    let (mut program, address) = serves(&desk, folder.path());
    let cookies = std::mem::take(&mut browser.cookies);
    browser = Browser::at(address);
    browser.cookies = cookies;
    let mut state = Value::Null;
    // On a database of several nodes a node counts as gone after a silence.
    for _ in 0..200 {
        state = browser.get(&format!("/api/v1/errands/{killed}")).await.is(200).value()["state"].clone();
        if state != "running" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(state, "interrupted");
    browser.get(&format!("/errands/{killed}")).await.is(200).says("办理未到结束");
    let now = desk.engine.reader().everyone().await.expect("people").len();
    assert!(now == before || now == before + 20_000, "a table is brought in whole or not at all");
    let stopped = begins(&mut browser, address, "s").await;
    stops(&program);
    program.wait().expect("it has ended");
    let state = row(&desk, stopped, person).await;
    assert!(matches!(state, ErrandState::Interrupted | ErrandState::Finished), "{state}");
    let after = desk.engine.reader().everyone().await.expect("people").len();
    assert_eq!(after == now + 20_000, state == ErrandState::Finished, "what is told is what was done");
    desk.is_sound().await;
}

//! An address is the same however its letters are written: whoever came in with capitals signs in, and comes in once.

use engine::ImportKind;
use serde_json::json;
use store::SignInOutcome;
use workflow::actor::Role;

use super::administration::administrator;
use super::client::{PASSWORD, Site, gives_password};
use crate::desk::Desk;

super::told_on_both! {
    whoever_was_imported_with_capitals_signs_in
    nobody_comes_in_twice_by_other_capitals
    an_older_address_with_capitals_is_found
}

const HEADING: &str = "email,name,organisation,roles,language\n";

fn row(email: &str) -> String {
    format!("{HEADING}{email},高拼,HEALTH,submitter,zh\n")
}

async fn enters(site: &Site, email: &str) -> u16 {
    site.browser().post("/sign-in", &[("email", email), ("password", PASSWORD)]).await.status
}

async fn whoever_was_imported_with_capitals_signs_in(desk: Desk) {
    let site = Site::of(desk).await;
    let engine = &site.desk.engine;
    let imported = engine.import(ImportKind::People, "story", &row("Gao.Pin@Example.ORG"), site.now()).await;
    assert_eq!(imported.expect("the file is good").rows, 1);
    let worker = engine.reader().worker("GAO.pin@example.org ").await.expect("found however it is written");
    assert_eq!(worker.email, "gao.pin@example.org");
    gives_password(&site.desk, ("gao.pin", SignInOutcome::PasswordSet), site.now()).await;
    for written in ["gao.pin@example.org", " Gao.Pin@Example.ORG"] {
        assert_eq!(enters(&site, written).await, 303, "{written}");
    }
}

async fn nobody_comes_in_twice_by_other_capitals(desk: Desk) {
    let site = Site::of(desk).await;
    let engine = &site.desk.engine;
    let twice = engine.import(ImportKind::People, "story", &row("Health@example.org"), site.now()).await;
    let said = twice.expect_err("she is there").to_string();
    assert!(said.contains("is known already"), "{said}");
    let mut system = administrator(&site, "system", Role::Admin).await;
    let new =
        |email: &str| json!({ "email": email, "name": "又一人", "organisation": "HEALTH", "language": "zh" });
    let people = ("POST", "/api/v1/accounts");
    system.json(people, &[], &new("HEALTH@example.org")).await.is(422).says("已登记");
    let made = system.json(people, &[], &new(" New.Person@Example.org ")).await;
    assert_eq!(made.is(201).value()["email"], "new.person@example.org");
}

/// What an older program has kept stays as its history tells it.
async fn an_older_address_with_capitals_is_found(desk: Desk) {
    let site = Site::of(desk).await;
    site.gives_password("health", SignInOutcome::PasswordSet).await;
    site.desk.tampers(include_str!("address_with_capitals.sql").trim());
    for written in ["li.wei@example.org", "Li.Wei@Example.org"] {
        assert_eq!(enters(&site, written).await, 303, "{written}");
    }
    let engine = &site.desk.engine;
    let twice = engine.import(ImportKind::People, "story", &row("LI.wei@example.org"), site.now()).await;
    twice.expect_err("she is there");
    let mut system = administrator(&site, "system", Role::Admin).await;
    let new = json!({ "email": "li.wei@example.org", "name": "又一人", "organisation": "HEALTH", "language": "zh" });
    system.json(("POST", "/api/v1/accounts"), &[], &new).await.is(422).says("已登记");
}

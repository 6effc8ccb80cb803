//! Identities by the API: given and taken by the same hands as on the pages, and one's own taken off by the password.

use serde_json::{Value, json};
use workflow::actor::Role;

use super::Linked;
use crate::desk::Desk;
use crate::web::administration::administrator;
use crate::web::client::{PASSWORD, Site};
use crate::web::repeated::twice;

crate::web::told_on_both! {
    security_gives_an_identity_once_and_takes_it
    ones_own_is_taken_off_by_the_password
    without_a_provider_there_are_none
}

const OWN: &str = "/api/v1/me/identity";

async fn path_of(site: &Site, who: &str) -> String {
    let worker = site.desk.engine.reader().worker(&format!("{who}@example.org")).await.expect("a person");
    format!("/api/v1/accounts/{}/identity", worker.person.user)
}

async fn security_gives_an_identity_once_and_takes_it(desk: Desk) {
    let linked = Linked::of(desk).await;
    let site = &linked.site;
    let mut security = administrator(site, "security", Role::Security).await;
    let mut system = administrator(site, "system", Role::Admin).await;
    let (health, civil) = (path_of(site, "health").await, path_of(site, "civil").await);
    let subject = json!({ "subject": "u-1001" });
    system.json(("POST", &health), &[], &subject).await.is(403);
    assert_eq!(system.get(&health).await.is(200).value(), json!({ "identity": null }));
    let given = twice(&mut security, &health, &[], &subject).await.is(201).value();
    assert_eq!(given["subject"], "u-1001");
    assert_eq!(security.get(&health).await.is(200).value()["identity"], given);
    assert_eq!(linked.comes("u-1001").await.1.to(), "/");
    for (path, code) in [(&health, "identity_there"), (&civil, "identity_taken")] {
        let wanted = json!({ "subject": if *path == health { "u-2" } else { "u-1001" } });
        let refused = security.json(("POST", path), &[], &wanted).await;
        assert_eq!((refused.status, refused.code()), (409, code.into()));
    }
    let blank = security.json(("POST", &civil), &[], &json!({ "subject": " \u{3000}" })).await;
    assert_eq!(blank.is(422).value()["errors"][0]["pointer"], "/subject");
    let mut program = security.program().await;
    program.json(("POST", &civil), &[], &json!({ "subject": "u-3" })).await.is(403);
    program.json(("DELETE", &health), &[], &Value::Null).await.is(200);
    program.json(("DELETE", &health), &[], &Value::Null).await.is(404);
    linked.comes("u-1001").await.1.is(403).says("尚未绑定账号");
}

async fn ones_own_is_taken_off_by_the_password(desk: Desk) {
    let linked = Linked::of(desk).await;
    let site = &linked.site;
    linked.is_given("health", "u-1001").await;
    let mut health = site.signed_in("health").await;
    assert_eq!(health.get(OWN).await.is(200).value()["identity"]["subject"], "u-1001");
    let off = format!("{OWN}/removal");
    let mut program = health.program().await;
    program.json(("POST", &off), &[], &json!({ "password": PASSWORD })).await.is(403);
    let wrong = health.json(("POST", &off), &[], &json!({ "password": "wrong" })).await;
    assert_eq!(wrong.code(), "sign_in_wrong", "{}", wrong.body);
    assert_eq!(health.get(OWN).await.is(200).value()["identity"]["subject"], "u-1001", "it is still there");
    let taken = health.json(("POST", &off), &[], &json!({ "password": PASSWORD })).await.is(200).value();
    health.form_token = taken["form_token"].as_str().expect("a form token").to_owned();
    assert_eq!(health.get(OWN).await.is(200).value(), json!({ "identity": null }));
    health.json(("POST", &off), &[], &json!({ "password": PASSWORD })).await.is(404);
}

async fn without_a_provider_there_are_none(desk: Desk) {
    let site = Site::of(desk).await;
    let mut security = administrator(&site, "security", Role::Security).await;
    let health = path_of(&site, "health").await;
    for path in [health.as_str(), OWN] {
        assert_eq!(security.get(path).await.is(200).value(), json!({ "identity": null }));
    }
    security.json(("POST", &health), &[], &json!({ "subject": "u-1" })).await.is(404);
    security.json(("DELETE", &health), &[], &Value::Null).await.is(404);
}

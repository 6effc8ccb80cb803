//! Accounts by the API: the same hands as on the pages, and what opens something only by the person, never by a program.

use serde_json::{Value, json};
use store::Reader;
use workflow::actor::Role;

use super::client::{Browser, PASSWORD, Site};
use super::repeated::{tag, twice, twice_bare};
use crate::desk::Desk;

super::told_on_both! {
    one_adds_and_another_gives_roles
    no_password_is_kept_for_a_repeated_call
    a_program_takes_away_and_opens_nothing
    accounts_are_paged_within_the_district
    the_separate_administrators_are_guarded
}

const ACCOUNTS: &str = "/api/v1/accounts";

/// Somebody with one role in an organisation, signed in.
async fn joins(site: &Site, name: &str, role: Role, organisation: &str) -> Browser {
    site.desk.joins(name, &[role], organisation).await;
    site.signed_in(name).await
}

async fn path_of(site: &Site, who: &str) -> String {
    let worker = site.desk.engine.reader().worker(&format!("{who}@example.org")).await.expect("a person");
    format!("{ACCOUNTS}/{}", worker.person.user)
}

fn li() -> Value {
    json!({ "email": "Li.Wei@example.org", "name": "李伟", "organisation": "HEALTH", "language": "zh" })
}

async fn one_adds_and_another_gives_roles(desk: Desk) {
    let site = Site::of(desk).await;
    let mut system = joins(&site, "system", Role::Admin, "OFFICE").await;
    let mut security = joins(&site, "security", Role::Security, "OFFICE").await;
    assert_eq!(security.json(("POST", ACCOUNTS), &[], &li()).await.status, 403);
    let added = twice(&mut system, ACCOUNTS, &[], &li()).await.is(201).value();
    assert_eq!((&added["email"], &added["roles"]), (&json!("li.wei@example.org"), &json!([])));
    let known = system.json(("POST", ACCOUNTS), &[], &li()).await;
    assert_eq!(known.is(422).value()["errors"][0]["pointer"], "/email");
    let mut elsewhere = li();
    elsewhere["organisation"] = json!("OFFICE-3");
    elsewhere["email"] = json!("other@example.org");
    system.json(("POST", ACCOUNTS), &[], &elsewhere).await.is(404);
    let password = added["password"].as_str().expect("a password");
    assert_eq!(site.browser().signs_in("li.wei", password).await.to(), "/sign-in/password");
    let path = format!("{ACCOUNTS}/{}", added["id"].as_str().unwrap());
    let roles = format!("{path}/roles");
    let wanted = json!({ "roles": ["submitter"] });
    let blind = security.json(("PUT", &roles), &[], &wanted).await;
    assert_eq!((blind.status, blind.code()), (428, "version_needed".into()));
    let none = tag(&mut security, &roles).await;
    let given = security.json(("PUT", &roles), &[("If-Match", &none)], &wanted).await;
    assert_eq!(given.is(200).value()["roles"], json!(["submitter"]));
    let seen = given.header("etag").expect("a version").to_owned();
    assert_eq!(tag(&mut system, &roles).await, seen);
    let seen = [("If-Match", seen.as_str())];
    assert_eq!(system.json(("PUT", &roles), &seen, &wanted).await.status, 403);
    let stale =
        security.json(("PUT", &roles), &[("If-Match", &none)], &json!({ "roles": ["auditor"] })).await;
    assert_eq!((stale.status, stale.code()), (412, "stale".into()), "somebody else was here meanwhile");
    let both = security.json(("PUT", &roles), &seen, &json!({ "roles": ["admin", "submitter"] })).await;
    assert_eq!((both.status, both.code()), (409, "roles_together".into()));
    let system_role = security.json(("PUT", &roles), &seen, &json!({ "roles": ["system"] })).await;
    assert_eq!(system_role.is(422).value()["errors"][0]["pointer"], "/roles/0");
    let shown = security.get(&path).await.is(200).value();
    assert_eq!(shown["state"], "one_time");
    assert_eq!((&shown["organisation"]["code"], &shown["has_factor"]), (&json!("HEALTH"), &json!(false)));
    let tried = security.get(&format!("{path}/sign-ins")).await.is(200).value();
    assert_eq!(tried["items"].as_array().unwrap().last().unwrap()["outcome"], "one_time_set");
    let closed = twice_bare(&mut system, &format!("{path}/close"), &format!("{path}/reopen")).await.value();
    assert_eq!((&closed["state"], &closed["roles"]), (&json!("closed"), &json!([])));
    let gone = security.json(("PUT", &roles), &seen, &wanted).await;
    assert_eq!((gone.status, gone.code()), (409, "account_closed".into()));
    let back = twice_bare(&mut system, &format!("{path}/reopen"), &format!("{path}/close")).await.value();
    assert_eq!((&back["state"], &back["closed_since"]), (&json!("unused"), &Value::Null));
    let actor = site.desk.engine.audit(&[]).await.expect("an audit");
    assert!(actor.mismatches.is_empty(), "{:?}", actor.mismatches);
}

async fn kept(reader: &Reader<'_>, who: &str, key: &str) -> String {
    let worker = reader.worker(&format!("{who}@example.org")).await.expect("a person");
    reader.kept_answer(worker.person.user, key).await.expect("it reads").expect("it is kept").body
}

async fn no_password_is_kept_for_a_repeated_call(desk: Desk) {
    let site = Site::of(desk).await;
    let mut system = joins(&site, "system", Role::Admin, "OFFICE").await;
    let mut security = joins(&site, "security", Role::Security, "OFFICE").await;
    let added = twice(&mut system, ACCOUNTS, &[], &li()).await.value();
    let path = format!("{ACCOUNTS}/{}", added["id"].as_str().unwrap());
    let renew = format!("{path}/password");
    let given = twice_bare(&mut security, &renew, &format!("{path}/unlock")).await.value();
    let reader = site.desk.engine.reader();
    for (shown, who, key) in [(added, "system", ACCOUNTS), (given, "security", renew.as_str())] {
        let password = shown["password"].as_str().expect("it is shown once");
        let kept = kept(&reader, who, key).await;
        assert!(!kept.contains(password) && kept.contains("\"password\":null"), "{kept}");
    }
}

async fn a_program_takes_away_and_opens_nothing(desk: Desk) {
    let site = Site::of(desk).await;
    let mut system = joins(&site, "system", Role::Admin, "OFFICE").await;
    let mut security = joins(&site, "security", Role::Security, "OFFICE").await;
    let (mut systems, mut securitys) = (system.program().await, security.program().await);
    let health = site.signed_in("health").await;
    let path = path_of(&site, "health").await;
    let refused = systems.json(("POST", ACCOUNTS), &[], &li()).await;
    assert_eq!((refused.status, refused.code()), (403, "session_needed".into()));
    let roles = format!("{path}/roles");
    let seen = tag(&mut securitys, &roles).await;
    let roles = securitys.json(("PUT", &roles), &[("If-Match", &seen)], &json!({ "roles": [] })).await;
    assert_eq!((roles.status, roles.code()), (403, "session_needed".into()));
    for opens in ["unlock", "take-factor", "password"] {
        let refused = securitys.calls(&format!("{path}/{opens}"), &[]).await;
        assert_eq!((refused.status, refused.code()), (403, "session_needed".into()), "{opens}");
    }
    let reopens = systems.calls(&format!("{path}/reopen"), &[]).await;
    assert_eq!((reopens.status, reopens.code()), (403, "session_needed".into()));
    twice_bare(&mut securitys, &format!("{path}/end-sessions"), &format!("{path}/lock")).await;
    assert_eq!(health.clone().get("/").await.to(), "/sign-in");
    let locked = twice_bare(&mut securitys, &format!("{path}/lock"), &format!("{path}/end-sessions")).await;
    assert_eq!(locked.value()["state"], "locked");
    site.browser().signs_in("health", PASSWORD).await.is(401);
    twice_bare(&mut security, &format!("{path}/unlock"), &format!("{path}/lock")).await;
    twice_bare(&mut security, &format!("{path}/take-factor"), &format!("{path}/lock")).await;
    site.browser().signs_in("health", PASSWORD).await.is(303);
    systems.calls(&format!("{path}/close"), &[]).await.is(200);
    site.browser().signs_in("health", PASSWORD).await.is(401);
}

async fn accounts_are_paged_within_the_district(desk: Desk) {
    let site = Site::of(desk).await;
    let mut system = joins(&site, "system", Role::Admin, "OFFICE").await;
    let mut stranger = joins(&site, "stranger", Role::Security, "OFFICE-3").await;
    let (mut found, mut next) = (Vec::new(), String::new());
    loop {
        let page = system.get(&format!("{ACCOUNTS}?limit=2{next}")).await.is(200).value();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        found.extend(items.iter().map(|one| one["email"].as_str().unwrap().to_owned()));
        let Some(after) = page["next"].as_str() else { break };
        next = format!("&after={}", super::client::escaped(after));
    }
    assert!(found.is_sorted() && found.len() > 5, "{found:?}");
    assert!(found.contains(&"health@example.org".to_owned()));
    assert!(!found.iter().any(|email| email.starts_with("stranger") || email.starts_with("approve3")));
    let sought = system.get(&format!("{ACCOUNTS}?q=health@")).await.is(200).value();
    assert_eq!(sought["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        system.get(&format!("{ACCOUNTS}?place=x")).await.is(422).value()["errors"][0]["pointer"],
        "/query/place"
    );
    let path = path_of(&site, "health").await;
    stranger.get(&path).await.is(404);
    stranger.get(&format!("{path}/sign-ins")).await.is(404);
    stranger.calls(&format!("{path}/lock"), &[]).await.is(404);
    let places = system.get("/api/v1/administered-places?limit=100").await;
    places.is(200);
    assert!(places.body.contains("\"HEALTH\"") && !places.body.contains("OFFICE-3"), "{}", places.body);
    for who in ["health", "review", "audit"] {
        let mut nobody = site.signed_in(who).await;
        nobody.get(ACCOUNTS).await.is(403);
        nobody.get("/api/v1/administered-places").await.is(403);
    }
}

async fn the_separate_administrators_are_guarded(desk: Desk) {
    let site = Site::of(desk).await;
    let mut security = joins(&site, "security", Role::Security, "OFFICE").await;
    let _auditor = joins(&site, "auditing", Role::Auditor, "OFFICE").await;
    let path = path_of(&site, "auditing").await;
    let refused = security.calls(&format!("{path}/password"), &[]).await;
    assert_eq!((refused.status, refused.code()), (409, "at_the_terminal".into()));
    let own = path_of(&site, "security").await;
    for deed in ["lock", "unlock", "password", "end-sessions", "take-factor"] {
        let refused = security.calls(&format!("{own}/{deed}"), &[]).await;
        assert_eq!((refused.status, refused.code()), (409, "own_account".into()), "{deed}");
    }
    security.calls(&format!("{ACCOUNTS}/nobody/lock"), &[]).await.is(404);
}

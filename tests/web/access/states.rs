//! Every route × every state of an account, against the access table: whoever is not wholly signed in, not any more, or only by
//! a program's token gets no further than the table says, and reads nothing of the district.

use std::time::Duration;

use engine::{Command, NewDeputy};
use serde_json::json;
use store::SignInOutcome;
use web::{Admits, Row};
use workflow::actor::Role;

use super::{CANARY, calls, fits, routes, whose_title};
use crate::desk::{Desk, duty};
use crate::web::administration::administrator;
use crate::web::client::{Browser, PASSWORD, Reply, Site};
use crate::web::factor::turns_on;

crate::web::told_on_both! {
    no_state_of_an_account_goes_beyond_the_table
}

/// What somebody is to the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// As if never signed in.
    Out,
    /// Sent to this page, wherever it goes.
    Halfway(&'static str),
    With(&'static [Role]),
    /// A program with these roles; one that reads changes nothing.
    Program {
        may_write: bool,
    },
}

const REVIEWER: &[Role] = &[Role::Reviewer];

/// A reviewer of the district, signed in, and the path of the account.
async fn joins(site: &Site, name: &str) -> (Browser, String) {
    site.desk.joins(name, REVIEWER, "OFFICE").await;
    (site.signed_in(name).await, account_of(site, name).await)
}

async fn account_of(site: &Site, name: &str) -> String {
    let worker = site.desk.engine.reader().worker(&format!("{name}@example.org")).await.expect("a person");
    format!("/api/v1/accounts/{}", worker.person.user)
}

async fn token_of(browser: &mut Browser, reach: &str, days: u32) -> (Browser, String) {
    let body = json!({ "name": "程序", "reach": reach, "days": days });
    let made = browser.json(("POST", "/api/v1/tokens"), &[], &body).await.is(201).value();
    let text = |key: &str| made[key].as_str().expect("a text").to_owned();
    (Browser::at(browser.address).bearing(&text("token")), text("id"))
}

/// Accounts in all their states. Time passes first: what is old is older than every limit then.
async fn in_all_states(site: &Site) -> Vec<(&'static str, Browser, Stands)> {
    let (mut idle, _) = joins(site, "idle").await;
    let (expired, _) = token_of(&mut idle, "write", 1).await;
    site.passes(Duration::from_hours(25));
    let mut states = vec![("idle", idle, Stands::Out), ("an expired token", expired, Stands::Out)];
    states.extend(taken_away(site).await);
    states.extend(halfway(site).await);
    let (mut programmer, _) = joins(site, "programmer").await;
    for (who, reach) in [("a token that reads", "read"), ("a token that writes", "write")] {
        let (program, _) = token_of(&mut programmer, reach, 30).await;
        states.push((who, program, Stands::Program { may_write: reach == "write" }));
    }
    let (deprived, _) = joins(site, "deprived").await;
    site.desk.engine.set_roles("deprived@example.org", &[], site.now()).await.expect("no roles");
    states.push(("without roles any more", deprived, Stands::With(&[])));
    site.desk.joins("deputy", &[], "OFFICE").await;
    let day = site.now().date_naive();
    let new = NewDeputy {
        principal: "review@example.org".into(),
        deputy: "deputy@example.org".into(),
        role: Role::Reviewer,
        days: (day, day.succ_opt().expect("a day")),
    };
    let principal = site.desk.engine.actor("review@example.org", site.now()).await.expect("an actor");
    site.desk.engine.appoint_deputy(&principal, new, site.now()).await.expect("a deputy");
    states.push(("a deputy", site.signed_in("deputy").await, Stands::With(REVIEWER)));
    states
}

/// Those who were in, and whose account, session or token was taken away.
async fn taken_away(site: &Site) -> Vec<(&'static str, Browser, Stands)> {
    let mut security = administrator(site, "security", Role::Security).await;
    let mut system = administrator(site, "system", Role::Admin).await;
    let (locked, account) = joins(site, "locked").await;
    security.json(("POST", &format!("{account}/lock")), &[], &json!({})).await.is(200);
    let (closed, account) = joins(site, "closed").await;
    system.json(("POST", &format!("{account}/close")), &[], &json!({})).await.is(200);
    let (out, _) = joins(site, "out").await;
    assert_eq!(out.clone().post("/sign-out", &[]).await.to(), "/sign-in");
    let (mut holder, _) = joins(site, "holder").await;
    let (ended, id) = token_of(&mut holder, "write", 30).await;
    holder.json(("DELETE", &format!("/api/v1/tokens/{id}")), &[], &json!({})).await.is(200);
    let (mut keeper, account) = joins(site, "keeper").await;
    let (of_closed, _) = token_of(&mut keeper, "write", 30).await;
    system.json(("POST", &format!("{account}/close")), &[], &json!({})).await.is(200);
    vec![
        ("locked", locked, Stands::Out),
        ("closed", closed, Stands::Out),
        ("signed out", out, Stands::Out),
        ("an ended token", ended, Stands::Out),
        ("a token of a closed account", of_closed, Stands::Out),
    ]
}

/// Those whose signing in is not finished.
async fn halfway(site: &Site) -> Vec<(&'static str, Browser, Stands)> {
    site.desk.joins("new", REVIEWER, "OFFICE").await;
    site.gives_password("new", SignInOutcome::OneTimeSet).await;
    let mut new = site.browser();
    assert_eq!(new.signs_in("new", PASSWORD).await.to(), "/sign-in/password");
    new.get("/sign-in/password").await.is(200);
    let (mut careful, _) = joins(site, "careful").await;
    turns_on(site, &mut careful).await;
    let mut half = site.browser();
    assert_eq!(half.signs_in("careful", PASSWORD).await.to(), "/sign-in/code");
    half.get("/sign-in/code").await.is(200);
    vec![
        ("with a password for one sign-in", new, Stands::Halfway("/sign-in/password")),
        ("before the code", half, Stands::Halfway("/sign-in/code")),
    ]
}

/// Whether an answer is what the table says for somebody who stands so.
fn agrees(row: &Row, stands: Stands, reply: &Reply) -> bool {
    let (is_api, changes) = (row.path.starts_with("/api/"), row.method.as_str() != "GET");
    let goes_on = reply.status < 500 && reply.status != 401;
    match stands {
        Stands::Out => fits(row, None, reply),
        Stands::With(roles) => fits(row, Some(roles), reply),
        Stands::Halfway(_) if matches!(row.admits, Admits::Anyone | Admits::Beginning) => goes_on,
        Stands::Halfway(page) if !is_api => reply.status == 303 && reply.to() == page,
        Stands::Halfway(_) => reply.status == 401 && reply.code() == "sign_in_unfinished",
        Stands::Program { may_write: false } if changes => {
            reply.status == 403 && (!is_api || reply.code() == "read_only")
        }
        Stands::Program { .. } if row.in_person => reply.status == 403,
        // The forms of pages carry the token of a session, which a program has not.
        Stands::Program { .. } if changes && !is_api => goes_on,
        Stands::Program { .. } => fits(row, Some(REVIEWER), reply),
    }
}

async fn no_state_of_an_account_goes_beyond_the_table(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", whose_title(duty()), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    let (id, mut wrong, mut asked, mut reads) = (request.to_string(), Vec::new(), 0, Vec::new());
    for (who, browser, stands) in in_all_states(&site).await {
        let may_read = matches!(stands, Stands::With(REVIEWER) | Stands::Program { .. });
        let mut has_read = false;
        for row in &routes() {
            let reply = calls(browser.clone(), row, &id).await;
            asked += 1;
            let sings = reply.body.contains(CANARY);
            has_read |= sings;
            if !agrees(row, stands, &reply) || (sings && !may_read) {
                let said: String = reply.words().chars().take(120).collect();
                wrong.push(format!(
                    "{who} {} {}: {} sings={sings} {said}",
                    row.method, row.path, reply.status
                ));
            }
        }
        if has_read {
            reads.push(who);
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "of {asked}");
    assert!(asked > 3_000, "{asked}");
    assert_eq!(reads, ["a token that reads", "a token that writes", "a deputy"], "those who may, do read it");
}

//! Every route × every role and nobody × own and foreign district, against the access table; and a canary that no
//! stranger ever reads. It looks at the door only; what strangers can do behind it is told in `canaries/strangers.rs`.

mod states;

use engine::{By, Command, NewComplaint};
use serde_json::{Value, json};
use web::{Admits, Row};
use workflow::actor::Role;

use super::client::{Browser, Reply, Site};
use crate::desk::{Desk, duty};

super::told_on_both! {
    every_route_keeps_to_the_table
}

/// Stands in the title of a request and in a complaint of the district; nobody of another one may ever read it.
const CANARY: &str = "金丝雀𠮷canary";

/// People of one role each, and the organisation they are in: here, and in the other district.
const PLACES: [(Role, &str, &str); 10] = [
    (Role::Submitter, "HEALTH", "OFFICE-3"),
    (Role::Reviewer, "OFFICE", "OFFICE-3"),
    (Role::Approver, "OFFICE", "OFFICE-3"),
    (Role::Finance, "TREASURY", "OFFICE-3"),
    (Role::Committee, "420202001001", "420203001001"),
    (Role::Subdistrict, "420202001", "OFFICE-3"),
    (Role::Auditor, "420202", "420203"),
    (Role::Admin, "OFFICE", "OFFICE-3"),
    (Role::Security, "OFFICE", "OFFICE-3"),
    (Role::Policy, "OFFICE", "OFFICE-3"),
];

/// Somebody of a role in an organisation, signed in.
async fn joins(site: &Site, name: &str, role: Role, organisation: &str) -> Browser {
    site.desk.joins(name, &[role], organisation).await;
    site.signed_in(name).await
}

async fn every_route_keeps_to_the_table(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", whose_title(duty()), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    let actor = site.desk.actor("c1");
    let new = NewComplaint {
        department: "HEALTH".into(),
        what: CANARY.into(),
        since: site.now().date_naive(),
        covered_by: None,
        evidence: Vec::new(),
    };
    site.desk.engine.file_complaint(By { actor: &actor, now: site.now() }, new).await.expect("a complaint");
    let rows = routes();
    let id = request.to_string();
    let mut wrong = Vec::new();
    let mut asked = 0;
    let mut checks = async |browser: &Browser, role: Option<Role>, foreign: bool, who: &str| {
        for row in &rows {
            let reply = calls(browser.clone(), row, &id).await;
            asked += 1;
            let held = role.map(|role| [role]);
            let fits = fits(row, held.as_ref().map(<[Role; 1]>::as_slice), &reply);
            let leaks = (foreign || role.is_none()) && reply.body.contains(CANARY);
            if !fits || leaks {
                let said: String = reply.words().chars().take(160).collect();
                wrong.push(format!(
                    "{who} {} {}: {} leaks={leaks} {said}",
                    row.method, row.path, reply.status
                ));
            }
        }
    };
    checks(&site.browser(), None, false, "nobody").await;
    let mut sees_canary = 0;
    for (role, own, foreign) in PLACES {
        let mut here = joins(&site, &format!("own-{role}"), role, own).await;
        sees_canary += usize::from(here.get("/api/v1/requests").await.body.contains(CANARY));
        checks(&here, Some(role), false, &format!("own {role}")).await;
        let there = joins(&site, &format!("foreign-{role}"), role, foreign).await;
        checks(&there, Some(role), true, &format!("foreign {role}")).await;
    }
    assert_eq!(wrong, Vec::<String>::new(), "of {asked}");
    assert!(asked > 600, "{asked}");
    assert_eq!(
        sees_canary, 6,
        "submitter, reviewer, approver, finance, auditor and policy of the district see it"
    );
}

/// An application with the canary in its title.
fn whose_title(mut application: Value) -> Value {
    application["title"] = json!(CANARY);
    application
}

/// All routes; whoever signs out is nobody afterwards, so that comes last.
fn routes() -> Vec<Row> {
    let mut rows = web::rows();
    rows.sort_by_key(|row| {
        (row.path == "/sign-out", row.path == "/sign-in" || row.path == "/sign-in/password")
    });
    rows
}

/// Calls a route about the canary's matters.
async fn calls(mut browser: Browser, row: &Row, id: &str) -> Reply {
    let filled = row
        .path
        .replace("{year}", "2026")
        .replace("{quarter}", "2026Q3")
        .replace("{action}", "nudge")
        .replace("{job}", "none");
    let filled = filled
        .replace("{code}", "420202001001")
        .replace("{community}", "420202001001")
        .replace("{kind}", "people")
        .replace("{holder}", id)
        .replace("{*path}", "x/style.css");
    let path: String = filled
        .split('/')
        .map(|part| if part.starts_with('{') { id } else { part })
        .collect::<Vec<_>>()
        .join("/");
    match (row.method.as_str(), path.starts_with("/api/")) {
        ("GET", _) => browser.get(&path).await,
        ("POST", false) => browser.post(&path, &[]).await,
        (method, _) => browser.json((method, &path), &[("If-Match", "\"0\"")], &json!({})).await,
    }
}

/// Whether an answer is what the table says: refused at the door, or let in.
fn fits(row: &Row, roles: Option<&[Role]>, reply: &Reply) -> bool {
    let (admitted, is_api) = (row.admits.admits(roles), row.path.starts_with("/api/"));
    let changes = row.method.as_str() != "GET";
    // Without a session there is no origin of our own that a change could name.
    let refused = match (roles, is_api) {
        (None, true) if changes => reply.status == 403 || reply.status == 401,
        (None, true) => reply.status == 401,
        (None, false) => reply.status == 303 && reply.to().split('?').next() == Some("/sign-in"),
        (Some(_), _) => reply.status == 403,
    };
    let let_in = reply.status != 401 && reply.status != 403 && reply.status < 500;
    let signs_in = row.admits == Admits::Anyone && row.path == "/sign-in";
    if signs_in {
        reply.status < 500
    } else if admitted {
        let_in && !(roles.is_none() && refused)
    } else {
        refused
    }
}

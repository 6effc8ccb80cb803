//! Administration: accounts for those of system and security; organisations, calendars, jobs and letters for the system's.
//! Organisations and calendars are read by whoever oversees a district, too, and the office looks after letters as well.

mod calendars;
mod deputies;
mod identity;
mod imports;
mod jobs;
mod letters;
mod merger;
mod people;
mod person;
mod places;
mod state;

pub(crate) use state::{administers_only, home};

use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use engine::{By, EngineError, ErrandKind};
use workflow::actor::Role;

pub(crate) use self::jobs::counts;
use crate::access::Admits;
use crate::pages::errands::{self, ErrandLine};
use crate::pages::frame::{Entry, Frame};
use crate::routes::{Route, reads, writes};
use crate::server::Server;
use crate::visitor::Member;

/// Those who look after accounts.
pub(crate) const ACCOUNTS: &[Role] = &[Role::Admin, Role::Security];
const SYSTEM: Admits = Admits::Roles(&[Role::Admin]);
const SECURITY: Admits = Admits::Roles(&[Role::Security]);
const BOTH: Admits = Admits::Roles(ACCOUNTS);
/// Those who oversee a district (`office::OVERLOOKS`), and the system's.
const READERS: Admits =
    Admits::Roles(&[Role::Admin, Role::Reviewer, Role::Approver, Role::Auditor, Role::Policy, Role::Finance]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/administration", BOTH, get(people::show)),
        writes("/administration/people", SYSTEM, post(people::add)),
        reads("/administration/people/{id}", BOTH, get(person::show)),
        writes("/administration/people/{id}/roles", SECURITY, post(person::give_roles)),
        writes("/administration/people/{id}/account", SECURITY, post(person::change)),
        writes("/administration/people/{id}/identity", SECURITY, post(identity::give)),
        writes("/administration/people/{id}/identity/off", SECURITY, post(identity::take)),
        writes("/administration/people/{id}/deputies", SYSTEM, post(deputies::appoint)),
        writes("/administration/people/{id}/deputies/end", SYSTEM, post(deputies::end)),
        writes("/administration/people/{id}/closing", SYSTEM, post(person::close)),
        reads("/administration/places", READERS, get(places::show)),
        writes("/administration/places", SYSTEM, post(places::import)),
        reads("/administration/merger", SYSTEM, get(merger::show)),
        writes("/administration/merger", SYSTEM, post(merger::merge)),
        reads("/administration/calendars", READERS, get(calendars::show)),
        writes("/administration/calendars", SYSTEM, post(calendars::import)),
        reads("/administration/jobs", SYSTEM, get(jobs::show)),
        writes("/administration/jobs/{job}", SYSTEM, post(jobs::run)),
        reads("/administration/letters", KEEPERS, get(letters::show)),
        writes("/administration/letters/retry", KEEPERS, post(letters::retry)),
        writes("/administration/letters/{id}/cancel", KEEPERS, post(letters::cancel)),
    ]
}

/// Those who look after letters.
const KEEPERS: Admits = Admits::Roles(&[Role::Admin, Role::Reviewer, Role::Approver]);

/// The pages of administration, and whose they are.
const TABS: [(&str, &str, &str, &[Role]); 6] = [
    ("/administration", "人员", "People", ACCOUNTS),
    ("/webhooks", "网络回调", "Web-hooks", &[Role::Security]),
    ("/administration/places", "机构和社区", "Organisations", &[Role::Admin]),
    ("/administration/calendars", "工作日历", "Calendars", &[Role::Admin]),
    ("/administration/jobs", "作业", "Jobs", &[Role::Admin]),
    ("/administration/letters", "信件", "Letters", &[Role::Admin]),
];

pub(crate) fn tabs(member: &Member, here: &str) -> Vec<Entry> {
    let theirs = TABS.iter().filter(|(.., whose)| whose.iter().any(|role| member.known.has(*role)));
    let entry = |(to, zh, en, _): &(&'static str, &'static str, &'static str, _)| Entry {
        to,
        name: member.tongue().say(zh, en),
        is_here: *to == here,
    };
    theirs.map(entry).collect()
}

/// Whether somebody administers the system: changes organisations and calendars, which all others only read.
fn may_change(member: &Member) -> bool {
    member.known.has(Role::Admin)
}

/// The frame of a page that is read by others, too: the menu of administrators has one entry for all, that of readers one
/// for each.
fn frame(member: &Member, here: &str) -> Frame {
    Frame::of(member, if may_change(member) { "/administration" } else { here })
}

/// The newest imports of an administrator; whoever only reads has begun none.
async fn imported(server: &Server, member: &Member) -> Result<Vec<ErrandLine>, EngineError> {
    if !may_change(member) {
        return Ok(Vec::new());
    }
    errands::lines(server, member, ErrandKind::Import).await
}

fn by(member: &Member) -> By<'_> {
    By { actor: &member.known.actor, now: member.visitor.now }
}

/// A time as the jurisdiction writes it.
fn at(server: &Server, time: DateTime<Utc>) -> String {
    let offset = server.engine.content().rules.parameters().jurisdiction.offset();
    time.with_timezone(&offset).format("%Y-%m-%d %H:%M").to_string()
}

//! Canaries: each text that people around one community write is planted with a word of its own, and every reading route
//! of the table is asked about all of it by those who have nothing to do with it: each role of a sibling, of departments, of
//! another district, and nobody. No answer holds a word that its reader may not read; and whoever may read it finds it, so
//! that nothing passes by planting nothing. Without the scope in the store's queries the words are found.

mod attempts;
mod filters;
mod hostile_forms;
mod hostile_texts;
mod planted;
mod strangers;
mod unpacked;
mod visits;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use store::Guard;
use workflow::actor::Role;

use super::client::{Browser, Site};
use crate::desk::Desk;
use planted::{Planted, plant};
use visits::{Visit, visits};

super::told_on_both! {
    no_canary_sings_where_it_may_not
    without_the_scope_canaries_are_heard
}

/// What somebody is to the community whose matters are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reader {
    /// The community itself, the office, finance, audit.
    Concerned,
    /// The department whose requests they are.
    Applicant,
    /// Another community, with a part of its own in the requests that are shared.
    Sibling,
    /// Another community of the district, without any part.
    Neighbour,
    /// A department of the district, or a subdistrict, that has asked for nothing.
    Department,
    /// Administrators of the district: people and letters, no business.
    Keeper,
    Elsewhere,
    Nobody,
}

/// Role and organisation of somebody who is not in the district yet.
type Newcomer = (Role, &'static str);

/// Everybody who is asked.
const READERS: [(&str, Reader, Option<Newcomer>); 28] = [
    ("kanari", Reader::Concerned, None),
    ("health", Reader::Applicant, None),
    ("review", Reader::Concerned, None),
    ("approve", Reader::Concerned, None),
    ("money", Reader::Concerned, None),
    ("audit", Reader::Concerned, None),
    ("policy", Reader::Concerned, Some((Role::Policy, "OFFICE"))),
    ("c2", Reader::Sibling, None),
    ("filer2", Reader::Sibling, Some((Role::Submitter, "420202001002"))),
    ("street2", Reader::Sibling, Some((Role::Subdistrict, "420202001002"))),
    ("c3", Reader::Neighbour, None),
    ("women", Reader::Department, None),
    ("civil", Reader::Department, None),
    ("treasurer", Reader::Department, Some((Role::Submitter, "TREASURY"))),
    ("street", Reader::Department, Some((Role::Subdistrict, "420202001"))),
    ("admin", Reader::Keeper, Some((Role::Admin, "OFFICE"))),
    ("security", Reader::Keeper, Some((Role::Security, "OFFICE"))),
    ("c9", Reader::Elsewhere, None),
    ("filer9", Reader::Elsewhere, Some((Role::Submitter, "OFFICE-3"))),
    ("review9", Reader::Elsewhere, Some((Role::Reviewer, "OFFICE-3"))),
    ("approve3", Reader::Elsewhere, None),
    ("money9", Reader::Elsewhere, Some((Role::Finance, "OFFICE-3"))),
    ("street9", Reader::Elsewhere, Some((Role::Subdistrict, "OFFICE-3"))),
    ("audit9", Reader::Elsewhere, Some((Role::Auditor, "420203"))),
    ("admin9", Reader::Elsewhere, Some((Role::Admin, "OFFICE-3"))),
    ("security9", Reader::Elsewhere, Some((Role::Security, "OFFICE-3"))),
    ("policy9", Reader::Elsewhere, Some((Role::Policy, "OFFICE-3"))),
    ("nobody", Reader::Nobody, None),
];

/// Routes that answer nobody here with a page, and why.
const WITHOUT_ANSWER: [(&str, &str); 4] = [
    ("/sign-in/code", "while a second factor is awaited only"),
    ("/sign-in/password", "while a new password is awaited only"),
    ("/sign-in/provider", "goes to a provider, and none is set up here"),
    ("/sign-in/provider/back", "comes from a provider, and none is set up here"),
];

async fn browser_of(site: &Site, name: &str, post: Option<(Role, &str)>) -> Browser {
    if name == "nobody" {
        return site.browser();
    }
    if let Some((role, organisation)) = post {
        site.desk.joins(name, &[role], organisation).await;
    }
    site.signed_in(name).await
}

/// What all of them have heard.
#[derive(Default)]
struct Heard {
    /// Word and route, with those who have read it there and may not.
    leaks: BTreeMap<String, BTreeSet<&'static str>>,
    /// Words that somebody has found who may.
    found: BTreeSet<&'static str>,
    /// Routes that have answered somebody with 200.
    answered: BTreeSet<&'static str>,
    asked: usize,
}

impl Heard {
    fn join(mut self, other: Heard) -> Heard {
        for (what, readers) in other.leaks {
            self.leaks.entry(what).or_default().extend(readers);
        }
        self.found.extend(other.found);
        self.answered.extend(other.answered);
        self.asked += other.asked;
        self
    }
}

/// One reader asks for everything.
async fn listens(mut browser: Browser, (name, reader): (&'static str, Reader), planted: &Planted) -> Heard {
    let mut heard = Heard::default();
    for Visit { route, address, kind } in &planted.visits {
        let (status, said) = kind.made(&mut browser, address).await;
        heard.asked += 1;
        if status == 200 {
            heard.answered.insert(route);
        }
        if status >= 500 {
            heard.leaks.entry(format!("{status} {address}")).or_default().insert(name);
        }
        for canary in planted.canaries.iter().filter(|canary| said.contains(canary.word)) {
            if canary.is_open_to(reader) {
                heard.found.insert(canary.word);
            } else {
                heard.leaks.entry(format!("{} {route}", canary.word)).or_default().insert(name);
            }
        }
    }
    heard
}

async fn all_listen(site: &Site, planted: &Planted) -> Heard {
    let mut browsers = Vec::new();
    for (name, reader, post) in READERS {
        browsers.push((browser_of(site, name, post).await, name, reader));
    }
    let one = |(browser, name, reader)| listens(browser, (name, reader), planted);
    let mut heard = Heard::default();
    // A few at once: SQLite has four who read.
    while !browsers.is_empty() {
        let some = browsers.split_off(browsers.len().saturating_sub(4));
        let together = futures_of(some.into_iter().map(one)).await;
        heard = together.into_iter().fold(heard, Heard::join);
    }
    heard
}

/// Waits for all of them side by side.
async fn futures_of<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = all.map(|one| (Box::pin(one), None)).collect();
    std::future::poll_fn(|context| {
        let mut is_over = true;
        for (future, done) in &mut waiting {
            if done.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *done = Some(value),
                    std::task::Poll::Pending => is_over = false,
                }
            }
        }
        if is_over { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    waiting.into_iter().filter_map(|(_, done)| done).collect()
}

async fn no_canary_sings_where_it_may_not(desk: Desk) {
    let mut site = Site::of(desk).await;
    let mut planted = plant(&mut site).await;
    planted.visits = visits(&site, &planted).await;
    let heard = all_listen(&site, &planted).await;
    assert!(heard.asked > 6_000, "{}", heard.asked);
    let words = planted.canaries.iter().map(|canary| canary.word);
    let lost: Vec<&str> = words.filter(|word| !heard.found.contains(word)).collect();
    let excepted = BTreeMap::from(WITHOUT_ANSWER);
    let routes = web::rows().into_iter().filter(|row| row.method.as_str() == "GET").map(|row| row.path);
    let silent: Vec<&str> =
        routes.filter(|path| !heard.answered.contains(path) && !excepted.contains_key(path)).collect();
    let nothing: (BTreeMap<_, _>, Vec<&str>, Vec<&str>) = Default::default();
    assert_eq!(
        (heard.leaks, lost, silent),
        nothing,
        "read by whoever may not, found by nobody who may, and routes that answer nobody"
    );
    site.desk.is_sound().await;
}

async fn without_the_scope_canaries_are_heard(desk: Desk) {
    let open = desk.node_without(&[Guard::Scope]).await;
    let mut site = Site::on(desk, open).await;
    let mut planted = plant(&mut site).await;
    planted.visits = visits(&site, &planted).await;
    planted.visits.retain(|visit| visit.route.contains("/requests"));
    let strangers = [("c3", Reader::Neighbour), ("women", Reader::Department), ("c9", Reader::Elsewhere)];
    for (name, reader) in strangers {
        let browser = site.signed_in(name).await;
        let heard = listens(browser, (name, reader), &planted).await;
        for route in ["/requests/{id}", "/api/v1/requests", "/api/v1/requests/{id}"] {
            let is_heard = heard.leaks.keys().any(|leak| leak.ends_with(&format!(" {route}")));
            assert!(is_heard, "{name} reads nothing at {route}: {:?}", heard.leaks);
        }
    }
}

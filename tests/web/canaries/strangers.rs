//! Strangers write: whoever has nothing to do with the matters of the community calls every writing operation about them, with
//! bodies that fit, the versions that stand and names that are there. Each is told that there is nothing, or that it is not
//! theirs, and the database holds the same as before. Without the scope in the store's queries it does not.

use std::collections::BTreeMap;

use serde_json::Value;
use store::Guard;

use super::attempts::{Attempt, Source, attempts};
use super::planted::{Planted, plant};
use super::{READERS, Reader, browser_of, futures_of};
use crate::desk::Desk;
use crate::web::client::{Browser, Reply, Site};

crate::web::told_on_both! {
    no_stranger_changes_anything
    without_the_scope_strangers_are_heard
}

/// Operations that name nothing of anybody else, and why.
const OWN: [(&str, &str); 24] = [
    ("POST /api/v1/assess", "keeps nothing"),
    ("POST /api/v1/trials", "keeps nothing"),
    ("POST /api/v1/audit/checks", "reads only, for whoever begins it"),
    ("POST /api/v1/base-funds", "of the own district"),
    ("POST /api/v1/closings", "of the own district"),
    ("POST /api/v1/contingency/drainings", "of the own district"),
    ("POST /api/v1/contingency/fillings", "of the own district"),
    ("POST /api/v1/special-funds", "of the own district"),
    ("POST /api/v1/inspections/{year}/build", "of the own district"),
    ("POST /api/v1/inspections/{year}/publish", "of the own district"),
    ("POST /api/v1/imports/{kind}", "of the whole city, by its administrators only"),
    ("POST /api/v1/jobs/{job}/runs", "does what the clock does anyway"),
    ("POST /api/v1/me/factor", "the own account"),
    ("POST /api/v1/me/factor/codes", "the own account"),
    ("POST /api/v1/me/factor/removal", "the own account"),
    ("POST /api/v1/me/factor/secret", "the own account"),
    ("POST /api/v1/me/identity/removal", "the own account"),
    ("PUT /api/v1/me/letters", "the own account"),
    ("POST /api/v1/me/password", "the own account"),
    ("POST /api/v1/me/sessions/endings", "the own account"),
    ("POST /api/v1/meetings", "makes something of the own district"),
    ("POST /api/v1/tokens", "makes something of one's own"),
    ("POST /api/v1/webhooks", "makes something of one's own"),
    ("POST /api/v1/letters/retries", "looks for letters of the own district"),
];

/// What people of the district may do with its departments and communities without having to do with the one.
const OPEN_IN_DISTRICT: [&str; 2] = ["POST /api/v1/complaints", "POST /api/v1/requests"];

/// Those who write: of each role and each standing somebody.
const WRITERS: [&str; 15] = [
    "c2",
    "filer2",
    "c3",
    "women",
    "street",
    "c9",
    "filer9",
    "review9",
    "approve3",
    "money9",
    "street9",
    "audit9",
    "admin9",
    "security9",
    "policy9",
];

/// Places of the requests among those that were planted: the ones in which the sibling has a part, and the one that is
/// published.
const SHARED: [usize; 2] = [1, 2];
const PUBLISHED: usize = 5;

impl Attempt {
    fn is_action(&self, action: &str) -> bool {
        self.body.as_ref().is_some_and(|body| body["action"] == action)
    }

    /// Whether somebody who is there may do this, having a part of it or since it is open to all of the district.
    fn is_open_to(&self, reader: Reader) -> bool {
        let shared = reader == Reader::Sibling && self.request.is_some_and(|at| SHARED.contains(&at));
        let objects = self.is_read_by(reader) && self.is_action("object");
        shared || objects || (is_near(reader) && OPEN_IN_DISTRICT.contains(&self.what.as_str()))
    }

    /// Whether the request is shown to this reader, so that the answer may say why it is refused.
    fn is_read_by(&self, reader: Reader) -> bool {
        is_near(reader) && self.request == Some(PUBLISHED)
    }

    /// What is wrong with an answer to a stranger; of many at once, each command has an answer of its own.
    fn fault(&self, reader: Reader, reply: &Reply) -> Option<String> {
        let is_many = self.what == "POST /api/v1/bulk" && reply.status == 200;
        let own = if is_many { Value::Null } else { serde_json::from_str(&reply.body).unwrap_or_default() };
        let statuses: Vec<u64> = match is_many.then(|| reply.value()).as_ref().and_then(Value::as_array) {
            Some(items) => items.iter().filter_map(|one| one["status"].as_u64()).collect(),
            None => vec![reply.status.into()],
        };
        let fits = |status: &u64| match status {
            403 | 404 => true,
            // Of a request that is not theirs not even that is said; people and departments are known to all.
            409 => self.is_read_by(reader) || (self.request.is_none() && own["code"] == "not_yours"),
            422 => self.is_read_by(reader) || self.what == "POST /api/v1/requests",
            _ => false,
        };
        let wrong = statuses.iter().find(|status| !fits(status))?;
        let said: String = reply.body.chars().take(300).collect();
        Some(format!("{} {}: {wrong} {said}", self.what, self.address))
    }
}

fn is_near(reader: Reader) -> bool {
    matches!(reader, Reader::Sibling | Reader::Neighbour | Reader::Department)
}

/// All that strangers try, with the versions that stand.
async fn all_attempts(site: &Site, planted: &Planted) -> Vec<Attempt> {
    let source = Source::of((site, planted), "文字").await;
    let mut all = attempts(&source, |what| OWN.iter().all(|(own, _)| *own != what));
    let mut witnesses =
        [site.signed_in("review").await, site.signed_in("kanari").await, site.signed_in("security").await];
    for attempt in all.iter_mut().filter(|attempt| attempt.is_versioned) {
        attempt.sees(&mut witnesses).await;
    }
    all
}

/// What of all attempts of one stranger was answered wrongly, let in at the door, and done.
#[derive(Default)]
struct Answers {
    wrong: Vec<String>,
    /// What the door let in.
    heard: Vec<String>,
    done: Vec<String>,
}

async fn tries(mut browser: Browser, (name, reader): (&str, Reader), all: &[Attempt]) -> Answers {
    let mut answers = Answers::default();
    for attempt in all.iter().filter(|attempt| !attempt.is_open_to(reader)) {
        let reply = attempt.made(&mut browser).await;
        let fault = attempt.fault(reader, &reply);
        answers.wrong.extend(fault.map(|fault| format!("{name} ({reader:?}) {fault}")));
        let is_bulk = attempt.what == "POST /api/v1/bulk";
        match reply.status {
            404 | 409 | 422 => answers.heard.push(attempt.what.clone()),
            200 if is_bulk => answers.heard.push(attempt.what.clone()),
            200..=299 => answers.done.push(attempt.what.clone()),
            _ => {}
        }
    }
    answers
}

async fn no_stranger_changes_anything(desk: Desk) {
    let mut site = Site::of(desk).await;
    let planted = plant(&mut site).await;
    let mut strangers = Vec::new();
    for (name, reader, post) in READERS {
        if WRITERS.contains(&name) {
            strangers.push((browser_of(&site, name, post).await, name, reader));
        } else if name == "security" {
            browser_of(&site, name, post).await;
        }
    }
    let all = all_attempts(&site, &planted).await;
    let before = site.desk.kept();
    let mut heard: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    while !strangers.is_empty() {
        let some = strangers.split_off(strangers.len().saturating_sub(4));
        let one = |(browser, name, reader)| tries(browser, (name, reader), &all);
        for answers in futures_of(some.into_iter().map(one)).await {
            wrong.extend(answers.wrong);
            answers.heard.into_iter().for_each(|what| *heard.entry(what).or_default() += 1);
        }
    }
    let after = site.desk.kept();
    assert_eq!(wrong, Vec::<String>::new());
    let changed: Vec<_> = before.symmetric_difference(&after).take(5).collect();
    assert_eq!(changed, Vec::<&String>::new(), "what strangers have done");
    let silent: Vec<_> = all.iter().map(|one| &one.what).filter(|what| !heard.contains_key(*what)).collect();
    assert_eq!(silent, Vec::<&String>::new(), "nobody came in who was told that there is nothing");
    let idle: Vec<_> = OWN.iter().filter(|(own, _)| !is_routed(own)).collect();
    assert!(idle.is_empty() && all.len() > 120, "{} {idle:?}", all.len());
    site.desk.is_sound().await;
}

fn is_routed(what: &str) -> bool {
    web::rows().iter().any(|row| format!("{} {}", row.method, row.path) == what)
}

async fn without_the_scope_strangers_are_heard(desk: Desk) {
    let open = desk.node_without(&[Guard::Scope]).await;
    let mut site = Site::on(desk, open).await;
    let planted = plant(&mut site).await;
    let names = ["filer9", "review9", "security"];
    let mut browsers = BTreeMap::new();
    for (name, _, post) in READERS.into_iter().filter(|(name, ..)| names.contains(name)) {
        browsers.insert(name, browser_of(&site, name, post).await);
    }
    let all = all_attempts(&site, &planted).await;
    let before = site.desk.kept();
    let filer = tries(browsers["filer9"].clone(), ("filer9", Reader::Elsewhere), &all).await;
    assert!(filer.done.iter().any(|what| what.contains("/inspections/")), "{:?}", filer.wrong);
    assert_ne!(before, site.desk.kept(), "what was done is kept");
    // The rules of the workflow still say no to whoever is of another district, but a request is told of.
    let office = tries(browsers["review9"].clone(), ("review9", Reader::Elsewhere), &all).await;
    for route in ["/requests/{id}/actions", "/bulk"] {
        assert!(office.wrong.iter().any(|one| one.contains(route)), "{route}: {:?}", office.wrong);
    }
}

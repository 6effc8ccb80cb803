//! Hostile texts stand at every text of every writing operation. What nobody can see is refused with its place, whoever sends
//! it, and nothing of it is kept. What is only unusual is refused by a rule or taken as it is: rare Han, formulas and tags
//! stand on the pages afterwards as texts, and nowhere as what they pretend to be.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use workflow::actor::Role;

use super::attempts::{Attempt, Source, attempts};
use super::browser_of;
use super::planted::{Planted, plant};
use super::visits::visits;
use crate::desk::Desk;
use crate::web::bodies::texts;
use crate::web::client::{Browser, Site};

crate::web::told_on_both! {
    what_nobody_can_see_is_refused_at_every_text
    what_is_only_unusual_is_kept_as_it_is
}

/// Turned lines, no width, no text at all, a return without its line, a pile of marks.
pub(super) fn unseen() -> [(&'static str, String); 5] {
    [
        ("a turned line", "甲\u{202e}乙".to_owned()),
        ("no width", "甲\u{200b}乙".to_owned()),
        ("no text", "甲\0乙".to_owned()),
        ("a bare return", "甲\rBcc: x@example.org".to_owned()),
        ("a pile of marks", format!("甲{}", "\u{301}".repeat(10_000))),
    ]
}

const TAG: &str = "<script>alert(";
const ESCAPED_TAG: &str = "&#60;script&#62;alert(";
const RARE: &str = "𠮷野";
/// A formula, a tag and rare Han.
pub(super) const UNUSUAL: &str = "=1+1<script>alert('𠮷野')</script>";
const ON_TWO_LINES: &str = "=1+1\r\n<script>alert('𠮷野')</script>";

/// People of each role who have to do with the matters, and what they are.
const PEOPLE: [(&str, Role, Option<&str>); 10] = [
    ("kanari", Role::Committee, None),
    ("health", Role::Submitter, None),
    ("review", Role::Reviewer, None),
    ("approve", Role::Approver, None),
    ("money", Role::Finance, None),
    ("audit", Role::Auditor, None),
    ("admin", Role::Admin, Some("OFFICE")),
    ("security", Role::Security, Some("OFFICE")),
    ("policy", Role::Policy, Some("OFFICE")),
    ("street", Role::Subdistrict, Some("420202001")),
];

/// Somebody who has signed in.
pub(super) type Signed = (Browser, &'static str, Role);

pub(super) async fn all_sign_in(site: &Site) -> Vec<Signed> {
    let mut all = Vec::new();
    for (name, role, organisation) in PEOPLE {
        let post = organisation.map(|organisation| (role, organisation));
        all.push((browser_of(site, name, post).await, name, role));
    }
    all
}

/// Whether the table lets somebody in where it is called.
fn admits(attempt: &Attempt, role: Role) -> bool {
    let rows = web::rows();
    let row = rows.iter().find(|row| format!("{} {}", row.method, row.path) == attempt.what);
    row.expect("a row").admits.admits(Some(&[role]))
}

async fn what_nobody_can_see_is_refused_at_every_text(desk: Desk) {
    let mut site = Site::of(desk).await;
    let planted = plant(&mut site).await;
    let source = Source::of((&site, &planted), "文字").await;
    let mut people = all_sign_in(&site).await;
    let mut all = attempts(&source, |_| true);
    let mut witnesses: Vec<Browser> = people.iter().map(|(browser, ..)| browser.clone()).collect();
    let mut kinds = unseen().into_iter().cycle();
    let before = site.desk.kept();
    let mut wrong = Vec::new();
    let mut asked = 0;
    for attempt in all.iter_mut().filter(|attempt| attempt.body.is_some()) {
        let sender = people.iter_mut().find(|(_, _, role)| admits(attempt, *role));
        let (browser, name, _) = sender.expect("somebody may come in");
        if attempt.is_versioned {
            attempt.sees(&mut witnesses).await;
        }
        let body = attempt.body.clone().expect("a body");
        let mut pointers = Vec::new();
        texts(&body, "", &mut pointers);
        for pointer in &pointers {
            let (kind, text) = kinds.next().expect("they go round");
            let mut changed = body.clone();
            *changed.pointer_mut(pointer).expect("a text") = json!(text);
            attempt.body = Some(changed);
            let reply = attempt.made(browser).await;
            asked += 1;
            let value: Value = serde_json::from_str(&reply.body).unwrap_or_default();
            if (reply.status, &value["errors"][0]["pointer"]) != (422, &json!(pointer)) {
                let said: String = reply.body.chars().take(200).collect();
                wrong.push(format!("{name} {} {pointer} {kind}: {} {said}", attempt.what, reply.status));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(asked > 400, "{asked}");
    let after = site.desk.kept();
    let changed: Vec<_> = before.symmetric_difference(&after).take(5).collect();
    assert_eq!(changed, Vec::<&String>::new());
}

async fn what_is_only_unusual_is_kept_as_it_is(desk: Desk) {
    let mut site = Site::of(desk).await;
    let planted = plant(&mut site).await;
    let mut source = Source::of((&site, &planted), UNUSUAL).await;
    let mut people = all_sign_in(&site).await;
    let mut witnesses: Vec<Browser> = people.iter().map(|(browser, ..)| browser.clone()).collect();
    let (mut broken, mut done) = (Vec::new(), BTreeSet::new());
    // What must be one line is sent once more as one.
    for text in [ON_TWO_LINES, UNUSUAL] {
        source.text = text;
        let of_business = |what: &str| !what.contains("/me/") && !what.contains("/mergers");
        let mut all = attempts(&source, of_business);
        let written = json!(text).to_string();
        all.retain(|attempt| attempt.body.as_ref().is_some_and(|body| body.to_string().contains(&written)));
        for (number, attempt) in all.iter_mut().enumerate() {
            if !done.contains(&number) && tried(attempt, (&mut people, &mut witnesses), &mut broken).await {
                done.insert(number);
            }
        }
    }
    let (tags, escaped, rare) = shown(&site, (&planted, people)).await;
    assert_eq!((broken, tags), (Vec::<String>::new(), Vec::<String>::new()));
    let done = done.len();
    assert!(done > 10 && escaped > 10 && rare > 20, "{done} done, {escaped} escaped, {rare} rare");
    site.desk.is_sound().await;
}

/// Everybody whom the door lets in tries it; gives whether somebody has done it.
async fn tried(
    attempt: &mut Attempt,
    (people, witnesses): (&mut [Signed], &mut [Browser]),
    broken: &mut Vec<String>,
) -> bool {
    let mut is_done = false;
    for (browser, name, role) in people {
        if !admits(attempt, *role) {
            continue;
        }
        if attempt.is_versioned {
            attempt.sees(witnesses).await;
        }
        let status = attempt.made(browser).await.status;
        is_done |= (200..300).contains(&status);
        if status >= 500 {
            broken.push(format!("{name} {}: {status}", attempt.what));
        }
    }
    is_done
}

/// Pages on which a tag is one, and how many show it as a text and the rare Han unharmed.
pub(super) async fn shown(
    site: &Site,
    (planted, people): (&Planted, Vec<Signed>),
) -> (Vec<String>, usize, usize) {
    let (mut tags, mut escaped, mut rare) = (Vec::new(), 0, 0);
    let visits = visits(site, planted).await;
    for (mut browser, name, _) in people {
        for visit in visits.iter().filter(|visit| visit.is_plain()) {
            let reply = browser.get(&visit.address).await;
            let is_page = reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
            if reply.status >= 500 || (is_page && reply.body.contains(TAG)) {
                tags.push(format!("{name} {}: {}", visit.address, reply.status));
            }
            escaped += usize::from(is_page && reply.body.contains(ESCAPED_TAG));
            rare += usize::from(reply.body.contains(RARE));
        }
    }
    (tags, escaped, rare)
}

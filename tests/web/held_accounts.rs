//! An account that is changed while another change of it waits: what is decided second is decided on what is there then.

use std::time::Duration;

use engine::{AccountChange, By, Named, Visit};
use serde_json::json;
use store::{AuditKey, EventLine, Store, Tx};
use workflow::actor::{Actor, Role};
use workflow::language::Language;
use workflow::letters::{LetterMode, Preference, QuietHours};

use super::client::Site;
use crate::desk::Desk;

super::told_on_both! {
    a_password_is_refused_to_whoever_became_an_administrator_meanwhile
    an_identity_is_refused_to_whoever_became_an_administrator_meanwhile
    a_wish_for_letters_is_not_written_over_another
}

/// Long enough for the other change to come as far as it can; the stories hold however long it is.
const MEANWHILE: Duration = Duration::from_millis(300);

async fn other(desk: &Desk) -> Store {
    Store::open(&desk.url, AuditKey::new([7; 32])).await.expect("the store opens")
}

fn line(desk: &Desk, action: &str) -> EventLine {
    let (role, action) = ("system".to_owned(), action.to_owned());
    EventLine { at: desk.now(), role, action, detail: "{}".into(), ..EventLine::default() }
}

/// Makes somebody an administrator in a transaction that is not over yet.
async fn rises(desk: &Desk, tx: &Tx) {
    let mut worker = tx.reader().worker("rising@example.org").await.expect("a person");
    tx.hold_account(worker.person.user).await.expect("held");
    worker.person.roles = vec![Role::Admin];
    tx.replace_roles(&worker).await.expect("another role");
    tx.record_in_register(line(desk, "set_roles")).await.expect("an event");
}

async fn ends_later(tx: Tx) {
    tokio::time::sleep(MEANWHILE).await;
    tx.commit().await.expect("kept");
}

async fn a_password_is_refused_to_whoever_became_an_administrator_meanwhile(desk: Desk) {
    desk.joins("rising", &[], "OFFICE").await;
    let user = desk.engine.reader().worker("rising@example.org").await.expect("a person").person.user;
    let (by, now) = (By { actor: &Actor::System, now: desk.now() }, desk.now());
    let visit = Visit { source: "here", agent: "story", now, session: None };
    let store = other(&desk).await;
    let tx = store.begin().await.expect("a transaction");
    rises(&desk, &tx).await;
    let change = desk.engine.change_account(by, (user, AccountChange::OneTime("hash".into())), visit);
    let (changed, ()) = tokio::join!(change, ends_later(tx));
    assert_eq!(changed.expect_err("it is for the terminal now").code(), "at_the_terminal");
    desk.is_sound().await;
}

async fn an_identity_is_refused_to_whoever_became_an_administrator_meanwhile(desk: Desk) {
    desk.joins("rising", &[], "OFFICE").await;
    let user = desk.engine.reader().worker("rising@example.org").await.expect("a person").person.user;
    let (by, now) = (By { actor: &Actor::System, now: desk.now() }, desk.now());
    let visit = Visit { source: "here", agent: "story", now, session: None };
    let named = Named { issuer: "https://id.example.org", subject: "rising" };
    let store = other(&desk).await;
    let tx = store.begin().await.expect("a transaction");
    rises(&desk, &tx).await;
    let (given, ()) = tokio::join!(desk.engine.give_identity(by, (user, named), visit), ends_later(tx));
    assert_eq!(given.expect_err("it opens by password only now").code(), "password_only");
    desk.is_sound().await;
}

async fn a_wish_for_letters_is_not_written_over_another(desk: Desk) {
    let site = Site::of(desk).await;
    let mut review = site.signed_in("review").await;
    let known = review.get("/api/v1/me/letters").await;
    let seen = known.is(200).header("etag").expect("a version").to_owned();
    let store = other(&site.desk).await;
    let tx = store.begin().await.expect("a transaction");
    let worker = tx.reader().worker("review@example.org").await.expect("a person");
    let other = Preference { letters: LetterMode::Urgent, quiet: QuietHours::Off };
    tx.prefer(worker.person.user, Language::Chinese, other).await.expect("another wish");
    let event = line(&site.desk, "prefer");
    tx.record(worker.person.organisation, event).await.expect("an event");
    let wish = json!({ "language": "en", "letters": "digest", "quiet": "kept" });
    let if_match = [("If-Match", seen.as_str())];
    let put = review.json(("PUT", "/api/v1/me/letters"), &if_match, &wish);
    let (refused, ()) = tokio::join!(put, ends_later(tx));
    assert_eq!((refused.status, refused.code()), (412, "stale".into()));
    let kept = site.desk.engine.reader().worker("review@example.org").await.expect("a person");
    assert_eq!(kept.preference, other);
    site.desk.is_sound().await;
}

//! Accounts of people as administrators work with them. The system's adds and closes, that of security gives roles, passwords
//! and locks, as on the pages. A program may read and take away; whatever opens something needs the person.

use axum::extract::Path;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post, put};
use engine::{Account, AccountChange, EngineError, NewPerson, Seen, roles_version};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{SignInLine, StoreError};
use uuid::Uuid;
use workflow::actor::Role;
use workflow::id::UserId;
use workflow::language::Language;

use super::caller::{Said, answer, with};
use super::change::{Change, versioned};
use super::complaints::Places;
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::shapes::people as shapes;
use super::slice::Order;
use crate::access::Admits;
use crate::pages::administration::ACCOUNTS;
use crate::reply::Failed;
use crate::secrets::one_time_password;
use crate::sign_in::passwords;

const BOTH: Admits = Admits::Roles(ACCOUNTS);
const SYSTEM: Admits = Admits::Roles(&[Role::Admin]);
const SECURITY: Admits = Admits::Roles(&[Role::Security]);

pub(crate) fn operations() -> Vec<Operation> {
    let all = reads().into_iter().chain(of_system()).chain(of_security());
    all.map(|one| one.within(Group::Accounts)).collect()
}

fn reads() -> Vec<Operation> {
    vec![
        Operation::new(
            (Method::GET, "/api/v1/accounts", BOTH, get(list)),
            ("list_accounts", "Accounts that the caller looks after, by address; `q` looks in name, address and organisation"),
            shapes::accounts,
        )
        .asks("q", shapes::words_sought)
        .sliced(),
        Operation::new(
            (Method::GET, "/api/v1/accounts/{id}", BOTH, get(show)),
            ("show_account", "One account: who it is, where, with which roles, and how it stands"),
            shapes::account,
        ),
        Operation::new(
            (Method::GET, "/api/v1/accounts/{id}/roles", BOTH, get(roles)),
            ("show_roles", "The roles of an account, with their version"),
            shapes::held_roles,
        ),
        Operation::new(
            (Method::GET, "/api/v1/accounts/{id}/sign-ins", BOTH, get(sign_ins)),
            ("list_account_sign_ins", "What signing in with an account came to, newest first"),
            shapes::sign_ins,
        )
        .sliced_by_id(),
        Operation::new(
            (Method::GET, "/api/v1/administered-places", BOTH, get(places)),
            ("list_administered_places", "Organisations whose people the caller looks after, by code"),
            shapes::administered_places,
        )
        .sliced(),
    ]
}

fn of_system() -> Vec<Operation> {
    let of = |path, said, handler| {
        Operation::new((Method::POST, path, SYSTEM, handler), said, shapes::changed_account).repeatable()
    };
    vec![
        Operation::new(
            (Method::POST, "/api/v1/accounts", SYSTEM, post(add)),
            (
                "add_account",
                "Add a person without any role; the password for one sign-in is shown this once, not in the answer to a repeated call",
            ),
            shapes::given_password,
        )
        .takes(shapes::new_account)
        .such_as(shapes::account_example)
        .makes()
        .repeatable()
        .in_person(),
        of(
            "/api/v1/accounts/{id}/close",
            ("close_account", "Close an account: roles, password, sessions and tokens go, the person stays in the histories"),
            post(close),
        ),
        of(
            "/api/v1/accounts/{id}/reopen",
            ("reopen_account", "Open a closed account again, without roles and password"),
            post(reopen),
        )
        .in_person(),
    ]
}

fn of_security() -> Vec<Operation> {
    let of = |path, said, handler| {
        Operation::new((Method::POST, path, SECURITY, handler), said, shapes::changed_account).repeatable()
    };
    vec![
        Operation::new(
            (Method::PUT, "/api/v1/accounts/{id}/roles", SECURITY, put(give_roles)),
            ("give_roles", "Give a person these roles in the place of those that were seen; a new one ends all sessions"),
            shapes::held_roles,
        )
        .takes(shapes::roles)
        .versioned()
        .in_person(),
        of(
            "/api/v1/accounts/{id}/lock",
            ("lock_account", "Lock an account until somebody unlocks it; its sessions end"),
            post(lock),
        ),
        of("/api/v1/accounts/{id}/unlock", ("unlock_account", "Lift a lock"), post(unlock)).in_person(),
        of(
            "/api/v1/accounts/{id}/end-sessions",
            ("end_account_sessions", "End all sessions of an account"),
            post(end_sessions),
        ),
        of(
            "/api/v1/accounts/{id}/take-factor",
            ("take_account_factor", "Take a lost second factor and its recovery codes away"),
            post(take_factor),
        )
        .in_person(),
        Operation::new(
            (Method::POST, "/api/v1/accounts/{id}/password", SECURITY, post(give_password)),
            (
                "give_one_time_password",
                "Give a password for one sign-in; it is shown this once, not in the answer to a repeated call. Those of administrators and auditors are renewed at the terminal only",
            ),
            shapes::given_password,
        )
        .repeatable()
        .in_person(),
    ]
}

/// An account without its place, as it is kept for a repeated call.
fn changed(account: &Account) -> Value {
    let Account { worker, state, has_factor } = account;
    let time = |word: &str| state.time().filter(|_| state.word() == word);
    json!({
        "id": worker.person.user, "email": worker.email, "name": worker.person.name,
        "language": worker.language.code(), "roles": worker.person.roles, "state": state.word(),
        "locked_until": time("locked_until"), "closed_since": time("closed"), "has_factor": has_factor,
    })
}

fn as_json(account: &Account, places: &Places) -> Value {
    with(changed(account), "organisation", places.of_id(account.worker.person.organisation).clone())
}

/// The person whom a path names.
pub(super) fn named(written: &str) -> Result<UserId, EngineError> {
    written.parse().map(UserId).map_err(|_| StoreError::NotFound("person").into())
}

async fn list(reading: Reading) -> Result<Response, Failed> {
    let slice = reading.slice()?;
    let words = reading.asked.text("q").unwrap_or_default();
    let wanted = (slice.after.as_deref(), slice.most + 1);
    let found = reading.engine().accounts(reading.by(), words, wanted).await;
    let (accounts, _) = found.said(reading.tongue())?;
    let places = Places::of(&reading.server, &reading.caller).await?;
    Ok(slice.read(accounts, |one| one.worker.email.clone(), |one| as_json(one, &places)))
}

/// Roles with their version.
fn held(roles: &[Role]) -> Value {
    json!({ "roles": roles, "version": roles_version(roles) })
}

async fn roles(Path(written): Path<String>, reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let account = reading.engine().account(reading.by(), named(&written).said(tongue)?).await.said(tongue)?;
    Ok(versioned(answer, &held(&account.worker.person.roles)))
}

async fn show(Path(written): Path<String>, reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let account = reading.engine().account(reading.by(), named(&written).said(tongue)?).await.said(tongue)?;
    let places = Places::of(&reading.server, &reading.caller).await?;
    Ok(answer(&as_json(&account, &places)))
}

/// A sign-in as programs read it.
pub(super) fn sign_in((id, line): &(Uuid, SignInLine)) -> Value {
    json!({ "id": id, "at": line.at, "outcome": line.outcome, "source": line.source })
}

async fn sign_ins(Path(written): Path<String>, reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let user = named(&written).said(tongue)?;
    // Whoever does not look after the account does not find it.
    reading.engine().account(reading.by(), user).await.said(tongue)?;
    let page = (slice.after_id().said(tongue)?, slice.most as u64 + 1);
    let found = reading.reader().sign_ins_after(user, page).await.said(tongue)?;
    Ok(slice.read(found, |(id, _)| id.to_string(), sign_in))
}

async fn places(reading: Reading) -> Result<Response, Failed> {
    let slice = reading.slice()?;
    let found = reading.engine().administered_places(reading.caller.actor()).await.said(reading.tongue())?;
    let line = |one: &store::Organisation| {
        json!({
            "code": one.code, "name": one.name, "name_en": one.name_en, "kind": one.kind,
            "closed_on": one.closed_on,
        })
    };
    Ok(slice.page((found, Order::Rising), |one| one.code.clone(), line))
}

#[derive(Deserialize)]
struct New {
    email: String,
    name: String,
    organisation: String,
    language: Language,
}

/// What is kept of an answer with a password: all but the password, which is shown once.
fn without_password(account: &Account) -> Value {
    with(changed(account), "password", Value::Null)
}

async fn add(change: Change) -> Result<Response, Failed> {
    let New { email, name, organisation, language } = change.read()?;
    let password = one_time_password();
    let phc = passwords::hash(&change.server, password.clone()).await.said(change.tongue())?;
    let new = NewPerson { email, name: name.trim().to_owned(), organisation, roles: Vec::new(), language };
    let work = change.server.engine.enrol(change.by(), new, (phc, change.caller.0.visitor.visit()));
    let show = |_: &Account, kept: Value| with(kept, "password", json!(password));
    change.done_and_shown(StatusCode::CREATED, work, (without_password, show)).await
}

async fn give_password(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let tongue = change.tongue();
    let user = named(&written).said(tongue)?;
    let password = one_time_password();
    let phc = passwords::hash(&change.server, password.clone()).await.said(tongue)?;
    let wanted = (user, AccountChange::OneTime(phc));
    let work = change.server.engine.change_account(change.by(), wanted, change.caller.0.visitor.visit());
    let show = |_: &Account, kept: Value| with(kept, "password", json!(password));
    change.done_and_shown(StatusCode::OK, work, (without_password, show)).await
}

#[derive(Deserialize)]
struct Given {
    roles: Vec<Role>,
}

async fn give_roles(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let user = named(&written).said(change.tongue())?;
    let wanted = (user, Seen::Version(change.seen()?));
    let Given { roles } = change.read()?;
    let work = change.server.engine.give_roles(change.by(), wanted, &roles);
    change.done(StatusCode::OK, work, |account| held(&account.worker.person.roles)).await
}

async fn close(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let user = named(&written).said(change.tongue())?;
    change.done(StatusCode::OK, change.server.engine.close_account(change.by(), user), changed).await
}

async fn reopen(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let user = named(&written).said(change.tongue())?;
    change.done(StatusCode::OK, change.server.engine.reopen_account(change.by(), user), changed).await
}

async fn changes(written: &str, change: &Change, wanted: AccountChange) -> Result<Response, Failed> {
    let wanted = (named(written).said(change.tongue())?, wanted);
    let work = change.server.engine.change_account(change.by(), wanted, change.caller.0.visitor.visit());
    change.done(StatusCode::OK, work, changed).await
}

async fn lock(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    changes(&written, &change, AccountChange::Lock).await
}

async fn unlock(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    changes(&written, &change, AccountChange::Unlock).await
}

async fn end_sessions(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    changes(&written, &change, AccountChange::EndSessions).await
}

async fn take_factor(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    changes(&written, &change, AccountChange::TakeFactor).await
}

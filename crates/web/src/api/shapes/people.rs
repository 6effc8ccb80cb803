//! Accounts of people, and what signing in came to.

use engine::AccountState;
use serde_json::{Value, json};
use store::{OrganisationKind, SignInOutcome};
use workflow::actor::Role;

use super::place;
use crate::api::schema::{
    all, closed, count, day, flag, list, maybe, moment, named, object, page, text, uuid, words,
};

/// What is looked for in names and addresses.
pub(crate) fn words_sought() -> Value {
    json!({ "type": "string", "maxLength": 100 })
}

fn language() -> Value {
    words(&["zh", "en"])
}

/// The roles that a person may have; the system's is nobody's.
fn role() -> Value {
    let given: Vec<Role> = Role::ALL.iter().copied().filter(|role| *role != Role::System).collect();
    all(&given, Role::word)
}

fn account_keys() -> Vec<(&'static str, Value)> {
    vec![
        ("id", uuid()),
        ("email", text()),
        ("name", text()),
        ("language", language()),
        ("roles", list(&role())),
        ("state", words(&AccountState::WORDS)),
        ("locked_until", maybe(&moment())),
        ("closed_since", maybe(&moment())),
        ("has_factor", flag()),
    ]
}

pub(crate) fn account() -> Value {
    let mut keys = account_keys();
    keys.push(("organisation", maybe(&place())));
    object(&keys)
}

pub(crate) fn accounts() -> Value {
    page(&account())
}

pub(crate) fn changed_account() -> Value {
    object(&account_keys())
}

/// The password is in no other answer, nor in the answer to a repeated call.
pub(crate) fn given_password() -> Value {
    let mut keys = account_keys();
    keys.push(("password", maybe(&text())));
    object(&keys)
}

/// The organisation by its code.
pub(crate) fn new_account() -> Value {
    let keys = [("email", named()), ("name", named()), ("organisation", named()), ("language", language())];
    closed(&keys, &[])
}

pub(crate) fn account_example() -> Value {
    json!({ "email": "li@example.org", "name": "李卫", "organisation": "HEALTH", "language": "zh" })
}

pub(crate) fn roles() -> Value {
    closed(&[("roles", list(&role()))], &[])
}

pub(crate) fn held_roles() -> Value {
    object(&[("roles", list(&role())), ("version", count())])
}

pub(crate) fn sign_ins() -> Value {
    page(&object(&[
        ("id", uuid()),
        ("at", moment()),
        ("outcome", all(SignInOutcome::ALL, SignInOutcome::word)),
        ("source", text()),
    ]))
}

pub(crate) fn administered_places() -> Value {
    page(&object(&[
        ("code", text()),
        ("name", text()),
        ("name_en", text()),
        ("kind", all(OrganisationKind::ALL, OrganisationKind::word)),
        ("closed_on", maybe(&day())),
    ]))
}

pub(crate) fn given_identity() -> Value {
    object(&[("issuer", text()), ("subject", text()), ("linked_at", moment())])
}

pub(crate) fn identity() -> Value {
    object(&[("identity", maybe(&given_identity()))])
}

/// The person's name at the provider, as its claim is set.
pub(crate) fn new_identity() -> Value {
    closed(&[("subject", named())], &[])
}

/// Whose it was.
pub(crate) fn taken_identity() -> Value {
    object(&[("taken", uuid())])
}

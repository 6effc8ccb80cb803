//! The shapes of bodies and answers, as the description tells them, one file for each group of operations.

pub(super) mod assessment;
pub(super) mod commands;
pub(super) mod dossier;
pub(super) mod errands;
pub(super) mod filing;
pub(super) mod meetings;
pub(super) mod money;
pub(super) mod office;
pub(super) mod oversight;
pub(super) mod own;
pub(super) mod people;
pub(super) mod places;
pub(super) mod public;
pub(super) mod ratings;
pub(super) mod requests;
pub(super) mod treasury;
pub(super) mod webhooks;

use serde_json::Value;

use super::schema::{object, text};

/// An organisation by code and name.
pub(super) fn place() -> Value {
    object(&[("code", text()), ("name", text())])
}

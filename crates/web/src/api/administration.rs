//! What administrators do: deputies, mergers of communities, and imports.

use std::collections::BTreeMap;

use axum::extract::{DefaultBodyLimit, Path};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use engine::{ErrandOrder, ImportKind, Merged, NewDeputy};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{DeputyLine, StoreError};
use workflow::actor::Role;
use workflow::id::UserId;

use super::caller::{Said, answer};
use super::change::Change;
use super::errands::begun;
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::shapes::errands::errand;
use super::shapes::office as shapes;
use super::slice::Order;
use crate::access::Admits;
use crate::reply::Failed;

/// Bytes of a body that carries a table.
const TABLE_BODY: usize = 16 << 20;

/// Where tables are brought in.
pub(super) const TABLES: &str = "/api/v1/imports/{kind}";

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let admin = Admits::Roles(&[Role::Admin]);
    let import_table = post(import).layer(DefaultBodyLimit::max(TABLE_BODY));
    let operations = vec![
        Operation::new(
            (Method::GET, "/api/v1/deputies", all, get(deputies)),
            ("list_deputies", "Who stands in for whom from today on: the caller's own, an administrator those of the district"),
            shapes::deputies,
        )
        .sliced(),
        Operation::new(
            (Method::POST, "/api/v1/deputies", all, post(appoint)),
            ("appoint_deputy", "Let someone stand in for the caller, or, as an administrator, for somebody of the district"),
            shapes::deputy,
        )
        .takes(shapes::new_deputy)
        .such_as(shapes::deputy_example)
        .makes()
        .repeatable(),
        Operation::new(
            (Method::POST, "/api/v1/deputies/endings", all, post(end)),
            ("end_deputies", "End the deputyships of a principal's role after a last day"),
            shapes::ended_deputies,
        )
        .takes(shapes::deputy_ending)
        .repeatable(),
        Operation::new(
            (Method::POST, "/api/v1/mergers", admin, post(merge)),
            ("merge_communities", "Merge a community into another one of the same district, with effect from today"),
            shapes::merged,
        )
        .takes(shapes::merger)
        .repeatable(),
        Operation::new(
            (Method::GET, "/api/v1/communities/{code}/mergers/{community}", admin, get(ahead)),
            ("show_merger_ahead", "What merging a community into another one would carry over today; nothing is changed"),
            shapes::merged,
        ),
        Operation::new(
            (Method::POST, TABLES, admin, import_table),
            ("import", "Begin to import a table (CSV); an administrator of the city does it, since it concerns every district"),
            errand,
        )
        .takes(shapes::table)
        .begins()
        .repeatable(),
    ];
    operations.into_iter().map(|one| one.within(Group::Office)).collect()
}

/// Names and addresses of people by their ids.
type People = BTreeMap<UserId, store::Worker>;

fn line(line: &DeputyLine, people: &People) -> Value {
    let who = |id: &UserId| people.get(id).map(|one| json!({ "name": one.person.name, "email": one.email }));
    json!({
        "id": line.id, "principal": who(&line.principal), "deputy": who(&line.deputy), "role": line.role,
        "from": line.from, "until": line.until,
    })
}

async fn deputies(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let reader = reading.reader();
    let mut lines = reader.deputies(reading.engine().today(reading.caller.now())).await.said(tongue)?;
    let people = reader.everyone().await.said(tongue)?;
    let people: People = people.into_iter().map(|one| (one.person.user, one)).collect();
    let own = &reading.caller.0.known.worker.person;
    let is_admin = own.roles.contains(&Role::Admin);
    lines.retain(|line| {
        let near = people.get(&line.principal).is_some_and(|one| one.person.district == own.district);
        line.principal == own.user || line.deputy == own.user || (is_admin && near)
    });
    Ok(slice.page((lines, Order::Rising), |one| one.id.to_string(), |one| line(one, &people)))
}

#[derive(Deserialize)]
struct New {
    principal: String,
    deputy: String,
    role: Role,
    from: NaiveDate,
    until: NaiveDate,
}

fn appointed(line: &DeputyLine) -> Value {
    json!({ "id": line.id, "role": line.role, "from": line.from, "until": line.until })
}

async fn appoint(change: Change) -> Result<Response, Failed> {
    let New { principal, deputy, role, from, until } = change.read()?;
    let new = NewDeputy { principal, deputy, role, days: (from, until) };
    let work = change.server.engine.appoint_deputy(change.caller.actor(), new, change.caller.now());
    change.done(StatusCode::CREATED, work, appointed).await
}

#[derive(Deserialize)]
struct Ending {
    principal: String,
    role: Role,
    last: NaiveDate,
}

async fn end(change: Change) -> Result<Response, Failed> {
    let Ending { principal, role, last } = change.read()?;
    let (actor, now) = (change.caller.actor(), change.caller.now());
    let work = change.server.engine.end_deputy(actor, (&principal, role), last, now);
    change.done(StatusCode::OK, work, |number: &u64| json!({ "ended": number })).await
}

#[derive(Deserialize)]
struct Merger {
    from: String,
    into: String,
}

fn merged(merged: &Merged) -> Value {
    json!(merged)
}

async fn merge(change: Change) -> Result<Response, Failed> {
    let Merger { from, into } = change.read()?;
    let (actor, now) = (change.caller.actor(), change.caller.now());
    change
        .done(StatusCode::OK, change.server.engine.merge_communities(actor, (&from, &into), now), merged)
        .await
}

async fn ahead(Path((from, into)): Path<(String, String)>, reading: Reading) -> Result<Response, Failed> {
    let (actor, now) = (reading.caller.actor(), reading.caller.now());
    let ahead = reading.engine().merger_ahead(actor, (&from, &into), now).await;
    Ok(answer(&ahead.said(reading.tongue())?))
}

#[derive(Deserialize)]
struct Table {
    name: String,
    text: String,
}

async fn import(Path(named): Path<String>, change: Change) -> Result<Response, Failed> {
    let kind = ImportKind::from_word(&named).ok_or(StoreError::NotFound("kind of table"));
    let kind = kind.said(change.tongue())?;
    let Table { name, text } = change.read()?;
    begun(&change, ErrandOrder::Import { kind, name, text }).await
}

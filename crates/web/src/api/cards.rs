//! Limits that run, cards for those that have passed, who was late how long, and where an escalation reaches nobody.

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use engine::{LimitLine, Seen};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Scope, StoreError};
use uuid::Uuid;
use workflow::card::{Card, CardAction};

use super::caller::{Caller, Said, answer};
use super::change::{Change, versioned};
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::shapes::oversight as shapes;
use super::slice::Order;
use super::{places, schema};
use crate::access::Admits;
use crate::pages::office::MEASURES;
use crate::reply::Failed;
use crate::server::Server;
use crate::unread::counted;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let office = Admits::Roles(MEASURES);
    let operations = vec![
        Operation::new(
            (Method::GET, "/api/v1/limits", all, get(limits)),
            ("list_limits", "Running limits of requests that the caller may see, the nearest first"),
            shapes::limits,
        )
        .asks("as_of", schema::day)
        .sliced(),
        Operation::new(
            (Method::GET, "/api/v1/cards", all, get(list)),
            ("list_cards", "Yellow and red cards that the caller may see, oldest first"),
            shapes::cards,
        )
        .sliced(),
        Operation::new(
            (Method::GET, "/api/v1/cards/{id}", all, get(show)),
            ("show_card", "One card, and where it stands"),
            shapes::card,
        ),
        Operation::new(
            (Method::POST, "/api/v1/cards/{id}/actions", all, post(act)),
            ("act_on_card", "Contest a card, or decide what was said against it"),
            shapes::card,
        )
        .takes(shapes::card_action)
        .versioned()
        .repeatable(),
        Operation::new(
            (Method::GET, "/api/v1/lateness/{year}", office, get(lateness)),
            (
                "list_lateness",
                "Who held the steps that began in a year, how long, and what answers for delays",
            ),
            shapes::lateness,
        ),
        Operation::new(
            (Method::GET, "/api/v1/escalations", office, get(escalations)),
            ("list_escalations", "The configured escalations, and where one would reach nobody"),
            shapes::escalations,
        ),
    ];
    operations.into_iter().map(|one| one.within(Group::Oversight)).collect()
}

fn name(line: &LimitLine) -> String {
    let community = line.community.as_deref().unwrap_or_default();
    format!("{}|{}|{}|{}|{community}", line.due, line.number, line.request, line.kind)
}

async fn limits(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let scope = reading.scope();
    let found = match reading.asked.counted_day("as_of").said(tongue)? {
        Some(day) => reading.engine().limits_within_as_of(scope, day).await,
        None => reading.engine().limits_within(scope, reading.caller.now()).await,
    };
    let found = found.said(tongue)?;
    let unreadable: Vec<String> = found.unreadable.into_iter().map(|failed| failed.failure).collect();
    Ok(slice.page_without((found.limits, Order::Rising, &unreadable), name, |line| json!(line)))
}

async fn list(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let scope = reading.engine().card_scope(reading.caller.actor());
    let cards: Vec<Card> = reading.reader().cards(scope, &[]).await.said(tongue)?;
    Ok(slice.page((cards, Order::Rising), |card| card.id.to_string(), |card| json!(card)))
}

fn id(written: &str) -> Result<Uuid, StoreError> {
    written.parse().map_err(|_| StoreError::NotFound("card"))
}

fn as_json(card: &Card) -> Value {
    json!(card)
}

async fn show(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let scope = server.engine.card_scope(caller.actor());
    let card = server.engine.reader().card(id(&written).said(tongue)?, scope).await.said(tongue)?;
    Ok(versioned(answer, &as_json(&card)))
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum Step {
    Contest { text: String },
    Uphold { reason: String },
    Cancel { reason: String },
}

async fn act(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let card = (id(&written).said(change.tongue())?, Seen::Version(change.seen()?));
    let action = match change.read()? {
        Step::Contest { text } => CardAction::Contest { text },
        Step::Uphold { reason } => CardAction::Uphold { reason },
        Step::Cancel { reason } => CardAction::Cancel { reason },
    };
    let (actor, now) = (change.caller.actor(), change.caller.now());
    let work = change.server.engine.act_on_card_seen(card, action, actor, now);
    change.done(StatusCode::OK, work, as_json).await
}

async fn lateness(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let year = super::inspections::year(&written).said(tongue)?;
    let parties = server.engine.parties(caller.scope(&server), year, caller.now()).await.said(tongue)?;
    let unreadable: Vec<String> = parties.unreadable.into_iter().map(|failed| failed.failure).collect();
    Ok(answer(&json!({ "year": year, "parties": parties.parties, "unreadable": counted(&unreadable) })))
}

/// Names of other districts are none of the reader's business.
async fn escalations(State(server): State<Server>, caller: Caller) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let mut lines = server.engine.escalations().await.said(tongue)?;
    if let Scope::District(own) = caller.scope(&server) {
        let own = server.engine.reader().organisation_by_id(own).await.said(tongue)?.name;
        for line in &mut lines {
            line.reaches_nobody_in.retain(|district| *district == own);
        }
    } else if places::district(&server, &caller).is_some() {
        for line in &mut lines {
            line.reaches_nobody_in.clear();
        }
    }
    Ok(answer(&lines))
}

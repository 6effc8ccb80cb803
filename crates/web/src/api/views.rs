//! What people look at beside requests: themselves, limits, cards, accounts, budgets.

use axum::extract::{Path, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use chrono::Datelike;
use serde_json::{Value, json};
use workflow::card::Card;

use super::caller::{Asked, Caller, Said, answer, fault};
use super::operation::Operation;
use super::{schema, shapes};
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;
use crate::visitor::Means;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    vec![
        Operation::new(
            (Method::GET, "/api/v1/me", all, get(me)),
            ("me", "Who calls, with roles and place, and the form token of the session"),
            shapes::me,
        ),
        Operation::new(
            (Method::GET, "/api/v1/limits", all, get(limits)),
            ("list_limits", "Running limits of requests that the caller may see, the nearest first"),
            shapes::limits,
        ),
        Operation::new(
            (Method::GET, "/api/v1/cards", all, get(cards)),
            ("list_cards", "Yellow and red cards that the caller may see, oldest first"),
            shapes::cards,
        ),
        Operation::new(
            (Method::GET, "/api/v1/budget", all, get(budget)),
            (
                "list_budget",
                "Sources of funds of a year that the caller may see, with what became of the money",
            ),
            shapes::budget,
        )
        .asks("year", schema::year)
        .asks("as_of", schema::day),
        Operation::new(
            (Method::GET, "/api/v1/ledger/{holder}", all, get(ledger)),
            (
                "show_ledger",
                "The accounts of an organisation, a special fund or a request with every posting",
            ),
            shapes::ledger,
        )
        .asks("as_of", schema::day),
    ]
}

async fn me(State(server): State<Server>, caller: Caller) -> Result<Response, Failed> {
    let worker = &caller.0.known.worker;
    let reader = server.engine.reader();
    let own = reader.organisation_by_id(worker.person.organisation).await.said(caller.tongue())?;
    let (by, form_token) = match &caller.0.known.means {
        Means::Session(session) => ("session", Some(session.form_token.as_str())),
        Means::Token(reach) => (reach.word(), None),
    };
    Ok(answer(&json!({
        "id": worker.person.user, "name": worker.person.name, "email": worker.email,
        "language": worker.language.code(), "organisation": { "id": own.id, "code": own.code, "name": own.name },
        "roles": caller.0.known.roles(), "signed_in_by": by, "form_token": form_token,
    })))
}

async fn limits(State(server): State<Server>, caller: Caller) -> Result<Response, Failed> {
    let found = server.engine.limits_within(caller.scope(&server), caller.now()).await;
    Ok(answer(&found.said(caller.tongue())?.limits))
}

async fn cards(State(server): State<Server>, caller: Caller) -> Result<Response, Failed> {
    let scope = server.engine.card_scope(caller.actor());
    let cards: Vec<Card> = server.engine.reader().cards(scope, &[]).await.said(caller.tongue())?;
    Ok(answer(&cards))
}

async fn budget(State(server): State<Server>, caller: Caller, asked: Asked) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let asked = asked.only(&["year", "as_of"]).said(tongue)?;
    let year = asked.number("year", schema::YEARS).said(tongue)?.unwrap_or_else(|| caller.now().year());
    let before = before(&server, &asked).said(tongue)?;
    Ok(answer(&server.engine.sources(caller.actor(), year, before).await.said(tongue)?))
}

async fn ledger(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
    asked: Asked,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let asked = asked.only(&["as_of"]).said(tongue)?;
    let before = before(&server, &asked).said(tongue)?;
    let holder = server.engine.holder(caller.actor(), &written).await.said(tongue)?;
    let books: Value = json!(server.engine.books(&holder, before).await.said(tongue)?);
    Ok(answer(&books))
}

/// The first moment after the day that was asked for.
fn before(
    server: &Server,
    asked: &Asked,
) -> Result<Option<chrono::DateTime<chrono::Utc>>, engine::EngineError> {
    let Some(day) = asked.day("as_of")? else { return Ok(None) };
    let next = day.succ_opt().ok_or_else(|| fault("/query/as_of", "the day is too late"))?;
    Ok(Some(server.engine.start_of(next)))
}

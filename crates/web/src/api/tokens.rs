//! A person's bearer tokens: listed, made, ended. A token is shown once and never makes another.

use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, post};
use engine::NewToken;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{ApiToken, StoreError, TokenReach};
use uuid::Uuid;

use super::caller::{Caller, Said, answer, with};
use super::change::Change;
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::shapes::own as shapes;
use super::slice::Order;
use crate::access::Admits;
use crate::reply::Failed;
use crate::secrets;
use crate::server::Server;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let operations = vec![
        Operation::new(
            (Method::GET, "/api/v1/tokens", all, get(list)),
            ("list_tokens", "The caller's bearer tokens, newest first, without the tokens themselves"),
            shapes::tokens,
        )
        .sliced(),
        Operation::new(
            (Method::POST, "/api/v1/tokens", all, post(make)),
            (
                "make_token",
                "Make a bearer token; it is shown this once, not in the answer to a repeated call",
            ),
            shapes::made_token,
        )
        .takes(shapes::new_token)
        .such_as(shapes::token_example)
        .makes()
        .repeatable()
        .in_person(),
        Operation::new(
            (Method::DELETE, "/api/v1/tokens/{id}", all, delete(end)),
            ("end_token", "End a bearer token of the caller"),
            shapes::ended_token,
        )
        .in_person(),
    ];
    operations.into_iter().map(|one| one.within(Group::Own)).collect()
}

fn as_json(token: &ApiToken) -> Value {
    let ApiToken { id, token_hash: _, person: _, name, reach, created_at, expires_at, used_at } = token;
    json!({
        "id": id, "name": name, "reach": reach, "created_at": created_at, "expires_at": expires_at,
        "used_at": used_at,
    })
}

async fn list(reading: Reading) -> Result<Response, Failed> {
    let slice = reading.slice()?;
    let tokens = reading.reader().tokens(reading.caller.user()).await.said(reading.tongue())?;
    Ok(slice.page((tokens, Order::Falling), |token| token.id.to_string(), as_json))
}

#[derive(Deserialize)]
struct Wanted {
    name: String,
    reach: TokenReach,
    days: i64,
}

/// What is kept of the answer for a repeated call: without the token, which is shown once.
fn without_token(token: &ApiToken) -> Value {
    with(as_json(token), "token", Value::Null)
}

async fn make(change: Change) -> Result<Response, Failed> {
    let Wanted { name, reach, days } = change.read()?;
    let (token, token_hash) = secrets::token();
    let new = NewToken { name, reach, days, token_hash };
    let person = change.caller.user();
    let work = change.server.engine.make_token(person, new, change.caller.0.visitor.visit());
    let show = |_: &ApiToken, shown: Value| with(shown, "token", json!(token));
    change.done_and_shown(StatusCode::CREATED, work, (without_token, show)).await
}

async fn end(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let id: Uuid = written.parse().map_err(|_| StoreError::NotFound("token")).said(tongue)?;
    let person = caller.user();
    server.engine.end_token((person, id), caller.0.visitor.visit()).await.said(tongue)?;
    Ok(answer(&json!({ "ended": id })))
}

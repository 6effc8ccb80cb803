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

use super::caller::{Asked, Caller, Said, answer, with};
use super::change::Change;
use super::operation::{Group, Operation};
use super::shapes::own as shapes;
use super::slice::{Order, SLICED, Slice};
use crate::access::Admits;
use crate::reply::Failed;
use crate::secrets;
use crate::server::Server;
use crate::visitor::Means;

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
                "Make a bearer token; it is shown this once. Tokens themselves may not make others",
            ),
            shapes::made_token,
        )
        .takes(shapes::new_token)
        .such_as(shapes::token_example)
        .makes()
        .repeatable(),
        Operation::new(
            (Method::DELETE, "/api/v1/tokens/{id}", all, delete(end)),
            ("end_token", "End a bearer token of the caller"),
            shapes::ended_token,
        ),
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

async fn list(State(server): State<Server>, caller: Caller, asked: Asked) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let slice = Slice::of(&asked.only(&SLICED).said(tongue)?).said(tongue)?;
    let tokens = server.engine.reader().tokens(caller.0.known.worker.person.user).await.said(tongue)?;
    Ok(slice.page((tokens, Order::Falling), |token| token.id.to_string(), as_json))
}

#[derive(Deserialize)]
struct Wanted {
    name: String,
    reach: TokenReach,
    days: i64,
}

/// A change of tokens or secrets needs the person, not one of their programs.
pub(super) fn in_person(caller: &Caller) -> Result<(), Failed> {
    match caller.0.known.means {
        Means::Session(_) => Ok(()),
        Means::Token(_) => {
            Err(Failed::program(crate::problem::Problem::session_needed(caller.tongue()), caller.tongue()))
        }
    }
}

/// What is kept of the answer for a repeated call: without the token, which is shown once.
fn without_token(token: &ApiToken) -> Value {
    with(as_json(token), "token", Value::Null)
}

async fn make(change: Change) -> Result<Response, Failed> {
    in_person(&change.caller)?;
    let Wanted { name, reach, days } = change.read()?;
    let (token, token_hash) = secrets::token();
    let new = NewToken { name, reach, days, token_hash };
    let person = change.caller.0.known.worker.person.user;
    let work = change.server.engine.make_token(person, new, change.caller.0.visitor.visit());
    let show = |shown: Value| with(shown, "token", json!(token));
    change.done_and_shown(StatusCode::CREATED, work, (without_token, show)).await
}

async fn end(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    in_person(&caller)?;
    let tongue = caller.tongue();
    let id: Uuid = written.parse().map_err(|_| StoreError::NotFound("token")).said(tongue)?;
    let person = caller.0.known.worker.person.user;
    server.engine.end_token((person, id), caller.0.visitor.visit()).await.said(tongue)?;
    Ok(answer(&json!({ "ended": id })))
}

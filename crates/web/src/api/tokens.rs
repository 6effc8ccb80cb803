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

use super::caller::{Caller, Said, Sent, answer, answer_with};
use super::operation::Operation;
use super::shapes;
use crate::access::Admits;
use crate::reply::Failed;
use crate::secrets;
use crate::server::Server;
use crate::visitor::Means;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    vec![
        Operation::new(
            (Method::GET, "/api/v1/tokens", all, get(list)),
            ("list_tokens", "The caller's bearer tokens, newest first, without the tokens themselves"),
            shapes::tokens,
        ),
        Operation::new(
            (Method::POST, "/api/v1/tokens", all, post(make)),
            (
                "make_token",
                "Make a bearer token; it is shown this once. Tokens themselves may not make others",
            ),
            shapes::made_token,
        )
        .takes(shapes::new_token)
        .makes(),
        Operation::new(
            (Method::DELETE, "/api/v1/tokens/{id}", all, delete(end)),
            ("end_token", "End a bearer token of the caller"),
            shapes::ended_token,
        ),
    ]
}

fn as_json(token: &ApiToken) -> Value {
    let ApiToken { id, token_hash: _, person: _, name, reach, created_at, expires_at, used_at } = token;
    json!({
        "id": id, "name": name, "reach": reach, "created_at": created_at, "expires_at": expires_at,
        "used_at": used_at,
    })
}

async fn list(State(server): State<Server>, caller: Caller) -> Result<Response, Failed> {
    let tokens =
        server.engine.reader().tokens(caller.0.known.worker.person.user).await.said(caller.tongue())?;
    Ok(answer(&tokens.iter().map(as_json).collect::<Vec<_>>()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    name: String,
    reach: TokenReach,
    days: i64,
}

/// A change of tokens needs the person, not one of their programs.
fn in_person(caller: &Caller) -> Result<(), Failed> {
    match caller.0.known.means {
        Means::Session(_) => Ok(()),
        Means::Token(_) => {
            Err(Failed::program(crate::problem::Problem::session_needed(caller.tongue()), caller.tongue()))
        }
    }
}

async fn make(State(server): State<Server>, caller: Caller, sent: Sent) -> Result<Response, Failed> {
    in_person(&caller)?;
    let tongue = caller.tongue();
    let Wanted { name, reach, days } = sent.read().said(tongue)?;
    let (token, token_hash) = secrets::token();
    let new = NewToken { name, reach, days, token_hash };
    let person = caller.0.known.worker.person.user;
    let made = server.engine.make_token(person, new, caller.0.visitor.visit()).await.said(tongue)?;
    let mut shown = as_json(&made);
    if let Some(keys) = shown.as_object_mut() {
        keys.insert("token".into(), json!(token));
    }
    Ok(answer_with(StatusCode::CREATED, &shown))
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

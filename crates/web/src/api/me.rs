//! Who calls.

use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use serde_json::json;

use super::caller::{Caller, Said, answer};
use super::operation::{Group, Operation};
use super::shapes::own as shapes;
use crate::access::Admits;
use crate::reply::Failed;
use crate::server::Server;
use crate::visitor::Means;

pub(crate) fn operations() -> Vec<Operation> {
    let said = ("me", "Who calls, with roles and place, and the form token of the session");
    let way = (Method::GET, "/api/v1/me", Admits::SignedIn, get(me));
    vec![Operation::new(way, said, shapes::me).within(Group::Own)]
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

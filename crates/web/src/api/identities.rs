//! Identities at the identity provider (统一身份), where one is set: one's own, and those that security gives and takes away. One's
//! own is linked on its page only, by a browser that goes to the provider and back.

use axum::extract::Path;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use engine::{EngineError, Named};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Identity, StoreError};
use workflow::actor::Role;
use workflow::id::UserId;

use super::caller::{Said, answer};
use super::change::Change;
use super::operation::{Group, Operation};
use super::own_factor::{next, renewed};
use super::people::named;
use super::reading::Reading;
use super::shapes::{own, people as shapes};
use crate::access::Admits;
use crate::pages::administration::ACCOUNTS;
use crate::reply::Failed;
use crate::server::Server;
use crate::sign_in::passwords;

pub(crate) fn operations() -> Vec<Operation> {
    let (all, both) = (Admits::SignedIn, Admits::Roles(ACCOUNTS));
    let security = Admits::Roles(&[Role::Security]);
    let given = "/api/v1/accounts/{id}/identity";
    let of_others = [
        Operation::new(
            (Method::GET, given, both, get(show)),
            ("show_identity", "Which identity at the provider opens an account"),
            shapes::identity,
        ),
        Operation::new(
            (Method::POST, given, security, post(give)),
            ("give_identity", "Let an identity at the provider open an account; its sessions end"),
            shapes::given_identity,
        )
        .takes(shapes::new_identity)
        .makes()
        .repeatable()
        .in_person(),
        Operation::new(
            (Method::DELETE, given, security, axum::routing::delete(take)),
            ("take_identity", "Take an account's identity away; its sessions end"),
            shapes::taken_identity,
        ),
    ];
    let of_oneself = [
        Operation::new(
            (Method::GET, "/api/v1/me/identity", all, get(show_own)),
            (
                "show_own_identity",
                "Which identity at the provider opens the own account; it is linked on the page",
            ),
            shapes::identity,
        ),
        Operation::new(
            (Method::POST, "/api/v1/me/identity/removal", all, post(take_own)),
            ("take_own_identity", "Take the own identity away, by the password; all other sessions end"),
            own::renewed,
        )
        .takes(own::shown_password)
        .in_person(),
    ];
    let of_others = of_others.into_iter().map(|one| one.within(Group::Accounts));
    of_others.chain(of_oneself.into_iter().map(|one| one.within(Group::Own))).collect()
}

/// The provider's name for itself; without a provider nothing is given or taken.
fn issuer(server: &Server) -> Result<&str, EngineError> {
    let provider = server.sign_on.as_ref().ok_or(StoreError::NotFound("identity provider"))?;
    Ok(provider.issuer())
}

fn as_json(identity: &Identity) -> Value {
    let Identity { issuer, subject, linked_at, .. } = identity;
    json!({ "issuer": issuer, "subject": subject, "linked_at": linked_at })
}

async fn of(reading: &Reading, user: UserId) -> Result<Response, EngineError> {
    let identity = match &reading.server.sign_on {
        Some(provider) => reading.reader().identity_of(user, provider.issuer()).await?,
        None => None,
    };
    Ok(answer(&json!({ "identity": identity.as_ref().map(as_json) })))
}

async fn show(Path(written): Path<String>, reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let user = named(&written).said(tongue)?;
    // Whoever does not look after the account does not find it.
    reading.engine().account(reading.by(), user).await.said(tongue)?;
    of(&reading, user).await.said(tongue)
}

async fn show_own(reading: Reading) -> Result<Response, Failed> {
    of(&reading, reading.caller.user()).await.said(reading.tongue())
}

#[derive(Deserialize)]
struct Given {
    subject: String,
}

async fn give(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let tongue = change.tongue();
    let (user, issuer) = (named(&written).said(tongue)?, issuer(&change.server).said(tongue)?);
    let Given { subject } = change.read()?;
    let visit = change.caller.0.visitor.visit();
    let wanted = (user, Named { issuer, subject: &subject });
    let work = change.server.engine.give_identity(change.by(), wanted, visit);
    change.done(StatusCode::CREATED, work, as_json).await
}

async fn take(Path(written): Path<String>, change: Change) -> Result<Response, Failed> {
    let tongue = change.tongue();
    let (user, issuer) = (named(&written).said(tongue)?, issuer(&change.server).said(tongue)?);
    let work =
        change.server.engine.take_identity(change.by(), (user, issuer), change.caller.0.visitor.visit());
    work.await.said(tongue)?;
    Ok(answer(&json!({ "taken": user })))
}

#[derive(Deserialize)]
struct Shown {
    password: String,
}

async fn take_own(change: Change) -> Result<Response, Failed> {
    let tongue = change.tongue();
    let (server, member) = (&change.server, &change.caller.0);
    let issuer = issuer(server).said(tongue)?;
    let Shown { password } = change.read()?;
    passwords::confirm(server, member, password).await.said(tongue)?;
    let (session, token) = next(&change);
    server.engine.take_own_identity(issuer, &session, member.visitor.visit()).await.said(tongue)?;
    Ok(renewed(&change, (&session, &token), (StatusCode::OK, json!({}))))
}

//! A person's identity at the identity provider (统一身份), as the security administrator gives it and takes it away.

use axum::extract::{Path, State};
use engine::{EngineError, Named};
use serde::Deserialize;
use workflow::id::UserId;

use super::person::{done, user_of};
use super::{at, by};
use crate::posted::{Nothing, Posted};
use crate::reply::Answer;
use crate::server::Server;
use crate::sign_in::provider::nowhere;
use crate::visitor::Member;

/// The name there and since when, none where it is not linked.
pub(super) struct Part {
    pub(super) linked: Option<(String, String)>,
}

#[derive(Deserialize)]
pub(super) struct Given {
    subject: String,
}

/// The part of the page, where an identity provider is set.
pub(super) async fn part(server: &Server, user: UserId) -> Result<Option<Part>, EngineError> {
    let Some(provider) = &server.sign_on else { return Ok(None) };
    let identity = server.engine.reader().identity_of(user, provider.issuer()).await?;
    let linked = identity.map(|identity| (identity.subject, at(server, identity.linked_at)));
    Ok(Some(Part { linked }))
}

pub(super) async fn give(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
    Posted(Given { subject }): Posted<Given>,
) -> Answer {
    let Some(provider) = &server.sign_on else { return Ok(nowhere(&member.visitor)) };
    let user = user_of(&written, &member)?;
    let named = Named { issuer: provider.issuer(), subject: &subject };
    let given = server.engine.give_identity(by(&member), (user, named), member.visitor.visit()).await;
    done(&server, &member, (user, given)).await
}

pub(super) async fn take(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    let Some(provider) = &server.sign_on else { return Ok(nowhere(&member.visitor)) };
    let user = user_of(&written, &member)?;
    let which = (user, provider.issuer());
    let taken = server.engine.take_identity(by(&member), which, member.visitor.visit()).await;
    done(&server, &member, (user, taken)).await
}

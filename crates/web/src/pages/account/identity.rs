//! The own identity at the identity provider (统一身份): linked by a way to the provider and back, taken away again. The own
//! password is asked for both times.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use engine::{EngineError, SignInError};
use serde::Deserialize;
use store::SessionState;
use workflow::actor::Role;

use super::password::wrong;
use super::{Clock, News, shown};
use crate::pages::frame::Frame;
use crate::posted::Posted;
use crate::reply::{Answer, Tell, go, page};
use crate::server::Server;
use crate::sign_in::fresh::{fresh, with_cookie};
use crate::sign_in::provider::{departs, nowhere};
use crate::sign_in::{passwords, turned_away};
use crate::visitor::Member;

/// The part of the page, where an identity provider is set.
pub(super) struct Part {
    /// The name there, and since when.
    pub(super) linked: Option<(String, String)>,
    pub(super) by_password_only: bool,
}

#[derive(Template)]
#[template(path = "account/leaving.html")]
struct LeavingPage<'a> {
    frame: Frame,
    provider: &'a str,
    to: &'a str,
}

#[derive(Deserialize)]
pub(super) struct Shown {
    password: String,
}

pub(super) async fn part(
    server: &Server,
    member: &Member,
    clock: &Clock,
) -> Result<Option<Part>, EngineError> {
    let person = &member.known.worker.person;
    let Some(provider) = &server.sign_on else { return Ok(None) };
    let identity = server.engine.reader().identity_of(person.user, provider.issuer()).await?;
    let linked = identity.map(|identity| (identity.subject, clock.at(identity.linked_at)));
    let by_password_only = person.roles.iter().any(|role| Role::SEPARATE.contains(role));
    Ok(Some(Part { linked, by_password_only }))
}

/// The browser leaves by a page and not by this answer: a form of ours may send nobody to another host.
pub(super) async fn link(
    State(server): State<Server>,
    member: Member,
    Posted(Shown { password }): Posted<Shown>,
) -> Answer {
    let Some(provider) = &server.sign_on else { return Ok(nowhere(&member.visitor)) };
    if let Err(error) = passwords::confirm(&server, &member, password).await {
        return refused(&server, &member, error).await;
    }
    let person = member.known.worker.person.user;
    match departs(&server, (provider, &member.visitor), Some(person)).await? {
        Err(refusal) => Ok(turned_away::shown(&member.visitor, &refusal, Some(person))),
        Ok(departure) => {
            let frame = Frame::of(&member, "/account");
            let provider = server.settings.provider_name(member.tongue()).unwrap_or_default();
            let mut answer = page(&LeavingPage { frame, provider, to: &departure.address });
            if let Ok(value) = HeaderValue::from_str(&format!("0;url={}", departure.address)) {
                answer.headers_mut().insert(header::REFRESH, value);
            }
            Ok(departure.with(answer))
        }
    }
}

pub(super) async fn take(
    State(server): State<Server>,
    member: Member,
    Posted(Shown { password }): Posted<Shown>,
) -> Answer {
    let Some(provider) = &server.sign_on else { return Ok(nowhere(&member.visitor)) };
    if let Err(error) = passwords::confirm(&server, &member, password).await {
        return refused(&server, &member, error).await;
    }
    let (session, token) = fresh(&member.visitor, member.known.worker.person.user, SessionState::Open);
    let issuer = provider.issuer();
    let gone = server.engine.take_own_identity(issuer, &session, member.visitor.visit()).await;
    gone.tell(member.tongue())?;
    Ok(with_cookie(go("/account"), &token, server.settings.limits.whole))
}

async fn refused(server: &Server, member: &Member, error: EngineError) -> Answer {
    let tongue = member.tongue();
    if !matches!(error, EngineError::SignIn(SignInError::Wrong)) {
        return Err::<Response, _>(error).tell(tongue);
    }
    let news = News { identity: Some(wrong(tongue).to_owned()), ..News::default() };
    shown(server, member, (StatusCode::UNPROCESSABLE_ENTITY, news)).await
}

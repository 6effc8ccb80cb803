//! Who is asking: found once for each request by the guard, and handed to the handlers.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use engine::Visit;
use store::{Session, SessionState, TokenReach, Worker};
use workflow::actor::{Actor, Role};

use crate::tongue::Tongue;

/// How somebody has shown who they are.
#[derive(Debug, Clone)]
pub(crate) enum Means {
    Session(Box<Session>),
    Token(TokenReach),
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) worker: Worker,
    pub(crate) actor: Actor,
    pub(crate) means: Means,
}

/// Whoever is asking.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) known: Option<Known>,
    pub(crate) tongue: Tongue,
    pub(crate) source: String,
    pub(crate) agent: String,
    pub(crate) now: DateTime<Utc>,
}

impl Known {
    /// All roles, own and as a deputy.
    pub(crate) fn roles(&self) -> Vec<Role> {
        match &self.actor {
            Actor::Person(person) => person.standings().map(|standing| standing.role).collect(),
            Actor::System => Vec::new(),
        }
    }

    pub(crate) fn has(&self, role: Role) -> bool {
        self.roles().contains(&role)
    }

    /// Whether nothing of the signing in is awaited any more.
    pub(crate) fn is_whole(&self) -> bool {
        match &self.means {
            Means::Session(session) => session.state == SessionState::Open,
            Means::Token(_) => true,
        }
    }

    /// What the forms of the session carry; tokens have no forms.
    pub(crate) fn form_token(&self) -> &str {
        match &self.means {
            Means::Session(session) => &session.form_token,
            Means::Token(_) => "",
        }
    }
}

impl Visitor {
    /// The session by which somebody has come, if it is one.
    pub(crate) fn session(&self) -> Option<&Session> {
        match &self.known.as_ref()?.means {
            Means::Session(session) => Some(session),
            Means::Token(_) => None,
        }
    }

    pub(crate) fn visit(&self) -> Visit<'_> {
        let session = self.session().map(|session| session.id);
        Visit { source: &self.source, agent: &self.agent, now: self.now, session }
    }
}

/// A visitor who is signed in; the guard has let nobody else come here.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) known: Known,
    pub(crate) visitor: Visitor,
}

impl Member {
    pub(crate) fn tongue(&self) -> Tongue {
        self.visitor.tongue
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Visitor, StatusCode> {
        parts.extensions.get::<Visitor>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Member {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Member, StatusCode> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        let known = visitor.known.clone().ok_or(StatusCode::UNAUTHORIZED)?;
        Ok(Member { known, visitor })
    }
}

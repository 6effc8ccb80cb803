//! Signing in by address and password or by an identity provider, then by a code where the second factor is on; leaving.

pub(crate) mod code;
pub(crate) mod fresh;
pub(crate) mod new_password;
pub(crate) mod passwords;
pub(crate) mod provider;
pub(crate) mod proving;
pub(crate) mod turned_away;
pub(crate) mod wanted;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use engine::{Candidate, EngineError, Opening, SignInError};
use serde::Deserialize;
use store::{Session, SessionState, SignInOutcome};

use crate::access::Admits;
use crate::pages::frame::Frame;
use crate::posted::{Nothing, Posted};
use crate::problem::{status_of, waiting};
use crate::query::Query;
use crate::reply::{Answer, Tell, go, page_with};
use crate::routes::{Route, reads, writes};
use crate::server::Server;
use crate::visitor::{Means, Member, Visitor};
use fresh::{fresh, with_cookie};
use wanted::Wanted;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/sign-in", Admits::Anyone, get(sign_in_page)),
        writes("/sign-in", Admits::Anyone, post(enter)),
        reads("/sign-in/provider", Admits::Anyone, get(provider::begin)),
        reads(provider::BACK, Admits::Anyone, get(provider::back)),
        reads("/sign-in/code", Admits::Beginning, get(code::show)),
        writes("/sign-in/code", Admits::Beginning, post(code::enter)),
        reads("/sign-in/password", Admits::Beginning, get(new_password::show)),
        writes("/sign-in/password", Admits::Beginning, post(new_password::set)),
        writes("/sign-out", Admits::Beginning, post(leave)),
    ]
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    frame: Frame,
    email: &'a str,
    refusal: Option<String>,
    /// What the button of the identity provider says, where there is one, and where it leads.
    provider: Option<(&'a str, String)>,
    /// The page that is wanted.
    next: &'a str,
}

/// The page that is wanted, as an address says it.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    next: String,
}

impl Asked {
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted::said(&self.next)
    }
}

#[derive(Deserialize)]
pub(crate) struct SignIn {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

fn shown(
    server: &Server,
    visitor: &Visitor,
    (email, refusal): (&str, Option<&SignInError>),
    wanted: &Wanted,
) -> Response {
    let provider = server.settings.provider_name(visitor.tongue);
    let provider = provider.map(|name| (name, wanted.by("/sign-in/provider")));
    let (frame, next) = (Frame::bare(visitor), wanted.kept());
    let said = refusal.map(|refusal| refusal.message(visitor.tongue.0));
    refused(&SignInPage { frame, email, refusal: said, provider, next }, refusal)
}

/// A page of signing in, with the status of what it refuses.
fn refused(page: &impl Template, refusal: Option<&SignInError>) -> Response {
    let until = match refusal {
        Some(SignInError::Throttled(until)) => Some(*until),
        _ => None,
    };
    waiting(page_with(refusal.map_or(StatusCode::OK, status_of), page), until)
}

async fn sign_in_page(
    State(server): State<Server>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Response {
    shown(&server, &visitor, ("", None), &asked.wanted())
}

async fn enter(State(server): State<Server>, visitor: Visitor, Form(form): Form<SignIn>) -> Answer {
    let wanted = Wanted::said(&form.next);
    match opened(&server, &visitor, &form.email, form.password).await {
        Ok((session, token)) => {
            Ok(with_cookie(go(&next(session.state, &wanted)), &token, server.settings.limits.whole))
        }
        Err(EngineError::SignIn(refusal)) => {
            Ok(shown(&server, &visitor, (&form.email, Some(&refusal)), &wanted))
        }
        Err(error) => Err(error).tell(visitor.tongue),
    }
}

/// Where a session goes from here.
pub(crate) fn next(state: SessionState, wanted: &Wanted) -> String {
    match state {
        SessionState::AwaitsCode => wanted.by("/sign-in/code"),
        SessionState::AwaitsPassword => wanted.by("/sign-in/password"),
        SessionState::Open => wanted.page().to_owned(),
    }
}

/// Checks the password and opens a session in the place of the one that was there.
async fn opened(
    server: &Server,
    visitor: &Visitor,
    email: &str,
    password: String,
) -> Result<(Session, String), EngineError> {
    let (engine, limits, visit) = (&server.engine, &server.settings.limits, visitor.visit());
    let candidate = engine.candidate(email, visit, limits).await?;
    let known = candidate.as_ref().and_then(|candidate| candidate.password(visitor.now));
    if !passwords::is_right(server, password, known.map(str::to_owned)).await? {
        let outcome = if candidate.is_some() { SignInOutcome::WrongPassword } else { SignInOutcome::Unknown };
        let refused = engine.refuse_sign_in(candidate.as_ref(), (visit, outcome), limits).await;
        return Err(refused.err().unwrap_or_else(|| SignInError::Wrong.into()));
    }
    let Some(Candidate { credential, .. }) = candidate else { return Err(SignInError::Wrong.into()) };
    let state = if credential.totp_secret.is_some() {
        SessionState::AwaitsCode
    } else if credential.one_time {
        SessionState::AwaitsPassword
    } else {
        SessionState::Open
    };
    let (session, token) = fresh(visitor, credential.person, state);
    let before = visitor.session().map(|session| session.id);
    let opening = Opening { checked: &credential, before };
    Ok((engine.open_session(session, (visit, None), (opening, limits)).await?, token))
}

async fn leave(State(server): State<Server>, member: Member, _: Posted<Nothing>) -> Answer {
    if let Means::Session(session) = &member.known.means {
        let ended = server.engine.end_session((session.person, session.id), member.visitor.visit());
        ended.await.tell(member.tongue())?;
    }
    Ok(with_cookie(go("/sign-in"), "", chrono::Duration::zero()))
}

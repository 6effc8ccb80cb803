//! Signing in by address and password, changing a one-time password, leaving.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use engine::{Candidate, EngineError};
use serde::Deserialize;
use store::{Session, SessionState, SignInOutcome};
use uuid::Uuid;

use crate::guard::SESSION;
use crate::pages::frame::Frame;
use crate::posted::Posted;
use crate::reply::{Answer, Tell, go, page, page_with};
use crate::secrets::{self, is_password};
use crate::server::Server;
use crate::visitor::{Means, Member, Visitor};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    frame: Frame,
    email: &'a str,
    refusal: Option<String>,
}

#[derive(Template)]
#[template(path = "new_password.html")]
struct PasswordPage {
    frame: Frame,
    refusal: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct SignIn {
    email: String,
    password: String,
}

#[derive(Deserialize)]
pub(crate) struct NewPassword {
    password: String,
    again: String,
}

/// Passwords shorter than this are refused (NIST SP 800-63B asks for 8, and for 15 where nothing else is asked).
const LEAST: usize = 12;
/// Longer ones are refused before they are hashed.
const MOST: usize = 256;

fn shown(visitor: &Visitor, email: &str, refusal: Option<String>) -> Response {
    let status = if refusal.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    page_with(status, &SignInPage { frame: Frame::bare(visitor), email, refusal })
}

pub(crate) async fn sign_in_page(visitor: Visitor) -> Response {
    shown(&visitor, "", None)
}

pub(crate) async fn enter(
    State(server): State<Server>,
    visitor: Visitor,
    Form(form): Form<SignIn>,
) -> Answer {
    let email = form.email.trim().to_lowercase();
    match opened(&server, &visitor, &email, form.password).await {
        Ok((session, token)) => {
            let to = if session.state == SessionState::AwaitsPassword { "/sign-in/password" } else { "/" };
            Ok(with_cookie(go(to), &token, server.settings.limits.whole.num_seconds()))
        }
        Err(EngineError::SignIn(refusal)) => {
            Ok(shown(&visitor, &email, Some(refusal.message(visitor.tongue.0))))
        }
        Err(error) => Err(error).tell(visitor.tongue),
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
    let known = candidate.as_ref().and_then(|candidate| candidate.credential.password.clone());
    if !check(server, password, known).await? {
        let outcome = if candidate.is_some() { SignInOutcome::WrongPassword } else { SignInOutcome::Unknown };
        return Err(refused(engine.refuse_sign_in(candidate.as_ref(), (visit, outcome), limits).await));
    }
    let Some(Candidate { credential, .. }) = candidate else {
        return Err(engine::SignInError::Wrong.into());
    };
    let (token, token_hash) = secrets::token();
    let state = if credential.one_time { SessionState::AwaitsPassword } else { SessionState::Open };
    let session = Session {
        id: Uuid::now_v7(),
        token_hash,
        person: credential.person,
        form_token: secrets::token().0,
        state,
        created_at: visitor.now,
        seen_at: visitor.now,
        source: visitor.source.clone(),
        agent: visitor.agent.clone(),
    };
    let before = visitor.known.as_ref().and_then(|known| match &known.means {
        Means::Session(session) => Some(session.id),
        Means::Token(_) => None,
    });
    Ok((engine.open_session(session, (visit, None), (before, limits)).await?, token))
}

fn refused<T>(done: Result<T, EngineError>) -> EngineError {
    done.err().unwrap_or_else(|| engine::SignInError::Wrong.into())
}

/// Hashing takes its time and memory: on a thread of its own, and only a few at once.
async fn check(server: &Server, password: String, known: Option<String>) -> Result<bool, EngineError> {
    let _turn = server.hashing.acquire().await.map_err(|error| EngineError::Broken(error.to_string()))?;
    let checked = tokio::task::spawn_blocking(move || {
        password.len() <= MOST && is_password(&password, known.as_deref())
    });
    checked.await.map_err(|error| EngineError::Broken(error.to_string()))
}

pub(crate) async fn new_password_page(member: Member) -> Answer {
    Ok(page(&PasswordPage { frame: Frame::bare(&member.visitor), refusal: None }))
}

pub(crate) async fn new_password(
    State(server): State<Server>,
    member: Member,
    Posted(form): Posted<NewPassword>,
) -> Answer {
    let tongue = member.tongue();
    let refusal = if form.password != form.again {
        Some(tongue.say("两次输入不一致", "the two are not the same"))
    } else if form.password.chars().count() < LEAST || form.password.len() > MOST {
        Some(tongue.say("密码须有 12 个以上字符", "a password has 12 characters or more"))
    } else {
        None
    };
    if let Some(refusal) = refusal {
        let shown = PasswordPage { frame: Frame::bare(&member.visitor), refusal: Some(refusal.to_owned()) };
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    }
    let hashed = {
        let turn = server.hashing.acquire().await;
        let _turn = turn.map_err(|error| EngineError::Broken(error.to_string())).tell(tongue)?;
        let hashed = tokio::task::spawn_blocking(move || secrets::hash_password(&form.password)).await;
        hashed.map_err(|error| EngineError::Broken(error.to_string())).tell(tongue)?
    };
    let phc = hashed.map_err(EngineError::Broken).tell(tongue)?;
    let person = member.known.worker.person.user;
    let set = server.engine.set_password(person, (phc, SignInOutcome::PasswordSet), member.visitor.visit());
    set.await.tell(tongue)?;
    Ok(go("/sign-in"))
}

pub(crate) async fn leave(State(server): State<Server>, member: Member) -> Answer {
    if let Means::Session(session) = &member.known.means {
        let ended = server.engine.end_session((session.person, session.id), member.visitor.visit());
        ended.await.tell(member.tongue())?;
    }
    Ok(with_cookie(go("/sign-in"), "", 0))
}

/// The cookie is sent to this host alone, over a safe connection, and no script sees it.
fn with_cookie(mut answer: Response, token: &str, seconds: i64) -> Response {
    let cookie = format!("{SESSION}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}

//! The second step of signing in: a code of the telephone, or a recovery code. Failures count towards the lock.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use engine::{Candidate, EngineError, Opening, SignInError};
use serde::Deserialize;
use store::{Session, SessionState, SignInOutcome};

use crate::factor;
use crate::pages::frame::Frame;
use crate::posted::Posted;
use crate::query::Query;
use crate::reply::{Answer, Tell, go};
use crate::server::Server;
use crate::sign_in::fresh::{fresh, with_cookie};
use crate::sign_in::wanted::Wanted;
use crate::sign_in::{Asked, next, passwords, refused};
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodePage<'a> {
    frame: Frame,
    refusal: Option<String>,
    /// The page that is wanted.
    next: &'a str,
}

#[derive(Deserialize)]
pub(crate) struct Code {
    code: String,
    #[serde(default)]
    next: String,
}

fn shown(member: &Member, refusal: Option<&SignInError>, wanted: &Wanted) -> Response {
    let said = refusal.map(|refusal| refusal.message(member.tongue().0));
    let page = CodePage { frame: Frame::bare(&member.visitor), refusal: said, next: wanted.kept() };
    refused(&page, refusal)
}

/// The session, if a code is awaited for it.
fn awaiting<'a>(member: &'a Member, wanted: &Wanted) -> Result<&'a Session, String> {
    match member.visitor.session() {
        Some(session) if session.state == SessionState::AwaitsCode => Ok(session),
        Some(session) => Err(next(session.state, wanted)),
        None => Err(wanted.page().to_owned()),
    }
}

pub(crate) async fn show(member: Member, Query(asked): Query<Asked>) -> Answer {
    let wanted = asked.wanted();
    Ok(match awaiting(&member, &wanted) {
        Ok(_) => shown(&member, None, &wanted),
        Err(to) => go(&to),
    })
}

pub(crate) async fn enter(
    State(server): State<Server>,
    member: Member,
    Posted(form): Posted<Code>,
) -> Answer {
    let wanted = Wanted::said(&form.next);
    let session = match awaiting(&member, &wanted) {
        Ok(session) => session,
        Err(to) => return Ok(go(&to)),
    };
    match opened(&server, &member, (session, &form.code)).await {
        Ok((session, token)) => {
            Ok(with_cookie(go(&next(session.state, &wanted)), &token, server.settings.limits.whole))
        }
        Err(EngineError::SignIn(refusal)) => Ok(shown(&member, Some(&refusal), &wanted)),
        Err(error) => Err(error).tell(member.tongue()),
    }
}

async fn opened(
    server: &Server,
    member: &Member,
    (before, written): (&Session, &str),
) -> Result<(Session, String), EngineError> {
    let (engine, visit, limits) = (&server.engine, member.visitor.visit(), &server.settings.limits);
    let candidate = engine.candidate(&member.known.worker.email, visit, limits).await?;
    let Some(Candidate { credential, .. }) = &candidate else { return Err(SignInError::Wrong.into()) };
    let secret = credential.totp_secret.as_deref().unwrap_or_default();
    if let Some(proof) = factor::proof(secret, written, visit.now) {
        let state = if credential.one_time { SessionState::AwaitsPassword } else { SessionState::Open };
        let (session, token) = fresh(&member.visitor, credential.person, state);
        let opening = Opening { checked: credential, before: Some(before.id) };
        let opened = engine.open_session(session, (visit, Some(proof)), (opening, limits)).await;
        match opened {
            Err(EngineError::SignIn(_)) => {}
            other => return other.map(|session| (session, token)),
        }
    }
    Err(passwords::refused(server, member, (candidate.as_ref(), SignInOutcome::WrongCode)).await)
}

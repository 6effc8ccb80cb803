//! Changing a one-time password, which opens nothing else.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use store::{SessionState, SignInOutcome};

use crate::pages::frame::Frame;
use crate::posted::Posted;
use crate::reply::{Answer, Tell, go, page, page_with};
use crate::server::Server;
use crate::sign_in::next;
use crate::sign_in::passwords::{self, NewPassword};
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "new_password.html")]
struct PasswordPage {
    frame: Frame,
    refusal: Option<&'static str>,
}

/// Whoever is signed in already changes the password on the own page, which asks for the old one.
fn elsewhere(member: &Member) -> Option<&'static str> {
    let state = member.visitor.session()?.state;
    match state {
        SessionState::AwaitsPassword => None,
        SessionState::AwaitsCode => Some(next(state)),
        SessionState::Open => Some("/account"),
    }
}

pub(crate) async fn show(member: Member) -> Answer {
    if let Some(to) = elsewhere(&member) {
        return Ok(go(to));
    }
    Ok(page(&PasswordPage { frame: Frame::bare(&member.visitor), refusal: None }))
}

pub(crate) async fn set(
    State(server): State<Server>,
    member: Member,
    Posted(form): Posted<NewPassword>,
) -> Answer {
    if let Some(to) = elsewhere(&member) {
        return Ok(go(to));
    }
    let tongue = member.tongue();
    if let Some(refusal) = form.refusal(tongue) {
        let shown = PasswordPage { frame: Frame::bare(&member.visitor), refusal: Some(refusal) };
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    }
    let phc = passwords::hash(&server, form.password).await.tell(tongue)?;
    let person = member.known.worker.person.user;
    let set = server.engine.set_password(person, (phc, SignInOutcome::PasswordSet), member.visitor.visit());
    set.await.tell(tongue)?;
    Ok(go("/sign-in"))
}

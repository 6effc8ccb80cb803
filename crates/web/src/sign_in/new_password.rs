//! Changing a one-time password, which opens nothing else.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use store::{SessionState, SignInOutcome};

use crate::pages::frame::Frame;
use crate::posted::Posted;
use crate::query::Query;
use crate::reply::{Answer, Tell, go, page, page_with};
use crate::server::Server;
use crate::sign_in::passwords::{self, NewPassword};
use crate::sign_in::wanted::Wanted;
use crate::sign_in::{Asked, next};
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "new_password.html")]
struct PasswordPage<'a> {
    frame: Frame,
    refusal: Option<&'static str>,
    /// The page that is wanted.
    next: &'a str,
}

/// The new password, and what is wanted after signing in with it.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    password: String,
    again: String,
    #[serde(default)]
    next: String,
}

/// Whoever is signed in already changes the password on the own page, which asks for the old one.
fn elsewhere(member: &Member, wanted: &Wanted) -> Option<String> {
    let state = member.visitor.session()?.state;
    match state {
        SessionState::AwaitsPassword => None,
        SessionState::AwaitsCode => Some(next(state, wanted)),
        SessionState::Open => Some("/account".to_owned()),
    }
}

pub(crate) async fn show(member: Member, Query(asked): Query<Asked>) -> Answer {
    let wanted = asked.wanted();
    if let Some(to) = elsewhere(&member, &wanted) {
        return Ok(go(&to));
    }
    Ok(page(&PasswordPage { frame: Frame::bare(&member.visitor), refusal: None, next: wanted.kept() }))
}

pub(crate) async fn set(
    State(server): State<Server>,
    member: Member,
    Posted(Chosen { password, again, next }): Posted<Chosen>,
) -> Answer {
    let wanted = Wanted::said(&next);
    if let Some(to) = elsewhere(&member, &wanted) {
        return Ok(go(&to));
    }
    let (tongue, form) = (member.tongue(), NewPassword { password, again });
    if let Some(refusal) = form.refusal(tongue) {
        let (frame, next) = (Frame::bare(&member.visitor), wanted.kept());
        let shown = PasswordPage { frame, refusal: Some(refusal), next };
        return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    }
    let phc = passwords::hash(&server, form.password).await.tell(tongue)?;
    let person = member.known.worker.person.user;
    let set = server.engine.set_password(person, (phc, SignInOutcome::PasswordSet), member.visitor.visit());
    set.await.tell(tongue)?;
    Ok(go(&wanted.by("/sign-in")))
}

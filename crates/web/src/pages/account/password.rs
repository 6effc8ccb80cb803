//! Changing the own password: the old one is asked for, and every other session ends.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use engine::{EngineError, SignInError};
use serde::Deserialize;
use store::SessionState;

use super::{News, shown};
use crate::posted::Posted;
use crate::reply::{Answer, Tell, go};
use crate::server::Server;
use crate::sign_in::fresh::{fresh, with_cookie};
use crate::sign_in::passwords::{self, NewPassword};
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Deserialize)]
pub(super) struct Change {
    old: String,
    #[serde(flatten)]
    new: NewPassword,
}

pub(super) async fn change(
    State(server): State<Server>,
    member: Member,
    Posted(Change { old, new }): Posted<Change>,
) -> Answer {
    let tongue = member.tongue();
    if let Some(refusal) = new.refusal(tongue) {
        return refused(&server, &member, refusal.to_owned()).await;
    }
    match passwords::confirm(&server, &member, old).await {
        Ok(_) => {}
        Err(EngineError::SignIn(SignInError::Wrong)) => {
            return refused(&server, &member, wrong(tongue).to_owned()).await;
        }
        Err(error) => return Err::<Response, _>(error).tell(tongue),
    }
    let phc = passwords::hash(&server, new.password).await.tell(tongue)?;
    let (session, token) = fresh(&member.visitor, member.known.worker.person.user, SessionState::Open);
    server.engine.change_password(phc, &session, member.visitor.visit()).await.tell(tongue)?;
    Ok(with_cookie(go("/account"), &token, server.settings.limits.whole))
}

/// What is said where the own password or code is not right.
pub(super) fn wrong(tongue: Tongue) -> &'static str {
    tongue.say(
        "当前密码或验证码不正确；连续多次失败后，账号会锁定一段时间",
        "the present password or code is wrong; after several failures an account is locked for a while",
    )
}

async fn refused(server: &Server, member: &Member, refusal: String) -> Answer {
    let news = News { password: Some(refusal), ..News::default() };
    shown(server, member, (StatusCode::UNPROCESSABLE_ENTITY, news)).await
}

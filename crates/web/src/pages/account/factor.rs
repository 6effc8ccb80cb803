//! The own second factor: turned on with a code that works, turned off with password and code, and its recovery codes.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use engine::{EngineError, NewFactor, SignInError};
use serde::Deserialize;
use store::SessionState;

use super::password::wrong;
use super::{News, renewed, shown};
use crate::factor;
use crate::pages::frame::Frame;
use crate::posted::Posted;
use crate::qr::{self, Drawn};
use crate::reply::{Answer, Tell, go, page, page_with};
use crate::server::Server;
use crate::sign_in::fresh::{fresh, with_cookie};
use crate::sign_in::passwords;
use crate::sign_in::proving::{Shown, counted, has_factor, proven};
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "account/factor.html")]
struct FactorPage {
    frame: Frame,
    secret: String,
    /// The secret in groups, for whoever types it.
    grouped: String,
    qr: Drawn,
    refusal: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "account/codes.html")]
struct CodesPage {
    frame: Frame,
    codes: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    secret: String,
    code: String,
    password: String,
}

fn offered(member: &Member, secret: String, refusal: Option<&'static str>) -> Answer {
    let address = factor::address(&secret, &member.known.worker.email);
    let drawn = qr::drawn(&address).ok_or_else(|| EngineError::Broken("no QR code".to_owned()));
    let qr = drawn.tell(member.tongue())?;
    let letters: Vec<char> = secret.chars().collect();
    let grouped: Vec<String> = letters.chunks(4).map(|four| four.iter().collect()).collect();
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let frame = Frame::of(member, "/account");
    let page = FactorPage { frame, secret, grouped: grouped.join(" "), qr, refusal };
    Ok(page_with(status, &page))
}

pub(super) async fn show(State(server): State<Server>, member: Member) -> Answer {
    if has_factor(&server, &member).await.tell(member.tongue())? {
        return Ok(go("/account"));
    }
    offered(&member, factor::new_secret(), None)
}

pub(super) async fn turn_on(
    State(server): State<Server>,
    member: Member,
    Posted(wanted): Posted<Wanted>,
) -> Answer {
    let tongue = member.tongue();
    if has_factor(&server, &member).await.tell(tongue)? {
        return Ok(go("/account"));
    }
    let Wanted { secret, code, password } = wanted;
    let Some(step) = factor::step(&secret, &code, member.visitor.now) else {
        let sound = if factor::is_secret(&secret) { secret } else { factor::new_secret() };
        let refusal = tongue.say(
            "验证码不对：请扫描此码后输入手机上的六位数字，并核对手机时间",
            "the code is wrong: scan this picture, enter the six digits, and see that the telephone's clock is right",
        );
        return offered(&member, sound, Some(refusal));
    };
    match passwords::confirm(&server, &member, password).await {
        Ok(_) => {}
        Err(EngineError::SignIn(SignInError::Wrong)) => return offered(&member, secret, Some(wrong(tongue))),
        Err(error) => return Err::<Response, _>(error).tell(tongue),
    }
    let (codes, recovery) = factor::recovery_codes();
    let (session, token) = fresh(&member.visitor, member.known.worker.person.user, SessionState::Open);
    let new = NewFactor { secret, step, recovery };
    server.engine.set_factor(new, &session, member.visitor.visit()).await.tell(tongue)?;
    let frame = Frame::of(&renewed(&member, session), "/account");
    Ok(with_cookie(page(&CodesPage { frame, codes }), &token, server.settings.limits.whole))
}

pub(super) async fn turn_off(
    State(server): State<Server>,
    member: Member,
    Posted(shown): Posted<Shown>,
) -> Answer {
    let (session, token) = fresh(&member.visitor, member.known.worker.person.user, SessionState::Open);
    let visit = member.visitor.visit();
    let done = match proven(&server, &member, shown).await {
        Ok((candidate, proof)) => {
            let outcome = server.engine.take_own_factor(proof, &session, visit).await;
            counted(&server, &member, (&candidate, outcome)).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(with_cookie(go("/account"), &token, server.settings.limits.whole)),
        Err(error) => refused(&server, &member, error).await,
    }
}

pub(super) async fn renew(
    State(server): State<Server>,
    member: Member,
    Posted(shown): Posted<Shown>,
) -> Answer {
    let (session, token) = fresh(&member.visitor, member.known.worker.person.user, SessionState::Open);
    let (codes, hashes) = factor::recovery_codes();
    let visit = member.visitor.visit();
    let done = match proven(&server, &member, shown).await {
        Ok((candidate, proof)) => {
            let made = server.engine.renew_recovery((proof, &hashes), &session, visit).await;
            counted(&server, &member, (&candidate, made)).await
        }
        Err(error) => Err(error),
    };
    if let Err(error) = done {
        return refused(&server, &member, error).await;
    }
    let frame = Frame::of(&renewed(&member, session), "/account");
    Ok(with_cookie(page(&CodesPage { frame, codes }), &token, server.settings.limits.whole))
}

async fn refused(server: &Server, member: &Member, error: EngineError) -> Answer {
    let tongue = member.tongue();
    if !matches!(error, EngineError::SignIn(SignInError::Wrong)) {
        return Err::<Response, _>(error).tell(tongue);
    }
    let news = News { factor: Some(wrong(tongue).to_owned()), ..News::default() };
    shown(server, member, (StatusCode::UNPROCESSABLE_ENTITY, news)).await
}

//! The own password and second factor, changed in person. Whatever changes how one signs in ends all sessions; the answer
//! brings the cookie and the form token of the new one. None of these calls keeps an answer for a repeated one: what is sent
//! holds a password, and no trace of that is kept.

use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::post;
use engine::{EngineError, NewFactor};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Session, SessionState};
use workflow::language::Language;

use super::caller::{Said, answer, answer_with, fault, with};
use super::change::Change;
use super::operation::{Group, Operation};
use super::shapes::own as shapes;
use crate::access::Admits;
use crate::factor;
use crate::problem::Problem;
use crate::reply::Failed;
use crate::sign_in::fresh::{fresh, with_cookie};
use crate::sign_in::passwords;
use crate::sign_in::proving::{Shown, counted, has_factor, proven};
use crate::tongue::Tongue;

pub(crate) fn operations() -> Vec<Operation> {
    let of = |path, said, handler| {
        let way = (Method::POST, path, Admits::SignedIn, handler);
        Operation::new(way, said, shapes::renewed).within(Group::Own).in_person()
    };
    let with_codes = |operation: Operation| Operation { answer: shapes::recovery_codes, ..operation };
    let offer = of(
        "/api/v1/me/factor/secret",
        ("offer_factor", "A new secret for a second factor (TOTP); it counts once it was shown to work"),
        post(offer),
    );
    vec![
        of(
            "/api/v1/me/password",
            ("change_password", "Change the own password by the old one; all other sessions end"),
            post(change_password),
        )
        .takes(shapes::new_password),
        Operation { answer: shapes::offered_factor, ..offer },
        with_codes(
            of(
                "/api/v1/me/factor",
                ("turn_on_factor", "Turn the second factor on with a code that works; the recovery codes are shown this once"),
                post(turn_on),
            )
            .takes(shapes::new_factor)
            .makes(),
        ),
        of(
            "/api/v1/me/factor/removal",
            ("turn_off_factor", "Turn the second factor off, by password and code"),
            post(turn_off),
        )
        .takes(shapes::shown_factor),
        with_codes(
            of(
                "/api/v1/me/factor/codes",
                ("renew_recovery_codes", "Make new recovery codes in the place of the old ones; they are shown this once"),
                post(renew),
            )
            .takes(shapes::shown_factor),
        ),
    ]
}

/// The session that takes the place of all others, and what its cookie holds.
pub(super) fn next(change: &Change) -> (Session, String) {
    fresh(&change.caller.0.visitor, change.caller.user(), SessionState::Open)
}

/// An answer with the new session.
pub(super) fn renewed(
    change: &Change,
    (session, token): (&Session, &str),
    (status, more): (StatusCode, Value),
) -> Response {
    let shown = with(more, "form_token", json!(session.form_token));
    with_cookie(answer_with(status, &shown), token, change.server.settings.limits.whole)
}

#[derive(Deserialize)]
struct Passwords {
    old: String,
    new: String,
}

async fn change_password(change: Change) -> Result<Response, Failed> {
    let tongue = change.tongue();
    let (server, member) = (&change.server, &change.caller.0);
    let Passwords { old, new } = change.read()?;
    let weak = |language| passwords::too_weak(&new, Tongue(language));
    if let Some(both) = weak(Language::Chinese).zip(weak(Language::English)) {
        return Err(fault("/new", both)).said(tongue);
    }
    passwords::confirm(server, member, old).await.said(tongue)?;
    let phc = passwords::hash(server, new).await.said(tongue)?;
    let (session, token) = next(&change);
    server.engine.change_password(phc, &session, member.visitor.visit()).await.said(tongue)?;
    Ok(renewed(&change, (&session, &token), (StatusCode::OK, json!({}))))
}

/// A factor is not turned on in the place of another: the old one is shown and taken off first.
async fn refuse_second(change: &Change) -> Result<(), Failed> {
    let tongue = change.tongue();
    if !has_factor(&change.server, &change.caller.0).await.said(tongue)? {
        return Ok(());
    }
    let said = tongue.say("第二因素已启用，请先停用", "the second factor is on already; turn it off first");
    Err(Failed::program(Problem::new(StatusCode::CONFLICT, "factor_on", said), tongue))
}

async fn offer(change: Change) -> Result<Response, Failed> {
    refuse_second(&change).await?;
    let secret = factor::new_secret();
    let address = factor::address(&secret, &change.caller.0.known.worker.email);
    Ok(answer(&json!({ "secret": secret, "address": address })))
}

#[derive(Deserialize)]
struct Wanted {
    secret: String,
    code: String,
    password: String,
}

async fn turn_on(change: Change) -> Result<Response, Failed> {
    refuse_second(&change).await?;
    let tongue = change.tongue();
    let (server, member) = (&change.server, &change.caller.0);
    let Wanted { secret, code, password } = change.read()?;
    let Some(step) = factor::step(&secret, &code, member.visitor.now) else {
        let said = ("验证码不对", "the code is not the one of this secret now");
        return Err(fault("/code", said)).said(tongue);
    };
    passwords::confirm(server, member, password).await.said(tongue)?;
    let (codes, recovery) = factor::recovery_codes();
    let (session, token) = next(&change);
    let new = NewFactor { secret, step, recovery };
    server.engine.set_factor(new, &session, member.visitor.visit()).await.said(tongue)?;
    let shown = json!({ "recovery_codes": codes });
    Ok(renewed(&change, (&session, &token), (StatusCode::CREATED, shown)))
}

async fn turn_off(change: Change) -> Result<Response, Failed> {
    let (session, token) = next(&change);
    let (server, member) = (&change.server, &change.caller.0);
    let done: Result<(), EngineError> = async {
        let (candidate, proof) = proven(server, member, shown(&change)?).await?;
        let off = server.engine.take_own_factor(proof, &session, member.visitor.visit()).await;
        counted(server, member, (&candidate, off)).await
    }
    .await;
    done.said(change.tongue())?;
    Ok(renewed(&change, (&session, &token), (StatusCode::OK, json!({}))))
}

async fn renew(change: Change) -> Result<Response, Failed> {
    let (session, token) = next(&change);
    let (server, member) = (&change.server, &change.caller.0);
    let (codes, hashes) = factor::recovery_codes();
    let done: Result<(), EngineError> = async {
        let (candidate, proof) = proven(server, member, shown(&change)?).await?;
        let made = server.engine.renew_recovery((proof, &hashes), &session, member.visitor.visit()).await;
        counted(server, member, (&candidate, made)).await
    }
    .await;
    done.said(change.tongue())?;
    let shown = json!({ "recovery_codes": codes });
    Ok(renewed(&change, (&session, &token), (StatusCode::OK, shown)))
}

fn shown(change: &Change) -> Result<Shown, EngineError> {
    change.sent.read()
}

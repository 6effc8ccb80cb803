//! The bearer tokens of whoever is signed in: made for a program, shown once, ended when it is no longer needed.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use engine::{EngineError, LONGEST_TOKEN_DAYS, NewToken};
use serde::Deserialize;
use store::{ApiToken, StoreError, TokenReach};
use uuid::Uuid;

use crate::access::Admits;
use crate::pages::frame::Frame;
use crate::posted::{Nothing, Posted};
use crate::problem::Problem;
use crate::reply::{Answer, Tell, go, page_with};
use crate::routes::{Route, reads, writes};
use crate::secrets;
use crate::server::Server;
use crate::visitor::Member;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/tokens", Admits::SignedIn, get(show)),
        writes("/tokens", Admits::SignedIn, post(make)),
        writes("/tokens/{id}/end", Admits::SignedIn, post(end)),
    ]
}

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    frame: Frame,
    /// The token that was made just now; it is never shown again.
    made: Option<String>,
    refusal: Option<String>,
    lines: Vec<Line>,
    reaches: Vec<(&'static str, &'static str)>,
    most_days: i64,
}

struct Line {
    id: String,
    name: String,
    reach: &'static str,
    until: String,
    used: Option<String>,
    is_over: bool,
}

#[derive(Deserialize)]
struct Wanted {
    name: String,
    reach: TokenReach,
    days: i64,
}

/// What the page says above its list.
#[derive(Default)]
struct News {
    made: Option<String>,
    refusal: Option<String>,
}

async fn shown(server: &Server, member: &Member, (status, news): (StatusCode, News)) -> Answer {
    let tongue = member.tongue();
    let offset = server.engine.content().rules.parameters().jurisdiction.offset();
    let tokens = server.engine.reader().tokens(member.known.worker.person.user).await.tell(tongue)?;
    let at = |time: chrono::DateTime<chrono::Utc>| {
        time.with_timezone(&offset).format("%Y-%m-%d %H:%M").to_string()
    };
    let line = |token: ApiToken| Line {
        id: token.id.to_string(),
        name: token.name,
        reach: token.reach.name(tongue.0),
        until: at(token.expires_at),
        used: token.used_at.map(at),
        is_over: token.expires_at <= member.visitor.now,
    };
    Ok(page_with(
        status,
        &TokensPage {
            frame: Frame::of(member, "/tokens"),
            made: news.made,
            refusal: news.refusal,
            lines: tokens.into_iter().map(line).collect(),
            reaches: TokenReach::ALL.iter().map(|reach| (reach.word(), reach.name(tongue.0))).collect(),
            most_days: LONGEST_TOKEN_DAYS,
        },
    ))
}

async fn show(State(server): State<Server>, member: Member) -> Answer {
    shown(&server, &member, (StatusCode::OK, News::default())).await
}

async fn make(State(server): State<Server>, member: Member, Posted(wanted): Posted<Wanted>) -> Answer {
    let Wanted { name, reach, days } = wanted;
    let (token, token_hash) = secrets::token();
    let new = NewToken { name, reach, days, token_hash };
    let person = member.known.worker.person.user;
    match server.engine.make_token(person, new, member.visitor.visit()).await {
        Ok(_) => {
            let news = News { made: Some(token), refusal: None };
            shown(&server, &member, (StatusCode::CREATED, news)).await
        }
        Err(error @ EngineError::Malformed(_)) => {
            let refusal = Some(Problem::of(&error, member.tongue()).said());
            let news = News { made: None, refusal };
            shown(&server, &member, (StatusCode::UNPROCESSABLE_ENTITY, news)).await
        }
        Err(error) => Err::<Response, _>(error).tell(member.tongue()),
    }
}

async fn end(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    let tongue = member.tongue();
    let id: Uuid = written.parse().map_err(|_| StoreError::NotFound("token")).tell(tongue)?;
    let person = member.known.worker.person.user;
    server.engine.end_token((person, id), member.visitor.visit()).await.tell(tongue)?;
    Ok(go("/tokens"))
}

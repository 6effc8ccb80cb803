//! The web-hooks of whoever is signed in: made, tried out, paused, given a new secret, ended; and what became of their calls.
//! The administrator of security sees those of the district here, too, and ends what nobody answers for.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use engine::{EngineError, NewWebhook};
use store::{LetterLine, LetterState, StoreError, Webhook, WebhookState};
use workflow::action::ActionKind;
use workflow::actor::Role;
use workflow::id::WebhookId;

use crate::access::Admits;
use crate::api::webhooks::{CALLS, named};
use crate::pages::administration;
use crate::pages::frame::{Entry, Frame};
use crate::pages::names::name;
use crate::posted::{Nothing, Posted};
use crate::problem::Problem;
use crate::reply::{Answer, Tell, go, page, page_with};
use crate::routes::{Route, reads, writes};
use crate::server::Server;
use crate::visitor::Member;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        reads("/webhooks", Admits::SignedIn, get(show)),
        writes("/webhooks", Admits::SignedIn, post(make)),
        reads("/webhooks/{id}", Admits::SignedIn, get(calls)),
        writes("/webhooks/{id}/{deed}", Admits::SignedIn, post(turn)),
    ]
}

#[derive(Template)]
#[template(path = "webhooks.html")]
struct WebhooksPage {
    frame: Frame,
    /// The pages of administration, for those of security.
    tabs: Vec<Entry>,
    /// The secret that was made just now; it is never shown again.
    secret: Option<String>,
    refusal: Option<String>,
    lines: Vec<Line>,
    kinds: Vec<(&'static str, &'static str)>,
}

struct Line {
    id: String,
    name: String,
    url: String,
    hears: String,
    sight: &'static str,
    state: &'static str,
    is_paused: bool,
    /// Whose it is, where it can only be ended here.
    place: Option<String>,
}

#[derive(Template)]
#[template(path = "webhook_calls.html")]
struct CallsPage {
    frame: Frame,
    id: String,
    name: String,
    url: String,
    total: u64,
    has_dead: bool,
    calls: Vec<Call>,
}

struct Call {
    id: String,
    kind: String,
    tone: &'static str,
    state: &'static str,
    tries: i32,
    when: String,
    reason: String,
}

/// What the page says above its list.
#[derive(Default)]
struct News {
    secret: Option<String>,
    refusal: Option<String>,
}

async fn shown(server: &Server, member: &Member, (status, news): (StatusCode, News)) -> Answer {
    let tongue = member.tongue();
    let (engine, actor) = (&server.engine, &member.known.actor);
    let webhooks = engine.webhooks(actor).await.tell(tongue)?;
    let places = match webhooks.iter().all(|webhook| engine.owns_webhook(actor, webhook)) {
        true => Vec::new(),
        false => engine.reader().organisations().await.tell(tongue)?,
    };
    let place = |webhook: &Webhook| {
        let found = places.iter().find(|one| one.id == webhook.organisation);
        let name = found.map(|one| name(one, tongue)).unwrap_or_default();
        (!engine.owns_webhook(actor, webhook)).then_some(name)
    };
    let between = tongue.say("、", ", ");
    let line = |webhook: Webhook| Line {
        place: place(&webhook),
        id: webhook.id.to_string(),
        name: webhook.name,
        url: webhook.url,
        hears: if webhook.kinds.len() == ActionKind::ALL.len() {
            tongue.say("全部办理动作", "every action").to_owned()
        } else {
            let names: Vec<&str> = webhook.kinds.iter().map(|kind| kind.name(tongue.0)).collect();
            names.join(between)
        },
        sight: webhook.sight.name(tongue.0),
        state: webhook.state.name(tongue.0),
        is_paused: webhook.state == WebhookState::Paused,
    };
    Ok(page_with(
        status,
        &WebhooksPage {
            frame: Frame::of(member, "/webhooks"),
            tabs: match member.known.has(Role::Security) {
                true => administration::tabs(member, "/webhooks"),
                false => Vec::new(),
            },
            secret: news.secret,
            refusal: news.refusal,
            lines: webhooks.into_iter().map(line).collect(),
            kinds: ActionKind::ALL.iter().map(|kind| (kind.word(), kind.name(tongue.0))).collect(),
        },
    ))
}

async fn show(State(server): State<Server>, member: Member) -> Answer {
    shown(&server, &member, (StatusCode::OK, News::default())).await
}

async fn make(
    State(server): State<Server>,
    member: Member,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Answer {
    let field = |wanted: &str| {
        let found = fields.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let ticked = fields.iter().filter(|(name, _)| name == "kind");
    let mut kinds: Vec<ActionKind> = ticked.filter_map(|(_, word)| ActionKind::from_word(word)).collect();
    if field("every") == "yes" {
        kinds = ActionKind::ALL.to_vec();
    }
    let new = NewWebhook { name: field("name"), url: field("url"), kinds };
    match server.engine.make_webhook(&member.known.actor, new, member.visitor.now).await {
        Ok((_, secret)) => {
            let news = News { secret: Some(secret), refusal: None };
            shown(&server, &member, (StatusCode::CREATED, news)).await
        }
        Err(error @ EngineError::Malformed(_)) => {
            let refusal = Some(Problem::of(&error, member.tongue()).said());
            let news = News { secret: None, refusal };
            shown(&server, &member, (StatusCode::UNPROCESSABLE_ENTITY, news)).await
        }
        Err(error) => Err::<Response, _>(error).tell(member.tongue()),
    }
}

async fn turn(
    State(server): State<Server>,
    member: Member,
    Path((written, deed)): Path<(String, String)>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    let tongue = member.tongue();
    let id = named(&written).tell(tongue)?;
    let (engine, actor, now) = (&server.engine, &member.known.actor, member.visitor.now);
    let calls = || go(&format!("/webhooks/{id}"));
    match deed.as_str() {
        "pause" => engine.pause_webhook(actor, id, now).await.map(|_| go("/webhooks")).tell(tongue),
        "resume" => engine.resume_webhook(actor, id, now).await.map(|_| go("/webhooks")).tell(tongue),
        "end" => engine.end_webhook(actor, id, now).await.map(|_| go("/webhooks")).tell(tongue),
        "test" => engine.test_webhook(actor, id, now).await.map(|_| calls()).tell(tongue),
        "retry" => engine.retry_calls(actor, id, now).await.map(|_| calls()).tell(tongue),
        "secret" => {
            let (_, secret) = engine.rotate_webhook(actor, id, now).await.tell(tongue)?;
            let news = News { secret: Some(secret), refusal: None };
            shown(&server, &member, (StatusCode::OK, news)).await
        }
        _ => Err::<Response, _>(StoreError::NotFound("deed")).tell(tongue),
    }
}

async fn calls(State(server): State<Server>, member: Member, Path(written): Path<String>) -> Answer {
    let tongue = member.tongue();
    let id: WebhookId = named(&written).tell(tongue)?;
    let engine = &server.engine;
    let found = engine.webhook_calls(&member.known.actor, id, CALLS).await.tell(tongue)?;
    let webhook = engine.reader().webhook(id).await.tell(tongue)?;
    let offset = engine.content().rules.parameters().jurisdiction.offset();
    let at = |time: DateTime<Utc>| time.with_timezone(&offset).format("%Y-%m-%d %H:%M").to_string();
    let call = |line: LetterLine| Call {
        id: line.id.simple().to_string(),
        kind: line.kind,
        tone: match line.state {
            LetterState::Dead => "bad",
            LetterState::Sent => "good",
            LetterState::Waiting | LetterState::Held => "wait",
            LetterState::Superseded | LetterState::Gathered => "quiet",
        },
        state: line.state.name(tongue.0),
        tries: line.tries,
        when: line.sent_at.or(line.next_at).map(at).unwrap_or_default(),
        reason: line.reason.unwrap_or_default(),
    };
    Ok(page(&CallsPage {
        frame: Frame::of(&member, "/webhooks"),
        id: id.to_string(),
        name: webhook.name,
        url: webhook.url,
        total: found.total,
        has_dead: found.lines.iter().any(|line| line.state == LetterState::Dead),
        calls: found.lines.into_iter().map(call).collect(),
    }))
}

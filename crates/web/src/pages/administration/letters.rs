//! The mail queue: what is held for later, what is dead and why, tried again or cancelled.

use askama::Template;
use axum::extract::{Path, State};
use engine::{Again, Job};
use serde::Deserialize;
use store::{LetterLine, LetterState, StoreError};
use uuid::Uuid;

use super::{at, frame, tabs};
use crate::pages::frame::{Entry, Frame};
use crate::pages::names::subject;
use crate::posted::{Nothing, Posted};
use crate::reply::{Answer, Tell, go, page};
use crate::server::Server;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "administration/letters.html")]
struct LettersPage {
    frame: Frame,
    tabs: Vec<Entry>,
    groups: Vec<Group>,
}

struct Group {
    word: &'static str,
    name: &'static str,
    total: u64,
    lines: Vec<Line>,
    is_dead: bool,
    /// When what is gathered leaves.
    leaves: Option<String>,
}

struct Line {
    id: String,
    recipient: String,
    subject: String,
    tries: i32,
    next: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Which {
    letter: String,
}

/// Letters that are shown of each state.
const MOST: u64 = 100;
const STATES: [LetterState; 3] = [LetterState::Dead, LetterState::Waiting, LetterState::Gathered];

pub(super) async fn show(State(server): State<Server>, member: Member) -> Answer {
    let tongue = member.tongue();
    let scope = server.engine.letter_scope(&member.known.actor);
    let reader = server.engine.reader();
    let line = |line: LetterLine| Line {
        id: line.id.to_string(),
        subject: subject(&line, tongue),
        recipient: line.recipient,
        tries: line.tries,
        next: line.next_at.map(|time| at(&server, time)),
        reason: line.reason,
    };
    let next_digest = server.engine.next_run(Job::Digest, member.visitor.now);
    let mut groups = Vec::new();
    for state in STATES {
        let found = reader.letter_lines(scope, &[state], MOST).await.tell(tongue)?;
        groups.push(Group {
            word: state.word(),
            name: state.name(tongue.0),
            total: found.total,
            lines: found.lines.into_iter().map(line).collect(),
            is_dead: state == LetterState::Dead,
            leaves: (state == LetterState::Gathered).then(|| at(&server, next_digest)),
        });
    }
    let frame = frame(&member, "/administration/letters");
    Ok(page(&LettersPage { frame, tabs: tabs(&member, "/administration/letters"), groups }))
}

pub(super) async fn retry(
    State(server): State<Server>,
    member: Member,
    Posted(Which { letter }): Posted<Which>,
) -> Answer {
    let tongue = member.tongue();
    let which = match letter.as_str() {
        "all" => Again::All,
        written => Again::One(written.parse().map_err(|_| StoreError::NotFound("letter")).tell(tongue)?),
    };
    server.engine.retry_letters(&member.known.actor, which, member.visitor.now).await.tell(tongue)?;
    Ok(go("/administration/letters"))
}

pub(super) async fn cancel(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    let tongue = member.tongue();
    let id: Uuid = written.parse().map_err(|_| StoreError::NotFound("letter")).tell(tongue)?;
    server.engine.cancel_letter(&member.known.actor, id, member.visitor.now).await.tell(tongue)?;
    Ok(go("/administration/letters"))
}

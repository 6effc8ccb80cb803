//! Letters: those that the caller may see, dead ones sent again, unsent ones cancelled; and how the caller wants them.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use engine::{Again, EngineError};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{LetterState, StoreError};
use uuid::Uuid;
use workflow::actor::Role;
use workflow::language::Language;
use workflow::letters::{LetterMode, Preference, QuietHours};

use super::caller::{Caller, Said, answer, fault};
use super::change::{Change, version_needed};
use super::operation::{Group, Operation};
use super::reading::Reading;
use super::requests::named;
use super::shapes::office as shapes;
use crate::access::Admits;
use crate::problem::Problem;
use crate::reply::Failed;
use crate::secrets::digest;
use crate::server::Server;

pub(crate) fn operations() -> Vec<Operation> {
    let all = Admits::SignedIn;
    let keepers = Admits::Roles(&[Role::Reviewer, Role::Approver, Role::Admin]);
    let of_post = vec![
        Operation::new(
            (Method::GET, "/api/v1/letters", all, get(list)),
            ("list_letters", "Letters that the caller may see, newest first, without their text"),
            shapes::letters,
        )
        .asks("state", shapes::letter_state)
        .sliced_by_id(),
        Operation::new(
            (Method::GET, "/api/v1/requests/{id}/letters", all, get(about)),
            (
                "list_request_letters",
                "Letters about one request that the caller may see, newest first, without their text",
            ),
            shapes::letters,
        )
        .sliced_by_id(),
        Operation::new(
            (Method::POST, "/api/v1/letters/retries", keepers, post(retry)),
            ("retry_letters", "Let one dead letter, or all of them, be tried again"),
            shapes::retried,
        )
        .takes(shapes::retry)
        .repeatable(),
        Operation::new(
            (Method::DELETE, "/api/v1/letters/{id}", keepers, delete(cancel)),
            ("cancel_letter", "Cancel a letter, or a notice of the next digest, that has not left"),
            shapes::cancelled,
        ),
    ];
    let own = vec![
        Operation::new(
            (Method::GET, "/api/v1/me/letters", all, get(preference)),
            ("show_preference", "How the caller wants letters"),
            shapes::preference,
        ),
        Operation::new(
            (Method::PUT, "/api/v1/me/letters", all, put(prefer)),
            ("set_preference", "Say how letters are wanted; what waits already comes as it was kept"),
            shapes::preference,
        )
        .takes(shapes::preference)
        .versioned(),
    ];
    let own = own.into_iter().map(|one| one.within(Group::Own));
    of_post.into_iter().map(|one| one.within(Group::Office)).chain(own).collect()
}

async fn list(reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let state = reading.asked.text("state").map(|word| {
        let said = || (format!("没有“{word}”这个状态"), format!("`{word}` is no state"));
        LetterState::from_word(word).ok_or_else(|| fault("/query/state", said()))
    });
    let states = state.transpose().said(tongue)?.map_or(LetterState::ALL.to_vec(), |state| vec![state]);
    let after: Option<Uuid> = slice.after_id().said(tongue)?;
    let scope = reading.engine().letter_scope(reading.caller.actor());
    let found = reading.reader().letter_lines_after(scope, &states, (after, slice.most as u64 + 1)).await;
    Ok(slice.read(found.said(tongue)?.lines, |line| line.id.to_string(), |line| json!(line)))
}

async fn about(Path(written): Path<String>, reading: Reading) -> Result<Response, Failed> {
    let tongue = reading.tongue();
    let slice = reading.slice()?;
    let request = named(&reading.server, &reading.caller, &written).await?;
    let scope = reading.engine().letter_scope(reading.caller.actor());
    let page = (slice.after_id().said(tongue)?, slice.most as u64 + 1);
    let found = reading.reader().letters_about(request, scope, page).await.said(tongue)?;
    Ok(slice.read(found, |line| line.id.to_string(), |line| json!(line)))
}

#[derive(Deserialize)]
struct Retry {
    letter: Option<Uuid>,
}

async fn retry(change: Change) -> Result<Response, Failed> {
    let Retry { letter } = change.read()?;
    let which = letter.map_or(Again::All, Again::One);
    let work = change.server.engine.retry_letters(change.caller.actor(), which, change.caller.now());
    change.done(StatusCode::OK, work, |number: &usize| json!({ "letters": number })).await
}

async fn cancel(
    State(server): State<Server>,
    caller: Caller,
    Path(written): Path<String>,
) -> Result<Response, Failed> {
    let tongue = caller.tongue();
    let letter: Uuid = written.parse().map_err(|_| StoreError::NotFound("letter")).said(tongue)?;
    server.engine.cancel_letter(caller.actor(), letter, caller.now()).await.said(tongue)?;
    Ok(answer(&json!({ "cancelled": letter })))
}

/// What a person has chosen; it has no version of its own, so that its digest stands for one.
#[derive(Serialize, Deserialize)]
struct Wanted {
    language: Language,
    letters: LetterMode,
    quiet: QuietHours,
}

impl Wanted {
    async fn of(server: &Server, caller: &Caller) -> Result<Wanted, EngineError> {
        let worker = server.engine.reader().worker(&caller.0.known.worker.email).await?;
        let Preference { letters, quiet } = worker.preference;
        Ok(Wanted { language: worker.language, letters, quiet })
    }

    fn wish(&self) -> (Language, Preference) {
        (self.language, Preference { letters: self.letters, quiet: self.quiet })
    }

    fn tag(&self) -> String {
        let digest = digest(&json!(self).to_string());
        format!("\"{}\"", digest.get(..16).unwrap_or(&digest))
    }

    fn shown(&self) -> Response {
        let mut shown = answer(self);
        if let Ok(tag) = HeaderValue::from_str(&self.tag()) {
            shown.headers_mut().insert(header::ETAG, tag);
        }
        shown
    }
}

/// Whether it has the form of a tag; anything else names no version.
fn is_tag(written: &HeaderValue) -> bool {
    let tag = written.to_str().ok().and_then(|text| text.strip_prefix('"')?.strip_suffix('"'));
    tag.is_some_and(|tag| !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

async fn preference(State(server): State<Server>, caller: Caller) -> Result<Response, Failed> {
    Ok(Wanted::of(&server, &caller).await.said(caller.tongue())?.shown())
}

async fn prefer(headers: HeaderMap, change: Change) -> Result<Response, Failed> {
    let tongue = change.tongue();
    let wanted: Wanted = change.read()?;
    let known = Wanted::of(&change.server, &change.caller).await.said(tongue)?;
    let stale = || {
        let said = tongue.say("设置已被修改，请刷新后再办", "it was changed meanwhile; read it again");
        Failed::program(Problem::new(StatusCode::PRECONDITION_FAILED, "stale", said), tongue)
    };
    match headers.get(header::IF_MATCH).filter(|written| is_tag(written)) {
        None => return Err(version_needed(tongue)),
        Some(seen) if *seen != known.tag() => return Err(stale()),
        Some(_) => {}
    }
    let (email, now) = (&change.caller.0.known.worker.email, change.caller.now());
    match change.server.engine.prefer_seen(email, (known.wish(), wanted.wish()), now).await {
        Err(EngineError::Store(StoreError::Conflict)) => Err(stale()),
        done => done.map(|()| wanted.shown()).said(tongue),
    }
}

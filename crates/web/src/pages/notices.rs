//! What the program has written to the reader: letters that went out and notices that wait for the morning's digest, the
//! newest first, each with the way to its matter; and how the reader wants them.

use askama::Template;
use axum::extract::State;
use axum::routing::{get, post};
use engine::{By, ComplaintView, EngineError};
use serde::Deserialize;
use store::{LetterLine, LetterScope, LetterState};
use workflow::facts::Fault;
use workflow::language::Language;
use workflow::letters::{LetterMode, Preference, QuietHours};
use workflow::notice::NoticeKind;

use crate::access::Admits;
use crate::pages::addresses::{of_request, segment};
use crate::pages::frame::Frame;
use crate::pages::names::subject;
use crate::posted::Posted;
use crate::reply::{Answer, Failed, Tell, go, page};
use crate::routes::{Route, reads, writes};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

pub(crate) fn routes() -> Vec<Route> {
    vec![reads("/notices", Admits::SignedIn, get(show)), writes("/notices", Admits::SignedIn, post(prefer))]
}

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage {
    frame: Frame,
    email: String,
    lines: Vec<Line>,
    total: u64,
    letters: Vec<(&'static str, &'static str, bool)>,
    quiet: Vec<(&'static str, &'static str, bool)>,
    languages: [(&'static str, &'static str, bool); 2],
}

struct Line {
    at: String,
    subject: String,
    /// The matter that it is about.
    to: Option<String>,
    state: &'static str,
    tone: &'static str,
}

#[derive(Deserialize)]
struct Wanted {
    letters: String,
    quiet: String,
    language: String,
}

/// Notices that are shown.
const MOST: u64 = 100;

async fn show(State(server): State<Server>, member: Member) -> Answer {
    let tongue = member.tongue();
    let worker = &member.known.worker;
    let scope = LetterScope::Person(worker.person.user);
    let list = server.engine.reader().letter_lines(scope, LetterState::ALL, MOST).await.tell(tongue)?;
    let complaints = complaints(&server, &member, &list.lines).await?;
    let offset = server.engine.content().rules.parameters().jurisdiction.offset();
    let Preference { letters, quiet } = worker.preference;
    let english = worker.language == Language::English;
    Ok(page(&NoticesPage {
        frame: Frame::of(&member, "/notices"),
        email: worker.email.clone(),
        lines: list.lines.iter().map(|line| Line::of(line, &complaints, (offset, tongue))).collect(),
        total: list.total,
        letters: LetterMode::ALL
            .iter()
            .map(|one| (one.word(), one.name(tongue.0), *one == letters))
            .collect(),
        quiet: QuietHours::ALL.iter().map(|one| (one.word(), one.name(tongue.0), *one == quiet)).collect(),
        languages: [("zh", "中文", !english), ("en", "English", english)],
    }))
}

/// The complaints that the reader sees, by number and page; nothing is read where no line names one.
async fn complaints(
    server: &Server,
    member: &Member,
    lines: &[LetterLine],
) -> Result<Vec<(String, String)>, Failed> {
    if !lines.iter().any(|line| tells_of_complaint(line) && line.subject.is_some()) {
        return Ok(Vec::new());
    }
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let views = server.engine.complaints(by).await.tell(member.tongue())?.complaints;
    let page = |view: ComplaintView| match view {
        ComplaintView::Order(order) => {
            let to = format!("/complaints/{}", segment(&order.number));
            (order.number, to)
        }
        ComplaintView::Whole { complaint, .. } => {
            let to = format!("/complaints/{}", complaint.id);
            (complaint.number, to)
        }
    };
    Ok(views.into_iter().map(page).collect())
}

fn tells_of_complaint(line: &LetterLine) -> bool {
    let kinds = [
        NoticeKind::ComplaintFiled,
        NoticeKind::ComplaintAnswered,
        NoticeKind::ComplaintUpheld,
        NoticeKind::ComplaintLate,
    ];
    NoticeKind::from_word(&line.kind).is_some_and(|kind| kinds.contains(&kind))
}

/// The page of the matter that a line is about. A letter names its complaint by the number in its subject; a notice that
/// waits for the digest does not say which, so it leads to the list, as what is about the inspection leads to this year's.
fn matter(line: &LetterLine, complaints: &[(String, String)]) -> Option<String> {
    if let Some(request) = line.request {
        return Some(of_request(&request.to_string()));
    }
    if tells_of_complaint(line) {
        let subject = line.subject.as_deref().unwrap_or_default();
        let mut named = complaints.iter().filter(|(number, _)| subject.contains(number.as_str()));
        return match (named.next(), named.next()) {
            (Some((_, page)), None) => Some(page.clone()),
            _ => Some("/complaints".to_owned()),
        };
    }
    let is_inspection = NoticeKind::from_word(&line.kind) == Some(NoticeKind::InspectionDate);
    is_inspection.then(|| "/inspections".to_owned())
}

impl Line {
    fn of(
        line: &LetterLine,
        complaints: &[(String, String)],
        (offset, tongue): (chrono::FixedOffset, Tongue),
    ) -> Line {
        let made = line.id.get_timestamp().and_then(|stamp| {
            let (seconds, nanos) = stamp.to_unix();
            chrono::DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
        });
        let at = line.sent_at.or(made);
        Line {
            at: at
                .map(|at| at.with_timezone(&offset).format("%Y-%m-%d %H:%M").to_string())
                .unwrap_or_default(),
            subject: subject(line, tongue),
            to: matter(line, complaints),
            state: line.state.name(tongue.0),
            tone: match line.state {
                LetterState::Sent => "good",
                LetterState::Gathered | LetterState::Waiting | LetterState::Held => "wait",
                LetterState::Dead => "bad",
                LetterState::Superseded => "quiet",
            },
        }
    }
}

async fn prefer(
    State(server): State<Server>,
    member: Member,
    Posted(Wanted { letters, quiet, language }): Posted<Wanted>,
) -> Answer {
    let tongue = member.tongue();
    let fault = |name: &str| {
        let said = ("请从列表中选择", "choose one of the list");
        EngineError::Malformed(vec![Fault::new(format!("/{name}"), said)])
    };
    let letters = LetterMode::from_word(&letters).ok_or_else(|| fault("letters")).tell(tongue)?;
    let quiet = QuietHours::from_word(&quiet).ok_or_else(|| fault("quiet")).tell(tongue)?;
    let language = match language.as_str() {
        "zh" => Language::Chinese,
        "en" => Language::English,
        _ => return Err(fault("language")).tell(tongue),
    };
    let own = member.known.worker.email.as_str();
    let wanted = Preference { letters, quiet };
    server.engine.prefer(own, language, wanted, member.visitor.now).await.tell(tongue)?;
    Ok(go("/notices"))
}

//! Jobs: when each ran last and what it did, when it runs next, and running one now. And what limits could not carry out.

use askama::Template;
use axum::extract::{Path, State};
use engine::{ErrandKind, ErrandOrder, Job, JobLine};
use store::StoreError;
use workflow::language::Language;

use super::{at, by, tabs};
use crate::pages::addresses::of_request;
use crate::pages::errands::{ErrandLine, begin, lines as errands_of};
use crate::pages::frame::{Entry, Frame};
use crate::posted::{Nothing, Posted};
use crate::reply::{Answer, Tell, page};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "administration/jobs.html")]
struct JobsPage {
    frame: Frame,
    tabs: Vec<Entry>,
    lines: Vec<Line>,
    failures: Vec<Failure>,
    errands: Vec<ErrandLine>,
}

struct Line {
    word: &'static str,
    name: &'static str,
    last: Option<String>,
    next: String,
    counts: Vec<String>,
    failure: Option<String>,
}

struct Failure {
    to: String,
    number: String,
    tries: i64,
    since: String,
    reason: String,
}

pub(super) async fn show(State(server): State<Server>, member: Member) -> Answer {
    let tongue = member.tongue();
    let lines = server.engine.job_lines(by(&member)).await.tell(tongue)?;
    let failures = server.engine.sweep_failures(by(&member)).await.tell(tongue)?;
    let failure = |one: store::SweepFailure| {
        let number = one.number.unwrap_or_else(|| one.request.to_string());
        let (tries, since, reason) = (one.tries, at(&server, one.first_at), one.failure);
        Failure { to: of_request(&number), number, tries, since, reason }
    };
    Ok(page(&JobsPage {
        frame: Frame::of(&member, "/administration"),
        tabs: tabs(&member, "/administration/jobs"),
        lines: lines.into_iter().map(|line| told(&server, line, tongue)).collect(),
        failures: failures.into_iter().map(failure).collect(),
        errands: errands_of(&server, &member, ErrandKind::Job).await.tell(tongue)?,
    }))
}

fn told(server: &Server, JobLine { job, last, next }: JobLine, tongue: Tongue) -> Line {
    let outcome = last.as_ref().and_then(|run| serde_json::from_str(&run.outcome).ok()).unwrap_or_default();
    let counts = counts(&outcome, tongue);
    let failure = last.as_ref().and_then(|run| run.failure.clone());
    Line {
        word: job.word(),
        name: job.name(tongue.0),
        last: last.map(|run| at(server, run.ran_at)),
        next: at(server, next),
        counts,
        failure,
    }
}

/// What a job counts, as people call it.
const COUNTED: [(&str, &str, &str); 9] = [
    ("actions", "办理", "actions"),
    ("reminders", "提醒", "reminders"),
    ("cards", "发牌", "cards"),
    ("failures", "失败", "failures"),
    ("sent", "已发", "sent"),
    ("again", "重试", "to be tried again"),
    ("dead", "无法投递", "dead"),
    ("letters", "信件", "letters"),
    ("notices", "通知", "notices"),
];

pub(crate) fn counts(counted: &serde_json::Value, tongue: Tongue) -> Vec<String> {
    let said = |(word, zh, en): &(&str, &str, &str)| {
        let number = counted.get(word)?.as_u64()?;
        Some(match tongue.0 {
            Language::Chinese => format!("{zh} {number}"),
            Language::English => format!("{number} {en}"),
        })
    };
    COUNTED.iter().filter_map(said).collect()
}

pub(super) async fn run(
    State(server): State<Server>,
    member: Member,
    Path(word): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Answer {
    let tongue = member.tongue();
    let job = Job::from_word(&word).ok_or(StoreError::NotFound("job")).tell(tongue)?;
    begin(&server, &member, ErrandOrder::Job(job)).await.tell(tongue)
}

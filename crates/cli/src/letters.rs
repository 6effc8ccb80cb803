//! `zhunru letters`: what waits, what has left, what is dead and why; dead letters are sent again or cancelled. And how a
//! person wants letters.

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, ValueEnum};
use engine::{Again, Engine};
use serde_json::json;
use store::{LetterLine, LetterList, LetterScope, LetterState};
use uuid::Uuid;
use workflow::actor::Actor;
use workflow::letters::{LetterMode, Preference, QuietHours};
use workflow::notice::NoticeKind;

use crate::print::{self, Failure};
use crate::settings::{Common, Lang};
use crate::{clock, open};

#[derive(Debug, Args)]
pub(crate) struct Letters {
    #[command(subcommand)]
    task: Option<LettersTask>,
    /// Only those in this state (default: all that have not left)
    #[arg(long, value_parser = state)]
    state: Option<LetterState>,
    /// At most so many, the newest
    #[arg(long, default_value_t = 100)]
    most: u64,
    /// Address of the person who looks: sees the own district's letters; without it all are shown
    #[arg(long = "as", value_name = "EMAIL")]
    actor: Option<String>,
}

#[derive(Debug, Subcommand)]
enum LettersTask {
    /// Let dead letters be tried again
    Retry {
        /// Id of a dead letter
        #[arg(required_unless_present = "all_dead")]
        id: Option<Uuid>,
        #[arg(long, conflicts_with = "id")]
        all_dead: bool,
        /// Address of whoever does it
        #[arg(long = "as")]
        actor: Option<String>,
    },
    /// Cancel a letter, or a notice of the next digest, that has not left
    Cancel {
        id: Uuid,
        /// Address of whoever does it
        #[arg(long = "as")]
        actor: Option<String>,
    },
}

/// How a person wants letters; what is not named stays.
#[derive(Debug, Args)]
pub(crate) struct Preferences {
    email: String,
    #[arg(long, value_enum)]
    letters: Option<Mode>,
    /// Language of the letters
    #[arg(long, value_enum)]
    language: Option<Lang>,
    /// Whether nothing comes at night and on days without work
    #[arg(long, value_enum)]
    quiet: Option<Quiet>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Mode {
    /// One letter each working morning, urgent ones at once
    Digest,
    /// Each at once
    AtOnce,
    /// Urgent ones at once, and a digest of what the law requires
    Urgent,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Quiet {
    On,
    Off,
}

fn state(word: &str) -> Result<LetterState, String> {
    let known = || LetterState::ALL.iter().map(|state| state.word()).collect::<Vec<_>>().join(", ");
    LetterState::from_word(word).ok_or_else(|| format!("known are {}", known()))
}

pub(crate) async fn run(common: &Common, letters: Letters) -> Result<ExitCode, Failure> {
    let engine = open::engine(common).await?;
    match letters.task {
        None => {
            let scope = engine.letter_scope(&by(&engine, letters.actor).await?);
            list(common, &engine, scope, (letters.state, letters.most)).await?;
        }
        Some(LettersTask::Retry { id, all_dead: _, actor }) => {
            let which = id.map_or(Again::All, Again::One);
            let count = engine.retry_letters(&by(&engine, actor).await?, which, clock::now()).await?;
            let text = format!("{} {count}", common.say("重新待发", "waiting again:"));
            said(common, &json!({ "retried": count }), &text)?;
        }
        Some(LettersTask::Cancel { id, actor }) => {
            engine.cancel_letter(&by(&engine, actor).await?, id, clock::now()).await?;
            let text = format!("{} {id}", common.say("已作废", "cancelled:"));
            said(common, &json!({ "cancelled": id }), &text)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn prefer(common: &Common, asked: Preferences) -> Result<(), Failure> {
    let engine = open::engine(common).await?;
    let Preferences { email, letters, language, quiet } = asked;
    let now = engine.reader().worker(&email).await?;
    let letters = match letters {
        None => now.preference.letters,
        Some(Mode::Digest) => LetterMode::Digest,
        Some(Mode::AtOnce) => LetterMode::AtOnce,
        Some(Mode::Urgent) => LetterMode::Urgent,
    };
    let quiet = match quiet {
        None => now.preference.quiet,
        Some(Quiet::On) => QuietHours::Kept,
        Some(Quiet::Off) => QuietHours::Off,
    };
    let language = language.map_or(now.language, |lang| Common { lang, ..common.clone() }.language());
    engine.prefer(&email, language, Preference { letters, quiet }, clock::now()).await?;
    let value = json!({ "email": email, "letters": letters, "quiet": quiet, "language": language });
    let (mode, rest) = (letters.name(common.language()), quiet.name(common.language()));
    let hours = common.say("静默时段", "quiet hours");
    said(common, &value, &format!("{email}: {mode}; {hours} {rest}; {}", language.code()))
}

async fn by(engine: &Engine, email: Option<String>) -> Result<Actor, Failure> {
    match email {
        Some(email) => open::actor(engine, &email).await,
        None => Ok(Actor::System),
    }
}

async fn list(
    common: &Common,
    engine: &Engine,
    scope: LetterScope,
    (state, most): (Option<LetterState>, u64),
) -> Result<(), Failure> {
    let unsent: Vec<_> =
        LetterState::ALL.iter().copied().filter(|state| *state != LetterState::Sent).collect();
    let states = state.map_or(unsent, |state| vec![state]);
    let list = engine.reader().letter_lines(scope, &states, most).await?;
    if common.json {
        return print::json(&list);
    }
    let LetterList { lines, total } = list;
    let offset = engine.content().rules.parameters().jurisdiction.offset();
    let time = |at: DateTime<Utc>| at.with_timezone(&offset).format("%m-%d %H:%M").to_string();
    let shown = lines.len();
    let rows = lines.into_iter().map(|line| row(common, line, time)).collect();
    let heading = [
        "id",
        common.say("状态", "state"),
        common.say("收件人", "to"),
        common.say("标题", "subject"),
        common.say("次数", "tries"),
        common.say("下次、发出", "next, sent"),
        common.say("原因", "reason"),
    ];
    print::line(print::table(&heading, &[4], rows))?;
    let of = common.say("共", "of");
    Ok(print::line(format!("{shown} / {of} {total}"))?)
}

fn row(common: &Common, line: LetterLine, time: impl Fn(DateTime<Utc>) -> String) -> Vec<String> {
    let LetterLine { id, state, kind, recipient, subject, request: _, tries, next_at, sent_at, reason } =
        line;
    let name = NoticeKind::from_word(&kind).map_or(kind, |kind| kind.name(common.language()).to_owned());
    vec![
        id.to_string(),
        state.name(common.language()).to_owned(),
        recipient,
        subject.unwrap_or(name),
        tries.to_string(),
        sent_at.or(next_at).map(time).unwrap_or_default(),
        reason.unwrap_or_default(),
    ]
}

/// The same said to a program or to a person.
fn said(common: &Common, value: &serde_json::Value, text: &str) -> Result<(), Failure> {
    if common.json {
        return print::json(value);
    }
    Ok(print::line(text)?)
}

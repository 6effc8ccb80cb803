//! `zhunru meeting`: call a meeting of the leading group, make its agenda of ripe cases, record votes, close it, and read
//! the minutes. Decisions are taken by `zhunru request approve` and its kind.

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use engine::{By, Engine, MeetingView, MeetingWish, NewMeeting, RipeCases};
use serde_json::json;
use store::Scope;
use workflow::actor::Actor;
use workflow::id::RequestId;
use workflow::language::Language;
use workflow::meeting::{Case, CaseOutcome, Meeting, Vote};

use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{clock, open};

/// The meeting and who acts on it.
#[derive(Debug, Clone, Args)]
pub(crate) struct On {
    /// Number or id of the meeting
    meeting: String,
    /// Address of the person who acts
    #[arg(long = "as")]
    actor: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MeetingTask {
    /// Call a meeting
    Call {
        /// Its day, as YYYY-MM-DD
        day: NaiveDate,
        place: String,
        #[arg(long = "as")]
        actor: String,
    },
    /// Cases that are ripe for a meeting
    Cases {
        #[arg(long = "as")]
        actor: String,
    },
    /// All meetings, newest first
    List {
        #[arg(long = "as")]
        actor: String,
    },
    /// Agenda, votes and decisions; of a closed meeting the minutes
    Show(On),
    /// Arrange the agenda
    Agenda {
        #[command(flatten)]
        on: On,
        /// Cases in their order: number or id of a request, and its minutes: `准〔2026〕12号=10`
        #[arg(required = true, value_parser = timed)]
        cases: Vec<(String, u32)>,
    },
    /// Open it with those who are present
    Open {
        #[command(flatten)]
        on: On,
        /// Somebody who is present: name and organisation; may be given several times
        #[arg(long = "present", required = true)]
        present: Vec<String>,
    },
    /// Record the votes on a case
    Vote(Voted),
    /// Close it; what is not decided is carried over
    Close(On),
    /// Cancel a meeting that has not been opened
    Cancel {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        reason: String,
    },
}

/// The votes on a case.
#[derive(Debug, Args)]
pub(crate) struct Voted {
    #[command(flatten)]
    on: On,
    /// Number or id of the request
    request: String,
    #[arg(long = "for", default_value_t = 0)]
    in_favour: u32,
    #[arg(long, default_value_t = 0)]
    against: u32,
    #[arg(long, default_value_t = 0)]
    abstaining: u32,
    /// Who objects, and why; may be given several times
    #[arg(long = "objection")]
    objections: Vec<String>,
    /// What was agreed
    #[arg(long)]
    opinion: Option<String>,
}

fn timed(text: &str) -> Result<(String, u32), String> {
    let pair =
        text.rsplit_once('=').and_then(|(case, minutes)| Some((case.to_owned(), minutes.parse().ok()?)));
    pair.ok_or_else(|| format!("`{text}` is no case with its minutes"))
}

#[expect(clippy::cognitive_complexity, reason = "one arm a command; each counts as a branch")]
pub(crate) async fn run(common: &Common, task: MeetingTask) -> Result<ExitCode, Failure> {
    let engine = open::engine(common).await?;
    match task {
        MeetingTask::Call { day, place, actor } => {
            let actor = open::actor(&engine, &actor).await?;
            let called = engine.call_meeting(by(&actor), NewMeeting { held_on: day, place }).await?;
            done(common, &called)?;
        }
        MeetingTask::Cases { actor } => {
            let actor = open::actor(&engine, &actor).await?;
            cases(common, &engine, by(&actor)).await?;
        }
        MeetingTask::List { actor } => {
            let actor = open::actor(&engine, &actor).await?;
            let found = engine.meetings(by(&actor)).await?;
            for meeting in &found.meetings {
                done(common, meeting)?;
            }
            print::unreadable(&found.unreadable)?;
        }
        MeetingTask::Show(on) => {
            let actor = open::actor(&engine, &on.actor).await?;
            show(common, &engine.meeting(by(&actor), &on.meeting).await?)?;
        }
        MeetingTask::Agenda { on, cases } => {
            let mut wanted = Vec::new();
            for (case, minutes) in cases {
                wanted.push((request(&engine, &on, &case).await?, minutes));
            }
            acts(common, &engine, &on, MeetingWish::Arrange(wanted)).await?;
        }
        MeetingTask::Open { on, present } => {
            acts(common, &engine, &on, MeetingWish::Open { present }).await?;
        }
        MeetingTask::Vote(voted) => vote(common, &engine, voted).await?,
        MeetingTask::Close(on) => acts(common, &engine, &on, MeetingWish::Close).await?,
        MeetingTask::Cancel { on, reason } => {
            acts(common, &engine, &on, MeetingWish::Cancel { reason }).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn by(actor: &Actor) -> By<'_> {
    By { actor, now: clock::now() }
}

/// The request of a number or an id that the person may see.
async fn request(engine: &Engine, on: &On, written: &str) -> Result<RequestId, Failure> {
    let actor = open::actor(engine, &on.actor).await?;
    let scope: Scope = engine.scope(&actor);
    Ok(engine.reader().request_id(written, scope).await?)
}

async fn acts(common: &Common, engine: &Engine, on: &On, wish: MeetingWish) -> Result<(), Failure> {
    let actor = open::actor(engine, &on.actor).await?;
    done(common, &engine.act_on_meeting(by(&actor), (&on.meeting, engine::Seen::Whatever), &wish).await?)
}

async fn vote(common: &Common, engine: &Engine, voted: Voted) -> Result<(), Failure> {
    let Voted { on, request: written, in_favour, against, abstaining, objections, opinion } = voted;
    let request = request(engine, &on, &written).await?;
    let vote = Vote { in_favour, against, abstaining, objections, opinion };
    acts(common, engine, &on, MeetingWish::Record { request, vote }).await
}

fn done(common: &Common, meeting: &Meeting) -> Result<(), Failure> {
    let stage = meeting.stage.kind();
    let cases = common.say("件", "cases");
    let Meeting { number, held_on, place, agenda, .. } = meeting;
    let text =
        format!("{number} {held_on} {place} {} · {} {cases}", stage.name(common.language()), agenda.len());
    if common.json {
        return print::json(meeting);
    }
    Ok(print::line(text)?)
}

async fn cases(common: &Common, engine: &Engine, by: By<'_>) -> Result<(), Failure> {
    let RipeCases { cases: ripe, unreadable } = engine.ripe_cases(by).await?;
    print::unreadable(&unreadable)?;
    if common.json {
        let case = |one: &engine::RipeCase| {
            json!({ "request": one.request.id, "number": one.request.number(), "ripe": one.ripe,
                "carried_over_from": one.carried_over_from })
        };
        return print::json(&ripe.iter().map(case).collect::<Vec<_>>());
    }
    let heading = [
        common.say("编号", "number"),
        common.say("事项", "matter"),
        common.say("缘由", "why"),
        common.say("上次会议", "carried over from"),
    ];
    let row = |one: &engine::RipeCase| {
        vec![
            one.request.number().to_owned(),
            one.request.title().to_owned(),
            one.ripe.name(common.language()).to_owned(),
            one.carried_over_from.clone().unwrap_or_default(),
        ]
    };
    Ok(print::line(print::table(&heading, &[], ripe.iter().map(row).collect()))?)
}

fn show(common: &Common, view: &MeetingView) -> Result<(), Failure> {
    print::unreadable(&view.unreadable)?;
    if common.json {
        let outcomes: Vec<_> =
            view.outcomes.iter().map(|(id, one)| json!({ "request": id, "is": one })).collect();
        return print::json(&json!({ "meeting": view.meeting, "outcomes": outcomes }));
    }
    done(common, &view.meeting)?;
    let present = view.meeting.stage.present();
    if !present.is_empty() {
        print::line(format!("{} {}", common.say("到会", "present"), present.join(common.say("、", ", "))))?;
    }
    let heading = [
        common.say("编号", "number"),
        common.say("事项", "matter"),
        common.say("同意/反对/弃权", "for/against/abstaining"),
        common.say("结果", "outcome"),
    ];
    let row = |case: &Case| {
        let votes =
            case.vote.as_ref().map(|vote| format!("{}/{}/{}", vote.in_favour, vote.against, vote.abstaining));
        let outcome = view.outcomes.get(&case.request).map(|outcome| spoken(outcome, common.language()));
        vec![case.number.clone(), case.title.clone(), votes.unwrap_or_default(), outcome.unwrap_or_default()]
    };
    let rows = view.meeting.agenda.iter().map(row).collect();
    Ok(print::line(print::table(&heading, &[], rows))?)
}

fn spoken(outcome: &CaseOutcome, language: Language) -> String {
    match (outcome, language) {
        (CaseOutcome::Decided { action, after, .. }, _) => {
            format!("{} → {}", action.name(language), after.name(language))
        }
        (CaseOutcome::CarriedOver { .. }, Language::Chinese) => "转下次会议".to_owned(),
        (CaseOutcome::CarriedOver { .. }, Language::English) => "carried over".to_owned(),
        (CaseOutcome::Dropped { stage }, _) => stage.name(language).to_owned(),
    }
}

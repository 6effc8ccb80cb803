//! `zhunru limits lateness`: who held a request how long, by step; or summed by organisation over a year.

use chrono::Datelike;
use clap::Args;
use engine::{Engine, HeldLine, PartyLine};
use serde_json::json;
use store::Scope;
use workflow::actor::Role;
use workflow::lateness::Cause;

use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{clock, open};

#[derive(Debug, Args)]
pub(crate) struct Lateness {
    /// Number or id of a request
    request: Option<String>,
    /// Steps that began in this year (default: the current one)
    #[arg(long, conflicts_with = "request")]
    year: Option<i32>,
    /// Address of the person who looks; without it all requests count
    #[arg(long = "as", value_name = "EMAIL")]
    actor: Option<String>,
}

pub(crate) async fn run(common: &Common, engine: &Engine, asked: &Lateness) -> Result<(), Failure> {
    let scope = match &asked.actor {
        None => Scope::Everything,
        Some(email) => engine.scope(&open::actor(engine, email).await?),
    };
    match &asked.request {
        Some(request) => one(common, engine, (request, scope)).await,
        None => year(common, engine, (asked.year, scope)).await,
    }
}

async fn one(common: &Common, engine: &Engine, (request, scope): (&str, Scope)) -> Result<(), Failure> {
    let id = engine.reader().request_id(request, scope).await?;
    let lines = engine.held(id, scope, clock::now()).await?;
    if common.json {
        return print::json(&lines);
    }
    let language = common.language();
    let row = |line: &HeldLine| {
        let held = &line.held;
        let late = held.late.as_ref();
        vec![
            held.stage.name(language).to_owned(),
            holder(common, line.organisation.as_deref(), Some(held.whose)),
            held.begun_on.to_string(),
            held.due.to_string(),
            held.done.map_or_else(|| common.say("进行中", "running").to_owned(), |day| day.to_string()),
            held.days.0.to_string(),
            late.map(|late| late.days.0.to_string()).unwrap_or_default(),
            late.map(|late| late.cause.name(language).to_owned()).unwrap_or_default(),
        ]
    };
    let heading = [
        common.say("环节", "stage"),
        common.say("由谁办", "whose step"),
        common.say("开始", "began"),
        common.say("时限", "limit"),
        common.say("办结", "done"),
        common.say("工作日", "working days"),
        common.say("逾期", "late"),
        common.say("责任", "answers for it"),
    ];
    Ok(print::line(print::table(&heading, &[5, 6], lines.iter().map(row).collect()))?)
}

async fn year(common: &Common, engine: &Engine, (year, scope): (Option<i32>, Scope)) -> Result<(), Failure> {
    let offset = engine.content().rules.parameters().jurisdiction.offset();
    let year = year.unwrap_or_else(|| clock::now().with_timezone(&offset).year());
    let found = engine.parties(scope, year, clock::now()).await?;
    if common.json {
        let (parties, unreadable) = (found.parties, found.unreadable);
        return print::json(&json!({ "year": year, "parties": parties, "unreadable": unreadable }));
    }
    let row = |line: &PartyLine| {
        let late = |cause: &Cause| line.late_days.get(cause.word()).copied().unwrap_or_default().to_string();
        let mut row = vec![
            holder(common, line.organisation.as_deref(), line.whose),
            line.steps.to_string(),
            line.days.to_string(),
            line.late_steps.to_string(),
        ];
        row.extend(Cause::ALL.iter().map(late));
        row
    };
    let mut heading = vec![
        common.say("由谁办", "whose step"),
        common.say("环节数", "steps"),
        common.say("工作日", "working days"),
        common.say("逾期环节", "late steps"),
    ];
    heading.extend(Cause::ALL.iter().map(|cause| cause.name(common.language())));
    print::line(format!(
        "{year} · {}",
        common.say("逾期工作日按责任列出", "late working days by who answers")
    ))?;
    let right = [1, 2, 3, 4, 5, 6, 7];
    print::line(print::table(&heading, &right, found.parties.iter().map(row).collect()))?;
    for failed in &found.unreadable {
        let id = failed.request.map(|id| id.to_string()).unwrap_or_default();
        print::line(format!("✗ {id} {}", failed.failure))?;
    }
    Ok(())
}

fn holder(common: &Common, organisation: Option<&str>, whose: Option<Role>) -> String {
    let role = || whose.map(|role| role.name(common.language()).to_owned()).unwrap_or_default();
    organisation.map_or_else(role, str::to_owned)
}

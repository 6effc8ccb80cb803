//! `zhunru deputy`: who stands in for whom, in which role, from which day to which.

use std::collections::BTreeMap;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Subcommand;
use engine::NewDeputy;
use serde_json::json;
use workflow::actor::Role;
use workflow::id::UserId;

use crate::print::{self, Failure};
use crate::request::known;
use crate::settings::Common;
use crate::{clock, open};

#[derive(Debug, Subcommand)]
pub(crate) enum DeputyTask {
    /// Let someone stand in for an absent person; four eyes hold against both
    Appoint {
        /// Address of the absent person
        principal: String,
        /// Address of the deputy
        deputy: String,
        /// The role that is handed over
        #[arg(long)]
        role: String,
        #[arg(long)]
        from: NaiveDate,
        #[arg(long)]
        until: NaiveDate,
        /// Address of the absent person or of an administrator
        #[arg(long = "as")]
        actor: String,
    },
    /// End what a deputy does in a role
    End {
        principal: String,
        #[arg(long)]
        role: String,
        /// The last day
        #[arg(long)]
        last: NaiveDate,
        #[arg(long = "as")]
        actor: String,
    },
    /// Everyone who stands in today or later
    List,
}

pub(crate) async fn run(common: &Common, task: DeputyTask) -> Result<ExitCode, Failure> {
    let engine = open::engine(common).await?;
    let roles = || Role::ALL.iter().map(|role| role.word()).collect::<Vec<_>>().join(", ");
    match task {
        DeputyTask::Appoint { principal, deputy, role, from, until, actor } => {
            let role = known(&role, Role::from_word, &roles())?;
            let actor = open::actor(&engine, &actor).await?;
            let new = NewDeputy { principal, deputy, role, days: (from, until) };
            let line = engine.appoint_deputy(&actor, new, clock::now()).await?;
            if common.json {
                print::json(&line)?;
            } else {
                let said = common.say("已设代理", "appointed");
                print::line(format!("{said}: {} {from} – {until}", role.name(common.language())))?;
            }
        }
        DeputyTask::End { principal, role, last, actor } => {
            let role = known(&role, Role::from_word, &roles())?;
            let actor = open::actor(&engine, &actor).await?;
            let ended = engine.end_deputy(&actor, (&principal, role), last, clock::now()).await?;
            match common.json {
                true => print::json(&json!({ "ended": ended }))?,
                false => print::line(format!("{}: {ended}", common.say("已结束代理", "ended")))?,
            }
        }
        DeputyTask::List => list(common, &engine).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(common: &Common, engine: &engine::Engine) -> Result<(), Failure> {
    let offset = engine.content().rules.parameters().jurisdiction.offset();
    let today = clock::now().with_timezone(&offset).date_naive();
    let lines = engine.reader().deputies(today).await?;
    if common.json {
        return print::json(&lines);
    }
    let users: Vec<UserId> = lines.iter().flat_map(|line| [line.principal, line.deputy]).collect();
    let names: BTreeMap<UserId, String> = engine.reader().names(&users).await?;
    let name = |user: &UserId| names.get(user).cloned().unwrap_or_default();
    let rows = lines.iter().map(|line| {
        vec![
            name(&line.principal),
            name(&line.deputy),
            line.role.name(common.language()).to_owned(),
            line.from.to_string(),
            line.until.to_string(),
        ]
    });
    let heading = [
        common.say("本人", "absent"),
        common.say("代理人", "deputy"),
        common.say("角色", "role"),
        common.say("起", "from"),
        common.say("止", "until"),
    ];
    Ok(print::line(print::table(&heading, &[], rows.collect()))?)
}

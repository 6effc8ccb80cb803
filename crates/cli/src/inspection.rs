//! `zhunru inspection`: propose, build, publish and see the unified inspection of a year.

use std::process::ExitCode;

use chrono::{Datelike, NaiveDate};
use clap::Subcommand;
use engine::{By, Engine, PlanView};
use serde_json::json;
use workflow::actor::Actor;
use workflow::inspection::{Busy, Plan, Visit};
use workflow::language::Language;

use crate::oversight_names::Names;
use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{clock, open};

#[derive(Debug, Subcommand)]
pub(crate) enum InspectionTask {
    /// A department proposes to inspect an item or a request of its own
    Propose {
        /// Code of an item, or number or id of a request
        what: String,
        #[arg(long, default_value_t = clock::now().year())]
        year: i32,
        #[arg(long = "as")]
        actor: String,
    },
    /// Build the draft of a year from what is admitted and funded
    Build {
        year: i32,
        /// A day on which nobody, or a community, can be visited: `YYYY-MM-DD` or `CODE=YYYY-MM-DD`
        #[arg(long, value_parser = busy)]
        busy: Vec<Busy>,
        #[arg(long = "as")]
        actor: String,
    },
    /// Publish it; every community hears of its date
    Publish {
        year: i32,
        #[arg(long = "as")]
        actor: String,
    },
    /// The plan as the person may see it
    Show {
        year: i32,
        #[arg(long = "as")]
        actor: String,
    },
    /// The one date of the person's community, and what will be looked at
    Mine {
        #[arg(default_value_t = clock::now().year())]
        year: i32,
        #[arg(long = "as")]
        actor: String,
    },
}

fn busy(text: &str) -> Result<Busy, String> {
    let (community, day) = match text.split_once('=') {
        Some((code, day)) => (Some(code.to_owned()), day),
        None => (None, text),
    };
    let day: NaiveDate = day.parse().map_err(|_| format!("`{day}` is no day such as 2026-10-12"))?;
    Ok(Busy { community, day })
}

pub(crate) async fn run(common: &Common, task: InspectionTask) -> Result<ExitCode, Failure> {
    let engine = open::engine(common).await?;
    match task {
        InspectionTask::Propose { what, year, actor } => {
            let actor = open::actor(&engine, &actor).await?;
            propose(common, &engine, by(&actor), (year, &what)).await?;
        }
        InspectionTask::Build { year, busy, actor } => {
            let actor = open::actor(&engine, &actor).await?;
            done(common, &engine.build_plan(by(&actor), year, &busy).await?)?;
        }
        InspectionTask::Publish { year, actor } => {
            let actor = open::actor(&engine, &actor).await?;
            done(common, &engine.publish_plan(by(&actor), year).await?)?;
        }
        InspectionTask::Show { year, actor } | InspectionTask::Mine { year, actor } => {
            let actor = open::actor(&engine, &actor).await?;
            let view = engine.plan(by(&actor), year).await?;
            show(common, &Names::of(&engine).await?, &view)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn by(actor: &Actor) -> By<'_> {
    By { actor, now: clock::now() }
}

async fn propose(
    common: &Common,
    engine: &Engine,
    by: By<'_>,
    (year, what): (i32, &str),
) -> Result<(), Failure> {
    let proposal = engine.propose_inspection(by, (year, what)).await?;
    if common.json {
        return print::json(&json!({ "named": proposal.named, "year": year, "refused": proposal.cause }));
    }
    let said = match proposal.cause {
        None => common.say("列入年度统一检查", "goes into the unified inspection").to_owned(),
        Some(cause) => {
            format!("{}：{}", common.say("不予检查", "refused"), cause.name(common.language()))
        }
    };
    Ok(print::line(format!("{what} {said}"))?)
}

fn done(common: &Common, plan: &Plan) -> Result<(), Failure> {
    let stage = plan.stage.kind();
    if common.json {
        return print::json(&json!({
            "id": plan.id, "number": plan.number, "year": plan.year, "stage": stage, "content": plan.content,
        }));
    }
    let visits = plan.content.visits.len();
    let communities = common.say("个社区", "communities");
    Ok(print::line(format!("{} {} · {visits} {communities}", plan.number, stage.name(common.language())))?)
}

fn show(common: &Common, names: &Names, view: &PlanView) -> Result<(), Failure> {
    let PlanView { number, year, stage, visits, refused, proposals, unreadable, version: _ } = view;
    print::unreadable(unreadable)?;
    if common.json {
        return print::json(&json!({
            "number": number, "year": year, "stage": stage, "visits": visits, "refused": refused,
            "proposals": proposals,
        }));
    }
    let language = common.language();
    print::line(format!("{number} {}", stage.name(language)))?;
    let heading = [
        common.say("日期", "date"),
        common.say("社区", "community"),
        common.say("检查内容", "what is looked at"),
    ];
    let rows =
        visits.iter().map(|visit| vec![visit.on.to_string(), visit.name.clone(), looks(visit, language)]);
    print::line(print::table(&heading, &[], rows.collect()))?;
    if refused.is_empty() {
        return Ok(());
    }
    let heading = [
        common.say("部门", "department"),
        common.say("申请检查的事项", "proposed"),
        common.say("不予检查的原因", "why it is not inspected"),
    ];
    let rows = refused
        .iter()
        .map(|one| vec![names.name(one.department), one.named.clone(), one.cause.name(language).to_owned()]);
    Ok(print::line(print::table(&heading, &[], rows.collect()))?)
}

fn looks(visit: &Visit, language: Language) -> String {
    let look = |look: &workflow::inspection::Look| {
        let subjects = look.subjects.iter().map(|one| format!("{} {}", one.number, one.title));
        format!("{}: {}", look.name.get(language), subjects.collect::<Vec<_>>().join("; "))
    };
    visit.looks.iter().map(look).collect::<Vec<_>>().join("\n")
}

//! Limits as people look at them: what runs, what is late, what a new calendar has moved, what could not be carried out.

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, Subcommand};
use engine::{Engine, LimitLine};
use store::SweepFailure;
use workflow::language::Language;
use workflow::moved::MovedLimit;

use crate::lateness::{self, Lateness};
use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{clock, open};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct LimitOptions {
    #[command(subcommand)]
    task: Option<LimitTask>,
    /// As they ran at the end of a day
    #[arg(long, value_name = "DATE", conflicts_with_all = ["failed", "escalations"])]
    as_of: Option<NaiveDate>,
    /// Only those that have passed
    #[arg(long)]
    late: bool,
    /// Requests whose limits the sweep could not carry out
    #[arg(long, conflicts_with = "late")]
    failed: bool,
    /// The configured escalations, who carries them out, and where they reach nobody
    #[arg(long, conflicts_with_all = ["late", "failed"])]
    escalations: bool,
}

#[derive(Debug, Subcommand)]
enum LimitTask {
    /// Who held a request how long and what of it was late; without a request, summed by organisation over a year
    Lateness(Lateness),
}

pub(crate) async fn run(common: &Common, options: &LimitOptions) -> Result<ExitCode, Failure> {
    let engine = open::engine(common).await?;
    if let Some(LimitTask::Lateness(asked)) = &options.task {
        lateness::run(common, &engine, asked).await?;
        return Ok(ExitCode::SUCCESS);
    }
    if options.failed {
        return failed(common, &engine.reader().sweep_failures().await?);
    }
    if options.escalations {
        return escalations(common, &engine).await;
    }
    let mut list = match options.as_of {
        Some(day) => engine.limits_as_of(day).await?,
        None => engine.limits(clock::now()).await?,
    };
    list.limits.retain(|line| line.is_late || !options.late);
    if common.json {
        print::json(&list)?;
        return Ok(ExitCode::SUCCESS);
    }
    print::line(table(common, &list.limits))?;
    for failed in &list.unreadable {
        let id = failed.request.map(|id| id.to_string()).unwrap_or_default();
        print::line(format!("✗ {id} {}", failed.failure))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table(common: &Common, limits: &[LimitLine]) -> String {
    let language = common.language();
    let provisional = common.say(" 暂定", " provisional");
    let row = |line: &LimitLine| {
        vec![
            line.number.clone(),
            line.title.clone(),
            line.stage.name(language).to_owned(),
            about(line, language),
            line.whose.name(language).to_owned(),
            format!("{}{}", line.due, if line.provisional { provisional } else { "" }),
            line.left.get(language).to_owned(),
            line.card.map(|colour| colour.name(language).to_owned()).unwrap_or_default(),
        ]
    };
    let heading = [
        common.say("编号", "number"),
        common.say("事项", "title"),
        common.say("环节", "stage"),
        common.say("事由", "what"),
        common.say("由谁办", "whose step"),
        common.say("时限", "limit"),
        common.say("余期", "left"),
        common.say("牌", "card"),
    ];
    let colours: Vec<_> = limits.iter().map(|line| line.card).collect();
    print::coloured(&heading, limits.iter().map(row).collect(), &colours)
}

/// What is limited, and whose answer it is.
fn about(line: &LimitLine, language: Language) -> String {
    let name = line.kind.name(language);
    line.community.as_ref().map_or_else(|| name.to_owned(), |code| format!("{name} {code}"))
}

/// Exit 1 if there are any, so that a watch can notice.
fn failed(common: &Common, failures: &[SweepFailure]) -> Result<ExitCode, Failure> {
    if common.json {
        print::json(&failures)?;
    } else {
        let row = |failure: &SweepFailure| {
            vec![
                failure.number.clone().unwrap_or_else(|| failure.request.to_string()),
                failure.first_at.to_rfc3339(),
                failure.tries.to_string(),
                failure.failure.clone(),
            ]
        };
        let heading = [
            common.say("编号", "number"),
            common.say("首次失败", "first failed"),
            common.say("次数", "tries"),
            common.say("原因", "reason"),
        ];
        print::line(print::table(&heading, &[2], failures.iter().map(row).collect()))?;
    }
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn escalations(common: &Common, engine: &Engine) -> Result<ExitCode, Failure> {
    let lines = engine.escalations().await?;
    let language = common.language();
    if common.json {
        print::json(&lines)?;
    } else {
        let rows = lines.iter().map(|line| {
            vec![
                line.escalation.whose.name(language).to_owned(),
                line.escalation.after.0.to_string(),
                line.escalation.to.name(language).to_owned(),
                line.escalation.executor.name(language).to_owned(),
                line.reaches_nobody_in.join("、"),
            ]
        });
        let heading = [
            common.say("谁的时限", "whose limit"),
            common.say("逾期工作日", "working days late"),
            common.say("上报", "goes to"),
            common.say("由谁执行", "carried out by"),
            common.say("无人接收", "reaches nobody in"),
        ];
        print::line(print::table(&heading, &[1], rows.collect()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What a new calendar has moved, from which day to which.
pub(crate) fn moved(common: &Common, limits: &[MovedLimit]) -> Result<(), Failure> {
    if limits.is_empty() {
        return Ok(());
    }
    let provisional = common.say(" 暂定", " provisional");
    let row = |limit: &MovedLimit| {
        let mark = if limit.provisional { provisional } else { "" };
        vec![
            limit.number.clone(),
            limit.title.clone(),
            limit.stage.name(common.language()).to_owned(),
            limit.old_due.to_string(),
            format!("{}{mark}", limit.new_due),
        ]
    };
    let heading = [
        common.say("编号", "number"),
        common.say("事项", "title"),
        common.say("环节", "stage"),
        common.say("原时限", "old limit"),
        common.say("新时限", "new limit"),
    ];
    Ok(print::line(print::table(&heading, &[], limits.iter().map(row).collect()))?)
}

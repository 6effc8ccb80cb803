//! `zhunru bulk FILE`: many commands of one person, each with its answer; those that failed can be kept and tried again alone.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use engine::{EngineError, Wanted};
use serde_json::{Value, json};
use workflow::request::Request;

use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{assess, clock, open};

/// Many commands at once.
#[derive(Debug, Args)]
pub(crate) struct Bulk {
    /// An array of commands, each with `request` (number or id), `action` and what it needs; `-` is standard input
    file: String,
    /// Address of the person who acts
    #[arg(long = "as")]
    actor: String,
    /// Keep the commands that failed, to be mended and tried again
    #[arg(long, value_name = "FILE")]
    failed: Option<PathBuf>,
}

pub(crate) async fn run(common: &Common, bulk: Bulk) -> Result<ExitCode, Failure> {
    let entries: Vec<Value> = serde_json::from_str(&assess::text(&bulk.file)?)
        .map_err(|error| Failure::Input(format!("{}: {error}", bulk.file)))?;
    let read = entries.iter().enumerate().map(|(index, entry)| Wanted::read(entry, index));
    let wanted = read.collect::<Result<Vec<_>, _>>()?;
    let engine = open::engine(common).await?;
    let actor = open::actor(&engine, &bulk.actor).await?;
    let answers = engine.act_on_many(&actor, &wanted, clock::now()).await;
    if let Some(file) = &bulk.failed {
        let failed = entries.iter().zip(&answers).filter(|(_, answer)| answer.is_err());
        let failed = Value::Array(failed.map(|(entry, _)| entry.clone()).collect());
        std::fs::write(file, format!("{failed:#}\n"))
            .map_err(|error| Failure::Input(format!("{}: {error}", file.display())))?;
    }
    show(common, &wanted, &answers)?;
    Ok(if answers.iter().all(Result::is_ok) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn show(common: &Common, wanted: &[Wanted], answers: &[Result<Request, EngineError>]) -> Result<(), Failure> {
    let language = common.language();
    if common.json {
        let line = |(one, answer): (&Wanted, &Result<Request, EngineError>)| match answer {
            Ok(request) => {
                json!({ "request": one.request, "stage": request.stage.kind(), "version": request.version })
            }
            Err(error) => {
                json!({ "request": one.request, "code": error.code(), "message": error.message(language) })
            }
        };
        return print::json(&wanted.iter().zip(answers).map(line).collect::<Vec<_>>());
    }
    let rows = wanted.iter().zip(answers).map(|(one, answer)| match answer {
        Ok(request) => vec![one.request.clone(), request.stage.kind().name(language).into(), String::new()],
        Err(error) => vec![one.request.clone(), "✗".into(), error.message(language)],
    });
    let heading = [common.say("编号", "number"), common.say("结果", "result"), common.say("原因", "reason")];
    print::line(print::table(&heading, &[], rows.collect()))?;
    let failed = answers.iter().filter(|answer| answer.is_err()).count();
    let done = answers.len() - failed;
    let text = match language {
        workflow::language::Language::Chinese => format!("办成 {done} 件，未成 {failed} 件"),
        workflow::language::Language::English => format!("{done} done, {failed} failed"),
    };
    Ok(print::line(text)?)
}

//! The binary: reads the command line, opens what a command needs, prints what it found. No rule of the domain is here.

mod administrators;
mod assess;
mod audit;
mod budget;
mod bulk;
mod cards;
mod clock;
mod complaint;
mod configuration;
mod decision;
mod demo;
mod deputy;
mod dossier;
mod evidence;
mod inspection;
mod lateness;
mod ledger;
mod letters;
mod limits;
mod logging;
mod meeting;
mod merger;
mod office;
mod open;
mod oversight_names;
mod past;
mod print;
mod processor;
mod quota;
mod rating;
mod request;
mod routes;
mod rules_command;
mod search;
mod serve;
mod settings;
mod sign_on;
mod stopping;
mod tokens;
mod traces;
mod views;
mod webhooks;

use std::process::ExitCode;

use clap::CommandFactory;

use crate::configuration::Configured;
use crate::print::Failure;
use crate::settings::{Arguments, Task};
use crate::traces::Traces;

fn main() -> ExitCode {
    let configured = Configured::read(std::env::args_os().collect());
    let language = configured.arguments.common.language();
    let done = match processor::runtime_for(&configured.arguments.task) {
        Ok(runtime) => runtime.block_on(run(configured)),
        Err(error) => Err(Failure::from(anyhow::Error::from(error))),
    };
    match done {
        Ok(code) => code,
        Err(failure) => failure.report(language),
    }
}

#[expect(clippy::cognitive_complexity, reason = "one arm a command; each counts as a branch")]
async fn run(configured: Configured) -> Result<ExitCode, Failure> {
    let Configured { arguments: Arguments { common, task, config: _ }, written } = configured;
    let broken = written.failure(common.language()).filter(|_| !matches!(task, Task::Config { .. }));
    if let Some(failure) = broken {
        return Err(failure);
    }
    let traces = match &task {
        Task::Serve(options) => Traces::begin(&options.traces)?,
        _ => None,
    };
    logging::start(&common, traces.as_ref());
    match task {
        Task::Config { task } => configuration::run(&common, &written, task).await,
        Task::Assess { file } => assess::run(&common, &file),
        Task::Demo(options) => demo::run(&common, &options).await,
        Task::Serve(options) => serve::run(&common, options, traces).await,
        Task::Routes => routes::run(&common),
        Task::Migrate => open::migrate(&common).await,
        Task::Import { kind, file } => office::import(&common, kind.into(), &file).await,
        Task::User { task } => office::user(&common, task).await,
        Task::Budget(command) => budget::run(&common, command).await,
        Task::Deputy { task } => deputy::run(&common, task).await,
        Task::Merge(options) => merger::run(&common, options).await,
        Task::Request { task } => Box::pin(request::run(&common, task)).await,
        Task::Bulk(commands) => bulk::run(&common, commands).await,
        Task::Quota(options) => quota::run(&common, options).await,
        Task::Ledger(command) => ledger::run(&common, command).await,
        Task::Inspection { task } => inspection::run(&common, task).await,
        Task::Meeting { task } => meeting::run(&common, task).await,
        Task::Rating { task } => rating::run(&common, task).await,
        Task::Complaint { task } => complaint::run(&common, task).await,
        Task::Audit { task } => audit::run(&common, task).await,
        Task::Letters(letters) => letters::run(&common, letters).await,
        Task::Webhook { task } => webhooks::run(&common, task).await,
        Task::Limits(options) => limits::run(&common, &options).await,
        Task::Cards { task } => cards::run(&common, task).await,
        Task::Search(options) => search::run(&common, options).await,
        Task::Doctor => office::doctor(&common).await,
        Task::Jobs { task } => office::jobs(&common, &task).await,
        Task::Rules { task } => rules_command::run(&common, &task),
        Task::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "zhunru", &mut script);
            print::line(String::from_utf8_lossy(&script))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

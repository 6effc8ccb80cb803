//! `zhunru rules`: check a rule set, run its cases.

use std::process::ExitCode;

use rules::run_cases;
use serde_json::json;

use crate::open;
use crate::print::{self, Failure};
use crate::settings::{Common, RulesTask};

pub(crate) fn run(common: &Common, task: &RulesTask) -> Result<ExitCode, Failure> {
    match task {
        RulesTask::Check => check(common),
        RulesTask::Test => test(common),
    }
}

fn check(common: &Common) -> Result<ExitCode, Failure> {
    let set = open::rule_set(common)?;
    let name = set.name();
    if common.json {
        print::json(name)?;
    } else {
        print::line(format!("{} {} {}", name.name, name.version, name.hash))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn test(common: &Common) -> Result<ExitCode, Failure> {
    let set = open::rule_set(common)?;
    let calendar = open::calendar(common)?;
    let results = engine::on_large_stack(|| run_cases(&set, &calendar))?;
    let failed: Vec<_> = results.iter().filter(|result| result.failure.is_some()).collect();
    if common.json {
        let shown = failed.iter().map(|r| json!({ "rule": r.rule, "case": r.name, "failure": r.failure }));
        print::json(&json!({ "cases": results.len(), "failed": shown.collect::<Vec<_>>() }))?;
    } else {
        for result in &failed {
            let failure = result.failure.as_deref().unwrap_or_default();
            print::line(format!("✗ {} · {}\n  {failure}", result.rule, result.name))?;
        }
        let passed = results.len() - failed.len();
        print::line(format!(
            "{passed} {}, {} {}",
            common.say("通过", "passed"),
            failed.len(),
            common.say("失败", "failed")
        ))?;
    }
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

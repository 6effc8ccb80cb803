//! `zhunru merge`: a community becomes part of another one.

use std::process::ExitCode;

use clap::Args;

use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{clock, open};

#[derive(Debug, Args)]
pub(crate) struct MergeOptions {
    /// Code of the community that is closed
    from: String,
    /// Code of the community that takes over
    into: String,
    /// Address of an administrator of the district
    #[arg(long = "as", value_name = "EMAIL")]
    actor: String,
}

pub(crate) async fn run(common: &Common, options: MergeOptions) -> Result<ExitCode, Failure> {
    let MergeOptions { from, into, actor } = options;
    let engine = open::engine(common).await?;
    let actor = open::actor(&engine, &actor).await?;
    let merged = engine.merge_communities(&actor, (&from, &into), clock::now()).await?;
    if common.json {
        print::json(&merged)?;
        return Ok(ExitCode::SUCCESS);
    }
    let said = common.say("已并入", "merged into");
    print::line(format!("{from} {said} {into} ({})", merged.on))?;
    let figures = [
        (common.say("转接申请", "requests handed over"), merged.requests.to_string()),
        (common.say("转入人员", "people moved"), merged.people.to_string()),
        (common.say("转入资金（元）", "money moved (yuan)"), merged.money.for_people()),
    ];
    for (name, figure) in figures {
        print::line(format!("{name}: {figure}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

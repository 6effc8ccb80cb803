//! `zhunru search`: requests by words, as a person may see them; and building the search's tables again.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use store::Scope;

use crate::open;
use crate::print::{self, Failure};
use crate::settings::Common;

/// Requests of a search that are listed.
const MOST: u64 = 100;

#[derive(Debug, Args)]
pub(crate) struct SearchOptions {
    /// Words; each must stand in title, number, or the name of the department or a community
    #[arg(required_unless_present = "rebuild")]
    words: Vec<String>,
    /// Whose eyes are used (default: all that is there)
    #[arg(long = "as", value_name = "EMAIL")]
    by: Option<String>,
    /// Build the tables of the search again from what they follow from
    #[arg(long, conflicts_with = "words")]
    rebuild: bool,
}

pub(crate) async fn run(common: &Common, options: SearchOptions) -> Result<ExitCode, Failure> {
    let SearchOptions { words, by, rebuild } = options;
    let engine = open::engine(common).await?;
    if rebuild {
        let count = engine.rebuild_search().await?;
        let text = format!("{} {count}", common.say("已重建检索文本", "texts of the search built again:"));
        print::said(common, &json!({ "texts": count }), &text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let scope = match by {
        Some(email) => engine.scope(&open::actor(&engine, &email).await?),
        None => Scope::Everything,
    };
    let lines = engine.reader().found_lines(scope, (&words.join(" "), &[]), (None, MOST)).await?;
    if common.json {
        print::json(&lines)?;
        return Ok(ExitCode::SUCCESS);
    }
    let language = common.language();
    let rows = lines.iter().map(|line| {
        let number = line.number.clone().unwrap_or_else(|| "—".to_owned());
        vec![number, line.stage.name(language).to_owned(), line.title.clone()]
    });
    let heading = [common.say("编号", "number"), common.say("阶段", "stage"), common.say("事项", "matter")];
    print::line(print::table(&heading, &[], rows.collect()))?;
    Ok(ExitCode::SUCCESS)
}

//! `zhunru audit`: verify the histories and seals, seal now, and export the whole chain.

use std::process::ExitCode;
use std::str::FromStr;

use clap::Subcommand;
use serde_json::json;
use store::{Mismatch, Witness};

use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{clock, open};

#[derive(Debug, Subcommand)]
pub(crate) enum AuditTask {
    /// Walk every chain, seal and row; exit 1 where something differs
    Verify {
        /// A seal as it was mailed to the auditors, `NUMBER:HASH`; may be given several times
        #[arg(long = "witness", value_name = "NUMBER:HASH")]
        witnesses: Vec<String>,
    },
    /// Seal all heads now and print number and hash
    Seal,
    /// Print every event and every seal as JSON, one a line
    Export,
}

pub(crate) async fn run(common: &Common, task: AuditTask) -> Result<ExitCode, Failure> {
    let engine = open::engine(common).await?;
    match task {
        AuditTask::Verify { witnesses } => {
            let read = |text: &String| Witness::from_str(text).map_err(Failure::Input);
            let witnesses = witnesses.iter().map(read).collect::<Result<Vec<_>, _>>()?;
            verify(common, &engine, &witnesses).await
        }
        AuditTask::Seal => {
            let Some(seal) = engine.seal(clock::now()).await? else {
                print::said(
                    common,
                    &json!(null),
                    common.say("尚无历史可封存", "there is no history to seal"),
                )?;
                return Ok(ExitCode::SUCCESS);
            };
            print::said(common, &json!(seal), &format!("{}:{}", seal.number, seal.hash))?;
            Ok(ExitCode::SUCCESS)
        }
        AuditTask::Export => {
            let reader = engine.reader();
            for event in reader.all_events().await? {
                print::line(json!({ "event": event }).to_string())?;
            }
            for seal in reader.seals().await? {
                print::line(json!({ "seal": seal }).to_string())?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn verify(
    common: &Common,
    engine: &engine::Engine,
    witnesses: &[Witness],
) -> Result<ExitCode, Failure> {
    let audited = engine.audit(witnesses).await?;
    let sound = audited.mismatches.is_empty();
    if common.json {
        print::json(&json!({
            "chains": audited.chains.len(), "events": audited.events, "rows": audited.rows,
            "seals": audited.seals, "mismatches": audited.mismatches,
        }))?;
    } else {
        for mismatch in &audited.mismatches {
            print::line(readable(common, mismatch))?;
        }
        let verdict = match sound {
            true => {
                common.say("历史完整，记录与历史一致", "the history is whole and every row agrees with it")
            }
            false => common.say("发现不符", "something differs"),
        };
        print::line(format!(
            "{verdict}: {} {}, {} {}, {} {}, {} {}",
            audited.chains.len(),
            common.say("条链", "chains"),
            audited.events,
            common.say("条事件", "events"),
            audited.rows,
            common.say("条记录", "rows"),
            audited.seals,
            common.say("次封存", "seals"),
        ))?;
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn readable(common: &Common, mismatch: &Mismatch) -> String {
    let Mismatch { kind, place, event, about } = mismatch;
    let event = event.map(|event| format!(" #{event}")).unwrap_or_default();
    let about = if about.is_empty() { String::new() } else { format!(": {about}") };
    format!("✗ {} {place}{event}{about}", kind.name(common.language()))
}

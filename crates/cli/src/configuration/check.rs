//! `zhunru config check`: the faults of what is written, then what shows only when it is tried. Exit 1 where something is
//! wrong, so that an installation can ask before it restarts the service.

use std::process::ExitCode;

use serde_json::json;

use super::file::{Fault, Place, is_open_to_others};
use super::trials::{self, Trial};
use super::{Source, Written};
use crate::print::{self, Failure};
use crate::settings::{Common, ServeOptions};

pub(super) async fn run(
    common: &Common,
    written: &Written,
    options: &ServeOptions,
) -> Result<ExitCode, Failure> {
    let mut faults = written.faults.clone();
    faults.extend(open_file(written));
    let tried = trials::all(common, options).await;
    let sound = faults.is_empty() && tried.iter().all(|trial| trial.outcome.is_ok());
    if common.json {
        print::json(&report(written, &faults, &tried))?;
    } else {
        faults.iter().try_for_each(|fault| print::line(format!("✗ {}", fault.said(common.language()))))?;
        tried.iter().try_for_each(|trial| print::line(told(common, written, trial)))?;
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A file with secrets that others may read.
fn open_file(written: &Written) -> Option<Fault> {
    let file = written.file.as_ref()?;
    let holds_secret = written.settings.iter().any(|setting| {
        setting.is_hidden
            && setting.values != setting.shown().into_iter().collect::<Vec<_>>()
            && matches!(setting.source, Source::File { .. })
    });
    let is_open = holds_secret && is_open_to_others(&file.path).unwrap_or(false);
    is_open.then(|| {
        let (zh, en) = (
            "文件含有机密，但他人可以读取（chmod 600）".to_owned(),
            "it holds a secret and others may read it (chmod 600)".to_owned(),
        );
        Fault::at(Place::WholeFile(file.path.clone()), zh, en)
    })
}

/// One line: what was tried, how it went, and where the setting comes from.
fn told(common: &Common, written: &Written, trial: &Trial) -> String {
    let source = written.setting(trial.key).map_or(String::new(), |setting| setting.source.said(common));
    let language = common.language();
    match &trial.outcome {
        Ok(said) => format!("✓ {} ({source}): {}", trial.key, said.get(language)),
        Err(said) => format!("✗ {} ({source}): {}", trial.key, said.get(language)),
    }
}

fn report(written: &Written, faults: &[Fault], tried: &[Trial]) -> serde_json::Value {
    let one = |trial: &Trial| {
        let source = written.setting(trial.key).map(|setting| &setting.source);
        let (is_sound, message) = match &trial.outcome {
            Ok(said) => (true, said),
            Err(said) => (false, said),
        };
        json!({ "key": trial.key, "source": source, "is_sound": is_sound, "message": message })
    };
    json!({ "faults": faults, "trials": tried.iter().map(one).collect::<Vec<_>>() })
}

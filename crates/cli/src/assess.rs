//! `zhunru assess`: facts in, assessments out, in the same order. No database, no network.

use std::io::Read;
use std::process::ExitCode;

use serde_json::Value;
use workflow::assessment::Assessment;
use workflow::facts::Fault;

use crate::decision;
use crate::open;
use crate::print::{self, Failure};
use crate::settings::Common;

/// Assesses a file; exit 2 with the place of whatever is malformed, before anything is printed.
pub(crate) fn run(common: &Common, file: &str) -> Result<ExitCode, Failure> {
    let (documents, is_list) = documents(&text(file)?)?;
    let rules = open::rule_set(common)?;
    let calendar = open::calendar(common)?;
    let judged = engine::on_large_stack(|| {
        let judge = |document| rules.assess_document(document, &calendar);
        documents.iter().map(judge).collect::<Vec<_>>()
    })?;
    let mut assessments = Vec::with_capacity(judged.len());
    let mut faults = Vec::new();
    for (index, judgement) in judged.into_iter().enumerate() {
        let place = if is_list { format!("/{index}") } else { String::new() };
        match judgement {
            Ok(judgement) => assessments.push(judgement.assessment),
            Err(found) => {
                let within = |fault: Fault| Fault { pointer: format!("{place}{}", fault.pointer), ..fault };
                faults.extend(found.into_iter().map(|fault| within(fault).told(common.language())));
            }
        }
    }
    if !faults.is_empty() {
        return Err(Failure::Input(faults.join("\n")));
    }
    show(common, &assessments, is_list)?;
    Ok(ExitCode::SUCCESS)
}

fn show(common: &Common, assessments: &[Assessment], is_list: bool) -> Result<(), Failure> {
    match assessments {
        [one] if common.json && !is_list => print::json(one),
        many if common.json => print::json(&many),
        many => {
            for assessment in many {
                print::line(decision::assessment(common, assessment))?;
            }
            Ok(())
        }
    }
}

/// A file's text; `-` is standard input.
pub(crate) fn text(file: &str) -> Result<String, Failure> {
    if file != "-" {
        return open::read(std::path::Path::new(file));
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(|error| Failure::Input(error.to_string()))?;
    Ok(text)
}

/// One object, an array, or newline-delimited JSON; and whether it is a list.
fn documents(text: &str) -> Result<(Vec<Value>, bool), Failure> {
    let stream = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let mut documents = Vec::new();
    for document in stream {
        let document = document.map_err(|error| Failure::Input(format!("/: {error}")))?;
        documents.push(document);
    }
    match documents.as_mut_slice() {
        [] => Err(Failure::Input("/: no facts are given".into())),
        [Value::Array(list)] => Ok((std::mem::take(list), true)),
        [_] => Ok((documents, false)),
        _ => Ok((documents, true)),
    }
}

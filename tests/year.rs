//! The year of `zhunru demo --year`, shortened to 60 requests beside the flood, on the real binary: its summary is the
//! same every time, and the doctor finds nothing.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The summary of a shortened year, without what the clock on the wall says.
fn year(seed: &str) -> Value {
    let tests = std::env::current_exe().expect("the test knows itself");
    let folder = tests.parent().and_then(Path::parent).expect("target/PROFILE/deps/it");
    let mut zhunru = Command::new(folder.join("zhunru"));
    zhunru.args(["--json", "demo", "--year", "--exit", "--requests", "60", "--seed", seed]);
    let output = zhunru.output().expect("build it first: cargo build --workspace");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut summary: Value = serde_json::from_slice(&output.stdout).expect("a summary");
    summary.as_object_mut().and_then(|summary| summary.remove("elapsed_ms")).expect("it took some time");
    summary
}

#[test]
fn a_year_comes_to_the_same_from_the_same_seed() {
    let summary = year("2026");
    assert_eq!(summary["doctor"]["breaches"], serde_json::json!([]));
    assert_eq!(summary["letters"]["waiting"], 0);
    insta::assert_snapshot!("year", serde_json::to_string_pretty(&summary).expect("JSON"));
}

//! The binary itself: assessing through files and standard input, and a demo that is killed at any moment.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::acceptance::findings;

/// The binary that was built beside the tests.
pub(crate) fn zhunru() -> Command {
    let tests = std::env::current_exe().expect("the test knows itself");
    let folder = tests.parent().and_then(Path::parent).expect("target/PROFILE/deps/it");
    let binary = folder.join("zhunru");
    assert!(binary.exists(), "build it first: cargo build --workspace");
    Command::new(binary)
}

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("acceptance/assess.json")).expect("the cases are JSON")
}

fn with_input(arguments: &[&str], input: &str) -> Output {
    let mut command = zhunru();
    let piped = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let text = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("the writer ends").expect("all is read");
    output
}

fn assert_expected(found: &[Value]) {
    let cases = cases();
    assert_eq!(found.len(), cases.len());
    for (found, case) in found.iter().zip(&cases) {
        for key in ["outcome", "class", "function", "price", "quota", "decide_by", "provisional"] {
            assert_eq!(found[key], case["expect"][key], "{} {key}", case["name"]);
        }
        let expected = findings(&case["expect"]["findings"]);
        assert_eq!(findings(&found["findings"]), expected, "{} findings", case["name"]);
    }
}

#[test]
fn many_commands_are_read_before_the_first_is_carried_out() {
    let output = with_input(&["bulk", "-", "--as", "a@example.org"], r#"[{ "action": "approve" }]"#);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("/0/request"), "{said}");
}

#[test]
fn an_array_in_a_file_gives_every_expected_assessment() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("facts.json");
    let facts: Vec<Value> = cases().iter().map(|case| case["facts"].clone()).collect();
    std::fs::write(&file, serde_json::to_string(&facts).unwrap()).unwrap();
    let output = zhunru().args(["assess", "--json"]).arg(&file).output().unwrap();
    assert!(output.status.success());
    let found: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_expected(&found);
}

#[test]
fn lines_on_standard_input_give_the_same() {
    let lines: Vec<String> = cases().iter().map(|case| case["facts"].to_string()).collect();
    let output = with_input(&["assess", "--json", "-"], &lines.join("\n"));
    assert!(output.status.success());
    let found: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_expected(&found);
}

#[test]
fn malformed_facts_are_named_by_their_place_and_exit_with_2() {
    let mut facts = cases()[0]["facts"].clone();
    facts["request"]["work"][0]["times"] = Value::from(-1);
    facts["request"]["colour"] = Value::from("red");
    let output = with_input(&["assess", "-"], &facts.to_string());
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("/request/work/0/times"), "{said}");
    assert!(said.contains("/request/colour"), "{said}");
    assert!(output.stdout.is_empty());
    let output = with_input(&["assess", "-"], "{ \"today\": ");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn an_assessment_reads_well_in_both_languages() {
    let facts = cases()[8]["facts"].to_string();
    for (language, name) in [("zh", "assessment_zh"), ("en", "assessment_en")] {
        let output = with_input(&["--lang", language, "assess", "-"], &facts);
        let text = String::from_utf8(output.stdout).unwrap();
        let without_hash: Vec<&str> = text.lines().filter(|line| !line.contains("default 1")).collect();
        insta::assert_snapshot!(name, without_hash.join("\n"));
    }
}

#[test]
fn nothing_that_was_printed_as_done_is_lost_to_a_kill() {
    for round in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let mut demo = zhunru();
        demo.args(["demo", "--exit", "--data"]).arg(&data).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = demo.spawn().unwrap();
        let told = read_until_killed(&mut child, 25 + round * 60);
        assert!(told.len() > 5, "the story has begun");
        let kept = kept(&data);
        assert_eq!(lost(&told, &kept), Vec::<String>::new(), "round {round}");
        let more_than_happened = told.iter().map(|(mark, seq)| (mark.clone(), seq + 100)).collect();
        assert_eq!(lost(&more_than_happened, &kept).len(), told.len(), "the check can fail");
        let doctor = database_command(&data).arg("doctor").output().unwrap();
        assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
    }
}

/// What was printed and is not kept.
fn lost(told: &BTreeMap<String, i64>, kept: &BTreeMap<String, i64>) -> Vec<String> {
    let is_kept = |mark: &str, seq: i64| kept.get(mark).is_some_and(|found| *found >= seq);
    told.iter()
        .filter(|(mark, seq)| !is_kept(mark, **seq))
        .map(|(mark, seq)| format!("#{mark}.{seq}"))
        .collect()
}

/// Reads so many lines of the story, kills the process at once, and gives what was printed: the highest event of each
/// request.
fn read_until_killed(child: &mut Child, lines: usize) -> BTreeMap<String, i64> {
    let mut told = BTreeMap::new();
    let started = Instant::now();
    let mut reader = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    let mut read = 0;
    while reader.read_line(&mut line).expect("the story is text") > 0 {
        read += 1;
        if read == lines {
            child.kill().expect("it can be killed");
        }
        note(&line, &mut told);
        line.clear();
        assert!(started.elapsed() < Duration::from_mins(10), "the story does not stand still");
    }
    child.wait().expect("it has ended");
    told
}

/// A line of the story ends in `#MARK.SEQ`.
fn note(line: &str, told: &mut BTreeMap<String, i64>) {
    let Some((mark, seq)) = line.trim_end().rsplit_once('#').and_then(|(_, mark)| mark.split_once('.'))
    else {
        return;
    };
    if let Ok(seq) = seq.parse::<i64>() {
        let highest = told.entry(mark.to_owned()).or_insert(seq);
        *highest = seq.max(*highest);
    }
}

fn database_command(data: &Path) -> Command {
    let mut command = zhunru();
    let letters: PathBuf = data.join("letters");
    command.arg("--database").arg(format!("sqlite://{}/zhunru.db", data.display()));
    command.arg("--mail").arg(letters);
    command
}

/// The length of every request's history in the database, by the mark of the story.
fn kept(data: &Path) -> BTreeMap<String, i64> {
    let list = database_command(data).args(["--json", "request", "list"]).output().unwrap();
    assert!(list.status.success(), "{}", String::from_utf8_lossy(&list.stderr));
    let lines: Vec<Value> = serde_json::from_slice(&list.stdout).unwrap();
    let mark = |line: &Value| {
        let id = line["id"].as_str().unwrap().replace('-', "");
        (id[24..].to_owned(), line["events"].as_i64().unwrap())
    };
    lines.iter().map(mark).collect()
}

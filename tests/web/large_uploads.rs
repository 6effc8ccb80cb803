//! Many people hand in the largest files at the same time, and take them back: the program holds no more than pieces of them.

use std::process::Child;
use std::sync::Arc;

use store::SignInOutcome;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::client::{Browser, PASSWORD, escaped, gives_password};
use super::killed_uploads::serves;
use crate::desk::Desk;

super::told_on_both! {
    large_files_of_many_people_are_never_in_memory
}

const PEOPLE: usize = 5;
const FILES: usize = 4;
/// Megabytes by which the program may grow: what the database keeps of its file (42 to 88 in twelve runs, by the readers
/// that happened to work) and as much again. The files together have two hundred.
const MOST: u64 = 170;

/// A program that ends with its story, also where that fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The most memory that a program has held so far, in megabytes.
fn peak(program: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.id())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells it");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
}

/// A form of the largest files.
fn form(token: &str, (what, file): (usize, &[u8])) -> Vec<u8> {
    let fields = [("_token", token), ("department", "HEALTH"), ("since", "2026-02-01"), ("covered_by", "")];
    let mut body = Vec::new();
    let what = format!("第{what}人");
    for (name, value) in fields.into_iter().chain([("what", what.as_str())]) {
        let head = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(head.as_bytes());
    }
    for number in 0..FILES {
        let head = "--b\r\nContent-Disposition: form-data; name=\"files\"";
        body.extend_from_slice(format!("{head}; filename=\"{number}.txt\"\r\n\r\n").as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    body
}

/// Sends a form and gives where it leads.
async fn hands_in(browser: Browser, body: Arc<Vec<u8>>) -> String {
    let answer = sends(&browser, &body).await;
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let to = answer.lines().find_map(|line| line.strip_prefix("location: ")).expect("a place");
    to.to_owned()
}

async fn sends(browser: &Browser, body: &[u8]) -> String {
    let mut stream = browser.sends_a_form("/complaints/new", body.len()).await;
    stream.write_all(body).await.expect("it is sent");
    let mut answer = String::new();
    while !answer.contains("\r\n\r\n") {
        let mut part = [0; 512];
        let read = stream.read(&mut part).await.expect("an answer");
        assert!(read > 0, "{answer}");
        answer.push_str(&String::from_utf8_lossy(&part[..read]));
    }
    answer
}

async fn large_files_of_many_people_are_never_in_memory(desk: Desk) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("key"), "07".repeat(32)).expect("the key is written");
    gives_password(&desk, ("c1", SignInOutcome::PasswordSet), desk.now()).await;
    let most = desk.engine.content().rules.parameters().oversight.evidence.most_bytes;
    let (program, address) = serves(&desk, folder.path());
    let program = Running(program);
    let mut browser = Browser::at(address);
    assert_eq!(browser.signs_in("c1", PASSWORD).await.status, 303);
    browser.get("/complaints/new").await.is(200);
    let before = peak(&program.0);
    let file = "a".repeat(most).into_bytes();
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let mut other = Browser::at(address);
        other.cookies = browser.cookies.clone();
        let body = Arc::new(form(&browser.form_token, (number, &file)));
        people.push(tokio::spawn(hands_in(other, body)));
    }
    let mut places = Vec::new();
    for person in people {
        places.push(person.await.expect("it is handed in"));
    }
    let handed_in = peak(&program.0);
    for place in &places {
        let saved = browser.get(&format!("{place}/files/{}", escaped("0.txt"))).await;
        assert_eq!((saved.status, saved.body.len()), (200, most));
        assert_eq!(saved.header("content-length"), Some(most.to_string().as_str()));
    }
    let grown = peak(&program.0) - before;
    let sent = (PEOPLE * FILES * most) >> 20;
    eprintln!("{sent} MB by {PEOPLE} people: {before} MB before, {handed_in} MB, {grown} MB more in all");
    assert!(grown <= MOST, "{grown} MB for {sent} MB of files");
}

//! Files that are being uploaded when the program is killed: what they belong to is kept with all of them, or nothing is.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::time::Duration;

use engine::Checked;
use store::SignInOutcome;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::client::{Browser, PASSWORD, gives_password};
use crate::command_line::zhunru;
use crate::desk::Desk;

super::told_on_both! {
    a_kill_leaves_no_file_alone_and_no_matter_without_its_files
}

const FILES: usize = 3;
/// Bytes of each file: many packets.
const SIZE: usize = 400_000;
/// Kills while the files are on their way, and after the last byte has left.
const ROUNDS: u64 = 16;

impl Browser {
    /// Begins to send a form with files: its head, and the connection for the bytes of the body.
    pub(crate) async fn sends_a_form(&self, path: &str, length: usize) -> TcpStream {
        let (address, origin) = (self.address, &self.origin);
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let kind = "multipart/form-data; boundary=b";
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nOrigin: {origin}\r\nCookie: {cookies}\r\n\
             Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        );
        let mut stream = TcpStream::connect(address).await.expect("the server listens");
        stream.write_all(head.as_bytes()).await.expect("it is sent");
        stream
    }
}

/// The program on a desk's database, on a port of its own.
pub(super) fn serves(desk: &Desk, folder: &std::path::Path) -> (Child, SocketAddr) {
    let mut program = zhunru();
    // By this name PostgreSQL tells whether what was begun for the program has ended, too.
    let name = if desk.url.starts_with("sqlite://") { "" } else { "?application_name=killed" };
    program.args(["--database", &format!("{}{name}", desk.url), "--key-file"]).arg(folder.join("key"));
    program.arg("--mail").arg(folder.join("letters")).args(["serve", "--listen", "127.0.0.1:0"]);
    let mut program = program.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut said = String::new();
    let mut out = BufReader::new(program.stdout.take().expect("a pipe"));
    out.read_line(&mut said).expect("it says where it serves");
    let address = said.trim().rsplit_once("http://").map(|(_, address)| address.parse());
    (program, address.expect("it says where").expect("an address"))
}

fn body(token: &str, what: &str) -> String {
    let mut parts = Vec::new();
    let fields = [
        ("_token", token),
        ("department", "HEALTH"),
        ("what", what),
        ("since", "2026-02-01"),
        ("covered_by", ""),
    ];
    for (name, value) in fields {
        parts.push(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    for number in 0..FILES {
        let content = format!("{number}").repeat(SIZE);
        parts.push(format!(
            "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{number}.txt\"\r\n\r\n{content}\r\n"
        ));
    }
    parts.push("--b--\r\n".to_owned());
    parts.concat()
}

/// How many matters are kept, each with all its files; whatever is alone is a breach.
async fn whole(desk: &Desk) -> usize {
    let checked = desk.engine.doctor().await.expect("the doctor reads");
    assert_eq!(checked.breaches, Vec::new());
    let files = desk.engine.reader().all_evidence().await.expect("files");
    let mut of: BTreeMap<_, usize> = BTreeMap::new();
    for (subject, file) in files {
        assert_eq!(usize::try_from(file.size), Ok(SIZE));
        *of.entry(subject).or_default() += 1;
    }
    assert!(of.values().all(|count| *count == FILES), "{of:?}");
    of.len()
}

/// Waits until the database server has ended what it did for the killed program.
fn is_gone(desk: &Desk) {
    if !desk.url.starts_with("sqlite://") {
        desk.tampers(include_str!("killed_uploads.sql"));
    }
}

/// Files beside the database and the key that nobody has made on purpose.
fn left_over(desk: &Desk, folder: &std::path::Path) -> Vec<String> {
    let beside = desk.url.strip_prefix("sqlite://").and_then(|path| std::path::Path::new(path).parent());
    let folders = beside.into_iter().chain([folder]);
    let entries = folders.flat_map(|folder| std::fs::read_dir(folder).expect("a folder").flatten());
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| !name.starts_with("zhunru.db") && name != "key" && name != "letters").collect()
}

async fn a_kill_leaves_no_file_alone_and_no_matter_without_its_files(desk: Desk) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("key"), "07".repeat(32)).expect("the key is written");
    gives_password(&desk, ("c1", SignInOutcome::PasswordSet), desk.now()).await;
    let mut cookies = None;
    let mut kept = 0;
    let mut answered = 0;
    for round in 0..ROUNDS {
        let (mut program, address) = serves(&desk, folder.path());
        let mut browser = Browser::at(address);
        match cookies.take() {
            None => assert_eq!(browser.signs_in("c1", PASSWORD).await.status, 303),
            Some(cookies) => browser.cookies = cookies,
        }
        browser.get("/complaints/new").await.is(200);
        cookies = Some(browser.cookies.clone());
        let body = body(&browser.form_token, &format!("第{round}次要求社区填报台账"));
        let mut stream = browser.sends_a_form("/complaints/new", body.len()).await;
        // The first half is cut off on its way, the second is killed ever later after all of it has left.
        let half = ROUNDS / 2;
        let (part, later) = match round < half {
            true => (body.len() * usize::try_from(round + 1).expect("small") / 9, 0),
            false => (body.len(), 10 << (round - half)),
        };
        stream.write_all(&body.as_bytes()[..part]).await.expect("it is sent");
        let mut answer = [0; 12];
        let patience = Duration::from_millis(later);
        let told = tokio::time::timeout(patience, stream.read_exact(&mut answer)).await;
        program.kill().expect("it is killed");
        program.wait().expect("it has ended");
        is_gone(&desk);
        let now = whole(&desk).await;
        assert!(now == kept || (now == kept + 1 && round >= half), "half of a form is nothing");
        if matches!(told, Ok(Ok(_))) {
            answered += 1;
            assert_eq!((&answer[..], now), (&b"HTTP/1.1 303"[..], kept + 1), "what was answered is kept");
        }
        kept = now;
    }
    let (mut program, address) = serves(&desk, folder.path());
    let mut browser = Browser::at(address);
    browser.cookies = cookies.expect("a session");
    browser.get("/complaints/new").await.is(200);
    let body = body(&browser.form_token, "无人打断");
    let mut stream = browser.sends_a_form("/complaints/new", body.len()).await;
    stream.write_all(body.as_bytes()).await.expect("it is sent");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    program.kill().expect("it is killed");
    program.wait().expect("it has ended");
    is_gone(&desk);
    assert_eq!(&answer, b"HTTP/1.1 303");
    assert_eq!(whole(&desk).await, kept + 1);
    assert!(answered <= kept, "nothing is told that is not kept");
    assert_eq!(left_over(&desk, folder.path()), Vec::<String>::new());
    what_is_lost_or_left_is_seen(&desk, folder.path()).await;
}

/// The controls: whatever the story looks for is found where it is.
async fn what_is_lost_or_left_is_seen(desk: &Desk, folder: &std::path::Path) {
    std::fs::write(folder.join("arriving"), "half").expect("it is written");
    assert_eq!(left_over(desk, folder).len(), 1, "the look at the folders can fail");
    let pieces = include_str!("lose_or_leave_a_piece.sql").lines();
    for tampering in
        [include_str!("lose_a_file.sql"), include_str!("leave_a_file.sql")].into_iter().chain(pieces)
    {
        let copy = desk.copied();
        copy.tampers(tampering);
        let checked: Checked = copy.engine_on_copy().await.doctor().await.expect("the doctor reads");
        assert!(!checked.breaches.is_empty(), "the check can fail: {tampering}");
    }
}

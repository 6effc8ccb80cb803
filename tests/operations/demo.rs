//! The demonstration as whoever tries the program meets it: it shows its pages until somebody ends it, wherever its words go;
//! one person of each role can sign in, and letters about what visitors do leave.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use workflow::actor::Role;
use workflow::language::Language;

use super::process::Home;
use crate::web::client::Browser;

/// `zhunru demo` at the end of its story; killed if the test breaks off.
struct Demo {
    child: Child,
    address: String,
    password: String,
    /// The role's line of the table, by the last word the address.
    people: Vec<(String, String)>,
    /// Held open, as a pipe that is closed would end the program.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Demo {
    fn shows(home: &Home) -> Demo {
        let mut command = home.command(&["--lang", "en", "demo", "--data", "city"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut said = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let (mut address, mut password, mut people) = (String::new(), String::new(), Vec::new());
        for line in said.by_ref().map(|line| line.expect("text")) {
            if let Some((_, found)) = line.split_once("pages on http://") {
                found.clone_into(&mut address);
            } else if line.starts_with("password (") {
                password = last(&line);
            } else if !address.is_empty() && line.contains('@') {
                people.push((line.clone(), last(&line)));
            } else if line == "Ctrl-C ends" {
                break;
            }
        }
        Demo { child, address, password, people, _said: said }
    }

    /// The address of whoever plays a role.
    fn player(&self, role: Role) -> &str {
        let name = format!("{} ", role.name(Language::English));
        let found = self.people.iter().find(|(line, _)| line.trim_start().starts_with(&name));
        &found.unwrap_or_else(|| panic!("nobody is {role}: {:?}", self.people)).1
    }

    async fn signed_in(&self, role: Role) -> Browser {
        let mut browser = Browser::at(self.address.parse().expect("an address"));
        let fields = [("email", self.player(role)), ("password", self.password.as_str())];
        let answer = browser.post("/sign-in", &fields).await;
        assert_eq!((answer.status, answer.to()), (303, "/"), "{role}: {}", answer.body);
        browser.get("/").await.is(200);
        browser
    }

    /// Ctrl-C.
    fn ends(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill runs").success());
        waits("it does not end", || self.child.try_wait().expect("it is ours").is_some());
        assert!(self.child.wait().expect("it has ended").success());
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn last(line: &str) -> String {
    line.split_whitespace().last().unwrap_or_default().to_owned()
}

fn waits(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_mins(2), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The letters to an address.
fn letters_to(folder: &Path, address: &str) -> BTreeSet<String> {
    let files = std::fs::read_dir(folder).expect("the folder of letters");
    let paths = files.map(|file| file.expect("a file").path());
    let text = |path: &Path| String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned();
    let meant = paths.filter(|path| text(path).contains(&format!("<{address}>")));
    meant.map(|path| path.display().to_string()).collect()
}

#[tokio::test]
async fn it_shows_its_pages_until_it_is_ended() {
    let home = Home::empty();
    let demo = Demo::shows(&home);
    for role in Role::ALL.iter().filter(|role| **role != Role::System) {
        demo.signed_in(*role).await;
    }
    let mut reviewer = demo.signed_in(Role::Reviewer).await;
    let at_once = [("language", "en"), ("letters", "at_once"), ("quiet", "off")];
    reviewer.post("/account/letters", &at_once).await.is(303);
    let (folder, address) = (home.path().join("city/letters"), demo.player(Role::Reviewer));
    let before = letters_to(&folder, address);
    let body = json!({ "department": "420202-D14", "what": "要求每日上报台账", "since": "2026-09-01" });
    let mut committee = demo.signed_in(Role::Committee).await;
    committee.json(("POST", "/api/v1/complaints"), &[], &body).await.is(201);
    waits("no letter leaves", || letters_to(&folder, address).len() > before.len());
    demo.ends();
}

//! What is done behind the program's back: changes by the database's own client, and copies to be tampered with.

use std::collections::BTreeSet;
use std::process::Command as Process;
use std::sync::atomic::Ordering;

use chrono::NaiveDate;
use engine::{Engine, EngineError, Post};
use notifier::Transport;
use store::{AuditKey, Guard, Store};

use super::{DATABASES, Desk, open, open_store};

impl Desk {
    /// Changes the database behind the program's back, by the database's own client.
    pub(crate) fn tampers(&self, sql: &str) {
        match self.url.strip_prefix("sqlite://") {
            None => psql(&self.url, sql),
            Some(path) => sqlite3(path, sql),
        }
    }

    /// A node whose store lacks some of its guards.
    pub(crate) async fn node_without(&self, guards: &'static [Guard]) -> Engine {
        let store = Store::open(&self.url, AuditKey::new([7; 32])).await.expect("the store opens");
        let content = (Transport::memory(), rules::default_files());
        open_store(store.without(guards), self.today, content).await
    }

    /// A node that was given another key.
    pub(crate) async fn node_with_key(&self, key: [u8; 32]) -> Engine {
        let store = Store::open(&self.url, AuditKey::new(key)).await.expect("the store opens");
        open_store(store, self.today, (Transport::memory(), rules::default_files())).await
    }

    /// Copies the only request so many times behind the program's back, each with an empty history.
    pub(crate) fn multiplies(&self, copies: usize) {
        let (random, text) = match self.url.starts_with("sqlite://") {
            true => ("randomblob(16)", "hex(id)"),
            false => ("gen_random_uuid()", "id::text"),
        };
        let sql = include_str!("../traps/thousand.sql").replace("RANDOM", random).replace("TEXT", text);
        self.tampers(&sql.replace("COPIES", &copies.to_string()));
    }

    /// Opens the program on a file that may be damaged.
    pub(crate) async fn tries_to_open(&self, url: &str) -> Result<Engine, EngineError> {
        let store = Store::open(url, AuditKey::new([7; 32])).await?;
        let (sender, host) = ("准入办公室 <zhunru@example.org>".into(), "zhunru.example.org".into());
        let caller = super::caller();
        let post = Post { sender, host, transport: Transport::memory(), caller };
        Engine::open(store, rules::default_files(), post, self.now()).await
    }

    /// All that is kept but sessions, which note when they were last seen: the lines of the database's own client.
    pub(crate) fn kept(&self) -> BTreeSet<String> {
        let dump = match self.url.strip_prefix("sqlite://") {
            None => Process::new("pg_dump").args(["--data-only", "--inserts", &self.url]).output(),
            Some(path) => Process::new("sqlite3").args(["-cmd", ".timeout 5000", path, ".dump"]).output(),
        };
        let dump = dump.expect("the database's own client is installed");
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        // Newer clients of PostgreSQL put a word of chance around each dump.
        let is_chance = |line: &str| line.starts_with("\\restrict ") || line.starts_with("\\unrestrict ");
        let of_session = |line: &str| matches!(line.split(' ').nth(2), Some("sessions" | "public.sessions"));
        let text = String::from_utf8_lossy(&dump.stdout).into_owned();
        let lines = text.lines().filter(|line| !is_chance(line) && !of_session(line));
        lines.map(str::to_owned).collect()
    }

    /// A copy of the database under another name, to be tampered with.
    pub(crate) fn copied(&self) -> Copied {
        let (server, name) = self.url.rsplit_once('/').expect("a database of a server");
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        if let Some(path) = self.url.strip_prefix("sqlite://") {
            let copy = format!("{path}.{number}");
            sqlite3(path, &format!("VACUUM INTO '{copy}'"));
            return Copied { url: format!("sqlite://{copy}"), today: self.today };
        }
        let copy = format!("copy_{}_{number}", std::process::id());
        let server_wide = format!("{server}/postgres");
        let create = format!("CREATE DATABASE {copy} TEMPLATE {name}");
        // A pool may come back between the two.
        let is_copied = (0..10).any(|_| {
            psql(&server_wide, &cut_off(name));
            psql_does(&server_wide, &create)
        });
        assert!(is_copied, "{create}");
        Copied { url: format!("{server}/{copy}"), today: self.today }
    }
}

/// A copied database.
pub(crate) struct Copied {
    pub(crate) url: String,
    today: NaiveDate,
}

impl Copied {
    /// The file of a copy on SQLite.
    pub(crate) fn path(&self) -> &str {
        self.url.strip_prefix("sqlite://").expect("a file")
    }

    pub(crate) fn tampers(&self, sql: &str) {
        match self.url.strip_prefix("sqlite://") {
            None => psql(&self.url, sql),
            Some(path) => sqlite3(path, sql),
        }
    }

    pub(crate) async fn engine_on_copy(&self) -> Engine {
        open(&self.url, self.today, Transport::memory()).await
    }
}

/// A database can be copied only while nobody is connected; the pool comes back by itself.
fn cut_off(name: &str) -> String {
    include_str!("../stories/cut_off.sql").trim().replace("NAME", name)
}

pub(super) fn psql(url: &str, sql: &str) {
    assert!(psql_does(url, sql), "{sql}");
}

fn psql_does(url: &str, sql: &str) -> bool {
    let done = Process::new("psql").args([url, "-qAtc", sql]).stdout(std::process::Stdio::null()).status();
    done.expect("psql is installed").success()
}

fn sqlite3(path: &str, sql: &str) {
    let done = Process::new("sqlite3").args(["-cmd", ".timeout 5000", path, sql]).status();
    assert!(done.expect("sqlite3 is installed").success(), "{sql}");
}

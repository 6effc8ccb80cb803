//! A real process with a database of its own in a folder that goes with the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::command_line::zhunru;

/// A folder with a migrated database.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

/// `zhunru serve` that is running; killed if the test breaks off.
pub(crate) struct Served {
    child: Child,
    pub(crate) address: String,
    stderr: Option<ChildStderr>,
}

impl Home {
    /// A folder without a database.
    pub(crate) fn empty() -> Home {
        Home { folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn migrated() -> Home {
        let home = Home::empty();
        let done = home.command(&["migrate"]).output().expect("it runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        home
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A command in the folder, with no setting of the machine.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = zhunru();
        command.current_dir(self.path()).args(arguments);
        for (name, _) in
            std::env::vars().filter(|(name, _)| name.starts_with("ZHUNRU_") || name.starts_with("OTEL_"))
        {
            command.env_remove(name);
        }
        command
    }

    /// Starts serving on a free port and waits until it says where.
    pub(crate) fn serves(&self, arguments: &[&str]) -> Served {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0", "--lang", "en"]);
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let stderr = child.stderr.take();
        let Some((_, address)) = line.trim().rsplit_once("http://") else {
            let mut said = String::new();
            stderr.expect("a pipe").read_to_string(&mut said).expect("text");
            panic!("`{line}` names no address: {said}");
        };
        Served { address: address.to_owned(), child, stderr }
    }
}

impl Served {
    pub(crate) fn connects(&self) -> std::io::Result<TcpStream> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_mins(2)))?;
        Ok(stream)
    }

    /// A page and its whole answer.
    pub(crate) fn get(&self, path: &str, headers: &str) -> String {
        let start = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        self.sends(&format!("{start}{headers}\r\n"))
    }

    /// A whole request and its whole answer.
    pub(crate) fn sends(&self, request: &str) -> String {
        let mut stream = self.connects().expect("it listens");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Asks the process to end, as systemd would.
    pub(crate) fn is_asked_to_end(&self) {
        let pid = self.child.id().to_string();
        let done = Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        assert!(done.success());
    }

    /// Waits for the end; gives the status and what was logged.
    pub(crate) fn ends(mut self) -> (ExitStatus, String) {
        let since = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it is ours") {
                break status;
            }
            assert!(since.elapsed() < Duration::from_mins(3), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut logged = String::new();
        self.stderr.take().expect("a pipe").read_to_string(&mut logged).expect("text");
        (status, logged)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

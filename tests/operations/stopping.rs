//! SIGTERM: what is being answered is answered to its end, nothing new is taken, and the database is closed.

use std::io::{Read, Write};
use std::time::Duration;

use super::process::{Home, Served};

/// How often is looked for what comes soon, at most two minutes in all.
const TURNS: usize = 2_400;
const TURN: Duration = Duration::from_millis(50);

/// A sign-in whose form is still on its way when the process is asked to end; gives the beginning of the answer.
fn slow_answer(served: &Served) -> String {
    let mut stream = served.connects().expect("it listens");
    let form = "email=nobody%40example.org&password=wrong";
    let (first, last) = form.split_at(10);
    let head = format!(
        "POST /sign-in HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {1}\r\n\r\n{first}",
        served.address,
        form.len()
    );
    stream.write_all(head.as_bytes()).expect("sent");
    is_being_answered(served);
    served.is_asked_to_end();
    refuses_soon(served);
    // Cut off, it cannot be sent any more.
    let _ = stream.write_all(last.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

/// Waits until the server has read the head of the slow request: it counts that one and the one which asks.
fn is_being_answered(served: &Served) {
    for _ in 0..TURNS {
        if served.get("/metrics", "").contains("zhunru_http_requests_in_flight 2") {
            return;
        }
        std::thread::sleep(TURN);
    }
    panic!("nothing is being answered");
}

fn refuses_soon(served: &Served) {
    for _ in 0..TURNS {
        if served.connects().is_err() {
            return;
        }
        std::thread::sleep(TURN);
    }
    panic!("it still takes connections");
}

#[test]
fn a_slow_request_is_answered_to_its_end() {
    let home = Home::migrated();
    let served = home.serves(&[]);
    let answer = slow_answer(&served);
    assert!(answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 200"), "`{answer}`");
    let (status, logged) = served.ends();
    assert_eq!(status.code(), Some(0));
    assert!(!logged.contains("cut off"), "{logged}");
    assert!(!home.path().join("zhunru.db-wal").exists(), "the database was closed");
}

/// The control: without any grace the same request is cut off, and the log says so.
#[test]
fn without_grace_it_is_cut_off() {
    let home = Home::migrated();
    let served = home.serves(&["--grace-seconds", "0"]);
    let answer = slow_answer(&served);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 5"), "`{answer}`");
    let (status, logged) = served.ends();
    assert_eq!(status.code(), Some(0));
    assert!(logged.contains("cut off"), "{logged}");
}

/// The jobs as a process, and what it tells systemd.
#[cfg(target_os = "linux")]
struct Jobs {
    child: std::process::Child,
    socket: std::os::unix::net::UnixDatagram,
}

#[cfg(target_os = "linux")]
impl Jobs {
    fn begin(home: &Home) -> Jobs {
        let path = home.path().join("notify");
        let socket = std::os::unix::net::UnixDatagram::bind(&path).expect("a socket");
        socket.set_read_timeout(Some(Duration::from_mins(2))).expect("a time limit");
        let child = home.command(&["jobs", "run"]).env("NOTIFY_SOCKET", &path).spawn().expect("it starts");
        Jobs { child, socket }
    }

    fn said(&self) -> String {
        let mut bytes = [0; 64];
        let length = self.socket.recv(&mut bytes).unwrap_or_default();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    }

    fn are_asked_to_end(&self) {
        let pid = self.child.id().to_string();
        let done = std::process::Command::new("kill").args(["-TERM", &pid]).status().expect("it runs");
        assert!(done.success());
    }
}

/// systemd is told when the jobs run, and when they go; until somebody asks they do not end.
#[cfg(target_os = "linux")]
#[test]
fn jobs_tell_systemd_and_end_when_they_are_asked_to() {
    let home = Home::migrated();
    let mut jobs = Jobs::begin(&home);
    assert_eq!(jobs.said(), "READY=1");
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(jobs.child.try_wait().expect("it is ours"), None, "they run until somebody asks");
    jobs.are_asked_to_end();
    assert_eq!(jobs.said(), "STOPPING=1");
    assert_eq!(jobs.child.wait().expect("they end").code(), Some(0));
}

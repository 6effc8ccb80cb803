//! SIGTERM: what is being answered is answered to its end, nothing new is taken, and the database is closed.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use super::process::{Home, Served};

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
    std::thread::sleep(Duration::from_millis(300));
    served.is_asked_to_end();
    refuses_soon(served);
    // Cut off, it cannot be sent any more.
    let _ = stream.write_all(last.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

fn refuses_soon(served: &Served) {
    let since = Instant::now();
    while served.connects().is_ok() {
        assert!(since.elapsed() < Duration::from_secs(20), "it still takes connections");
        std::thread::sleep(Duration::from_millis(20));
    }
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

#[test]
fn jobs_end_when_they_are_asked_to() {
    let home = Home::migrated();
    let mut child = home.command(&["jobs", "run"]).spawn().expect("it starts");
    let ends_early = |child: &mut std::process::Child, tries: u32| {
        (0..tries).find_map(|_| {
            std::thread::sleep(Duration::from_millis(100));
            child.try_wait().expect("it is ours")
        })
    };
    assert_eq!(ends_early(&mut child, 10), None, "it runs until somebody asks");
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().expect("it runs").success());
    let ended = ends_early(&mut child, 300);
    if ended.is_none() {
        child.kill().expect("ours");
    }
    assert_eq!(ended.and_then(|status| status.code()), Some(0));
}

/// systemd is told when the pages are there, and when they go.
#[cfg(target_os = "linux")]
#[test]
fn systemd_is_told() {
    let home = Home::migrated();
    let path = home.path().join("notify");
    let socket = std::os::unix::net::UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
    let mut command = home.command(&["jobs", "run"]);
    let mut child = command.env("NOTIFY_SOCKET", &path).spawn().expect("it starts");
    let said = || {
        let mut bytes = [0; 64];
        let length = socket.recv(&mut bytes).unwrap_or_default();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    };
    assert_eq!(said(), "READY=1");
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().expect("it runs").success());
    assert_eq!(said(), "STOPPING=1");
    assert!(child.wait().expect("it ends").success());
}

//! Traces of a real process at a collector: a page, an action, its transaction and its letter; nothing of people; and a
//! collector that is down or silent holds nobody up.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::process::{Home, Served};
use crate::desk::duty;

/// A collector that is running.
struct Collector {
    child: Child,
    url: String,
    file: PathBuf,
}

impl Collector {
    fn begins(home: &Home) -> Collector {
        let file = home.path().join("spans.json");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/operations/collector.py");
        let mut command = Command::new("python3");
        let mut child =
            command.arg(script).arg(&file).stdout(Stdio::piped()).spawn().expect("python3 is here");
        let mut port = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut port).expect("a port");
        Collector { child, url: format!("http://127.0.0.1:{}", port.trim()), file }
    }

    fn spans(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        // A line that is still being written is not there yet.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const ORGANISATIONS: &str = "code,parent,kind,name,name_en,body,hosts_office\n\
    420200,,city,市,City,,false\n420202,420200,district,区,District,,false\n\
    OFFICE,420202,office,办公室,Office,,false\nHEALTH,420202,department,区金丝雀局,Canary,state_organ,false\n\
    420202001001,420202,community,沿湖路社区,Yanhu,,false\n";
const WHO: &str = "canary@example.org";

/// A district with a department whose person gets letters at any time; gives a token.
fn with_person(home: &Home) -> String {
    std::fs::write(home.path().join("organisations.csv"), ORGANISATIONS).expect("written");
    let run = |arguments: &[&str]| {
        let done = home.command(arguments).output().expect("it runs");
        assert!(done.status.success(), "{arguments:?} {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).into_owned()
    };
    run(&["import", "organisations", "organisations.csv"]);
    // Whenever the story is told.
    let sizes = (2026..2040).map(|year| format!("420202001001,{year},2500,8000,10\n"));
    let sizes = format!("code,year,households,residents,workers\n{}", sizes.collect::<String>());
    std::fs::write(home.path().join("communities.csv"), sizes).expect("written");
    run(&["import", "communities", "communities.csv"]);
    run(&["user", "add", WHO, "金丝雀", "--organisation", "HEALTH", "--role", "submitter"]);
    let office = "review@example.org";
    run(&["user", "add", office, "张审", "--organisation", "OFFICE", "--role", "reviewer"]);
    for who in [WHO, office] {
        run(&["user", "prefer", who, "--letters", "at-once", "--quiet", "off"]);
    }
    let said = run(&["--json", "user", "token", "make", WHO, "traces", "--days", "9", "--reach", "write"]);
    let said: Value = serde_json::from_str(&said).expect("JSON");
    said["token"].as_str().expect("a token").to_owned()
}

fn posts(served: &Served, path: &str, (headers, body): (&str, &Value)) -> Value {
    let body = body.to_string();
    let all =
        format!("{headers}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let start = format!("POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", served.address);
    let answer = served.sends(&format!("{start}{all}"));
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

/// Drafts and submits a request of the person.
fn files(served: &Served, token: &str, headers: &str) {
    let bearer = format!("Authorization: Bearer {token}\r\n{headers}");
    let mut application = duty();
    application["title"] = json!("金丝雀canary");
    let filing = json!({ "application": application, "communities": ["420202001001"] });
    let draft = posts(served, "/api/v1/requests", (&bearer, &filing));
    let id = draft["id"].as_str().unwrap_or_else(|| panic!("{draft}")).to_owned();
    let seen = format!("{bearer}If-Match: \"{}\"\r\n", draft["version"]);
    let path = format!("/api/v1/requests/{id}/actions");
    let done = posts(served, &path, (&seen, &json!({ "action": "submit" })));
    assert!(done["number"].is_string(), "{done}");
}

fn waits(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[test]
fn a_page_an_action_and_a_letter_are_traced() {
    let home = Home::migrated();
    let token = with_person(&home);
    let collector = Collector::begins(&home);
    let secret = "authorization=Bearer opensesame";
    let arguments = ["--otlp-endpoint", &collector.url, "--otlp-headers", secret, "--service-name", "story"];
    let more = ["--trusted-proxies", "127.0.0.1", "--log", "info", "--log-format", "json"];
    let served = home.serves(&[arguments.as_slice(), &more].concat());
    served.get("/disclosure?q=canary", "");
    files(&served, &token, &format!("traceparent: {PARENT}\r\n"));
    waits("a letter is traced", || collector.spans().iter().any(|span| span["name"] == "letter"));
    served.is_asked_to_end();
    let (status, logged) = served.ends();
    assert!(status.success(), "{logged}");
    let spans = collector.spans();
    let named = |name: &str| -> Vec<&Value> { spans.iter().filter(|span| span["name"] == name).collect() };
    let page = named("GET /disclosure")[0];
    assert_eq!((&page["kind"], &page["parent"], &page["service"]), (&json!(2), &json!(""), &json!("story")));
    assert_eq!(page["authorization"], "Bearer opensesame");
    assert_eq!(page["attributes"]["http.route"], "/disclosure");
    assert_eq!(page["attributes"]["http.response.status_code"], 200);
    let call = named("POST /api/v1/requests/{id}/actions")[0];
    assert_eq!((call["trace"].as_str(), call["parent"].as_str()), (PARENT.get(3..35), PARENT.get(36..52)));
    let act = named("act")[0];
    assert_eq!((&act["trace"], &act["parent"]), (&call["trace"], &call["id"]));
    assert_eq!(
        (&act["attributes"]["action"], &act["attributes"]["result"]),
        (&json!("submit"), &json!("done"))
    );
    let written = named("transaction").into_iter().find(|span| span["parent"] == act["id"]);
    let written = &written.expect("its transaction")["attributes"];
    assert_eq!(written["outcome"], "committed");
    assert!(written["code.file.path"].as_str().is_some_and(|path| path.ends_with("act.rs")), "{written}");
    let letter = named("letter")[0];
    assert_eq!((&letter["attributes"]["letter.outcome"], &letter["kind"]), (&json!("sent"), &json!(3)));
    assert!(named("deliver").iter().any(|job| job["trace"] == letter["trace"]), "{letter}");
    let line = |route: &str| {
        let lines = logged.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.into_iter().find(|line| line["route"] == route).unwrap_or_else(|| panic!("{route}: {logged}"))
    };
    assert_eq!(line("/disclosure")["span"]["trace_id"], page["trace"]);
    assert_eq!(line("/disclosure")["span"]["request_id"], page["attributes"]["request_id"]);
    let all: String = spans.iter().map(Value::to_string).collect();
    for hidden in ["canary", "金丝雀", "example.org", token.as_str()] {
        assert!(!all.contains(hidden) && !logged.contains(hidden), "{hidden}: {all}");
    }
    assert!(!logged.contains("opensesame"), "{logged}");
}

/// Spans that were dropped, as the figures tell it.
fn dropped(served: &Served) -> u64 {
    let figures = served.get("/metrics", "");
    let line =
        figures.lines().find_map(|line| line.strip_prefix("zhunru_trace_spans_total{outcome=\"dropped\"} "));
    line.unwrap_or_else(|| panic!("{figures}")).parse().expect("a number")
}

/// Many calls over one connection, each of which is answered.
fn are_answered(served: &Served, count: usize) {
    let mut stream = served.connects().expect("it listens");
    let mut writing = stream.try_clone().expect("a second handle");
    let call = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", served.address);
    let sending = std::thread::spawn(move || writing.write_all(call.repeat(count).as_bytes()));
    let (mut text, mut some) = (Vec::new(), vec![0; 65536]);
    let answers = |text: &[u8]| text.windows(12).filter(|word| *word == b"HTTP/1.1 200").count();
    let mut seen = 0;
    while seen < count {
        let read = stream.read(&mut some).expect("answers");
        assert!(read > 0, "{seen} answers");
        text.extend_from_slice(&some[..read]);
        seen += answers(&text);
        // What may be the beginning of the next one stays.
        let rest = text.len().saturating_sub(11);
        text.drain(..rest);
    }
    sending.join().expect("no panic").expect("it is sent");
}

#[test]
fn a_collector_that_is_down_holds_nobody_up_and_is_counted() {
    let home = Home::migrated();
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let served = home.serves(&["--otlp-endpoint", &format!("http://{closed}"), "--log", "info"]);
    let answer = served.get("/healthz", &format!("traceparent: {PARENT}\r\n"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    waits("what the collector does not take is counted", || dropped(&served) > 0);
    served.is_asked_to_end();
    let (status, logged) = served.ends();
    assert!(status.success() && logged.contains("the collector does not take traces"), "{logged}");
    assert!(logged.contains("trace_id"), "{logged}");
    assert!(!logged.contains(&PARENT[3..35]), "nobody is trusted to begin traces: {logged}");
}

#[test]
fn a_collector_that_is_silent_holds_nobody_up_and_the_queue_has_an_end() {
    let home = Home::migrated();
    let plain = home.serves(&[]);
    assert!(!plain.get("/metrics", "").contains("zhunru_trace_spans"), "nothing is traced");
    drop(plain);
    // It takes connections and never says anything.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let served = home.serves(&["--otlp-endpoint", &url]);
    are_answered(&served, 3_000);
    assert!(dropped(&served) > 0, "there is room for 2,048");
    served.is_asked_to_end();
    let (status, logged) = served.ends();
    assert!(status.success(), "{logged}");
    assert!(logged.contains("did not take the last traces in time"), "{logged}");
}

#[test]
fn settings_of_traces_are_checked_and_their_headers_are_not_shown() {
    let home = Home::migrated();
    let headers = "authorization=Bearer https://opensesame";
    let said = |task: &str, url: &str| {
        let arguments = ["--lang", "en", "config", task, "--listen", "127.0.0.1:0", "--trace-share", "0.5"];
        let mut command = home.command(&arguments);
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", url).env("OTEL_EXPORTER_OTLP_HEADERS", headers);
        let done = command.output().expect("it runs");
        format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr))
    };
    let collector = Collector::begins(&home);
    let shown = said("show", &collector.url);
    assert!(shown.contains("OTEL_EXPORTER_OTLP_HEADERS") && shown.contains(&collector.url), "{shown}");
    assert!(said("check", &collector.url).contains("the collector takes traces"));
    let far = said("check", "http://10.0.0.1:4318");
    assert!(far.contains("plain http is for this machine only"), "{far}");
    for text in [shown, far] {
        assert!(!text.contains("opensesame"), "{text}");
    }
    let broken = home.command(&["serve", "--trace-share", "2"]).output().expect("it runs");
    assert!(!broken.status.success(), "a share is at most 1");
}

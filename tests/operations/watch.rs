//! The log of a real process: one line for each answer, in JSON where that is wanted, with the id that the answer bears,
//! and nothing of what people are called, wrote or looked for.

use serde_json::{Value, json};

use super::process::{Home, Served};

const CANARIES: [&str; 5] = ["canary", "金丝雀", "%E9%87%91", "opensesame", "203.0.113.77"];

const ORGANISATIONS: &str = "code,parent,kind,name,name_en,body,hosts_office\n\
    420200,,city,市,City,,false\n420202,420200,district,区,District,,false\n\
    HEALTH,420202,department,区金丝雀局,Canary bureau,state_organ,false\n";

/// The value of a header of an answer.
fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    answer
        .lines()
        .find_map(|line| line.split_once(": ").filter(|(known, _)| *known == name))
        .map(|(_, value)| value)
}

fn posts(served: &Served, path: &str, (headers, body): (&str, &str)) -> String {
    let all = format!("{headers}Content-Length: {}\r\n\r\n{body}", body.len());
    served.sends(&format!(
        "POST {path} HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nConnection: close\r\n{all}",
        served.address
    ))
}

/// A district with one person, whose token is given.
fn with_person(home: &Home) -> String {
    std::fs::write(home.path().join("organisations.csv"), ORGANISATIONS).expect("written");
    let run = |arguments: &[&str]| {
        let done = home.command(arguments).output().expect("it runs");
        assert!(done.status.success(), "{arguments:?} {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).into_owned()
    };
    run(&["import", "organisations", "organisations.csv"]);
    let who = "canary@example.org";
    run(&["user", "add", who, "金丝雀", "--organisation", "HEALTH", "--role", "submitter"]);
    run(&["user", "password", who]);
    let said =
        run(&["--json", "user", "token", "make", who, "opensesame", "--days", "9", "--reach", "write"]);
    let said: Value = serde_json::from_str(&said).expect("JSON");
    said["token"].as_str().expect("a token").to_owned()
}

#[test]
fn the_log_tells_of_answers_and_of_nobody() {
    let home = Home::migrated();
    let token = with_person(&home);
    let served = home.serves(&["--log", "info,web=debug,engine=debug,store=debug", "--log-format", "json"]);
    let plain = served.get("/disclosure?q=%E9%87%91%E4%B8%9D%E9%9B%80", "X-Request-Id: canary-id\r\n");
    let id = header(&plain, "x-request-id").expect("an id").to_owned();
    assert!(id.len() == 32 && !id.contains("canary"), "nobody is trusted to give ids");
    let missing =
        served.get("/canary/%E9%87%91?q=canary", "User-Agent: canary\r\nReferer: http://canary/\r\n");
    assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    posts(&served, "/sign-in", (form, "email=canary%40example.org&password=opensesame"));
    let bearer = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
    let draft = json!({ "application": { "title": "金丝雀canary" }, "communities": [] }).to_string();
    posts(&served, "/api/v1/requests", (&bearer, &draft));
    let problem = served.get("/api/v1/requests/canary", &bearer);
    let problem_id = header(&problem, "x-request-id").expect("an id").to_owned();
    assert!(problem.contains(&format!("\"request_id\":\"{problem_id}\"")), "{problem}");
    served.get("/api/v1/search?q=canary", &format!("{bearer}X-Forwarded-For: 203.0.113.77\r\n"));
    served.is_asked_to_end();
    let (_, logged) = served.ends();
    for hidden in CANARIES.iter().copied().chain([token.as_str(), "127.0.0.1:"]) {
        assert!(!logged.contains(hidden), "{hidden}: {logged}");
    }
    let lines: Vec<Value> = logged
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let answered: Vec<&Value> = lines.iter().filter(|line| line["message"] == "answered").collect();
    assert_eq!(answered.len(), 6, "{logged}");
    let first = answered.iter().find(|line| line["span"]["request_id"] == id.as_str()).expect("its line");
    assert_eq!(
        (&first["route"], &first["status"], &first["method"]),
        (&json!("/disclosure"), &json!(200), &json!("GET"))
    );
    assert!(first["milliseconds"].is_u64());
    assert!(answered.iter().any(|line| line["route"] == "none" && line["status"] == 404));
    assert!(answered.iter().any(|line| line["route"] == "/api/v1/requests/{id}"), "{logged}");
}

#[test]
fn figures_are_for_this_machine_or_for_the_token() {
    let home = Home::migrated();
    let served = home.serves(&["--metrics-token", "opensesame"]);
    assert!(served.get("/metrics", "").starts_with("HTTP/1.1 200"));
    let proxied = |token: &str| {
        served.get("/metrics", &format!("X-Forwarded-For: 203.0.113.7\r\nAuthorization: Bearer {token}\r\n"))
    };
    assert!(proxied("wrong").starts_with("HTTP/1.1 403"));
    let read = proxied("opensesame");
    assert!(read.starts_with("HTTP/1.1 200") && read.contains("zhunru_build_info{version="), "{read}");
    let ready = served.get("/readyz", "");
    assert!(ready.ends_with("{\"causes\":[],\"status\":\"ready\"}"), "{ready}");
}

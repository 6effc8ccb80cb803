//! The reference that people read at `/api`: the operations by groups, each with who may call it, what it takes and answers,
//! and a call to try. It is made from the operations, as the description is.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde_json::Value;
use workflow::language::Language;

use super::chinese::chinese;
use super::openapi;
use super::operation::{Group, Operation};
use super::sample::{notation, sample};
use crate::access::{Admits, Row};
use crate::pages::frame::Frame;
use crate::reply::page;
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "api.html")]
struct ReferencePage {
    frame: Frame,
    groups: Vec<Part>,
    /// How many operations there are.
    count: usize,
}

struct Part {
    id: String,
    name: &'static str,
    entries: Vec<Entry>,
}

/// One operation in words.
struct Entry {
    id: &'static str,
    method: String,
    path: &'static str,
    said: &'static str,
    who: String,
    parameters: Vec<Asked>,
    body: Option<String>,
    status: u16,
    answer: String,
    refusals: Vec<u16>,
    call: String,
}

struct Asked {
    name: String,
    place: String,
    shape: String,
    is_needed: bool,
}

pub(crate) async fn show(State(server): State<Server>, visitor: Visitor) -> Response {
    let tongue = visitor.tongue;
    let operations = super::operations();
    let origin = &server.settings.origin;
    let groups = Group::ALL.iter().map(|group| {
        let own = operations.iter().filter(|operation| operation.group == *group);
        let (zh, en) = group.name();
        Part {
            id: en.to_ascii_lowercase().replace(' ', "-"),
            name: tongue.say(zh, en),
            entries: own.map(|operation| Entry::of(operation, origin, tongue)).collect(),
        }
    });
    page(&ReferencePage {
        frame: Frame::public(&visitor, "/api"),
        groups: groups.filter(|part| !part.entries.is_empty()).collect(),
        count: operations.len(),
    })
}

impl Entry {
    fn of(operation: &Operation, origin: &str, tongue: Tongue) -> Entry {
        let said = match tongue.0 {
            Language::Chinese => chinese(operation.id).unwrap_or(operation.summary),
            Language::English => operation.summary,
        };
        let row = &operation.route.row;
        Entry {
            id: operation.id,
            method: row.method.to_string(),
            path: row.path,
            said,
            who: who(row, tongue),
            parameters: openapi::parameters(operation).iter().map(Asked::of).collect(),
            body: operation.body.map(|body| notation(&body())),
            status: operation.status,
            answer: notation(&(operation.answer)()),
            refusals: openapi::refusals(operation).into_iter().map(|(status, _)| status).collect(),
            call: call(operation, origin),
        }
    }
}

impl Asked {
    fn of(parameter: &Value) -> Asked {
        let word = |key: &str| parameter[key].as_str().unwrap_or_default().to_owned();
        Asked {
            name: word("name"),
            place: word("in"),
            shape: notation(&parameter["schema"]),
            is_needed: parameter["required"] == true,
        }
    }
}

fn who(row: &Row, tongue: Tongue) -> String {
    let who = admitted(row.admits, tongue);
    match row.in_person {
        true => {
            format!("{who} {}", tongue.say("（须本人登录，令牌不可）", "(in person: a session, no token)"))
        }
        false => who,
    }
}

fn admitted(admits: Admits, tongue: Tongue) -> String {
    match admits {
        Admits::Anyone => tongue.say("任何人", "everybody").to_owned(),
        Admits::Beginning | Admits::SignedIn => tongue.say("已登录者", "whoever is signed in").to_owned(),
        Admits::Roles(roles) => {
            let names: Vec<&str> = roles.iter().map(|role| role.name(tongue.0)).collect();
            names.join(tongue.say("、", ", "))
        }
    }
}

/// The call as a shell takes it.
fn call(operation: &Operation, origin: &str) -> String {
    let row = &operation.route.row;
    let mut lines = vec!["curl".to_owned()];
    if row.method != axum::http::Method::GET && operation.body.is_none() {
        lines.push(format!("-X {}", row.method));
    } else if row.method == axum::http::Method::PUT {
        lines.push("-X PUT".to_owned());
    }
    if row.in_person {
        lines.push("-H \"Cookie: __Host-zhunru=$SESSION\"".to_owned());
        lines.push("-H \"X-Form-Token: $FORM_TOKEN\"".to_owned());
        lines.push(format!("-H 'Origin: {origin}'"));
    } else if row.admits != Admits::Anyone {
        lines.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    }
    if operation.is_versioned {
        lines.push("-H 'If-Match: \"3\"'".to_owned());
    }
    if operation.is_repeatable {
        lines.push("-H 'Idempotency-Key: 5f0c'".to_owned());
    }
    if let Some(body) = operation.body {
        let example = operation.example.map_or_else(|| sample(&body()), |example| example());
        lines.push(format!("--json '{example}'"));
    }
    let filled: Vec<String> = row.path.split('/').map(filled).collect();
    lines.push(format!("'{origin}{}'", filled.join("/")));
    lines.join(" \\\n  ")
}

/// A part of the path with an example in the place of its name.
fn filled(part: &str) -> String {
    let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
        return part.to_owned();
    };
    let example = match name {
        "year" => "2026",
        "quarter" => "2026Q3",
        "code" | "community" => "420202001001",
        "holder" => "HEALTH",
        "job" => "sweep",
        "kind" => "calendar",
        "name" => "a.png",
        _ => "0198f2c0-0000-7000-8000-000000000000",
    };
    example.to_owned()
}

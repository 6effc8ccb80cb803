//! Calls of the writing operations that are well formed: each way of each body, about what was planted, with the version that
//! stands. Who makes them, and what is to come of it, is for the stories to say.

use serde_json::{Value, json};

use super::planted::Planted;
use super::visits::filled;
use crate::desk::purchase;
use crate::web::bodies::{bodies, is_free, shape};
use crate::web::client::{Browser, Reply, Site};

/// One call.
pub(super) struct Attempt {
    /// Method and pattern.
    pub(super) what: String,
    pub(super) method: String,
    pub(super) address: String,
    pub(super) body: Option<Value>,
    /// Which of the requests it is about.
    pub(super) request: Option<usize>,
    pub(super) is_versioned: bool,
    seen: Option<String>,
}

impl Attempt {
    /// Takes the version that stands, as somebody sees it who is concerned.
    pub(super) async fn sees(&mut self, witnesses: &mut [Browser]) {
        let mut parts = self.address.split('/').collect::<Vec<_>>();
        // What is acted on stands one step above its actions.
        for _ in 0..2 {
            for witness in &mut *witnesses {
                let reply = witness.get(&parts.join("/")).await;
                if let (200, Some(tag)) = (reply.status, reply.header("etag")) {
                    self.seen = Some(tag.to_owned());
                    return;
                }
            }
            parts.pop();
        }
        panic!("nobody sees the version of {}", self.address);
    }

    pub(super) async fn made(&self, browser: &mut Browser) -> Reply {
        let seen = self.seen.as_deref().map(|tag| ("If-Match", tag));
        let headers: Vec<_> = seen.into_iter().collect();
        match &self.body {
            Some(body) => browser.json((&self.method, &self.address), &headers, body).await,
            None if self.method == "POST" => browser.calls(&self.address, &headers).await,
            None => browser.json((&self.method, &self.address), &headers, &json!({})).await,
        }
    }
}

/// What the calls are made from.
pub(super) struct Source<'a> {
    pub(super) planted: &'a Planted,
    pub(super) description: Value,
    /// What people write where they like.
    pub(super) text: &'a str,
    posting: String,
    community: String,
}

impl<'a> Source<'a> {
    pub(super) async fn of((site, planted): (&Site, &'a Planted), text: &'a str) -> Source<'a> {
        let description = site.browser().get("/api/openapi.json").await.value();
        let mut money = site.signed_in("money").await;
        let booked = money.get("/api/v1/ledger/HEALTH").await.is(200).value();
        let posting = booked["items"][0]["posting"].as_str().expect("a posting").to_owned();
        Source { planted, description, text, posting, community: site.desk.community(1).to_string() }
    }

    /// The bodies of an operation, if it takes any.
    pub(super) fn bodies(&self, operation: (&str, &str), at: usize) -> Option<Vec<Value>> {
        let shape = shape(&self.description, operation)?;
        // Many commands at once have one shape each, too.
        let shape = if operation.1 == "/api/v1/bulk" { &shape["items"] } else { shape };
        Some(bodies(shape, &|key, of| self.named(key, of, at)))
    }

    fn named(&self, key: &str, shape: &Value, at: usize) -> Option<Value> {
        let request = &self.planted.requests[at % self.planted.requests.len()];
        Some(match key {
            "" if is_free(shape) => json!(self.text),
            "request" | "named" => json!(request),
            "community" if shape["format"] == "uuid" => json!(self.community),
            "from" if shape["format"] == "date" => return None,
            "community" | "code" | "from" => json!(self.planted.code),
            "into" => json!("420202001002"),
            "communities" => json!([self.planted.code]),
            "application" => self.application(),
            "department" | "organisation" => json!("HEALTH"),
            "fund" => json!("GREEN"),
            "of" => json!(self.posting),
            "principal" => json!("c1@example.org"),
            "deputy" => json!("kanari@example.org"),
            "role" => json!("committee"),
            "email" => json!("new@example.org"),
            "year" | "budget_year" | "first_year" | "last_year" => json!(2026),
            "marks" => json!({ "funds_on_time": 4, "clear_task": 4, "support": 4, "burden": 4 }),
            "seen" => Value::Null,
            "without" => json!([]),
            "invited" => json!(["HEALTH"]),
            "since" => json!("2026-06-01"),
            "files" => json!([]),
            _ => return None,
        })
    }

    /// An application that says the text wherever it says something.
    fn application(&self) -> Value {
        let mut application = purchase();
        let pointers = [
            "/title",
            "/description",
            "/governing_document/title",
            "/governing_document/number",
            "/declarations/department",
            "/declarations/community",
            "/declarations/support",
            "/work/0/what",
            "/direct_costs/0/what",
            "/burdens/0/name",
        ];
        for pointer in pointers {
            *application.pointer_mut(pointer).expect("a text") = json!(self.text);
        }
        application
    }
}

/// Every way of every writing operation that is wanted, spread over all that it may be about.
pub(super) fn attempts(source: &Source<'_>, is_wanted: impl Fn(&str) -> bool) -> Vec<Attempt> {
    let mut all = Vec::new();
    for row in web::rows() {
        let what = format!("{} {}", row.method, row.path);
        let is_bulk = row.path == "/api/v1/bulk";
        if row.method.as_str() == "GET" || !row.path.starts_with("/api/v1/") || is_bulk || !is_wanted(&what) {
            continue;
        }
        let operation = (row.method.as_str(), row.path);
        let addresses = filled(row.path, source.planted);
        let ways = source.bodies(operation, 0).map_or(0, |ways| ways.len());
        for at in 0..ways.max(addresses.len()).max(mentions(row.path, source.planted)) {
            let body = source.bodies(operation, at).map(|ways| ways[at % ways.len()].clone());
            let address = addresses[at % addresses.len()].clone();
            all.push(attempt(source, operation, (address, body)));
        }
    }
    let requests = 0..source.planted.requests.len();
    all.extend(requests.filter(|_| is_wanted("POST /api/v1/bulk")).map(|at| many(source, at)));
    all
}

fn attempt(source: &Source<'_>, (method, route): (&str, &str), told: (String, Option<Value>)) -> Attempt {
    let (address, body) = told;
    let written = body.as_ref().map(Value::to_string).unwrap_or_default();
    let about = |one: &String| address.contains(one) || written.contains(one);
    let request = source.planted.requests.iter().position(about);
    let parameters = &source.description["paths"][route][method.to_ascii_lowercase()]["parameters"];
    let is_versioned = parameters.as_array().into_iter().flatten().any(|one| one["name"] == "If-Match");
    let (what, method) = (format!("{method} {route}"), method.to_owned());
    Attempt { what, method, address, body, request, is_versioned, seen: None }
}

/// How many requests the body of an operation names, one in each call.
fn mentions(route: &str, planted: &Planted) -> usize {
    let names = route == "/api/v1/inspections/{year}/proposals" || route == "/api/v1/rewards";
    if names { planted.requests.len() } else { 0 }
}

/// Many commands at once: all of them on one request. Objecting is open to all of a district; it stands by itself.
fn many(source: &Source<'_>, at: usize) -> Attempt {
    let operation = ("POST", "/api/v1/bulk");
    let mut items = source.bodies(operation, at).expect("it takes commands");
    items.retain(|one| one["action"] != "object");
    Attempt { request: Some(at), ..attempt(source, operation, (operation.1.to_owned(), Some(json!(items)))) }
}

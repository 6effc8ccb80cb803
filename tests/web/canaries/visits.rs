//! Every reading route of the table, filled in with what was planted. A pattern that nobody can fill in fails the story, so
//! that a new route brings what it is asked about.

use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncReadExt;

use super::filters::filters;
use super::planted::Planted;
use super::unpacked::unpacked;
use crate::web::client::{Browser, Site, escaped};

/// What is searched for: a part of every word, so that no answer holds a whole one by repeating the question.
const SEARCHED: &str = "kanari";

/// One question.
pub(super) struct Visit {
    pub(super) route: &'static str,
    pub(super) address: String,
    pub(super) kind: Kind,
}

impl Visit {
    /// Whether the answer comes to an end and nothing is filtered.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.kind, Kind::Whole) && !self.address.contains('?')
    }
}

/// How it is asked.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Whole,
    /// As a stream, which is listened to for a while.
    Stream,
}

/// How long a stream is listened to.
const WHILE: Duration = Duration::from_millis(150);

impl Kind {
    /// Status and text of the answer.
    pub(super) async fn made(self, browser: &mut Browser, address: &str) -> (u16, String) {
        let Kind::Stream = self else {
            let reply = browser.get(address).await;
            return (reply.status, unpacked(&reply));
        };
        let headers = [("Accept", "text/event-stream"), ("Connection", "close")];
        let mut stream = browser.opens(address, &headers).await;
        let mut text = Vec::new();
        while !has_begun(&text) {
            let read = stream.read_buf(&mut text).await.expect("an answer");
            if read == 0 {
                break;
            }
        }
        // It goes on for ever; what has come by then is what is there.
        let _ = tokio::time::timeout(WHILE, stream.read_to_end(&mut text)).await;
        let text = String::from_utf8_lossy(&text).into_owned();
        let status = text.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status");
        (status, text)
    }
}

/// Whether something of the body is there.
fn has_begun(text: &[u8]) -> bool {
    text.windows(4).position(|end| end == b"\r\n\r\n").is_some_and(|head| text.len() > head + 4)
}

/// All visits, each route at least once.
pub(super) async fn visits(site: &Site, planted: &Planted) -> Vec<Visit> {
    let description = site.browser().get("/api/openapi.json").await.value();
    let mut all = Vec::new();
    for row in web::rows().into_iter().filter(|row| row.method.as_str() == "GET") {
        let route = row.path;
        let asked = asked(&description, route);
        for address in filled(route, planted) {
            if route.ends_with("/events") {
                all.push(Visit { route, address: address.clone(), kind: Kind::Stream });
            }
            if asked.iter().all(|(_, is_needed)| !is_needed) {
                all.push(Visit { route, address: address.clone(), kind: Kind::Whole });
            }
            if !asked.is_empty() {
                let pairs: Vec<&str> = asked.iter().map(|(pair, _)| pair.as_str()).collect();
                let address = format!("{address}?{}", pairs.join("&"));
                all.push(Visit { route, address, kind: Kind::Whole });
            }
        }
        let needed = asked.iter().filter(|(_, is_needed)| *is_needed).map(|(pair, _)| format!("&{pair}"));
        let needed: String = needed.collect();
        for filter in filters(&description, route, (site, planted)) {
            let addresses = filled(route, planted).into_iter();
            let asked = addresses.map(|address| format!("{address}?{filter}{needed}"));
            all.extend(asked.map(|address| Visit { route, address, kind: Kind::Whole }));
        }
    }
    all
}

/// What stands behind the question mark, and whether it must.
fn asked(description: &Value, route: &str) -> Vec<(String, bool)> {
    if !route.starts_with("/api/v1/") {
        if route.contains('{') {
            return Vec::new();
        }
        return vec![(format!("q={SEARCHED}"), false), ("year=2026".to_owned(), false)];
    }
    let parameters = &description["paths"][route]["get"]["parameters"];
    let of_query = parameters.as_array().into_iter().flatten().filter(|one| one["in"] == "query");
    of_query
        .filter_map(|one| {
            let name = one["name"].as_str()?;
            let value = match name {
                "q" => SEARCHED,
                "year" => "2026",
                "limit" => "100",
                "from" if one["required"] == true => "2026-09",
                "until" if one["required"] == true => "2026-10",
                _ if one["required"] == true => panic!("nothing is known for `{name}` of {route}"),
                _ => return None,
            };
            Some((format!("{name}={value}"), one["required"] == true))
        })
        .collect()
}

/// The addresses of a pattern.
pub(super) fn filled(route: &'static str, planted: &Planted) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut rest = route;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').expect("a pattern");
        let values = values(route, name, planted);
        let parts =
            all.iter().flat_map(|one| values.iter().map(move |value| format!("{one}{before}{value}")));
        all = parts.collect();
        rest = after;
    }
    all.iter().map(|one| format!("{one}{rest}")).collect()
}

/// What a place of a pattern may be.
fn values(route: &str, name: &str, planted: &Planted) -> Vec<String> {
    let file = |name: &str| name.split('/').map(escaped).collect::<Vec<_>>().join("/");
    let is = |part: &str| route.contains(part);
    match name {
        "id" if ["/requests/", "/tasks/", "/disclosure"].iter().any(|part| is(part)) => {
            planted.requests.clone()
        }
        "id" if is("/complaints/") => planted.complaints.clone(),
        "id" if is("/errands/") => vec![planted.errand.clone()],
        "id" if is("/meetings/") => vec![planted.meeting.clone()],
        "id" if is("/webhooks/") => vec![planted.webhook.clone()],
        "id" if is("/cards/") => planted.cards.clone(),
        "id" if is("/people/") || is("/accounts/") => planted.people.clone(),
        "id" if is("/letters/") => planted.own.letters.clone(),
        "id" if is("/sessions/") => planted.own.sessions.clone(),
        "id" if is("/tokens/") => planted.own.tokens.clone(),
        "name" if is("/complaints/") => vec![file(planted.evidence)],
        "name" if is("/requests/") => vec![file(planted.file)],
        "*name" if is("/requests/") => vec![file(&format!("{}/{}", planted.code, planted.file))],
        "community" if is("/mergers/") => vec!["420202001002".to_owned()],
        "community" | "code" if is("/communities/") || is("/files/") => vec![planted.code.to_owned()],
        "code" if is("/base-funds/") => vec![planted.code.to_owned()],
        "code" if is("/special-funds/") => vec!["GREEN".to_owned()],
        "code" if is("/ratings") => vec!["HEALTH".to_owned()],
        "code" | "holder" if is("/ledger/") || is("/statements/") => {
            [planted.code, "HEALTH", "GREEN"].map(str::to_owned).to_vec()
        }
        "year" => vec!["2026".to_owned()],
        "kind" => vec!["people".to_owned()],
        "job" => vec!["none".to_owned()],
        "quarter" => vec!["2026Q3".to_owned()],
        "*path" if is("/assets/") => vec!["0/style.css".to_owned()],
        _ => panic!("nothing was planted for `{name}` of {route}"),
    }
}

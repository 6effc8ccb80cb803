//! Health with its causes, and the figures: strictly read, closed in their labels, and silent about people.

use std::collections::{BTreeMap, BTreeSet};

use engine::Command;
use serde_json::json;

use super::client::{Site, escaped};
use crate::desk::{Desk, duty};

super::told_on_both! {
    figures_are_whole_and_tell_of_nobody
    not_ready_says_why
}

const CANARY: &str = "金丝雀canary";

/// Figures by name and labels, after the text was read as strictly as Prometheus reads it.
fn read(text: &str) -> BTreeMap<String, f64> {
    let (mut found, mut kinds) = (BTreeMap::new(), BTreeMap::new());
    let is_name = |name: &str| {
        let inside = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        inside && name.starts_with(|first: char| first.is_ascii_lowercase())
    };
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a kind");
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(kinds.insert(name, kind).is_none(), "{name} is begun once");
            continue;
        }
        if let Some(rest) = line.strip_prefix("# HELP ") {
            assert!(rest.split_once(' ').is_some_and(|(name, help)| is_name(name) && !help.is_empty()));
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').expect("a value");
        let (name, labels) = sample
            .split_once('{')
            .map_or((sample, ""), |(name, rest)| (name, rest.strip_suffix('}').expect("a closed list")));
        let base = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
        let begun =
            kinds.contains_key(name) || base.is_some_and(|base| kinds.get(base) == Some(&"histogram"));
        assert!(begun && is_name(name), "{line}");
        for label in labels.split("\",").filter(|label| !label.is_empty()) {
            let (name, value) = label.split_once("=\"").expect("a label");
            assert!(is_name(name) && !value.trim_end_matches('"').contains('"'), "{line}");
        }
        let value: f64 = value.parse().expect("a number");
        assert!(found.insert(sample.to_owned(), value).is_none(), "{sample} stands once");
    }
    found
}

/// Values of a label.
fn values<'a>(figures: &'a BTreeMap<String, f64>, label: &str) -> BTreeSet<&'a str> {
    let mark = format!("{label}=\"");
    let all = figures.keys().filter_map(|sample| sample.split_once(&mark)?.1.split_once('"'));
    all.map(|(value, _)| value).collect()
}

async fn figures_are_whole_and_tell_of_nobody(desk: Desk) {
    let site = Site::of(desk).await;
    let mut application = duty();
    application["title"] = json!(CANARY);
    let request = site.desk.files("health", application, &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    let mut review = site.signed_in("review").await;
    for path in ["/", "/inbox", "/requests", "/nowhere", "/api/v1/requests"] {
        review.get(&format!("{path}?q={}", escaped(CANARY))).await;
    }
    review.get(&format!("/{CANARY}").replace(CANARY, &escaped(CANARY))).await.is(404);
    review.get(&format!("/requests/{request}")).await.is(200);
    review.sends("BREW", "/requests", &[], None).await;
    let reply = review.get("/metrics").await;
    assert_eq!(reply.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let figures = read(&reply.is(200).body);
    for hidden in [CANARY, "canary", &request.to_string(), "准〔", "example.org", "127.0.0.1"] {
        assert!(!reply.body.contains(hidden), "{hidden}");
    }
    let patterns: BTreeSet<&str> = web::rows().iter().map(|row| row.path).chain(["none"]).collect();
    let routes = values(&figures, "route");
    assert!(routes.is_subset(&patterns), "{routes:?}");
    assert!(values(&figures, "method").is_subset(&BTreeSet::from(["GET", "POST", "OTHER"])));
    let one = "zhunru_http_requests_total{method=\"GET\",route=\"/requests/{id}\",status=\"200\"}";
    assert_eq!(figures.get(one), Some(&1.0));
    assert_eq!(figures["zhunru_http_requests_in_flight"].to_string(), "1", "the one that asks");
    assert_eq!(figures["zhunru_limits{state=\"open\"}"].to_string(), "1");
    assert_eq!(figures["zhunru_limits{state=\"late\"}"].to_string(), "0");
    let labels = "method=\"GET\",route=\"/requests\"";
    let bucket =
        |end: &str| figures[&format!("zhunru_http_request_duration_seconds_bucket{{{labels},le=\"{end}\"}}")];
    let count = figures[&format!("zhunru_http_request_duration_seconds_count{{{labels}}}")];
    let ends = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "10", "+Inf"];
    assert!(ends.windows(2).all(|pair| bucket(pair[0]) <= bucket(pair[1])));
    assert_eq!((bucket("+Inf"), count), (1.0, 1.0));
    for name in ["Forwarded", "X-Forwarded-For"] {
        site.browser().with(name, "203.0.113.1").get("/metrics").await.is(403);
    }
    site.browser().bearing("wrong").get("/metrics").await.is(200);
}

async fn not_ready_says_why(desk: Desk) {
    let site = Site::of(desk).await;
    let mut visitor = site.browser();
    assert_eq!(visitor.get("/healthz").await.is(200).body, "ok\n");
    let ready = visitor.get("/readyz").await.is(200).value();
    assert_eq!(ready, json!({ "status": "degraded", "causes": ["jobs"] }));
    site.desk.engine.sweep_once_for(site.now(), site.now()).await.expect("a sweep");
    assert_eq!(visitor.get("/readyz").await.is(200).value(), json!({ "status": "ready", "causes": [] }));
    let other_key = site.desk.node_with_key([8; 32]).await;
    let troubles = other_key.troubles(&["m9999_not_there".to_owned()], site.now()).await;
    let words: Vec<&str> = troubles.iter().map(|trouble| trouble.word()).collect();
    assert_eq!((words, troubles.iter().all(|trouble| trouble.stops())), (vec!["migrations", "key"], true));
    other_key.close().await.expect("it closes");
    assert_eq!(other_key.troubles(&[], site.now()).await, [engine::Trouble::Database]);
}

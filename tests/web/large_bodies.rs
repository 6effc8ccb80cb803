//! Bodies that are large, are called something else than they are, or never come to their point.

use std::time::Duration;

use engine::Command;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use workflow::actor::Role;

use super::client::{Browser, Reply, Site, escaped};
use super::errands::is_over;
use crate::desk::papers::DOT;
use crate::desk::{Desk, duty};

super::told_on_both! {
    a_large_photo_comes_back_whole
    a_large_table_is_begun
    nothing_passes_by_another_name
    what_is_beyond_the_limit_is_refused
    a_text_may_be_as_long_as_what_is_kept_and_no_longer
    a_form_that_never_begins_is_cut_off
}

const COMPLAINTS: &str = "/api/v1/complaints";
/// Bytes of a body where the route has no limit of its own, and of one with a table.
const USUAL: usize = 1 << 20;
const TABLE: usize = 16 << 20;

/// A picture of two megabytes: one dot, and a text that nobody reads.
fn photo() -> Vec<u8> {
    let (start, end) = DOT.split_at(33);
    let text = b"photo".repeat(420_000);
    let length = u32::try_from(text.len()).expect("small").to_be_bytes();
    let parts: [&[u8]; 6] = [start, &length, b"tEXt", &text, &[0; 4], end];
    parts.concat()
}

/// Bytes as a program sends them; three make four letters.
fn in_base64(bytes: &[u8]) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    assert_eq!(bytes.len() % 3, 0, "nothing is left over");
    let mut written = String::new();
    for three in bytes.chunks_exact(3) {
        let bits = three.iter().fold(0, |bits, byte| (bits << 8) | usize::from(*byte));
        written.extend([18, 12, 6, 0].map(|shift| char::from(letters[(bits >> shift) & 63])));
    }
    written
}

fn complaint(what: &str) -> Value {
    json!({ "department": "HEALTH", "what": what, "since": "2026-02-20" })
}

/// Sends a body that is called so, as the session's script would.
async fn called(browser: &mut Browser, path: &str, (kind, body): (&str, &str)) -> Reply {
    let (origin, token) = (browser.origin.clone(), browser.form_token.clone());
    let headers = [("Origin", origin.as_str()), ("X-Form-Token", token.as_str())];
    browser.sends("POST", path, &headers, Some((kind, body))).await
}

async fn a_large_photo_comes_back_whole(desk: Desk) {
    let site = Site::of(desk).await;
    let mut committee = site.signed_in("c1").await;
    let photo = photo();
    let mut sent = complaint("要求社区填报台账");
    sent["files"] = json!([{ "name": "现场.png", "content": in_base64(&photo) }]);
    assert!(sent.to_string().len() > 2 * USUAL);
    let filed = committee.json(("POST", COMPLAINTS), &[], &sent).await.is(201).value();
    let id = filed["id"].as_str().expect("an id");
    let saved = committee.get(&format!("{COMPLAINTS}/{id}/files/{}", escaped("现场.png"))).await;
    assert_eq!((saved.status, saved.bytes.len()), (200, photo.len()));
    assert!(saved.bytes == photo, "every byte is as it was");
}

async fn a_large_table_is_begun(desk: Desk) {
    desk.joins("system", &[Role::Admin], "420200").await;
    let site = Site::of(desk).await;
    let mut system = site.signed_in("system").await;
    // Its only row stands behind two megabytes of empty lines, so that it is there only if all has come.
    let empty = "\n".repeat(2 * USUAL);
    let head = "email,name,organisation,roles,language";
    let text = format!("{head}\n{empty}last@example.org,末,HEALTH,,zh\n");
    let table = json!({ "name": "people", "text": text });
    let begun = system.json(("POST", "/api/v1/imports/people"), &[], &table).await;
    let errand = is_over(&mut system, &begun).await;
    assert_eq!((&errand["state"], &errand["result"]["rows"]), (&json!("finished"), &json!(1)), "{errand}");
}

async fn nothing_passes_by_another_name(desk: Desk) {
    let site = Site::of(desk).await;
    let mut committee = site.signed_in("c1").await;
    let hidden = complaint("要求填报\u{200b}台账").to_string();
    for kind in ["text/plain", "multipart/form-data; boundary=b", "application/jsonp", ""] {
        let refused = called(&mut committee, COMPLAINTS, (kind, &hidden)).await;
        assert_eq!((refused.status, refused.code()), (415, "malformed".into()), "{kind}");
        assert!(refused.body.contains("application/json"), "it says what is read: {}", refused.body);
    }
    for kind in
        ["application/json", "Application/JSON", "application/json;charset=utf-8", "application/x+json"]
    {
        let refused = called(&mut committee, COMPLAINTS, (kind, &hidden)).await;
        assert_eq!((refused.status, refused.code()), (422, "text_unfit".into()), "{kind}");
        assert_eq!(refused.value()["errors"][0]["pointer"], "/what");
    }
    let mut review = site.signed_in("review").await;
    assert_eq!(review.get(COMPLAINTS).await.is(200).value()["items"], json!([]), "nothing was kept");
    let seen = complaint("要求填报台账").to_string();
    called(&mut committee, COMPLAINTS, ("Application/JSON; charset=UTF-8", &seen)).await.is(201);
    let mut health = site.signed_in("health").await;
    let form = format!("_token={}&title={}", health.form_token, escaped("核\u{200b}查"));
    called(&mut health, "/requests/new", ("text/plain", &form)).await.is(415);
    let kind = "Application/X-WWW-Form-Urlencoded; charset=utf-8";
    called(&mut health, "/requests/new", (kind, &form)).await.is(422).says("看不见的字符");
    let sent = called(&mut committee, "/complaints/new", ("text/plain", "_token=")).await;
    sent.is(415).says("multipart/form-data");
}

/// The description, the check of what comes in and the engine have one limit.
async fn a_text_may_be_as_long_as_what_is_kept_and_no_longer(desk: Desk) {
    let (longest, longer) = ("x".repeat(4_000), "x".repeat(4_001));
    let site = Site::of(desk).await;
    let mut committee = site.signed_in("c1").await;
    let refused = committee.json(("POST", COMPLAINTS), &[], &complaint(&longer)).await.is(422).value();
    assert_eq!(refused["errors"][0]["message"], "最多 4000 个字符");
    committee.json(("POST", COMPLAINTS), &[], &complaint(&longest)).await.is(201);
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    let (path, seen) = (format!("/api/v1/requests/{request}/actions"), [("If-Match", "\"1\"")]);
    let mut review = site.signed_in("review").await;
    let step = |reason: &str| json!({ "action": "return", "reason": reason });
    let refused = review.json(("POST", &path), &seen, &step(&longer)).await.is(422).value();
    assert_eq!(refused["errors"][0]["message"], "最多 4000 个字符");
    review.json(("POST", &path), &seen, &step(&longest)).await.is(200);
    let described = site.browser().get("/api/openapi.json").await.body;
    assert!(!described.contains("\"maxLength\":10000"), "no text is promised that the engine refuses");
}

async fn what_is_beyond_the_limit_is_refused(desk: Desk) {
    desk.joins("system", &[Role::Admin], "420200").await;
    let site = Site::of(desk).await;
    let mut system = site.signed_in("system").await;
    for (path, limit) in [("/api/v1/bulk", USUAL), ("/api/v1/imports/people", TABLE)] {
        // One byte more is the last that the server reads, so that its answer meets nothing on its way.
        let body = "x".repeat(limit + 1);
        let refused = called(&mut system, path, ("application/json", &body)).await;
        assert_eq!((refused.status, refused.code()), (413, "too_long".into()), "{path}");
        let kind = refused.header("content-type");
        assert_eq!(kind, Some("application/problem+json"), "{path}");
        let within = called(&mut system, path, ("application/json", &body[1..])).await;
        assert_eq!((within.status, within.code()), (422, "malformed".into()), "{path}");
    }
    let mut health = site.signed_in("health").await;
    let form = "x".repeat(USUAL + 1);
    let refused = called(&mut health, "/requests/new", ("application/x-www-form-urlencoded", &form)).await;
    refused.is(413).says("内容过长");
}

/// Else whoever sends without end fills the memory: nothing is on the disk before its field has begun.
async fn a_form_that_never_begins_is_cut_off(desk: Desk) {
    let site = Site::of(desk).await;
    let mut committee = site.signed_in("c1").await;
    committee.get("/complaints/new").await.is(200);
    let field =
        format!("--b\r\nContent-Disposition: form-data; name=\"_token\"\r\n\r\n{}\r\n", committee.form_token);
    let head = "--b\r\nContent-Disposition: form-data; name=\"";
    for start in [String::new(), head.to_owned(), format!("{field}{head}")] {
        let body = format!("{start}{}", "a".repeat(128 << 10));
        // Far more is announced than is sent: the answer comes before the rest.
        let mut stream = committee.sends_a_form("/complaints/new", 100 << 20).await;
        // It may have been cut off on its way already.
        let _ = stream.write_all(body.as_bytes()).await;
        let mut answer = [0; 12];
        let told = tokio::time::timeout(Duration::from_mins(2), stream.read_exact(&mut answer)).await;
        told.expect("it is not waited for the rest").expect("an answer");
        assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 400", "{start}");
    }
}

//! A request's timeline over server-sent events: as it happens, from where it was left, on two nodes, within the scope of the
//! reader, and no longer than the session or the server.

use std::time::Duration;

use engine::Command;
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::client::{Browser, Site};
use crate::desk::{Desk, duty};

super::told_on_both! {
    what_happens_is_told_while_it_happens
    whoever_comes_back_misses_nothing
    a_stream_ends_with_the_session_the_role_and_the_server
    a_person_has_so_many_streams_and_no_more
    the_page_knows_where_to_listen
}

/// A stream that is being read.
pub(crate) struct Stream {
    stream: TcpStream,
    pub(crate) text: String,
}

impl Stream {
    pub(crate) async fn of(browser: &Browser, path: &str, headers: &[(&str, &str)]) -> Stream {
        let mut all = headers.to_vec();
        all.extend([("Accept", "text/event-stream"), ("Accept-Encoding", "gzip"), ("Connection", "close")]);
        Stream { stream: browser.opens(path, &all).await, text: String::new() }
    }

    /// Reads until some text has come; false if the stream ends before.
    pub(crate) async fn comes(&mut self, wanted: &str) -> bool {
        let reading = async {
            while !self.text.contains(wanted) {
                let mut some = [0; 4096];
                let count = self.stream.read(&mut some).await.unwrap_or(0);
                if count == 0 {
                    return false;
                }
                self.text.push_str(&String::from_utf8_lossy(&some[..count]));
            }
            true
        };
        tokio::time::timeout(Duration::from_mins(5), reading).await.expect("it comes or it ends")
    }

    pub(crate) async fn ends(&mut self) -> bool {
        !self.comes("this is never said").await
    }

    fn seqs(&self) -> Vec<i64> {
        self.text.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect()
    }
}

async fn what_happens_is_told_while_it_happens(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    let path = format!("/api/v1/requests/{request}/events");
    let health = site.signed_in("health").await;
    let mut stream = Stream::of(&health, &path, &[]).await;
    assert!(stream.comes("retry: 3000").await);
    let head = stream.text.to_lowercase();
    assert!(head.contains("200 ok") && head.contains("content-type: text/event-stream"), "{head}");
    assert!(!head.contains("content-encoding"), "a stream is not gathered to be packed");
    assert!(stream.comes("id: 1\n").await, "what was there before");
    // The desk's engine is another node than the server's.
    site.desk.does("health", request, Command::Submit).await;
    assert!(stream.comes("\"action\":\"submit\"").await);
    assert!(!stream.text.contains("李卫") && !stream.text.contains("hash"), "no more than what was done");
    let mut listed = site.signed_in("health").await;
    let list = listed.get(&format!("{path}?after=1")).await;
    let list = list.is(200).value();
    assert_eq!(list[0]["action"], "submit", "and as a list for whoever takes no stream");
    for who in ["civil", "c1", "approve3"] {
        site.signed_in(who).await.get(&path).await.is(404);
    }
}

async fn whoever_comes_back_misses_nothing(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    let path = format!("/api/v1/requests/{request}/events");
    let health = site.signed_in("health").await;
    let mut first = Stream::of(&health, &path, &[]).await;
    assert!(first.comes("id: 1\n").await);
    drop(first);
    site.desk.does("health", request, Command::Submit).await;
    site.desk.does("review", request, Command::AcceptFiling).await;
    let mut second = Stream::of(&health, &path, &[("Last-Event-ID", "1")]).await;
    assert!(second.comes("accept_filing").await);
    assert_eq!(second.seqs(), [2, 3], "each once, in their order");
    let mut third = Stream::of(&health, &format!("{path}?after=2"), &[]).await;
    assert!(third.comes("accept_filing").await);
    assert_eq!(third.seqs(), [3]);
}

async fn a_stream_ends_with_the_session_the_role_and_the_server(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    let path = format!("/api/v1/requests/{request}/events?after=2");
    let mut health = site.signed_in("health").await;
    let mut stream = Stream::of(&health, &path, &[]).await;
    assert!(stream.comes("retry").await);
    health.post("/sign-out", &[]).await;
    assert!(stream.ends().await, "signed out");
    let review = site.signed_in("review").await;
    let mut stream = Stream::of(&review, &path, &[]).await;
    assert!(stream.comes("retry").await);
    site.desk.engine.set_roles("review@example.org", &[], site.now()).await.expect("the roles go");
    site.desk.does("both", request, Command::AcceptFiling).await;
    assert!(
        stream.ends().await && !stream.text.contains("accept_filing"),
        "what one may not read is not told"
    );
    let approve = site.signed_in("approve").await;
    let mut stream = Stream::of(&approve, &path, &[]).await;
    assert!(stream.comes("accept_filing").await);
    site.stops();
    assert!(stream.ends().await, "the server waits for nobody who only listens");
}

async fn a_person_has_so_many_streams_and_no_more(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    let path = format!("/api/v1/requests/{request}/events");
    let mut health = site.signed_in("health").await;
    let mut open = Vec::new();
    for _ in 0..8 {
        let mut stream = Stream::of(&health, &path, &[]).await;
        assert!(stream.comes("id: 1\n").await);
        open.push(stream);
    }
    let refused = health.sends("GET", &path, &[("Accept", "text/event-stream")], None).await;
    assert_eq!((refused.status, refused.code()), (429, "too_many_streams".into()));
    drop(open);
    let freed = async {
        while health.sends("HEAD", &path, &[("Accept", "text/event-stream")], None).await.status != 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), freed).await.expect("a place comes free");
}

async fn the_page_knows_where_to_listen(desk: Desk) {
    let site = Site::of(desk).await;
    let request = site.desk.files("health", duty(), &[1]).await;
    site.desk.does("health", request, Command::Submit).await;
    let mut health = site.signed_in("health").await;
    let page = health.get(&format!("/requests/{request}")).await;
    let at = page.is(200).between("data-timeline=\"", "\"").expect("an address");
    let after = page.between("data-after=\"", "\"").expect("a place");
    let list: Value = health.get(&format!("{at}?after={after}")).await.is(200).value();
    assert_eq!(list, serde_json::json!([]), "nothing is new on a page that was just read");
}

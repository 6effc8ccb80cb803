//! A receiver of web-hooks on this machine: keeps what it hears, and answers what it is told to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) line: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

#[derive(Default)]
struct Book {
    heard: Mutex<Vec<Heard>>,
    /// Statuses that are still to be given; 200 after them.
    answers: Mutex<VecDeque<u16>>,
    silent: Mutex<bool>,
    called: Notify,
}

pub(crate) struct Receiver {
    address: SocketAddr,
    book: Arc<Book>,
    listening: Mutex<JoinHandle<()>>,
}

impl Receiver {
    pub(crate) async fn answering(statuses: &[u16]) -> Receiver {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let book = Arc::new(Book::default());
        book.answers.lock().expect("a list").extend(statuses);
        let listening = Mutex::new(tokio::spawn(listens(listener, Arc::clone(&book))));
        Receiver { address, book, listening }
    }

    /// Takes every call and says nothing to it.
    pub(crate) async fn that_never_answers() -> Receiver {
        let receiver = Receiver::answering(&[]).await;
        *receiver.book.silent.lock().expect("a truth") = true;
        receiver
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/in", self.address)
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.book.heard.lock().expect("a list").clone()
    }

    /// Waits for a call.
    pub(crate) async fn is_called(&self) {
        self.book.called.notified().await;
    }

    /// Nobody listens any more.
    pub(crate) fn goes(&self) {
        self.listening.lock().expect("a task").abort();
    }

    /// Listens again, and answers so.
    pub(crate) async fn returns(&self, statuses: &[u16]) {
        self.goes();
        self.book.answers.lock().expect("a list").extend(statuses);
        *self.book.silent.lock().expect("a truth") = false;
        let listener = loop {
            match TcpListener::bind(self.address).await {
                Ok(listener) => break listener,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        *self.listening.lock().expect("a task") = tokio::spawn(listens(listener, Arc::clone(&self.book)));
    }
}

async fn listens(listener: TcpListener, book: Arc<Book>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(hears(stream, Arc::clone(&book)));
    }
}

async fn hears(mut stream: TcpStream, book: Arc<Book>) {
    let mut bytes = Vec::new();
    let heard = loop {
        let mut some = [0; 4096];
        let count = stream.read(&mut some).await.unwrap_or(0);
        if count == 0 {
            return;
        }
        bytes.extend_from_slice(&some[..count]);
        if let Some(heard) = read(&bytes) {
            break heard;
        }
    };
    book.heard.lock().expect("a list").push(heard);
    book.called.notify_one();
    if *book.silent.lock().expect("a truth") {
        // The connection stays open until the caller goes.
        let mut end = [0; 1];
        let _ = stream.read(&mut end).await;
        return;
    }
    let status = book.answers.lock().expect("a list").pop_front().unwrap_or(200);
    let to = if status == 302 { "Location: http://127.0.0.1:1/elsewhere\r\n" } else { "" };
    let answer = format!("HTTP/1.1 {status} so\r\n{to}Content-Length: 2\r\n\r\nok");
    let _ = stream.write_all(answer.as_bytes()).await;
}

/// A request, once it is whole.
fn read(bytes: &[u8]) -> Option<Heard> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let line = lines.next().unwrap_or_default().to_owned();
    let pair =
        |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers: Vec<(String, String)> = lines.filter_map(pair).collect();
    let whole = Heard { line, headers, body: body.to_owned() };
    let length: usize = whole.header("content-length").parse().unwrap_or(0);
    (body.len() >= length).then_some(whole)
}

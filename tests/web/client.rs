//! The server of a desk on a free port of this machine, and a browser for it: HTTP/1.1 over a socket, with cookies and
//! the token of the form that was last seen.

mod reply;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use engine::{Command, Engine, Visit};
use serde_json::Value;
use store::SignInOutcome;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use web::{Server, WebSettings};
use workflow::id::RequestId;

use crate::desk::{Desk, purchase};
pub(crate) use reply::Reply;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A desk whose pages are served.
pub(crate) struct Site {
    pub(crate) desk: Desk,
    pub(crate) origin: String,
    address: SocketAddr,
    clock: Arc<AtomicI64>,
    running: watch::Sender<bool>,
}

/// The hash of everybody's password, made once.
fn hashed() -> String {
    static HASHED: OnceLock<String> = OnceLock::new();
    HASHED.get_or_init(|| web::hash_password(PASSWORD).expect("a hash")).clone()
}

impl Site {
    /// Serves a desk; the server has an engine of its own on the same database.
    pub(crate) async fn of(desk: Desk) -> Site {
        let engine = desk.another_node().await;
        Site::begun(desk, (engine, WebSettings::of)).await
    }

    /// The same with other settings; they follow from the address.
    pub(crate) async fn with(desk: Desk, settings: impl FnOnce(String) -> WebSettings) -> Site {
        let engine = desk.another_node().await;
        Site::begun(desk, (engine, settings)).await
    }

    /// Serves a desk with this engine.
    pub(crate) async fn on(desk: Desk, engine: Engine) -> Site {
        Site::begun(desk, (engine, WebSettings::of)).await
    }

    async fn begun(desk: Desk, (engine, settings): (Engine, impl FnOnce(String) -> WebSettings)) -> Site {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let origin = format!("http://{address}");
        let clock = Arc::new(AtomicI64::new(desk.now().timestamp()));
        let shown = Arc::clone(&clock);
        let now = move || DateTime::<Utc>::from_timestamp(shown.load(Ordering::Relaxed), 0).expect("a time");
        let server = Server::new(Arc::new(engine), settings(origin.clone()), now).expect("a server");
        let (running, stop) = watch::channel(false);
        tokio::spawn(web::serve(server, listener, stop));
        Site { desk, origin, address, clock, running }
    }

    /// What the server's clock shows.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.clock.load(Ordering::Relaxed), 0).expect("a time")
    }

    /// Moves the server's clock on.
    pub(crate) fn passes(&self, time: Duration) {
        self.clock.fetch_add(i64::try_from(time.as_secs()).expect("seconds"), Ordering::Relaxed);
    }

    /// Stops the server, as Ctrl-C would.
    pub(crate) fn stops(&self) {
        self.running.send_replace(true);
    }

    /// Moves the desk and the server to nine in the morning of a day.
    pub(crate) async fn comes(&mut self, day: &str) {
        self.desk.comes(day).await;
        self.clock.store(self.desk.now().timestamp(), Ordering::Relaxed);
    }

    /// A purchase in some communities whose publication is over.
    pub(crate) async fn admitted(&mut self, communities: &[u8]) -> RequestId {
        let request = self.desk.files("health", purchase(), communities).await;
        self.desk.does("health", request, Command::Submit).await;
        self.desk.is_decided(request).await;
        self.comes("2026-03-10").await;
        request
    }

    /// The same, funded, on the day of its start.
    pub(crate) async fn in_force(&mut self, communities: &[u8]) -> RequestId {
        let request = self.admitted(communities).await;
        self.desk.does("money", request, Command::CommitFunds).await;
        self.comes("2026-05-06").await;
        request
    }

    /// A browser that nobody has signed in with.
    pub(crate) fn browser(&self) -> Browser {
        Browser::at(self.address)
    }

    /// Gives a person the password of all.
    pub(crate) async fn gives_password(&self, who: &str, outcome: SignInOutcome) {
        gives_password(&self.desk, (who, outcome), self.now()).await;
    }

    /// One more browser of a person who has the password of all already.
    pub(crate) async fn signs_in_again(&self, who: &str) -> Browser {
        let mut browser = self.browser();
        browser.signs_in(who, PASSWORD).await.is(303);
        browser.get("/").await;
        browser
    }

    /// A browser in which a person of the desk (`health`, `review`, …) has signed in, in Chinese.
    pub(crate) async fn signed_in(&self, who: &str) -> Browser {
        self.gives_password(who, SignInOutcome::PasswordSet).await;
        let mut browser = self.browser();
        let answer = browser.signs_in(who, PASSWORD).await;
        assert_eq!((answer.status, answer.to()), (303, "/"), "{who} signs in: {}", answer.body);
        browser.get("/").await;
        browser
    }
}

/// Gives a person of a desk the password of all.
pub(crate) async fn gives_password(desk: &Desk, (who, outcome): (&str, SignInOutcome), now: DateTime<Utc>) {
    let worker = desk.engine.reader().worker(&format!("{who}@example.org")).await.expect("a person");
    let visit = Visit { source: "story", agent: "story", now, session: None };
    desk.engine.set_password(worker.person.user, (hashed(), outcome), visit).await.expect("a password");
}

/// Somebody's browser, or a program.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) address: SocketAddr,
    pub(crate) origin: String,
    pub(crate) cookies: BTreeMap<String, String>,
    /// What the forms of the session carry, as the page that was seen last says it.
    pub(crate) form_token: String,
    /// Sent with everything, such as `Authorization`.
    pub(crate) headers: Vec<(String, String)>,
}

/// The cookie of a session.
pub(crate) const SESSION: &str = "__Host-zhunru";

impl Browser {
    /// A browser for a server that is no desk's, such as a program of its own.
    pub(crate) fn at(address: SocketAddr) -> Browser {
        let (cookies, form_token, headers) = (BTreeMap::new(), String::new(), Vec::new());
        Browser { address, origin: format!("http://{address}"), cookies, form_token, headers }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Browser {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same program with a bearer token.
    pub(crate) fn bearing(self, token: &str) -> Browser {
        self.with("Authorization", &format!("Bearer {token}"))
    }

    pub(crate) async fn signs_in(&mut self, who: &str, password: &str) -> Reply {
        self.post("/sign-in", &[("email", &format!("{who}@example.org")), ("password", password)]).await
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.sends("GET", path, &[], None).await
    }

    /// Sends a form as a page of our own would: with the token of its forms, and the origin.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let token = self.form_token.clone();
        let mut fields = fields.to_vec();
        if !token.is_empty() {
            fields.push(("_token", &token));
        }
        let origin = self.origin.clone();
        self.posts_from(path, &fields, &[("Origin", &origin)]).await
    }

    /// Sends a form exactly so, with these headers.
    pub(crate) async fn posts_from(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Reply {
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        let form = "application/x-www-form-urlencoded";
        self.sends("POST", path, headers, Some((form, &pairs.join("&")))).await
    }

    /// Sends JSON with these headers; the session's script would add origin and form token.
    pub(crate) async fn json(
        &mut self,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Reply {
        let (origin, token) = (self.origin.clone(), self.form_token.clone());
        let mut all = headers.to_vec();
        if self.cookies.contains_key(SESSION) {
            all.extend([("Origin", origin.as_str()), ("X-Form-Token", token.as_str())]);
        }
        self.sends(method, path, &all, Some(("application/json", &body.to_string()))).await
    }

    /// Calls an operation that takes no body, with these headers; origin and form token as with JSON.
    pub(crate) async fn calls(&mut self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let (origin, token) = (self.origin.clone(), self.form_token.clone());
        let own = [("Origin", origin.as_str()), ("X-Form-Token", token.as_str())];
        let own = own.iter().copied().filter(|_| self.cookies.contains_key(SESSION));
        let all: Vec<(&str, &str)> = headers.iter().copied().chain(own).collect();
        self.sends("POST", path, &all, None).await
    }

    /// The program of whoever is signed in here: it bears a new token that may write.
    pub(crate) async fn program(&mut self) -> Browser {
        let body = serde_json::json!({ "name": "程序", "reach": "write", "days": 30 });
        let made = self.json(("POST", "/api/v1/tokens"), &[], &body).await.is(201).value();
        Browser::at(self.address).bearing(made["token"].as_str().expect("a token"))
    }

    /// Goes where an answer sends the browser.
    pub(crate) async fn follows(&mut self, reply: &Reply) -> Reply {
        assert_eq!(reply.status, 303, "{}", reply.body);
        self.get(reply.to()).await
    }

    /// Asks for something that goes on, and gives the connection.
    pub(crate) async fn opens(&self, path: &str, headers: &[(&str, &str)]) -> TcpStream {
        let mut text = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n", self.address);
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        text.extend(["Cookie: ", &cookies.collect::<Vec<_>>().join("; "), "\r\n"]);
        for (name, value) in headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        let mut stream = TcpStream::connect(self.address).await.expect("the server listens");
        stream.write_all(format!("{text}\r\n").as_bytes()).await.expect("it is sent");
        stream
    }

    /// Begins to send a body of this kind whose end never comes, and waits for the answer.
    pub(crate) async fn never_ends(&self, path: &str, kind: &str) -> Reply {
        let mut text = format!("POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        text.extend(["Origin: ", &self.origin, "\r\nContent-Type: ", kind, "\r\nContent-Length: 100\r\n"]);
        for (name, value) in &self.headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        let mut stream = TcpStream::connect(self.address).await.expect("the server listens");
        stream.write_all(format!("{text}\r\n").as_bytes()).await.expect("it is sent");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.expect("an answer");
        Reply::read(&bytes)
    }

    /// One request, its bytes and its answer; cookies and the form token are kept.
    pub(crate) async fn sends(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<(&str, &str)>,
    ) -> Reply {
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            text.extend(["Cookie: ", &cookies.join("; "), "\r\n"]);
        }
        let own = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in own.chain(headers.iter().copied()) {
            text.extend([name, ": ", value, "\r\n"]);
        }
        let (kind, body) = body.unwrap_or_default();
        if !kind.is_empty() {
            text.extend(["Content-Type: ", kind, "\r\n"]);
        }
        text.extend(["Content-Length: ", &body.len().to_string(), "\r\n\r\n", body]);
        let mut stream = TcpStream::connect(self.address).await.expect("the server listens");
        stream.write_all(text.as_bytes()).await.expect("it is sent");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.expect("an answer");
        let reply = Reply::read(&bytes);
        self.keeps(&reply);
        reply
    }

    fn keeps(&mut self, reply: &Reply) {
        for (_, line) in reply.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let pair = line.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie has a value");
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let shown = reply.between("<meta name=\"form-token\" content=\"", "\"");
        if let Some(token) = shown {
            self.form_token = token;
        }
    }
}

/// Text as it stands in a form or an address.
pub(crate) fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

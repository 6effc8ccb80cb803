//! Letters to a real mail server: another process, its own certificate authority, every way of saying no.
//! Needs `openssl` and Debian's `python3-aiosmtpd`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono::DateTime;
use notifier::{Composer, DeliveryError, Letter, Recipient, SmtpSettings, Transport};
use serde_json::Value;
use tempfile::TempDir;
use uuid::Uuid;
use workflow::actor::Role;
use workflow::id::{LetterId, OrganisationId};
use workflow::language::Language;
use workflow::notice::{Audience, Notice, NoticeKind};

const OFFICE: &str = "准入办公室 <zhunru@example.org>";
const COMMUNITY: &str = "jiedao-07@example.org";
const START_SECONDS: u64 = 120;

/// A folder with everything one test needs; it goes with the test.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().expect("a folder for the test");
        fs::create_dir(folder.path().join("store")).expect("a folder for the messages");
        Place { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes an authority and a server certificate for `host`.
    fn with_certificate_for(self, host: &str) -> Place {
        let new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
        let authority =
            ["-x509", "-days", "2", "-subj", "/CN=zhunru test", "-keyout", "ca.key", "-out", "ca.pem"];
        self.openssl(&[&["req"], &new_key[..], &authority].concat());
        let request = ["-subj", "/CN=mail server", "-keyout", "server.key", "-out", "server.csr"];
        self.openssl(&[&["req"], &new_key[..], &request].concat());
        let names = format!("subjectAltName=DNS:{host}\nextendedKeyUsage=serverAuth\n");
        fs::write(self.path("names"), names).expect("the names are written");
        let sign =
            ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
        self.openssl(&[&sign[..], &["-days", "2", "-extfile", "names", "-out", "server.pem"]].concat());
        self
    }

    fn openssl(&self, arguments: &[&str]) {
        let made = Command::new("openssl").args(arguments).current_dir(self.folder.path()).output();
        let made = made.expect("openssl runs");
        assert!(made.status.success(), "openssl: {}", String::from_utf8_lossy(&made.stderr));
    }

    fn authority(&self) -> Vec<u8> {
        fs::read(self.path("ca.pem")).expect("the authority was made")
    }

    /// The names of what the server wrote, in order.
    fn stored(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("store")).expect("the store is a folder");
        let mut names: Vec<String> =
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn message(&self, name: &str) -> Vec<u8> {
        fs::read(self.path("store").join(name)).expect("the server wrote it")
    }

    fn envelope(&self, name: &str) -> Value {
        serde_json::from_slice(&self.message(name)).expect("the server writes JSON")
    }
}

/// The mail server's process; it ends with the test.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(place: &Place, arguments: &[&str]) -> Server {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("smtp/server.py");
        let port_file = place.path("port");
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script).arg("--port-file").arg(&port_file).args(["--store", "store"]).args(arguments);
        if !arguments.contains(&"plain") {
            command.args(["--certificate", "server.pem", "--key", "server.key"]);
        }
        let log = fs::File::create(place.path("log")).expect("a file for the server's log");
        let child = command.current_dir(place.folder.path()).stdin(Stdio::piped()).stderr(log).spawn();
        let mut server = Server { child: child.expect("python3 runs"), port: 0 };
        let deadline = Instant::now() + Duration::from_secs(START_SECONDS);
        while server.port == 0 {
            let ended = server.child.try_wait().expect("the server can be asked");
            let log = fs::read_to_string(place.path("log")).unwrap_or_default();
            assert!(ended.is_none(), "the mail server ended: is `python3-aiosmtpd` installed? {log}");
            assert!(Instant::now() < deadline, "the mail server does not listen: {log}");
            std::thread::sleep(Duration::from_millis(10));
            server.port = fs::read_to_string(&port_file).ok().and_then(|port| port.parse().ok()).unwrap_or(0);
        }
        server
    }

    /// A way to this server; `url` holds everything but the port.
    fn reached_by(&self, url: &str, authority: Option<Vec<u8>>) -> Transport {
        let mut settings = SmtpSettings::parse(&format!("{url}:{}", self.port)).expect("the URL is right");
        settings.root_certificate_pem = authority;
        Transport::smtp(&settings).expect("the settings are right")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is left to do with a server that has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn letter_about(title: &str) -> Letter {
    let values = [
        ("number", "准〔2026〕12号"),
        ("title", title),
        ("department", "区民政局"),
        ("price", "￥12,000.00"),
        ("paid", "￥6,000.00"),
        ("period", "2026-04-01 – 2026-06-30"),
        ("due", "2026-04-09"),
    ];
    let to = Audience::Organisation { organisation: OrganisationId(Uuid::nil()), role: Role::Committee };
    let values = values.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    let notice = Notice { kind: NoticeKind::Assigned, to, values };
    let recipient =
        Recipient {
            name: "青山社区居委会".into(), address: COMMUNITY.into(), language: Language::Chinese
        };
    let composer = Composer::new(OFFICE, "mail.example.org").expect("the sender is right");
    let at = DateTime::from_timestamp(1_775_000_000, 0).expect("a real time");
    composer
        .compose(&notice, &recipient, LetterId(Uuid::from_u128(42)), at)
        .expect("the letter can be written")
}

fn letter() -> Letter {
    letter_about("独居老人上门走访")
}

async fn send(transport: &Transport, letter: &Letter) -> Result<(), DeliveryError> {
    transport.deliver(&letter.bytes, &letter.message_id, OFFICE, &letter.to).await
}

#[tokio::test]
async fn a_letter_reaches_a_server_on_this_machine_as_it_was_written() {
    let place = Place::new();
    let server = Server::start(&place, &["--mode", "plain"]);
    let letter = letter();
    send(&server.reached_by("smtp://127.0.0.1", None), &letter).await.expect("delivered");
    assert_eq!(place.stored(), ["0001.eml", "0001.json"]);
    assert_eq!(place.message("0001.eml"), letter.bytes);
    let seen = place.envelope("0001.json");
    assert_eq!(seen["from"], "zhunru@example.org");
    assert_eq!(seen["to"], serde_json::json!([COMMUNITY]));
    assert_eq!(seen["encrypted"], false);
    assert_eq!(seen["message_id"], letter.message_id.as_str());
    assert_eq!(seen["subject"], letter.subject.as_str());
    assert_eq!(seen["body"].as_str().map(|body| body.replace("\r\n", "\n")), Some(letter.body));
}

#[tokio::test]
async fn a_title_full_of_commands_stays_one_letter() {
    let place = Place::new();
    let server = Server::start(&place, &["--mode", "plain"]);
    let commands = "走访\n.\nMAIL FROM:<x@example.org>\r\n.\r\nRCPT TO:<y@example.org>\rBcc: z@example.org";
    let letter = letter_about(commands);
    let transport = server.reached_by("smtp://localhost", None);
    send(&transport, &letter).await.expect("delivered");
    let raw = [&letter.bytes[..], b"\n.\nMAIL FROM:<x@example.org>\r\n"].concat();
    let refused = transport.deliver(&raw, &letter.message_id, OFFICE, COMMUNITY).await;
    assert!(matches!(refused, Err(DeliveryError::Never(_))), "{refused:?}");
    assert_eq!(place.stored(), ["0001.eml", "0001.json"]);
    let seen = place.envelope("0001.json");
    assert_eq!(seen["to"], serde_json::json!([COMMUNITY]));
    assert_eq!(seen["subject"], letter.subject.as_str());
    assert!(seen["body"].as_str().is_some_and(|body| body.contains("MAIL FROM:<x@example.org>")));
}

#[tokio::test]
async fn starttls_comes_before_the_login() {
    let place = Place::new().with_certificate_for("localhost");
    let server = Server::start(&place, &["--mode", "starttls", "--user", "zhun@ru", "--password", "准 入:1"]);
    let url = "smtp+starttls://zhun%40ru:%E5%87%86%20%E5%85%A5%3A1@localhost";
    send(&server.reached_by(url, Some(place.authority())), &letter()).await.expect("delivered");
    assert_eq!(place.stored(), ["0001.eml", "0001.json", "logins"]);
    assert_eq!(place.message("0001.eml"), letter().bytes);
    assert_eq!(place.envelope("0001.json")["encrypted"], true);
}

#[tokio::test]
async fn tls_from_the_first_byte_works_as_well() {
    let place = Place::new().with_certificate_for("localhost");
    let server = Server::start(&place, &["--mode", "tls", "--user", "a", "--password", "b"]);
    send(&server.reached_by("smtps://a:b@localhost", Some(place.authority())), &letter())
        .await
        .expect("delivered");
    assert_eq!(place.stored(), ["0001.eml", "0001.json", "logins"]);
    assert_eq!(place.message("0001.eml"), letter().bytes);
    assert_eq!(place.envelope("0001.json")["encrypted"], true);
}

#[tokio::test]
async fn a_certificate_that_does_not_hold_stops_everything() {
    for (mode, scheme) in [("starttls", "smtp+starttls"), ("tls", "smtps")] {
        let url = format!("{scheme}://a:b@localhost");
        let arguments = ["--mode", mode, "--user", "a", "--password", "b"];
        let unknown = Place::new().with_certificate_for("localhost");
        let server = Server::start(&unknown, &arguments);
        let sent = send(&server.reached_by(&url, None), &letter()).await;
        assert!(matches!(sent, Err(DeliveryError::Later(_))), "{mode}: {sent:?}");
        assert!(unknown.stored().is_empty(), "{mode}: {:?}", unknown.stored());
        let elsewhere = Place::new().with_certificate_for("mail.example.net");
        let server = Server::start(&elsewhere, &arguments);
        let sent = send(&server.reached_by(&url, Some(elsewhere.authority())), &letter()).await;
        assert!(matches!(sent, Err(DeliveryError::Later(_))), "{mode}: {sent:?}");
        assert!(elsewhere.stored().is_empty(), "{mode}: {:?}", elsewhere.stored());
    }
}

#[tokio::test]
async fn a_wrong_password_delivers_nothing_and_is_not_told() {
    let place = Place::new().with_certificate_for("localhost");
    let server = Server::start(&place, &["--mode", "starttls", "--user", "a", "--password", "b"]);
    let transport = server.reached_by("smtp+starttls://a:geheim@localhost", Some(place.authority()));
    let refused = send(&transport, &letter()).await.expect_err("the password is wrong");
    assert!(matches!(&refused, DeliveryError::Later(reason) if reason.contains("535")), "{refused:?}");
    assert!(!format!("{refused:?} {transport:?}").contains("geheim"));
    assert_eq!(place.stored(), ["logins"]);
}

#[tokio::test]
async fn a_letter_put_off_goes_out_unchanged_with_the_next_try() {
    let place = Place::new();
    let server = Server::start(&place, &["--mode", "plain", "--greylist"]);
    let transport = server.reached_by("smtp://127.0.0.1", None);
    let letter = letter();
    let first = send(&transport, &letter).await;
    assert!(matches!(&first, Err(DeliveryError::Later(reason)) if reason.contains("451")), "{first:?}");
    assert_eq!(place.stored(), ["0001.deferred"]);
    send(&transport, &letter).await.expect("delivered");
    assert_eq!(place.stored(), ["0001.deferred", "0002.eml", "0002.json"]);
    assert_eq!(place.message("0001.deferred"), letter.bytes);
    assert_eq!(place.message("0002.eml"), letter.bytes);
    assert_eq!(place.envelope("0002.json")["message_id"], letter.message_id.as_str());
}

#[tokio::test]
async fn a_mailbox_that_does_not_exist_is_not_tried_again() {
    let place = Place::new();
    let server = Server::start(&place, &["--mode", "plain", "--refuse", COMMUNITY]);
    let refused = send(&server.reached_by("smtp://127.0.0.1", None), &letter()).await;
    assert!(matches!(&refused, Err(DeliveryError::Never(reason)) if reason.contains("550")), "{refused:?}");
    assert!(place.stored().is_empty());
}

#[tokio::test]
async fn without_starttls_neither_password_nor_letter_is_sent() {
    let place = Place::new();
    let server = Server::start(&place, &["--mode", "plain", "--user", "a", "--password", "b"]);
    let refused = send(&server.reached_by("smtp+starttls://a:b@localhost", None), &letter()).await;
    assert!(matches!(refused, Err(DeliveryError::Later(_))), "{refused:?}");
    assert!(place.stored().is_empty(), "{:?}", place.stored());
    send(&server.reached_by("smtp://a:b@127.0.0.1", None), &letter())
        .await
        .expect("the server would have taken it");
}

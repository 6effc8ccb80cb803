//! Web-hooks: signed calls to a real receiver, scoped as their owner, tried again with the same id, held, cancelled, and none
//! lost when the program is killed between the commit and the call.

mod makers;
mod paused;
mod receiver;

use std::process::{Command as Process, Stdio};

use chrono::{DateTime, Duration, Utc};
use engine::{Command, NewWebhook};
use serde_json::{Value, json};
use store::{LetterLine, LetterState, Webhook};
use workflow::action::ActionKind;
use workflow::assignment::RefusalReason;

use super::client::Site;
use super::repeated::{twice, twice_bare};
use crate::command_line::zhunru;
use crate::desk::{Desk, duty, purchase};
use receiver::{Heard, Receiver};

super::told_on_both! {
    a_call_is_signed_and_says_what_has_happened
    a_hook_hears_what_its_owner_may_see
    a_failing_receiver_is_tried_again_with_the_same_id
    a_paused_hook_holds_and_an_ended_one_says_nothing
    a_new_secret_signs_beside_the_old_one_for_a_day
    hooks_are_made_and_looked_after_by_the_api
    a_hook_is_made_and_turned_once
    the_page_makes_a_hook_and_shows_its_calls
    nothing_is_lost_when_the_program_is_killed_before_the_call
}

impl Desk {
    async fn hooks(&self, who: &str, receiver: &Receiver, kinds: &[ActionKind]) -> (Webhook, String) {
        let new = NewWebhook { name: "台账".into(), url: receiver.url(), kinds: kinds.to_vec() };
        self.engine.make_webhook(&self.actor(who), new, self.now()).await.expect("a web-hook")
    }

    async fn calls(&self, who: &str, webhook: &Webhook) -> Vec<LetterLine> {
        let calls = self.engine.webhook_calls(&self.actor(who), webhook.id, 100).await;
        calls.expect("calls").lines
    }
}

/// Whether Python, which shares no code with us, counts the signature that was sent.
fn python_agrees(secret: &str, heard: &Heard) -> bool {
    let script = "import sys,hmac,hashlib,base64\n\
        secret,wid,stamp,given=sys.argv[1:5]\n\
        key=base64.b64decode(secret.removeprefix('whsec_'))\n\
        mac=hmac.new(key,(wid+'.'+stamp+'.').encode()+sys.stdin.buffer.read(),hashlib.sha256).digest()\n\
        want='v1,'+base64.b64encode(mac).decode()\n\
        sys.exit(0 if want in given.split(' ') else 1)";
    let headers = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| heard.header(name));
    let mut python = Process::new("python3");
    let mut child = python
        .args(["-c", script, secret])
        .args(headers)
        .stdin(Stdio::piped())
        .spawn()
        .expect("python3 is here");
    let mut stdin = child.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut stdin, heard.body.as_bytes()).expect("it reads");
    drop(stdin);
    child.wait().expect("it ends").success()
}

async fn a_call_is_signed_and_says_what_has_happened(desk: Desk) {
    let receiver = Receiver::answering(&[]).await;
    let (_, secret) = desk.hooks("health", &receiver, &[ActionKind::Submit]).await;
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    assert_eq!(receiver.heard().len(), 0, "nothing leaves inside the act");
    let called = desk.engine.call_all(desk.now()).await.expect("calls");
    assert_eq!((called.sent, called.again, called.dead), (1, 0, 0));
    let heard = receiver.heard().remove(0);
    assert_eq!(
        (heard.line.as_str(), heard.header("content-type")),
        ("POST /in HTTP/1.1", "application/json")
    );
    assert_eq!(heard.header("webhook-timestamp"), desk.now().timestamp().to_string());
    let body: Value = serde_json::from_str(&heard.body).expect("JSON");
    assert_eq!(body["type"], "request.submit");
    assert_eq!(body["data"]["request"], request.to_string());
    assert_eq!((&body["data"]["before"], &body["data"]["after"]), (&json!("draft"), &json!("submitted")));
    assert!(
        !heard.body.contains("三会一课") && !heard.body.contains("李卫"),
        "no more than that: {}",
        heard.body
    );
    assert!(python_agrees(&secret, &heard));
    let mut other = heard.clone();
    other.body.push(' ');
    assert!(!python_agrees(&secret, &other), "the check can fail");
    desk.is_sound().await;
}

async fn a_hook_hears_what_its_owner_may_see(mut desk: Desk) {
    let mut hooks = Vec::new();
    for who in ["health", "civil", "c1", "c2", "approve3", "review"] {
        let receiver = Receiver::answering(&[]).await;
        desk.hooks(who, &receiver, ActionKind::ALL).await;
        hooks.push((who, receiver));
    }
    let request = desk.files("health", purchase(), &[1, 2]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    desk.does("money", request, Command::CommitFunds).await;
    desk.comes("2026-05-06").await;
    let refusal = desk.refusal(1, RefusalReason::OverQuota);
    desk.does("c1", request, refusal).await;
    desk.engine.call_all(desk.now()).await.expect("calls");
    let history = desk.engine.reader().history(request).await.expect("a history");
    let steps = history.iter().filter(|event| event.is_step()).count();
    let actions = |who: &str| -> Vec<String> {
        let (_, receiver) = hooks.iter().find(|(known, _)| *known == who).expect("a hook");
        let body = |heard: &Heard| serde_json::from_str::<Value>(&heard.body).expect("JSON");
        let mut bodies: Vec<Value> = receiver.heard().iter().map(body).collect();
        bodies.sort_by_key(|body| body["data"]["seq"].as_i64());
        bodies.iter().map(|body| body["data"]["action"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(actions("health").len(), steps, "its own request, step by step");
    assert_eq!(actions("review").len(), steps, "the district's office");
    assert_eq!(actions("approve3"), Vec::<String>::new(), "another district");
    assert_eq!(actions("civil"), ["approve"], "what is published in the district, and no more");
    assert!(actions("c1").contains(&"refuse_assignment".to_owned()));
    assert!(
        !actions("c2").contains(&"refuse_assignment".to_owned()),
        "what a sibling does is none of its news"
    );
    assert!(actions("c2").contains(&"start".to_owned()) && !actions("c2").contains(&"submit".to_owned()));
}

async fn a_failing_receiver_is_tried_again_with_the_same_id(desk: Desk) {
    let receiver = Receiver::answering(&[500, 302, 200, 410]).await;
    let (webhook, secret) = desk.hooks("health", &receiver, &[ActionKind::Submit]).await;
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    let mut now = desk.now();
    for _ in 0..2 {
        assert_eq!(desk.engine.call_all(now).await.expect("calls").again, 1);
        assert_eq!(desk.engine.call_all(now).await.expect("calls").again, 0, "not at once");
        now += Duration::minutes(5);
    }
    assert!(desk.calls("health", &webhook).await[0].reason.as_ref().is_some_and(|why| why.contains("302")));
    assert_eq!(desk.engine.call_all(now).await.expect("calls").sent, 1);
    let heard = receiver.heard();
    let ids: Vec<&str> = heard.iter().map(|one| one.header("webhook-id")).collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert!(heard.iter().all(|one| python_agrees(&secret, one)), "each try is signed with its own time");
    assert_ne!(heard[0].header("webhook-timestamp"), heard[2].header("webhook-timestamp"));
    // A receiver that says it has gone is believed; one that is not there is tried so often and no more.
    desk.engine.test_webhook(&desk.actor("health"), webhook.id, now).await.expect("a test");
    assert_eq!(desk.engine.call_all(now).await.expect("calls").dead, 1);
    receiver.goes();
    desk.engine.test_webhook(&desk.actor("health"), webhook.id, now).await.expect("a test");
    let mut tries = 0;
    loop {
        let called = desk.engine.call(now).await.expect("calls");
        tries += called.again + called.dead;
        if called.dead == 1 {
            break;
        }
        now += Duration::hours(7);
        assert!(tries < 20, "it is dead in the end");
    }
    assert_eq!(tries, 12);
    let dead = desk.calls("health", &webhook).await;
    assert_eq!(dead.iter().filter(|one| one.state == LetterState::Dead).count(), 2);
    assert!(dead.iter().all(|one| one.state == LetterState::Sent || one.reason.is_some()));
    receiver.returns(&[200, 200]).await;
    assert_eq!(desk.engine.retry_calls(&desk.actor("health"), webhook.id, now).await.expect("again"), 2);
    assert_eq!(desk.engine.call_all(now).await.expect("calls").sent, 2);
    desk.is_sound().await;
}

async fn a_paused_hook_holds_and_an_ended_one_says_nothing(desk: Desk) {
    let receiver = Receiver::answering(&[]).await;
    let (webhook, _) = desk.hooks("health", &receiver, &[ActionKind::Submit]).await;
    let (health, now) = (desk.actor("health"), desk.now());
    let first = desk.files("health", duty(), &[1]).await;
    desk.does("health", first, Command::Submit).await;
    desk.engine.pause_webhook(&health, webhook.id, now).await.expect("paused");
    let second = desk.files("health", duty(), &[2]).await;
    desk.does("health", second, Command::Submit).await;
    desk.engine.call_all(now).await.expect("calls");
    assert_eq!(receiver.heard().len(), 0);
    assert_eq!(desk.calls("health", &webhook).await[0].state, LetterState::Held);
    desk.engine.resume_webhook(&health, webhook.id, now).await.expect("it goes on");
    assert_eq!(
        desk.engine.call_all(now).await.expect("calls").sent,
        1,
        "what was held, not what was not heard"
    );
    let third = desk.files("health", duty(), &[3]).await;
    desk.does("health", third, Command::Submit).await;
    desk.engine.end_webhook(&health, webhook.id, now).await.expect("ended");
    desk.engine.call_all(now).await.expect("calls");
    assert_eq!(receiver.heard().len(), 1, "what waited is cancelled with it");
    assert!(desk.engine.webhooks(&health).await.expect("a list").is_empty());
    assert!(desk.engine.resume_webhook(&health, webhook.id, now).await.is_err(), "an end is an end");
    desk.is_sound().await;
}

async fn a_new_secret_signs_beside_the_old_one_for_a_day(desk: Desk) {
    let receiver = Receiver::answering(&[]).await;
    let (webhook, old) = desk.hooks("health", &receiver, &[ActionKind::Submit]).await;
    let (health, mut now) = (desk.actor("health"), desk.now());
    let (_, new) = desk.engine.rotate_webhook(&health, webhook.id, now).await.expect("a new secret");
    assert_ne!(old, new);
    for _ in 0..2 {
        desk.engine.test_webhook(&health, webhook.id, now).await.expect("a test");
        desk.engine.call_all(now).await.expect("calls");
        now += Duration::hours(25);
    }
    let heard = receiver.heard();
    assert!(python_agrees(&new, &heard[0]) && python_agrees(&old, &heard[0]));
    assert!(python_agrees(&new, &heard[1]) && !python_agrees(&old, &heard[1]));
}

const HOOKS: (&str, &str) = ("POST", "/api/v1/webhooks");

async fn hooks_are_made_and_looked_after_by_the_api(desk: Desk) {
    let receiver = Receiver::answering(&[]).await;
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    let body = json!({ "name": "台账", "url": receiver.url(), "kinds": ["submit", "approve"] });
    let made = health.json(HOOKS, &[], &body).await;
    let (id, secret) = (made.is(201).value()["id"].clone(), made.value()["secret"].clone());
    let (id, secret) = (id.as_str().expect("an id"), secret.as_str().expect("a secret"));
    assert!(secret.starts_with("whsec_"));
    let listed = health.get("/api/v1/webhooks").await;
    assert_eq!(listed.is(200).value()["items"][0]["kinds"], json!(["submit", "approve"]));
    assert!(!listed.body.contains(secret), "it is shown once");
    let one = format!("/api/v1/webhooks/{id}");
    for who in ["civil", "c1", "review"] {
        let mut stranger = site.signed_in(who).await;
        assert_eq!(stranger.get("/api/v1/webhooks").await.value()["items"], json!([]));
        stranger.get(&format!("{one}/calls")).await.is(404);
        stranger.json(("POST", &format!("{one}/pause")), &[], &json!({})).await.is(404);
        stranger.json(("POST", &format!("{one}/secret")), &[], &json!({})).await.is(404);
        stranger.json(("DELETE", &one), &[], &json!({})).await.is(404);
    }
    site.signed_in("health2").await.json(("POST", &format!("{one}/pause")), &[], &json!({})).await.is(200);
    let paused = health.json(("POST", &format!("{one}/test")), &[], &json!({})).await;
    assert_eq!((paused.status, paused.code()), (409, "conflict".into()));
    health.json(("POST", &format!("{one}/resume")), &[], &json!({})).await.is(200);
    health.json(("POST", &format!("{one}/test")), &[], &json!({})).await.is(200);
    let calls = health.get(&format!("{one}/calls")).await;
    assert_eq!(calls.is(200).value()["items"][0]["type"], "ping");
    for url in ["http://10.0.0.1/", "https://169.254.169.254/latest/meta-data", "https://[::1]/", "ftp://a/"]
    {
        let body = json!({ "name": "x", "url": url, "kinds": ["submit"] });
        let refused = health.json(HOOKS, &[], &body).await;
        assert_eq!(refused.is(422).value()["errors"][0]["pointer"], "/url", "{url}");
    }
    let none = json!({ "name": "x", "url": receiver.url(), "kinds": [] });
    assert_eq!(health.json(HOOKS, &[], &none).await.is(422).value()["errors"][0]["pointer"], "/kinds");
    health.json(("DELETE", &one), &[], &json!({})).await.is(200);
    assert_eq!(health.get("/api/v1/webhooks").await.value()["items"], json!([]));
}

async fn a_hook_is_made_and_turned_once(desk: Desk) {
    let receiver = Receiver::answering(&[]).await;
    let site = Site::of(desk).await;
    let mut health = site.signed_in("health").await;
    let body = json!({ "name": "台账", "url": receiver.url(), "kinds": ["submit"] });
    let made = twice(&mut health, HOOKS.1, &[], &body).await.is(201).value();
    assert_eq!(health.get(HOOKS.1).await.value()["items"].as_array().unwrap().len(), 1, "one only");
    let one = format!("{}/{}", HOOKS.1, made["id"].as_str().unwrap());
    let shown = health.get(&one).await.is(200).value();
    assert_eq!((&shown["name"], shown.get("secret")), (&json!("台账"), None));
    let turned = twice_bare(&mut health, &format!("{one}/secret"), &format!("{one}/test")).await.value();
    let worker = site.desk.engine.reader().worker("health@example.org").await.expect("a person");
    for (key, secret) in [(HOOKS.1, &made["secret"]), (&format!("{one}/secret"), &turned["secret"])] {
        let kept = site.desk.engine.reader().kept_answer(worker.person.user, key).await.expect("it reads");
        let kept = kept.expect("it is kept").body;
        assert!(!kept.contains(secret.as_str().unwrap()) && kept.contains("\"secret\":null"), "{kept}");
    }
    let mut program = health.program().await;
    twice_bare(&mut program, &format!("{one}/test"), &format!("{one}/retry")).await;
    assert_eq!(program.get(&format!("{one}/calls")).await.value()["total"], 1, "one ping");
    twice_bare(&mut program, &format!("{one}/pause"), &format!("{one}/resume")).await;
    twice_bare(&mut program, &format!("{one}/retry"), &format!("{one}/test")).await;
    twice_bare(&mut program, &format!("{one}/resume"), &format!("{one}/pause")).await;
    for refused in [program.json(HOOKS, &[], &body).await, program.calls(&format!("{one}/secret"), &[]).await]
    {
        assert_eq!((refused.status, refused.code()), (403, "session_needed".into()));
    }
    site.signed_in("review").await.get(&one).await.is(404);
    let hook = made["id"].as_str().unwrap().parse().map(workflow::id::WebhookId).unwrap();
    let rotated = site.desk.engine.webhook(&site.desk.actor("health"), hook).await.expect("a hook");
    assert_eq!(rotated.generation, 2, "given a new secret once");
    site.desk.is_sound().await;
}

async fn the_page_makes_a_hook_and_shows_its_calls(desk: Desk) {
    let receiver = Receiver::answering(&[]).await;
    let site = Site::of(desk).await;
    let mut c1 = site.signed_in("c1").await;
    let url = receiver.url();
    let fields = [("name", "<b>台账</b>"), ("url", url.as_str()), ("kind", "start"), ("kind", "enter")];
    let made = c1.post("/webhooks", &fields).await;
    let secret = made.is(201).between("<code class=\"token\">", "<").expect("a secret");
    assert!(secret.starts_with("whsec_") && !made.body.contains("<b>台账"));
    let page = c1.get("/webhooks").await;
    assert!(page.is(200).says("本社区").says("公示期满准入、开始实施").body.contains("&#60;b&#62;台账"));
    assert!(!page.body.contains(&secret));
    let id = page.between("action=\"/webhooks/", "/test").expect("an id");
    let tried = c1.post(&format!("/webhooks/{id}/test"), &[]).await;
    c1.follows(&tried).await.is(200).says("ping").says("待发");
    site.desk.engine.call_all(site.now()).await.expect("calls");
    c1.get(&format!("/webhooks/{id}")).await.is(200).says("已发");
    let turned = c1.post(&format!("/webhooks/{id}/secret"), &[]).await;
    assert_ne!(turned.is(200).between("<code class=\"token\">", "<").expect("a secret"), secret);
    c1.post("/webhooks", &[("name", "x"), ("url", "https://127.0.0.2/"), ("every", "yes")]).await.is(422);
    site.signed_in("c2").await.get(&format!("/webhooks/{id}")).await.is(404);
    assert_eq!(c1.post(&format!("/webhooks/{id}/end"), &[]).await.to(), "/webhooks");
    c1.get("/webhooks").await.says("还没有网络回调");
}

async fn nothing_is_lost_when_the_program_is_killed_before_the_call(desk: Desk) {
    let receiver = Receiver::that_never_answers().await;
    let (webhook, secret) = desk.hooks("health", &receiver, &[ActionKind::Submit]).await;
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("key");
    std::fs::write(&key, "07".repeat(32)).expect("the key is written");
    let mut program = zhunru();
    program.args(["--database", &desk.url, "--webhook-hosts", "127.0.0.1", "--key-file"]).arg(&key);
    program.arg("--mail").arg(folder.path().join("letters")).args(["jobs", "run"]);
    let mut program = program.stdout(Stdio::null()).spawn().expect("it starts");
    receiver.is_called().await;
    program.kill().expect("it is killed");
    program.wait().expect("it has ended");
    let calls = desk.calls("health", &webhook).await;
    assert_eq!(
        (calls[0].state, calls[0].tries),
        (LetterState::Waiting, 1),
        "the try is counted, the call is kept"
    );
    receiver.returns(&[200]).await;
    let much_later: DateTime<Utc> = "2100-01-01T00:00:00Z".parse().expect("a time");
    assert_eq!(desk.engine.call_all(much_later).await.expect("calls").sent, 1);
    let heard = receiver.heard();
    assert_eq!(heard[0].header("webhook-id"), heard[1].header("webhook-id"));
    assert!(python_agrees(&secret, &heard[0]) && python_agrees(&secret, &heard[1]));
}

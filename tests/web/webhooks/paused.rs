//! Web-hooks that are paused or ended while their calls wait, are tried again or are under way; and very many web-hooks.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, Utc};
use engine::{Again, Clock, Command, Engine, NewWebhook, Order, Seen};
use store::{AuditKey, EventLine, LetterScope, LetterState, NewLetter, Sight, Store, Webhook, WebhookState};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;
use workflow::action::ActionKind;
use workflow::actor::Person;
use workflow::id::{LetterId, RequestId, WebhookId};
use workflow::letters::LetterHours;

use super::receiver::Receiver;
use crate::desk::{Desk, duty};

crate::web::told_on_both! {
    dead_calls_of_a_paused_hook_wait_for_its_resume
    a_step_beside_a_pause_or_an_end_makes_no_call
    a_call_under_way_while_its_hook_is_paused_is_made_once
    a_call_that_is_claimed_late_is_left_alone_as_long
    more_hooks_than_a_statement_has_terms_hear_of_a_step
}

impl Desk {
    async fn states_of_calls(&self, webhook: &Webhook) -> Vec<LetterState> {
        let scope = LetterScope::Webhook(webhook.id);
        let calls = self.engine.reader().letter_lines(scope, LetterState::ALL, 100).await.expect("calls");
        calls.lines.iter().map(|line| line.state).collect()
    }

    /// What the round of calls has come to: sent, to be tried again, dead.
    async fn called(&self) -> (usize, usize, usize) {
        let called = self.engine.call_all(self.now()).await.expect("calls");
        (called.sent, called.again, called.dead)
    }

    async fn another_store(&self) -> Store {
        Store::open(&self.url, AuditKey::new([7; 32])).await.expect("the store opens")
    }

    /// Commits a call as a step does that has read the web-hook while it was active.
    async fn queues_late(&self, webhook: &Webhook) {
        let id = LetterId(Uuid::now_v7());
        let call = NewLetter {
            id,
            district: webhook.district,
            request: None,
            kind: "request.submit".into(),
            message_id: format!("msg_{}", id.0.simple()),
            sender: String::new(),
            recipient: Webhook::recipient(webhook.id),
            subject: "request.submit".into(),
            bytes: b"{}".to_vec(),
            at: self.now(),
            hours: LetterHours::Any,
            step: None,
        };
        let store = self.another_store().await;
        let tx = store.begin().await.expect("a transaction");
        tx.queue(vec![call]).await.expect("it is queued");
        tx.commit().await.expect("kept");
        store.close().await.expect("closed");
    }
}

async fn dead_calls_of_a_paused_hook_wait_for_its_resume(desk: Desk) {
    let receiver = Receiver::answering(&[410, 410]).await;
    let (webhook, _) = desk.hooks("health", &receiver, &[ActionKind::Submit]).await;
    let (health, office, now) = (desk.actor("health"), desk.actor("review"), desk.now());
    desk.engine.test_webhook(&health, webhook.id, now).await.expect("a test");
    assert_eq!(desk.called().await, (0, 0, 1));

    desk.engine.pause_webhook(&health, webhook.id, now).await.expect("paused");
    assert_eq!(desk.engine.retry_letters(&office, Again::All, now).await.expect("again"), 1);
    assert_eq!(desk.called().await, (0, 0, 0));
    assert_eq!(desk.states_of_calls(&webhook).await, [LetterState::Held], "after the office's retry");
    desk.engine.resume_webhook(&health, webhook.id, now).await.expect("it goes on");
    assert_eq!(desk.called().await, (0, 0, 1), "what was held leaves with the resume");

    desk.engine.pause_webhook(&health, webhook.id, now).await.expect("paused");
    assert_eq!(desk.engine.retry_calls(&health, webhook.id, now).await.expect("again"), 1);
    assert_eq!(desk.called().await, (0, 0, 0));
    let held = desk.calls("health", &webhook).await;
    assert_eq!((held[0].state, held[0].tries), (LetterState::Held, 0), "after its owner's; no try was made");
    assert_eq!(receiver.heard().len(), 2);
    desk.engine.resume_webhook(&health, webhook.id, now).await.expect("it goes on");
    assert_eq!(desk.called().await, (1, 0, 0));
    desk.is_sound().await;
}

async fn a_step_beside_a_pause_or_an_end_makes_no_call(desk: Desk) {
    let receiver = Receiver::answering(&[]).await;
    let (webhook, _) = desk.hooks("health", &receiver, &[ActionKind::Submit]).await;
    let (health, office, now) = (desk.actor("health"), desk.actor("review"), desk.now());
    desk.engine.pause_webhook(&health, webhook.id, now).await.expect("paused");
    desk.queues_late(&webhook).await;
    assert_eq!(desk.states_of_calls(&webhook).await, [LetterState::Waiting]);
    assert_eq!(desk.called().await, (0, 0, 0));
    assert_eq!(desk.states_of_calls(&webhook).await, [LetterState::Held]);
    assert_eq!(receiver.heard().len(), 0);
    desk.engine.resume_webhook(&health, webhook.id, now).await.expect("it goes on");
    assert_eq!(desk.called().await, (1, 0, 0));

    desk.engine.end_webhook(&health, webhook.id, now).await.expect("ended");
    desk.queues_late(&webhook).await;
    assert_eq!(desk.called().await, (0, 0, 0));
    let states = desk.states_of_calls(&webhook).await;
    assert_eq!(states, [LetterState::Superseded, LetterState::Sent], "the newest first");
    assert_eq!(desk.engine.retry_letters(&office, Again::All, now).await.expect("a look"), 0, "none is dead");
    assert_eq!(receiver.heard().len(), 1);
    desk.is_sound().await;
}

/// As many calls as are under way side by side.
const SIDE_BY_SIDE: usize = 8;

async fn a_call_under_way_while_its_hook_is_paused_is_made_once(desk: Desk) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let url = format!("http://{}/in", listener.local_addr().expect("an address"));
    let new = NewWebhook { name: "台账".into(), url, kinds: vec![ActionKind::Submit] };
    let (health, now) = (desk.actor("health"), desk.now());
    let (webhook, _) = desk.engine.make_webhook(&health, new, now).await.expect("a web-hook");
    for _ in 0..=SIDE_BY_SIDE {
        desk.engine.test_webhook(&health, webhook.id, now).await.expect("a test");
    }
    let paused_before_the_answer = async {
        let callers = take(&listener, SIDE_BY_SIDE).await;
        desk.engine.pause_webhook(&health, webhook.id, now).await.expect("paused");
        answer(callers, 500).await;
    };
    let (called, ()) = tokio::join!(desk.called(), paused_before_the_answer);
    assert_eq!(called, (SIDE_BY_SIDE - 1, 1, 0), "those that were under way, and no other");
    let calls = desk.calls("health", &webhook).await;
    let held: Vec<_> = calls.iter().filter(|call| call.state == LetterState::Held).collect();
    assert_eq!(calls.iter().filter(|call| call.state == LetterState::Sent).count(), SIDE_BY_SIDE - 1);
    assert_eq!(held.len(), 2, "the one that failed and the one that was not begun");
    assert_eq!(held.iter().filter(|call| call.reason.is_some()).count(), 1);

    desk.engine.resume_webhook(&health, webhook.id, now).await.expect("it goes on");
    let rest = async { answer(take(&listener, 2).await, 200).await };
    let (called, ()) = tokio::join!(desk.called(), rest);
    assert_eq!(called, (2, 0, 0), "what was answered is not sent again");
    desk.is_sound().await;
}

/// Takes so many calls and answers none yet.
async fn take(listener: &TcpListener, count: usize) -> Vec<TcpStream> {
    let mut callers = Vec::new();
    while callers.len() < count {
        let (mut caller, _) = listener.accept().await.expect("a call");
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"}") {
            let mut some = [0; 4096];
            let read = caller.read(&mut some).await.expect("it is read");
            assert_ne!(read, 0, "it says all before it goes");
            bytes.extend_from_slice(&some[..read]);
        }
        callers.push(caller);
    }
    callers
}

/// Answers the first of some calls with this status, and the others with 200.
async fn answer(callers: Vec<TcpStream>, first: u16) {
    let statuses = std::iter::once(first).chain(std::iter::repeat(200));
    for (mut caller, status) in callers.into_iter().zip(statuses) {
        let said = format!("HTTP/1.1 {status} so\r\nContent-Length: 2\r\n\r\nok");
        caller.write_all(said.as_bytes()).await.expect("it is heard");
    }
}

async fn more_hooks_than_a_statement_has_terms_hear_of_a_step(desk: Desk) {
    let node = desk.another_node().await;
    let quiet = desk.files("health", duty(), &[1]).await;
    let loud = desk.files("health", duty(), &[2]).await;
    let few = statements_to_submit(&desk, &node, quiet).await;
    let health = desk.engine.reader().worker("health@example.org").await.expect("a person").person;
    let women = desk.engine.reader().worker("women@example.org").await.expect("a person").person;
    let mut hearing = Vec::new();
    let store = desk.another_store().await;
    let tx = store.begin().await.expect("a transaction");
    for number in 0..650 {
        // Every fifth is another department's, and sees nothing of the request.
        let webhook = hook_of(if number % 5 == 0 { &women } else { &health }, desk.now());
        tx.add_webhook(&webhook).await.expect("it is kept");
        if webhook.organisation == health.organisation {
            hearing.push(webhook.id);
        }
    }
    let line = EventLine {
        at: desk.now(),
        role: "system".into(),
        action: "make_webhook".into(),
        detail: "{}".into(),
        ..EventLine::default()
    };
    let city = tx.reader().organisation("420200").await.expect("the city").id;
    tx.record(city, line).await.expect("an event");
    tx.commit().await.expect("kept");
    store.close().await.expect("closed");

    let many = statements_to_submit(&desk, &node, loud).await;
    let waiting = desk.engine.reader().letters(LetterState::Waiting).await.expect("letters");
    let called: Vec<WebhookId> =
        waiting.iter().filter_map(|letter| Webhook::of_recipient(&letter.recipient)).collect();
    assert_eq!(hearing.len(), 520);
    assert_eq!(called, hearing, "each once, the oldest web-hook first");
    assert!(many < few + 30, "{few} without web-hooks, {many} with 650");
}

async fn statements_to_submit(desk: &Desk, node: &Engine, request: RequestId) -> usize {
    let before = desk.statements.load(Ordering::Relaxed);
    let actor = desk.actor("health");
    let order = Order { request, actor: &actor, seen: Seen::Whatever, now: desk.now() };
    node.act(order, Command::Submit).await.expect("it is submitted");
    desk.statements.load(Ordering::Relaxed) - before
}

/// A web-hook of a person's department; nobody asks whether it is one too many.
fn hook_of(maker: &Person, made_at: DateTime<Utc>) -> Webhook {
    Webhook {
        id: WebhookId(Uuid::now_v7()),
        district: maker.district,
        organisation: maker.organisation,
        sight: Sight::Department,
        name: "台账".into(),
        url: "https://example.org/in".into(),
        kinds: vec![ActionKind::Submit],
        state: WebhookState::Active,
        generation: 1,
        former_until: None,
        made_by: None,
        made_at,
    }
}

/// More calls than a round has, the last of which is claimed when a lease from the start would be over.
async fn a_call_that_is_claimed_late_is_left_alone_as_long(desk: Desk) {
    const ROUND: usize = 100;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let url = format!("http://{}/in", listener.local_addr().expect("an address"));
    let new = NewWebhook { name: "台账".into(), url, kinds: vec![ActionKind::Submit] };
    let (health, start) = (desk.actor("health"), desk.now());
    let (webhook, _) = desk.engine.make_webhook(&health, new, start).await.expect("a web-hook");
    for _ in 0..=ROUND {
        desk.engine.test_webhook(&health, webhook.id, start).await.expect("a test");
    }
    let minutes = Arc::new(AtomicI64::new(0));
    let gone = Arc::clone(&minutes);
    let clock: Clock = Arc::new(move || start + Duration::minutes(gone.load(Ordering::Relaxed)));
    let other = desk.another_node().await;
    let beside = async {
        for _ in 1..ROUND {
            answer(take(&listener, 1).await, 200).await;
        }
        let last = take(&listener, 1).await;
        minutes.store(60, Ordering::Relaxed);
        answer(last, 200).await;
        let late = take(&listener, 1).await;
        let doubled = other.call_all(start + Duration::minutes(61)).await.expect("calls");
        answer(late, 200).await;
        doubled
    };
    let (called, doubled) = tokio::join!(desk.engine.call_all_by(&clock), beside);
    assert_eq!((doubled.sent, doubled.again, doubled.dead), (0, 0, 0), "it is under way");
    assert_eq!(called.expect("calls").sent, ROUND + 1);
    desk.is_sound().await;
}

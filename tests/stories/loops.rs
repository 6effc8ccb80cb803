//! Timers and letters: one node fires, a broken case stops no other, letters are tried again and die in the end.

use chrono::Duration;
use engine::Command;
use notifier::{SmtpSettings, Transport};
use store::LetterState;
use workflow::stage::StageKind;

use crate::desk::{Desk, duty};

super::told_on_both! {
    of_two_nodes_one_sweeps
    a_sweep_done_twice_does_nothing_more
    a_letter_is_tried_again_with_growing_pauses_and_dies
    a_letter_reaches_whoever_is_meant_in_their_language
}

async fn of_two_nodes_one_sweeps(desk: Desk) {
    let other = desk.another_node().await;
    let due = desk.now();
    assert!(desk.engine.sweep_once_for(due, due).await.unwrap());
    assert!(!other.sweep_once_for(due, due + Duration::seconds(1)).await.unwrap(), "it is taken");
    assert!(other.sweep_once_for(due + Duration::minutes(1), due).await.unwrap(), "the next one is free");
}

async fn a_sweep_done_twice_does_nothing_more(mut desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.jumps("2026-03-31");
    let missed = desk.engine.sweep(desk.now()).await.unwrap();
    assert_eq!((missed.actions, missed.failed.len()), (1, 0), "what was missed is caught up");
    assert_eq!(desk.stage(request).await, StageKind::Review);
    let letters = desk.engine.reader().letter_count(LetterState::Waiting).await.unwrap();
    let again = desk.engine.sweep(desk.now()).await.unwrap();
    assert_eq!((again.actions, again.reminders, again.failed.len()), (0, 0, 0));
    assert_eq!(desk.engine.reader().letter_count(LetterState::Waiting).await.unwrap(), letters);
}

async fn a_letter_is_tried_again_with_growing_pauses_and_dies(desk: Desk) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = SmtpSettings::parse(&format!("smtp://127.0.0.1:{port}")).unwrap();
    let desk = desk.sending_by(Transport::smtp(&nobody).unwrap()).await;
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    let mut now = desk.now();
    let first = desk.engine.deliver(now).await.unwrap();
    assert_eq!((first.sent, first.again), (0, 2), "both reviewers are told later");
    assert_eq!(desk.engine.deliver(now).await.unwrap().again, 0, "not before the pause is over");
    assert_eq!(desk.engine.deliver(now + Duration::seconds(59)).await.unwrap().again, 0);
    for _ in 0..11 {
        now += Duration::hours(6);
        desk.engine.deliver(now).await.unwrap();
    }
    let dead = desk.engine.reader().letters(LetterState::Dead).await.unwrap();
    assert_eq!(dead.len(), 2);
    assert!(dead.iter().all(|letter| letter.attempts == 12 && letter.failure.is_some()));
    let desk = desk.sending_by(Transport::memory()).await;
    assert_eq!(
        desk.engine.deliver_all(now).await.unwrap().sent,
        0,
        "the dead stay dead until somebody looks"
    );
}

async fn a_letter_reaches_whoever_is_meant_in_their_language(desk: Desk) {
    let transport = Transport::memory();
    let desk = desk.sending_by(transport.clone()).await;
    let request = desk.files("health", crate::desk::purchase(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.posts().await;
    desk.does("review", request, Command::AcceptFiling).await;
    desk.does("review", request, Command::Quote).await;
    let delivered = desk.engine.deliver_all(desk.now()).await.unwrap();
    assert_eq!((delivered.sent, delivered.again, delivered.dead), (2, 0, 0));
    let mut reached: Vec<String> = transport.delivered().into_iter().map(|(to, _)| to).collect();
    reached.sort();
    let meant = ["both@example.org", "health2@example.org", "health@example.org", "review@example.org"];
    assert_eq!(reached, meant);
    assert_eq!(desk.engine.deliver_all(desk.now()).await.unwrap().sent, 0, "each letter leaves once");
}

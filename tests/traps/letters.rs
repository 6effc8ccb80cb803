//! Traps of letters: the absent are not the only ones who are told, and nothing is sent for ever.

use chrono::Duration;
use engine::{Again, Command, NewDeputy};
use notifier::{SmtpSettings, Transport};
use store::{LetterScope, LetterState};
use workflow::actor::Role;
use workflow::letters::{LetterMode, QuietHours};

use crate::desk::{Desk, duty};

crate::stories::told_on_both! {
    trap_21_the_deputy_gets_the_task_and_the_absent_a_copy
    trap_22_no_letter_is_tried_for_ever
}

async fn trap_21_the_deputy_gets_the_task_and_the_absent_a_copy(mut desk: Desk) {
    let days = (desk.now().date_naive(), "2026-03-06".parse().unwrap());
    let new = NewDeputy {
        principal: "review@example.org".into(),
        deputy: "approve@example.org".into(),
        role: Role::Reviewer,
        days,
    };
    desk.engine.appoint_deputy(&desk.actor("review"), new, desk.now()).await.unwrap();
    let transport = Transport::memory();
    desk = desk.sending_by(transport.clone()).await;
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.posts().await;
    let told = reached(&transport);
    assert_eq!(told, ["approve@example.org", "both@example.org", "review@example.org"], "task and copy");
    desk.prefers("approve", LetterMode::Digest, QuietHours::Kept).await;
    let second = desk.files("health", duty(), &[2]).await;
    desk.does("health", second, Command::Submit).await;
    desk.jumps("2026-03-03");
    desk.posts().await;
    assert_eq!(reached(&transport).iter().filter(|to| *to == "approve@example.org").count(), 2, "by digest");
    desk.jumps("2026-03-09");
    let third = desk.files("health", duty(), &[3]).await;
    desk.does("health", third, Command::Submit).await;
    desk.jumps("2026-03-10");
    desk.posts().await;
    assert_eq!(reached(&transport).iter().filter(|to| *to == "approve@example.org").count(), 2, "it is over");
}

fn reached(transport: &Transport) -> Vec<String> {
    let mut reached: Vec<String> = transport.delivered().into_iter().map(|(to, _)| to).collect();
    reached.sort();
    reached
}

async fn trap_22_no_letter_is_tried_for_ever(desk: Desk) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = SmtpSettings::parse(&format!("smtp://127.0.0.1:{port}")).unwrap();
    let desk = desk.sending_by(Transport::smtp(&nobody).unwrap()).await;
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    let mut now = desk.now();
    let mut tries = 0;
    for _ in 0..40 {
        tries += desk.engine.deliver(now).await.unwrap().again;
        now += Duration::hours(6);
    }
    assert_eq!(tries, 2 * 11, "eleven pauses for each of two letters");
    let dead =
        desk.engine.reader().letter_lines(LetterScope::Everything, &[LetterState::Dead], 10).await.unwrap();
    assert_eq!(dead.total, 2);
    assert!(dead.lines.iter().all(|line| line.tries == 12 && line.reason.is_some()), "{:?}", dead.lines);
    let (one, other) = (dead.lines[0].id, dead.lines[1].id);
    let admin = desk.actor("review");
    assert_eq!(desk.engine.retry_letters(&admin, Again::One(one), now).await.unwrap(), 1);
    desk.engine.cancel_letter(&admin, other, now).await.unwrap();
    assert!(desk.engine.cancel_letter(&admin, other, now).await.is_err(), "it does not wait any more");
    assert_eq!(desk.engine.retry_letters(&admin, Again::All, now).await.unwrap(), 0, "none is dead");
    desk.does("review", request, Command::AcceptFiling).await;
    let over = desk
        .engine
        .reader()
        .letter_lines(LetterScope::Everything, &[LetterState::Superseded], 10)
        .await
        .unwrap();
    let mut reasons: Vec<_> = over.lines.into_iter().filter_map(|line| line.reason).collect();
    reasons.sort();
    assert_eq!(reasons, ["cancelled", "the step is over"], "even one that was revived");
    desk.is_sound().await;
}

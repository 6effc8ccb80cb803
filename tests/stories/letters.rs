//! Letters: one digest a working morning, urgent ones at once, quiet hours, and never after the fact was handled.

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use engine::{Command, Seen};
use notifier::{SmtpSettings, Transport};
use store::{LetterScope, LetterState, OutboxLetter};
use workflow::letters::{LetterMode, QuietHours};

use crate::desk::{Desk, duty};

super::told_on_both! {
    a_morning_brings_one_letter
    a_step_that_is_done_is_not_told_any_more
    a_letter_that_waits_for_the_server_is_overtaken_too
    quiet_hours_are_kept
    a_missed_morning_is_caught_up_once
    everyone_chooses_but_nobody_escapes_the_law
    a_district_looks_after_its_own_letters
}

/// A time in Shanghai, `2026-03-02 09:00`.
fn at(text: &str) -> DateTime<Utc> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a time");
    local.and_utc() - Duration::hours(8)
}

async fn letters(desk: &Desk, state: LetterState) -> Vec<OutboxLetter> {
    desk.engine.reader().letters(state).await.expect("letters")
}

/// Recipient and subject of what has left, oldest first.
async fn post(desk: &Desk) -> Vec<(String, String)> {
    let sent = letters(desk, LetterState::Sent).await;
    let mut post: Vec<_> = sent.into_iter().map(|letter| (letter.recipient, letter.subject)).collect();
    post.sort();
    post
}

async fn a_morning_brings_one_letter(mut desk: Desk) {
    desk.hears_by_default().await;
    for _ in 0..3 {
        let request = desk.files("health", duty(), &[1]).await;
        desk.does("health", request, Command::Submit).await;
    }
    assert_eq!(desk.engine.deliver_all(at("2026-03-02 23:59")).await.unwrap().sent, 0);
    desk.jumps("2026-03-03");
    assert_eq!(desk.engine.deliver_all(at("2026-03-03 08:29")).await.unwrap().sent, 0, "not before its hour");
    let morning = desk.engine.deliver_all(at("2026-03-03 08:30")).await.unwrap();
    assert_eq!((morning.digests, morning.sent), (2, 2), "six notices, two reviewers, two letters");
    let subject = "【准入】2026-03-03 事项汇总：3 条通知".to_owned();
    let both = ("both@example.org".to_owned(), subject.clone());
    assert_eq!(post(&desk).await, [both, ("review@example.org".to_owned(), subject)]);
    assert_eq!(desk.engine.deliver_all(at("2026-03-04 08:30")).await.unwrap().sent, 0, "each is told once");
}

async fn a_step_that_is_done_is_not_told_any_more(mut desk: Desk) {
    desk.hears_by_default().await;
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.jumps("2026-03-03");
    assert_eq!(desk.engine.deliver_all(desk.now()).await.unwrap().sent, 2, "what was decided stays true");
    let told = post(&desk).await;
    let reached: Vec<&str> = told.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(
        reached,
        ["health2@example.org", "health@example.org"],
        "no reviewer hears of a filing accepted"
    );
    let overtaken = desk
        .engine
        .reader()
        .letter_lines(LetterScope::Everything, &[LetterState::Superseded], 10)
        .await
        .unwrap();
    assert_eq!(overtaken.total, 2);
    for line in overtaken.lines {
        assert_eq!((line.kind.as_str(), line.reason.as_deref()), ("submitted", Some("the step is over")));
    }
}

async fn a_letter_that_waits_for_the_server_is_overtaken_too(mut desk: Desk) {
    desk.hears_by_default().await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = SmtpSettings::parse(&format!("smtp://127.0.0.1:{port}")).unwrap();
    desk.posts().await;
    desk.prefers("review", LetterMode::AtOnce, QuietHours::Kept).await;
    let desk_down = desk.sending_by(Transport::smtp(&nobody).unwrap()).await;
    let request = desk_down.files("health", duty(), &[1]).await;
    desk_down.does("health", request, Command::Submit).await;
    assert_eq!(desk_down.engine.deliver_all(desk_down.now()).await.unwrap().again, 1);
    desk_down.does("both", request, Command::AcceptFiling).await;
    let overtaken = letters(&desk_down, LetterState::Superseded).await;
    assert_eq!(overtaken.len(), 1, "the letter to the reviewer");
    desk = desk_down.sending_by(Transport::memory()).await;
    desk.jumps("2026-03-03");
    assert_eq!(desk.engine.deliver_all(desk.now()).await.unwrap().sent, 0, "it never leaves");
}

async fn quiet_hours_are_kept(desk: Desk) {
    desk.hears_by_default().await;
    for name in ["review", "both"] {
        desk.prefers(name, LetterMode::AtOnce, QuietHours::Kept).await;
    }
    desk.prefers("both", LetterMode::AtOnce, QuietHours::Off).await;
    let request = desk.files("health", duty(), &[1]).await;
    let health = desk.actor("health");
    // A Friday, late.
    let late = at("2026-03-06 21:00");
    let order = engine::Order { request, actor: &health, seen: Seen::Whatever, now: late };
    desk.engine.act(order, Command::Submit).await.unwrap();
    assert_eq!(desk.engine.deliver_all(late).await.unwrap().sent, 1, "to the one who does not mind");
    for quiet in ["2026-03-06 23:59", "2026-03-07 10:00", "2026-03-08 10:00", "2026-03-09 07:29"] {
        assert_eq!(desk.engine.deliver_all(at(quiet)).await.unwrap().sent, 0, "{quiet}");
    }
    assert_eq!(desk.engine.deliver_all(at("2026-03-09 07:30")).await.unwrap().sent, 1);
}

async fn a_missed_morning_is_caught_up_once(desk: Desk) {
    desk.hears_by_default().await;
    let other = desk.another_node().await;
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    for night in ["2026-03-03 07:30", "2026-03-03 21:00", "2026-03-07 09:00"] {
        assert_eq!(desk.engine.digest(at(night)).await.unwrap().letters, 0, "{night}");
    }
    let afternoon = at("2026-03-03 15:12");
    let (one, two) = tokio::join!(desk.engine.digest(afternoon), other.digest(afternoon));
    assert_eq!(one.unwrap().letters + two.unwrap().letters, 2, "two reviewers, one letter each");
    let more = desk.files("health", duty(), &[2]).await;
    desk.does("health", more, Command::Submit).await;
    assert_eq!(other.digest(at("2026-03-03 16:00")).await.unwrap().letters, 0, "once a day");
    let sent = desk.engine.deliver_all(at("2026-03-03 16:00")).await.unwrap();
    assert_eq!((sent.digests, sent.sent), (0, 2));
    assert_eq!(other.digest(at("2026-03-04 09:00")).await.unwrap().notices, 2);
}

async fn everyone_chooses_but_nobody_escapes_the_law(mut desk: Desk) {
    desk.hears_by_default().await;
    desk.prefers("review", LetterMode::AtOnce, QuietHours::Kept).await;
    desk.prefers("both", LetterMode::Urgent, QuietHours::Kept).await;
    desk.prefers("health", LetterMode::Urgent, QuietHours::Kept).await;
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    assert_eq!(desk.engine.deliver_all(desk.now()).await.unwrap().sent, 1, "each at once");
    desk.jumps("2026-03-03");
    assert_eq!(desk.engine.deliver_all(desk.now()).await.unwrap().sent, 0, "a filing is no urgent thing");
    desk.does("review", request, Command::Return { reason: "缺少依据文件".into() }).await;
    assert_eq!(desk.engine.deliver_all(desk.now()).await.unwrap().sent, 0);
    desk.jumps("2026-03-04");
    assert_eq!(desk.engine.deliver_all(desk.now()).await.unwrap().sent, 2, "a return reaches everyone");
    desk.is_sound().await;
}

async fn a_district_looks_after_its_own_letters(desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.does("review", request, Command::Return { reason: "缺件".into() }).await;
    let list = async |who: &str| {
        let scope = desk.engine.letter_scope(&desk.actor(who));
        let states = LetterState::ALL;
        let list = desk.engine.reader().letter_lines(scope, states, 10).await.unwrap();
        let mut to: Vec<_> = list.lines.iter().map(|line| line.recipient.clone()).collect();
        to.sort();
        assert_eq!(list.total, to.len() as u64);
        to
    };
    let all = list("system").await;
    assert!(all.len() > 2, "{all:?}");
    for who in ["review", "approve", "audit"] {
        assert_eq!(list(who).await, all, "{who}");
    }
    assert_eq!(list("approve3").await, Vec::<String>::new(), "another district");
    assert_eq!(list("health").await, ["health@example.org"], "the own letters only");
    assert_eq!(list("c1").await, Vec::<String>::new());
    let waiting =
        desk.engine.reader().letter_lines(LetterScope::Everything, &[LetterState::Waiting], 10).await;
    let id = waiting.unwrap().lines[0].id;
    let cancels = async |who: &str| {
        let done = desk.engine.cancel_letter(&desk.actor(who), id, desk.now()).await;
        done.map_or_else(|error| error.code(), |()| "done")
    };
    assert_eq!(cancels("approve3").await, "not_found");
    assert_eq!(cancels("health").await, "not_yours", "nobody cancels a notice to himself");
    assert_eq!(cancels("audit").await, "not_yours");
    assert_eq!(cancels("review").await, "done");
    let again = desk.engine.retry_letters(&desk.actor("c1"), engine::Again::All, desk.now()).await;
    assert_eq!(again.expect_err("a committee").code(), "not_yours");
    desk.is_sound().await;
}

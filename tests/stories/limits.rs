//! The limits that run, beside the stage's own too, and who held a request how long.

use engine::{Command, LimitLine, PartyLine};
use store::Scope;
use workflow::lateness::Cause;

use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    a_community_sees_until_when_it_may_say_no
    what_is_funded_shows_the_day_of_its_start
    each_day_is_held_by_somebody
}

/// Kind, community, day and whether it has passed.
fn read(lines: &[LimitLine]) -> Vec<String> {
    let line = |line: &LimitLine| {
        let community = line.community.as_deref().unwrap_or("-");
        let late = if line.is_late { " late" } else { "" };
        format!("{} {community} {} {}{late}", line.kind, line.whose, line.due)
    };
    lines.iter().map(line).collect()
}

async fn listed(desk: &Desk) -> Vec<String> {
    read(&desk.engine.limits(desk.now()).await.unwrap().limits)
}

async fn a_community_sees_until_when_it_may_say_no(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1, 2]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    desk.does("money", request, Command::CommitFunds).await;
    desk.comes("2026-05-06").await;
    let offered = [
        "answer 420202001001 committee 2026-05-12",
        "answer 420202001002 committee 2026-05-12",
        "middle_payment - system 2026-06-18",
        "step - committee 2026-07-31",
    ];
    assert_eq!(listed(&desk).await, offered);
    desk.jumps("2026-05-07");
    desk.does("c1", request, Command::AcceptAssignment { community: desk.community(1) }).await;
    assert_eq!(listed(&desk).await, offered[1..], "whoever has answered has no limit");
    desk.jumps("2026-05-13");
    let late = listed(&desk).await;
    assert_eq!(late[0], "answer 420202001002 committee 2026-05-12 late", "until the clock has accepted");
    let before = desk.engine.limits_as_of("2026-05-06".parse().unwrap()).await.unwrap();
    assert_eq!(read(&before.limits), offered);
    desk.comes("2026-05-14").await;
    assert_eq!(listed(&desk).await, offered[2..]);
}

async fn what_is_funded_shows_the_day_of_its_start(mut desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    desk.does("money", request, Command::CommitFunds).await;
    assert_eq!(listed(&desk).await, ["start - system 2026-05-06"]);
}

async fn each_day_is_held_by_somebody(mut desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.comes("2026-03-03").await;
    desk.does("review", request, Command::AcceptFiling).await;
    desk.jumps("2026-03-30");
    desk.proposes_to_admit(request).await;
    desk.jumps("2026-03-31");
    let lines = desk.engine.held(request, Scope::Everything, desk.now()).await.unwrap();
    let told = lines.iter().map(|line| {
        let (held, holder) = (&line.held, line.organisation.as_deref().unwrap_or("-"));
        let late = held.late.as_ref().map(|late| format!(" {} {}", late.days.0, late.cause));
        format!("{} {holder} {} {}{}", held.stage, held.days.0, held.due, late.unwrap_or_default())
    });
    let office = "江滨区领导小组办公室";
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            format!("submitted {office} 1 2026-03-09"),
            format!("review {office} 19 2026-03-24 4 office"),
            format!("proposed {office} 1 2026-03-24 5 office"),
        ]
    );
    let foreign = Scope::District(desk.request(request).await.targets[0].community);
    assert!(desk.engine.held(request, foreign, desk.now()).await.is_err(), "outside the scope");
    let own = Scope::District(desk.request(request).await.district);
    let sums = desk.engine.parties(own, 2026, desk.now()).await.unwrap();
    assert_eq!(sums.unreadable, []);
    let [PartyLine { organisation, steps, days, late_steps, late_days, .. }] = sums.parties.as_slice() else {
        panic!("one office held it: {:?}", sums.parties)
    };
    assert_eq!(organisation.as_deref(), Some(office));
    assert_eq!((*steps, *days, *late_steps, late_days.get(Cause::Office.word())), (3, 21, 2, Some(&9)));
    assert_eq!(desk.engine.parties(own, 2025, desk.now()).await.unwrap().parties, []);
}

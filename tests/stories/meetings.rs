//! A meeting of the leading group: ripe cases, votes, decisions by the ordinary action, and what is carried over.

use engine::{By, Command, EngineError, MeetingWish, NewMeeting};
use store::StoreError;
use workflow::action::ActionKind;
use workflow::id::RequestId;
use workflow::meeting::{CaseOutcome, Meeting, MeetingStageKind, Ripe, Vote};
use workflow::stage::{StageKind, Verdict};

use crate::desk::{Desk, duty};

super::told_on_both! {
    what_is_ripe_is_heard_decided_and_minuted
    four_eyes_and_the_version_hold_at_a_meeting_too
    nobody_conducts_the_meeting_of_another_district
    whoever_changes_minutes_is_found
}

/// A request that waits for its decision, proposed by the reviewer.
async fn proposed(desk: &Desk, who: &str) -> RequestId {
    let request = desk.files(who, duty(), &[1]).await;
    desk.does(who, request, Command::Submit).await;
    desk.does("review", request, Command::AcceptFiling).await;
    desk.proposes_to_admit(request).await;
    request
}

async fn calls(desk: &Desk, who: &str) -> Result<Meeting, EngineError> {
    let actor = desk.actor(who);
    let new = NewMeeting { held_on: desk.now().date_naive(), place: "区政府三楼会议室".into() };
    desk.engine.call_meeting(By { actor: &actor, now: desk.now() }, new).await
}

async fn acts(desk: &Desk, who: &str, meeting: &str, wish: MeetingWish) -> Result<Meeting, EngineError> {
    let actor = desk.actor(who);
    desk.engine
        .act_on_meeting(By { actor: &actor, now: desk.now() }, (meeting, engine::Seen::Whatever), &wish)
        .await
}

fn refused<T>(done: Result<T, EngineError>) -> &'static str {
    done.err().expect("it is refused").code()
}

fn present() -> MeetingWish {
    let people = ["孙批 领导小组", "李副区长 区政府", "万局长 财政局"];
    MeetingWish::Open { present: people.map(str::to_owned).to_vec() }
}

fn votes(request: RequestId, in_favour: u32, against: u32) -> MeetingWish {
    let objections = if against > 0 { vec!["万局长：本年预算已满".to_owned()] } else { Vec::new() };
    let opinion = Some("同意办公室意见".to_owned());
    MeetingWish::Record { request, vote: Vote { in_favour, against, abstaining: 0, objections, opinion } }
}

async fn what_is_ripe_is_heard_decided_and_minuted(desk: Desk) {
    let (first, second, third) =
        (proposed(&desk, "health").await, proposed(&desk, "women").await, proposed(&desk, "health").await);
    let review = desk.actor("review");
    let by = By { actor: &review, now: desk.now() };
    let ripe = desk.engine.ripe_cases(by).await.unwrap().cases;
    let said: Vec<_> = ripe.iter().map(|case| (case.request.id, case.ripe)).collect();
    assert_eq!(said, [first, second, third].map(|id| (id, Ripe::Proposed)));
    let meeting = calls(&desk, "review").await.unwrap();
    assert_eq!(meeting.number, "会〔2026〕1号");
    assert_eq!(refused(acts(&desk, "review", &meeting.number, present()).await), "nothing_on_agenda");
    let agenda = MeetingWish::Arrange(vec![(second, 15), (first, 10), (third, 5), (first, 99)]);
    let meeting = acts(&desk, "approve", &meeting.number, agenda).await.unwrap();
    let order: Vec<_> = meeting.agenda.iter().map(|case| (case.request, case.minutes)).collect();
    assert_eq!(order, [(second, 15), (first, 10), (third, 5)], "a case is heard once");
    let nobody = MeetingWish::Open { present: vec![" ".into()] };
    assert_eq!(refused(acts(&desk, "review", &meeting.number, nobody).await), "nobody_present");
    acts(&desk, "review", &meeting.number, present()).await.unwrap();
    assert_eq!(refused(acts(&desk, "review", &meeting.number, votes(first, 3, 1)).await), "votes");
    acts(&desk, "review", &meeting.number, votes(first, 2, 1)).await.unwrap();
    acts(&desk, "review", &meeting.number, votes(second, 0, 3)).await.unwrap();
    desk.does("approve", first, Command::Approve).await;
    let back = Command::SendBack { reason: "预算不足，重新核算".into() };
    desk.does("approve", second, back).await;
    let closed = acts(&desk, "review", &meeting.number, MeetingWish::Close).await.unwrap();
    assert_eq!(closed.stage.kind(), MeetingStageKind::Closed);
    let spoken: Vec<String> = closed.agenda.iter().map(|case| outcome(case.outcome.as_ref())).collect();
    assert_eq!(
        spoken,
        ["send_back review 预算不足，重新核算", "approve publication ", "carried over proposed"]
    );
    assert_eq!(refused(acts(&desk, "review", &meeting.number, votes(first, 3, 0)).await), "not_open");
    let next = desk.engine.ripe_cases(by).await.unwrap().cases;
    let carried: Vec<_> =
        next.iter().map(|case| (case.request.id, case.carried_over_from.as_deref())).collect();
    assert_eq!(carried, [(third, Some("会〔2026〕1号"))]);
    assert_eq!(calls(&desk, "approve").await.unwrap().number, "会〔2026〕2号");
    desk.is_sound().await;
}

fn outcome(of: Option<&CaseOutcome>) -> String {
    match of.expect("each case has its outcome") {
        CaseOutcome::Decided { action, after, reason, .. } => {
            format!("{action} {after} {}", reason.as_deref().unwrap_or_default())
        }
        CaseOutcome::CarriedOver { stage } => format!("carried over {stage}"),
        CaseOutcome::Dropped { stage } => format!("dropped {stage}"),
    }
}

async fn four_eyes_and_the_version_hold_at_a_meeting_too(desk: Desk) {
    let request = desk.files("health", duty(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    desk.does("both", request, Command::AcceptFiling).await;
    let propose = Command::Propose { verdict: Verdict::Admit, without: Vec::new(), reason: None };
    desk.does("both", request, propose).await;
    let meeting = calls(&desk, "both").await.unwrap();
    let id = meeting.id.to_string();
    acts(&desk, "both", &id, MeetingWish::Arrange(vec![(request, 10)])).await.unwrap();
    let both = desk.actor("both");
    let by = By { actor: &both, now: desk.now() };
    let stale =
        desk.engine.act_on_meeting(by, (&id, engine::Seen::Version(meeting.version)), &present()).await;
    assert_eq!(refused(stale), "stale");
    acts(&desk, "both", &id, present()).await.unwrap();
    acts(&desk, "both", &id, votes(request, 3, 0)).await.unwrap();
    assert_eq!(desk.refused("both", request, Command::Approve).await, "four_eyes", "a vote decides nothing");
    assert_eq!(desk.stage(request).await, StageKind::Proposed);
    desk.does("health", request, Command::Withdraw).await;
    let closed = acts(&desk, "approve", &id, MeetingWish::Close).await.unwrap();
    assert_eq!(outcome(closed.agenda[0].outcome.as_ref()), "dropped withdrawn");
    desk.is_sound().await;
}

async fn nobody_conducts_the_meeting_of_another_district(desk: Desk) {
    let request = proposed(&desk, "health").await;
    let meeting = calls(&desk, "review").await.unwrap();
    let id = meeting.id.to_string();
    assert_eq!(refused(calls(&desk, "health").await), "not_yours");
    assert_eq!(refused(acts(&desk, "health", &id, present()).await), "not_yours");
    let agenda = || MeetingWish::Arrange(vec![(request, 10)]);
    assert_eq!(refused(acts(&desk, "approve3", &id, agenda()).await), "not_found");
    let other = calls(&desk, "approve3").await.unwrap();
    assert_eq!(refused(acts(&desk, "approve3", &other.id.to_string(), agenda()).await), "not_found");
    let stranger = desk.actor("approve3");
    let seen = desk.engine.meeting(By { actor: &stranger, now: desk.now() }, &id).await;
    assert!(matches!(seen, Err(EngineError::Store(StoreError::NotFound("meeting")))));
    let audit = desk.actor("audit");
    let all = desk.engine.meetings(By { actor: &audit, now: desk.now() }).await.unwrap();
    assert_eq!(all.meetings.len(), 2, "the city's auditor sees both districts");
    let cancel = MeetingWish::Cancel { reason: "改期".into() };
    let cancelled = acts(&desk, "review", &id, cancel).await.unwrap();
    assert_eq!(cancelled.stage.kind(), MeetingStageKind::Cancelled);
    desk.is_sound().await;
}

async fn whoever_changes_minutes_is_found(desk: Desk) {
    let request = proposed(&desk, "health").await;
    let meeting = calls(&desk, "review").await.unwrap();
    let id = meeting.id.to_string();
    acts(&desk, "review", &id, MeetingWish::Arrange(vec![(request, 10)])).await.unwrap();
    acts(&desk, "review", &id, present()).await.unwrap();
    acts(&desk, "review", &id, votes(request, 1, 2)).await.unwrap();
    desk.does("approve", request, Command::Approve).await;
    let closed = acts(&desk, "review", &id, MeetingWish::Close).await.unwrap();
    let decided = closed.agenda[0].outcome.as_ref();
    assert!(matches!(decided, Some(CaseOutcome::Decided { action: ActionKind::Approve, .. })));
    desk.is_sound().await;
    let copy = desk.copied();
    copy.tampers(include_str!("meeting_tampering.sql"));
    let breaches = copy.engine_on_copy().await.doctor().await.expect("the doctor reads").breaches;
    let said: Vec<&str> = breaches.iter().map(|breach| breach.message.as_str()).collect();
    assert!(said.iter().any(|one| one.contains("not what its history says")), "{said:?}");
    assert!(breaches.len() >= 2, "the row differs from what the event tells, too: {said:?}");
}

//! Communities and their residents' representatives rate the departments they worked for.

use std::collections::BTreeMap;

use engine::{By, Command, EngineError, RatingView};
use serde_json::Value;
use workflow::assignment::RefusalReason;
use workflow::id::RequestId;
use workflow::rating::{Answer, Meeting, MeetingResult};
use workflow::stage::StageKind;

use crate::desk::{Desk, purchase};

super::told_on_both! {
    a_community_rates_once_after_settlement
    the_residents_representatives_vote_through_their_committee
    a_department_sees_no_marks_of_the_few
    a_refusal_is_absent_from_every_score
    the_time_to_rate_passes
    two_answers_at_once_are_one
}

const IDS: [&str; 4] = ["funds_on_time", "clear_task", "support", "burden"];

fn marks(each: [u8; 4], text: Option<&str>) -> Answer {
    let marks: BTreeMap<String, u8> = IDS.iter().map(|id| (*id).to_owned()).zip(each).collect();
    Answer::Committee { marks, text: text.map(str::to_owned) }
}

fn meeting() -> Meeting {
    let held_on = "2026-06-20".parse().unwrap();
    Meeting { held_on, representatives: 61, present: 31, satisfied: 20, basically: 6, not_satisfied: 4 }
}

async fn rates(desk: &Desk, who: &str, request: RequestId, answer: Answer) -> Result<(), EngineError> {
    let actor = desk.actor(who);
    let by = By { actor: &actor, now: desk.now() };
    desk.engine.rate(by, &request.to_string(), answer).await.map(|_| ())
}

async fn refused(desk: &Desk, who: &str, request: RequestId, answer: Answer) -> &'static str {
    rates(desk, who, request, answer).await.expect_err("it is refused").code()
}

async fn results(desk: &Desk, who: &str) -> Result<RatingView, EngineError> {
    let actor = desk.actor(who);
    desk.engine.rating_results(By { actor: &actor, now: desk.now() }, ("HEALTH", 2026)).await
}

fn means(view: &RatingView) -> Vec<String> {
    let one = |result: &workflow::rating::CriterionResult| {
        format!("{} {} {:?}", result.criterion.id, result.mean, result.distribution)
    };
    view.results.criteria.iter().map(one).collect()
}

/// A request that the given communities have delivered and the others refused, settled on 2026-06-20.
async fn settled(desk: &mut Desk, delivering: &[u8], refusing: &[u8]) -> RequestId {
    let all = [delivering, refusing].concat();
    let request = desk.files("health", purchase(), &all).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    desk.does("money", request, Command::CommitFunds).await;
    desk.comes("2026-05-06").await;
    for community in refusing {
        let refusal = desk.refusal(*community, RefusalReason::PowersMissing);
        desk.does(&format!("c{community}"), request, refusal).await;
    }
    desk.comes("2026-06-20").await;
    for community in delivering {
        desk.does(&format!("c{community}"), request, desk.delivery(*community)).await;
    }
    let early = marks([5; 4], None);
    assert_eq!(refused(desk, &format!("c{}", delivering[0]), request, early).await, "not_settled");
    desk.does("health", request, Command::Confirm).await;
    assert_eq!(desk.stage(request).await, StageKind::Settled);
    request
}

async fn a_community_rates_once_after_settlement(mut desk: Desk) {
    let request = settled(&mut desk, &[1, 2, 3], &[]).await;
    assert_eq!(refused(&desk, "health", request, marks([5; 4], None)).await, "not_yours");
    assert_eq!(refused(&desk, "review", request, marks([5; 4], None)).await, "not_yours");
    assert_eq!(refused(&desk, "c9", request, marks([5; 4], None)).await, "not_found");
    assert_eq!(refused(&desk, "c1", request, marks([5, 5, 5, 6], None)).await, "marks");
    assert_eq!(refused(&desk, "c1", request, marks([0, 5, 5, 5], None)).await, "marks");
    let three = Answer::Committee { marks: BTreeMap::from([("support".to_owned(), 3)]), text: None };
    assert_eq!(refused(&desk, "c1", request, three).await, "marks");
    rates(&desk, "c1", request, marks([5, 4, 3, 2], Some("资料齐全"))).await.unwrap();
    assert_eq!(refused(&desk, "c1", request, marks([1; 4], None)).await, "not_open", "once");
    rates(&desk, "c2", request, marks([5, 4, 4, 2], None)).await.unwrap();
    rates(&desk, "c3", request, marks([4, 4, 4, 1], None)).await.unwrap();
    let view = results(&desk, "health").await.unwrap();
    assert_eq!(
        means(&view),
        [
            "funds_on_time 4.67 [0, 0, 0, 1, 2]",
            "clear_task 4.00 [0, 0, 0, 3, 0]",
            "support 3.67 [0, 0, 1, 2, 0]",
            "burden 1.67 [1, 2, 0, 0, 0]",
        ]
    );
    assert_eq!((view.answers, view.results.texts), (vec![], vec!["资料齐全".to_owned()]));
    assert_eq!(results(&desk, "review").await.unwrap().answers.len(), 3, "the office sees who answered");
    desk.is_sound().await;
}

async fn the_residents_representatives_vote_through_their_committee(mut desk: Desk) {
    let request = settled(&mut desk, &[1], &[]).await;
    let wrong = [
        (Meeting { present: 30, ..meeting() }, "quorum"),
        (Meeting { present: 62, ..meeting() }, "quorum"),
        (Meeting { not_satisfied: 6, ..meeting() }, "votes"),
        (Meeting { satisfied: 0, basically: 0, not_satisfied: 0, ..meeting() }, "votes"),
        (Meeting { held_on: "2026-06-21".parse().unwrap(), ..meeting() }, "not_yet"),
        (Meeting { held_on: "2026-06-19".parse().unwrap(), ..meeting() }, "too_soon"),
    ];
    for (meeting, code) in wrong {
        assert_eq!(refused(&desk, "c1", request, Answer::Meeting(meeting)).await, code, "{meeting:?}");
    }
    rates(&desk, "c1", request, Answer::Meeting(meeting())).await.unwrap();
    assert_eq!(refused(&desk, "c1", request, Answer::Meeting(meeting())).await, "not_open", "once");
    rates(&desk, "c1", request, marks([5; 4], None)).await.unwrap();
    let meetings = results(&desk, "audit").await.unwrap().results.meetings;
    let expected = MeetingResult {
        meetings: 1,
        present: 31,
        satisfied: 20,
        basically: 6,
        not_satisfied: 4,
        content: Some("0.87".into()),
    };
    assert_eq!(meetings, expected, "26 of 30 votes");
    desk.is_sound().await;
}

async fn a_department_sees_no_marks_of_the_few(mut desk: Desk) {
    let request = settled(&mut desk, &[1, 2], &[]).await;
    rates(&desk, "c1", request, marks([1; 4], Some("不要再这样"))).await.unwrap();
    rates(&desk, "c2", request, marks([5; 4], None)).await.unwrap();
    rates(&desk, "c2", request, Answer::Meeting(meeting())).await.unwrap();
    let view = results(&desk, "health").await.unwrap();
    assert_eq!((view.results.answers, view.results.withheld), (2, true));
    assert_eq!((means(&view), view.results.texts, view.answers), (vec![], vec![], vec![]));
    assert_eq!(view.results.meetings, MeetingResult::default());
    let own = results(&desk, "c1").await.unwrap();
    assert_eq!((own.answers.len(), own.results.withheld), (1, true), "a community sees its own answer");
    assert_eq!(results(&desk, "review").await.unwrap().results.criteria.len(), 4, "the control");
    for outsider in ["civil", "c9", "approve3"] {
        assert_eq!(results(&desk, outsider).await.expect_err("unseen").code(), "not_found");
    }
}

/// Two settlements that differ in one thing only: the third community refused, or was never asked.
async fn a_refusal_is_absent_from_every_score(mut desk: Desk) {
    let request = settled(&mut desk, &[1, 2], &[3]).await;
    assert_eq!(refused(&desk, "c3", request, marks([1; 4], None)).await, "not_delivered");
    let meeting_of_three = Answer::Meeting(meeting());
    assert_eq!(refused(&desk, "c3", request, meeting_of_three).await, "not_delivered");
    rates(&desk, "c1", request, marks([4; 4], None)).await.unwrap();
    rates(&desk, "c2", request, marks([5; 4], None)).await.unwrap();
    let refusing = results(&desk, "audit").await.unwrap().results;
    let told = serde_json::to_value(&refusing).unwrap();
    let with = |who: &str| -> Value { told.get(who).cloned().unwrap_or_default() };
    assert_eq!((with("answers"), refusing.criteria[0].count), (2.into(), 2), "two were asked, two answered");
    assert!(!told.to_string().contains("refus"));
    desk.is_sound().await;
}

async fn the_time_to_rate_passes(mut desk: Desk) {
    let request = settled(&mut desk, &[1, 2], &[]).await;
    desk.comes("2026-07-17").await;
    rates(&desk, "c1", request, marks([4; 4], None)).await.unwrap();
    desk.comes("2026-07-18").await;
    assert_eq!(refused(&desk, "c2", request, marks([4; 4], None)).await, "too_late");
    assert_eq!(refused(&desk, "c1", request, marks([4; 4], None)).await, "not_open", "it was given in time");
    desk.is_sound().await;
}

async fn two_answers_at_once_are_one(mut desk: Desk) {
    let request = settled(&mut desk, &[1], &[]).await;
    let other = desk.another_node().await;
    let (actor, now, id) = (desk.actor("c1"), desk.now(), request.to_string());
    let by = By { actor: &actor, now };
    let (first, second) = tokio::join!(
        desk.engine.rate(by, &id, marks([5; 4], None)),
        other.rate(by, &id, marks([1; 4], None)),
    );
    let refusals: Vec<_> = [first, second].into_iter().filter_map(Result::err).collect();
    assert_eq!(refusals.iter().map(EngineError::code).collect::<Vec<_>>(), ["not_open"]);
    desk.is_sound().await;
}

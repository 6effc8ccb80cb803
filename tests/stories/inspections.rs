//! The unified inspection of a year: what is proposed, built, published and seen.

use engine::{By, Command, EngineError, PlanView};
use store::LetterState;
use workflow::assignment::RefusalReason;
use workflow::id::RequestId;
use workflow::inspection::{Busy, Cause, Plan, PlanStageKind, Visit};

use crate::desk::{Desk, duty, purchase};

super::told_on_both! {
    a_year_is_built_published_and_done
    what_is_not_admitted_or_funded_is_refused_with_the_reason
    the_admission_of_another_department_helps_nobody
    the_same_kind_is_one_look_and_a_community_has_one_date
    a_refusal_changes_no_view_of_the_inspection
    a_core_duty_is_spared_while_base_funds_are_short
    a_plan_is_published_by_a_second_person_in_time
    nobody_sees_the_plan_of_another_district
    what_is_refused_after_publication_is_gone_from_the_view
}

async fn by_day<T>(
    desk: &Desk,
    who: &str,
    done: impl AsyncFnOnce(By<'_>) -> Result<T, EngineError>,
) -> Result<T, EngineError> {
    let actor = desk.actor(who);
    done(By { actor: &actor, now: desk.now() }).await
}

async fn proposes(desk: &Desk, who: &str, what: &str) -> Result<Option<Cause>, EngineError> {
    let done = by_day(desk, who, async |by| desk.engine.propose_inspection(by, (2026, what)).await).await;
    done.map(|proposal| proposal.cause)
}

async fn builds(desk: &Desk, who: &str, busy: &[Busy]) -> Result<Plan, EngineError> {
    by_day(desk, who, async |by| desk.engine.build_plan(by, 2026, busy).await).await
}

async fn publishes(desk: &Desk, who: &str) -> Result<Plan, EngineError> {
    by_day(desk, who, async |by| desk.engine.publish_plan(by, 2026).await).await
}

async fn sees(desk: &Desk, who: &str) -> Result<PlanView, EngineError> {
    by_day(desk, who, async |by| desk.engine.plan(by, 2026).await).await
}

/// A request of the health department that is funded and has begun.
async fn in_force(desk: &mut Desk, application: serde_json::Value, communities: &[u8]) -> RequestId {
    let request = desk.files("health", application, communities).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    desk.does("money", request, Command::CommitFunds).await;
    desk.comes("2026-05-06").await;
    request
}

/// A visit as people read it.
fn spoken(visits: &[Visit]) -> Vec<String> {
    let titles = |visit: &Visit| {
        let looks = visit.looks.iter().map(|look| {
            let subjects = look.subjects.iter().map(|subject| subject.title.as_str());
            format!("{} [{}]", look.kind, subjects.collect::<Vec<_>>().join(", "))
        });
        looks.collect::<Vec<_>>().join(" ")
    };
    visits.iter().map(|visit| format!("{} {} {}", visit.on, visit.name, titles(visit))).collect()
}

async fn number(desk: &Desk, request: RequestId) -> String {
    desk.request(request).await.number.expect("a number")
}

async fn a_year_is_built_published_and_done(mut desk: Desk) {
    in_force(&mut desk, purchase(), &[1, 2]).await;
    assert_eq!(builds(&desk, "health", &[]).await.expect_err("not the office").code(), "not_yours");
    let plan = builds(&desk, "review", &[]).await.unwrap();
    assert_eq!((plan.stage.kind(), plan.number.as_str()), (PlanStageKind::Draft, "检〔2026〕"));
    assert_eq!(sees(&desk, "c1").await.expect_err("a draft is the office's").code(), "not_found");
    assert_eq!(publishes(&desk, "review").await.expect_err("no approver").code(), "not_yours");
    publishes(&desk, "approve").await.unwrap();
    assert_eq!(publishes(&desk, "approve").await.expect_err("twice").code(), "not_open");
    assert_eq!(builds(&desk, "review", &[]).await.expect_err("published").code(), "not_open");
    let mine = sees(&desk, "c1").await.unwrap();
    assert_eq!(spoken(&mine.visits), ["2026-10-09 沿湖路社区 Civil affairs and relief [门牌与地名标识核查]"]);
    assert_eq!(sees(&desk, "c3").await.unwrap().visits, [], "nothing is looked at there");
    let waiting = desk.engine.reader().letters(LetterState::Waiting).await.unwrap();
    let told = waiting.iter().filter(|letter| letter.kind == "inspection_date");
    let told: Vec<&str> = told.map(|letter| letter.recipient.as_str()).collect();
    assert_eq!(told, ["c1@example.org", "c2@example.org"]);
    let last = sees(&desk, "review").await.unwrap().visits.iter().map(|visit| visit.on).max().unwrap();
    desk.comes(&last.to_string()).await;
    assert_eq!(sees(&desk, "review").await.unwrap().stage, PlanStageKind::Published);
    desk.comes(&last.succ_opt().unwrap().to_string()).await;
    assert_eq!(sees(&desk, "review").await.unwrap().stage, PlanStageKind::Done);
    desk.is_sound().await;
}

async fn the_admission_of_another_department_helps_nobody(mut desk: Desk) {
    in_force(&mut desk, purchase(), &[1]).await;
    assert_eq!(proposes(&desk, "civil", "C03-09").await.unwrap(), Some(Cause::NotAdmitted));
    assert_eq!(proposes(&desk, "health", "C03-09").await.unwrap(), None);
    desk.is_sound().await;
}

async fn what_is_not_admitted_or_funded_is_refused_with_the_reason(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1]).await;
    desk.does("health", request, Command::Submit).await;
    let number = number(&desk, request).await;
    assert_eq!(proposes(&desk, "health", "C03-09").await.unwrap(), Some(Cause::NotAdmitted));
    assert_eq!(proposes(&desk, "health", "C03-09").await.expect_err("twice").code(), "duplicate");
    assert_eq!(proposes(&desk, "civil", &number).await.expect_err("another's").code(), "not_found");
    assert_eq!(proposes(&desk, "review", "C03-09").await.expect_err("no department").code(), "not_yours");
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    assert_eq!(proposes(&desk, "health", &number).await.unwrap(), Some(Cause::NotFunded));
    let refused = |plan: &Plan| {
        plan.content.refused.iter().map(|one| (one.named.clone(), one.cause)).collect::<Vec<_>>()
    };
    let plan = builds(&desk, "review", &[]).await.unwrap();
    let expected = [("C03-09".to_owned(), Cause::NotFunded), (number.clone(), Cause::NotFunded)];
    assert_eq!((plan.content.visits.len(), refused(&plan)), (0, expected.to_vec()));
    assert_eq!(publishes(&desk, "approve").await.expect_err("empty").code(), "nothing_to_inspect");
    desk.does("money", request, Command::CommitFunds).await;
    let plan = builds(&desk, "review", &[]).await.unwrap();
    assert_eq!((plan.content.visits.len(), refused(&plan)), (1, vec![]), "funded meanwhile");
    publishes(&desk, "approve").await.unwrap();
    assert_eq!(proposes(&desk, "health", "C01-02").await.expect_err("published").code(), "not_open");
    desk.is_sound().await;
}

async fn the_same_kind_is_one_look_and_a_community_has_one_date(mut desk: Desk) {
    let mut members = duty();
    members["title"] = serde_json::json!("发展党员");
    members["item"] = serde_json::json!("C01-04");
    let all = [(purchase(), vec![1, 2, 3]), (duty(), vec![1]), (members, vec![1])];
    let mut filed = Vec::new();
    for (application, communities) in all {
        let request = desk.files("health", application, &communities).await;
        desk.does("health", request, Command::Submit).await;
        desk.is_decided(request).await;
        filed.push(request);
    }
    desk.comes("2026-03-10").await;
    for request in filed {
        desk.does("money", request, Command::CommitFunds).await;
    }
    let busy = |day: &str, community: Option<&str>| Busy {
        community: community.map(str::to_owned),
        day: day.parse().unwrap(),
    };
    let free = builds(&desk, "review", &[]).await.unwrap();
    let again = builds(&desk, "review", &[]).await.unwrap();
    assert_eq!(free.content, again.content, "the same material gives the same plan");
    let days: Vec<String> = free.content.visits.iter().map(|visit| visit.on.to_string()).collect();
    assert_eq!(days, ["2026-10-09", "2026-10-26", "2026-11-12"], "spread over the season");
    let first = spoken(&free.content.visits[..1]);
    let merged = "2026-10-09 沿湖路社区 Civil affairs and relief [门牌与地名标识核查] party_building [三会一课与主题党日, 发展党员]";
    assert_eq!(first, [merged]);
    let away = [busy("2026-10-09", None), busy("2026-10-10", Some("420202001001"))];
    let moved = builds(&desk, "review", &away).await.unwrap();
    assert_eq!(moved.content.visits[0].on.to_string(), "2026-10-12", "a Monday: the Saturday worked is busy");
    let unknown = [busy("2026-10-09", Some("420203001001"))];
    assert_eq!(builds(&desk, "review", &unknown).await.expect_err("abroad").code(), "not_found");
    desk.is_sound().await;
}

/// Two districts' years that differ in one thing only: a community refused, or was never asked.
async fn a_refusal_changes_no_view_of_the_inspection(mut desk: Desk) {
    let refusing = in_force(&mut desk, purchase(), &[1, 2, 3]).await;
    let with_all = builds(&desk, "review", &[]).await.unwrap();
    desk.does("c2", refusing, desk.refusal(2, RefusalReason::PowersMissing)).await;
    let without = builds(&desk, "review", &[]).await.unwrap();
    assert_eq!(with_all.content.visits.len(), 3, "the control: it is inspected if it does not refuse");
    assert!(!without.content.visits.iter().any(|visit| visit.code.ends_with("002")));
    let others = |plan: &Plan| {
        plan.content.visits.iter().filter(|visit| !visit.code.ends_with("002")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(others(&with_all), others(&without), "nobody else's day moves");
    publishes(&desk, "approve").await.unwrap();
    for who in ["review", "approve", "audit", "health", "c1", "c2"] {
        let Ok(view) = sees(&desk, who).await else { continue };
        let told = format!("{view:?}").to_lowercase();
        assert!(!told.contains("refusal") && !told.contains("powers"), "{who} reads of no refusal");
        assert!(view.visits.iter().all(|visit| visit.community != desk.community(2)), "{who}");
    }
    desk.is_sound().await;
}

async fn a_core_duty_is_spared_while_base_funds_are_short(mut desk: Desk) {
    let request = in_force(&mut desk, duty(), &[1, 2]).await;
    let plan = builds(&desk, "review", &[]).await.unwrap();
    assert_eq!(plan.content.visits.len(), 2, "the control: the base funds have arrived");
    let sizes = "code,year,households,residents,workers\n420202001002,2026,1900,5400,8\n";
    let kind = engine::ImportKind::Communities;
    desk.engine.import(kind, "larger", sizes, desk.now()).await.unwrap();
    let named = number(&desk, request).await;
    assert_eq!(proposes(&desk, "health", &named).await.unwrap(), None);
    let plan = builds(&desk, "review", &[]).await.unwrap();
    assert_eq!(plan.content.short, ["420202001002"]);
    let inspected: Vec<&str> = plan.content.visits.iter().map(|visit| visit.code.as_str()).collect();
    assert_eq!(inspected, ["420202001001"]);
    let events = desk.engine.reader().all_events().await.unwrap();
    let built = events.iter().rfind(|event| event.action == "build_plan").unwrap();
    assert!(built.detail.contains(r#""core_while_short":"spare""#), "the switch is logged");
    desk.is_sound().await;
}

async fn a_plan_is_published_by_a_second_person_in_time(mut desk: Desk) {
    in_force(&mut desk, purchase(), &[1]).await;
    builds(&desk, "both", &[]).await.unwrap();
    assert_eq!(publishes(&desk, "both").await.expect_err("her own plan").code(), "four_eyes");
    desk.jumps("2026-09-29");
    assert_eq!(publishes(&desk, "approve").await.expect_err("too near").code(), "too_soon");
    desk.jumps("2026-10-20");
    let late = builds(&desk, "both", &[]).await.unwrap();
    assert_eq!(
        late.content.visits[0].on.to_string(),
        "2026-10-27",
        "what is left of the season, with notice"
    );
    desk.jumps("2026-11-25");
    assert_eq!(builds(&desk, "both", &[]).await.expect_err("no day is left").code(), "no_free_day");
    desk.jumps("2026-09-25");
    builds(&desk, "both", &[]).await.unwrap();
    let other = desk.another_node().await;
    let (one, two, now) = (desk.actor("approve"), desk.actor("approve"), desk.now());
    let (first, second) = tokio::join!(
        desk.engine.publish_plan(By { actor: &one, now }, 2026),
        other.publish_plan(By { actor: &two, now }, 2026),
    );
    let refusals: Vec<_> = [first, second].into_iter().filter_map(Result::err).collect();
    assert_eq!(refusals.iter().map(EngineError::code).collect::<Vec<_>>(), ["not_open"]);
    desk.is_sound().await;
}

async fn nobody_sees_the_plan_of_another_district(mut desk: Desk) {
    in_force(&mut desk, purchase(), &[1]).await;
    builds(&desk, "review", &[]).await.unwrap();
    publishes(&desk, "approve").await.unwrap();
    for outsider in ["c9", "approve3"] {
        assert_eq!(sees(&desk, outsider).await.expect_err("unseen").code(), "not_found");
    }
    assert_eq!(publishes(&desk, "approve3").await.expect_err("unseen").code(), "not_found");
    assert_eq!(sees(&desk, "civil").await.unwrap().visits, [], "nothing of its own is looked at");
    assert_eq!(sees(&desk, "health").await.unwrap().visits.len(), 1);
}

async fn what_is_refused_after_publication_is_gone_from_the_view(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1, 2]).await;
    desk.does("health", request, Command::Submit).await;
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    desk.does("money", request, Command::CommitFunds).await;
    builds(&desk, "review", &[]).await.unwrap();
    publishes(&desk, "approve").await.unwrap();
    assert_eq!(sees(&desk, "c2").await.unwrap().visits.len(), 1);
    desk.comes("2026-05-06").await;
    desk.does("c2", request, desk.refusal(2, RefusalReason::Unfunded)).await;
    assert_eq!(sees(&desk, "c2").await.unwrap().visits, []);
    assert_eq!(sees(&desk, "review").await.unwrap().visits.len(), 1);
    desk.is_sound().await;
}

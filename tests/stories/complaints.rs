//! A community reports work that was imposed on it, and sees what becomes of it.

use std::collections::BTreeSet;

use engine::{By, ComplaintView, EngineError, NewComplaint, NewPerson};
use store::{HandedIn, LetterState};
use workflow::actor::{Actor, Role};
use workflow::complaint::{Complaint, ComplaintAction, ComplaintStageKind, Hearer};
use workflow::language::Language;

use crate::desk::papers::DOT;
use crate::desk::{Desk, purchase};

super::told_on_both! {
    imposed_work_is_reported_and_stopped
    a_complaint_is_dismissed_with_a_reason
    nobody_judges_his_own_house
    the_accused_learns_the_community_and_nothing_more
    a_complaint_that_waits_goes_up_once
    what_the_department_has_is_shown_as_facts
    evidence_is_kept_as_it_came
    two_who_take_it_do_not_both_have_it
    what_many_report_at_once_is_all_there
}

fn imposed(department: &str) -> NewComplaint {
    NewComplaint {
        department: department.into(),
        what: "每日上报APP活跃人数".into(),
        since: "2026-02-01".parse().unwrap(),
        covered_by: None,
        evidence: [("截图.png", DOT), ("通知.txt", "请上报".as_bytes())]
            .map(|(name, bytes)| HandedIn::in_memory(name.to_owned(), bytes.to_vec()))
            .to_vec(),
    }
}

async fn files(desk: &Desk, who: &str, new: NewComplaint) -> Result<Complaint, EngineError> {
    desk.engine.file_complaint(By { actor: &desk.actor(who), now: desk.now() }, new).await
}

async fn step(
    desk: &Desk,
    who: &str,
    complaint: &Complaint,
    action: ComplaintAction,
) -> Result<Complaint, EngineError> {
    let by = By { actor: &desk.actor(who), now: desk.now() };
    desk.engine.decide_complaint(by, &complaint.id.to_string(), action).await
}

async fn refused(desk: &Desk, who: &str, complaint: &Complaint, action: ComplaintAction) -> &'static str {
    step(desk, who, complaint, action).await.expect_err("it is refused").code()
}

async fn sees(desk: &Desk, who: &str, complaint: &Complaint) -> Result<ComplaintView, EngineError> {
    let by = By { actor: &desk.actor(who), now: desk.now() };
    desk.engine.complaint(by, &complaint.number).await
}

/// A reviewer whose own organisation is the women's federation.
async fn lent_by_the_women(desk: &Desk) -> Actor {
    let new = NewPerson {
        email: "lent@example.org".into(),
        name: "许兰".into(),
        organisation: "WOMEN".into(),
        roles: vec![Role::Reviewer],
        language: Language::Chinese,
    };
    desk.engine.add_person(new, desk.now()).await.unwrap();
    Actor::Person(desk.engine.reader().worker("lent@example.org").await.unwrap().person)
}

fn order() -> ComplaintAction {
    ComplaintAction::Uphold { order: "立即停止，已报数据予以删除".into() }
}

/// Kind and recipient of every letter since the beginning, without what requests tell.
async fn letters(desk: &Desk) -> Vec<String> {
    let waiting = desk.engine.reader().letters(LetterState::Waiting).await.unwrap();
    let own = waiting.into_iter().filter(|letter| letter.kind.starts_with("complaint"));
    let mut told: Vec<String> = own.map(|letter| format!("{} {}", letter.kind, letter.recipient)).collect();
    told.sort();
    told
}

async fn imposed_work_is_reported_and_stopped(mut desk: Desk) {
    let complaint = files(&desk, "c1", imposed("HEALTH")).await.unwrap();
    assert_eq!(complaint.number, "举〔2026〕1号");
    assert_eq!(refused(&desk, "review", &complaint, order()).await, "not_open", "nobody has taken it");
    desk.comes("2026-03-04").await;
    step(&desk, "review", &complaint, ComplaintAction::Take).await.unwrap();
    assert_eq!(refused(&desk, "both", &complaint, order()).await, "held_by_another");
    assert_eq!(refused(&desk, "approve", &complaint, order()).await, "not_yours", "it is not late yet");
    let blank = ComplaintAction::Uphold { order: "  ".into() };
    assert_eq!(refused(&desk, "review", &complaint, blank).await, "text_missing");
    let upheld = step(&desk, "review", &complaint, order()).await.unwrap();
    assert_eq!(upheld.stage.kind(), ComplaintStageKind::Upheld);
    assert_eq!(refused(&desk, "review", &complaint, order()).await, "not_open", "a second time");
    let ComplaintView::Whole { history, coverage, .. } = sees(&desk, "c1", &complaint).await.unwrap() else {
        panic!("the complainant sees it whole")
    };
    let steps: Vec<String> =
        history.iter().map(|e| format!("{} {}→{}", e.action, e.before, e.after)).collect();
    assert_eq!(
        steps,
        ["file_complaint →filed", "take_complaint filed→handling", "uphold_complaint handling→upheld"]
    );
    assert_eq!(coverage, [], "facts beside it are the handler's");
    assert_eq!(
        letters(&desk).await,
        [
            "complaint_answered c1@example.org",
            "complaint_answered c1@example.org",
            "complaint_filed both@example.org",
            "complaint_filed review@example.org",
            "complaint_upheld health2@example.org",
            "complaint_upheld health@example.org",
        ]
    );
    assert_eq!(files(&desk, "c2", imposed("HEALTH")).await.unwrap().number, "举〔2026〕2号");
    desk.is_sound().await;
}

async fn a_complaint_is_dismissed_with_a_reason(desk: Desk) {
    for who in ["health", "review", "money", "audit"] {
        assert_eq!(files(&desk, who, imposed("HEALTH")).await.expect_err("refused").code(), "not_yours");
    }
    let abroad = files(&desk, "c9", imposed("HEALTH")).await.expect_err("another district's department");
    assert_eq!(abroad.code(), "not_found");
    let ahead = NewComplaint { since: "2026-03-03".parse().unwrap(), ..imposed("HEALTH") };
    assert_eq!(files(&desk, "c1", ahead).await.expect_err("tomorrow").code(), "not_yet");
    let complaint = files(&desk, "c1", imposed("HEALTH")).await.unwrap();
    step(&desk, "review", &complaint, ComplaintAction::Take).await.unwrap();
    let dismiss = ComplaintAction::Dismiss { reason: "属于依法协助事项".into() };
    let dismissed = step(&desk, "review", &complaint, dismiss).await.unwrap();
    assert_eq!(dismissed.stage.kind(), ComplaintStageKind::Dismissed);
    assert_eq!(sees(&desk, "health", &complaint).await.expect_err("the accused").code(), "not_found");
    assert!(letters(&desk).await.iter().all(|letter| !letter.contains("health")));
    desk.is_sound().await;
}

async fn nobody_judges_his_own_house(desk: Desk) {
    let complaint = files(&desk, "c1", imposed("CIVIL")).await.unwrap();
    assert_eq!(complaint.hearer, Hearer::LeadingGroup, "the office belongs to the accused");
    assert_eq!(refused(&desk, "review", &complaint, ComplaintAction::Take).await, "not_found");
    step(&desk, "approve", &complaint, ComplaintAction::Take).await.unwrap();
    step(&desk, "approve", &complaint, order()).await.unwrap();
    let lent = lent_by_the_women(&desk).await;
    let against_women = files(&desk, "c1", imposed("WOMEN")).await.unwrap();
    let by = By { actor: &lent, now: desk.now() };
    let taken = desk.engine.decide_complaint(by, &against_women.number, ComplaintAction::Take).await;
    assert_eq!(taken.expect_err("a reviewer lent by the accused").code(), "not_found");
    assert!(!letters(&desk).await.iter().any(|letter| letter.contains("lent")));
    for outsider in ["approve3", "c9", "c2"] {
        assert_eq!(sees(&desk, outsider, &complaint).await.expect_err("unseen").code(), "not_found");
        assert_eq!(refused(&desk, outsider, &complaint, ComplaintAction::Take).await, "not_found");
    }
    desk.is_sound().await;
}

async fn the_accused_learns_the_community_and_nothing_more(desk: Desk) {
    let complaint = files(&desk, "c1", imposed("HEALTH")).await.unwrap();
    assert_eq!(sees(&desk, "health", &complaint).await.expect_err("not yet upheld").code(), "not_found");
    step(&desk, "review", &complaint, ComplaintAction::Take).await.unwrap();
    step(&desk, "review", &complaint, order()).await.unwrap();
    let ComplaintView::Order(seen) = sees(&desk, "health", &complaint).await.unwrap() else {
        panic!("the accused sees the order only")
    };
    assert_eq!(seen.community, desk.community(1));
    let told = serde_json::to_string(&seen).unwrap();
    let person = complaint.filed_by.to_string();
    assert!(!told.contains(&person) && !told.contains("APP"), "neither the person nor her words: {told}");
    let by = By { actor: &desk.actor("health"), now: desk.now() };
    let file = desk.engine.complaint_evidence(by, (&complaint.number, "截图.png")).await;
    assert_eq!(file.expect_err("no evidence").code(), "not_found");
    let waiting = desk.engine.reader().letters(LetterState::Waiting).await.unwrap();
    let letter = waiting.iter().find(|letter| letter.kind == "complaint_upheld").unwrap();
    assert!(letter.subject.contains("沿湖路社区") && !letter.subject.contains("APP"));
}

async fn a_complaint_that_waits_goes_up_once(mut desk: Desk) {
    let complaint = files(&desk, "c1", imposed("HEALTH")).await.unwrap();
    step(&desk, "review", &complaint, ComplaintAction::Take).await.unwrap();
    desk.comes("2026-03-23").await;
    assert_eq!(refused(&desk, "approve", &complaint, ComplaintAction::Take).await, "not_open");
    let late = |letters: Vec<String>| letters.into_iter().filter(|l| l.contains("late")).collect::<Vec<_>>();
    assert_eq!(late(letters(&desk).await), Vec::<String>::new(), "the fifteenth working day still counts");
    desk.comes("2026-04-30").await;
    let told = ["complaint_late approve@example.org", "complaint_late both@example.org"];
    assert_eq!(late(letters(&desk).await), told, "once");
    step(&desk, "approve", &complaint, ComplaintAction::Take).await.unwrap();
    assert_eq!(refused(&desk, "review", &complaint, order()).await, "held_by_another");
    assert_eq!(refused(&desk, "approve", &complaint, ComplaintAction::Take).await, "not_open");
    step(&desk, "approve", &complaint, order()).await.unwrap();
    desk.is_sound().await;
}

async fn what_the_department_has_is_shown_as_facts(mut desk: Desk) {
    let request = desk.files("health", purchase(), &[1, 2]).await;
    desk.does("health", request, engine::Command::Submit).await;
    let number = desk.request(request).await.number;
    let claims = NewComplaint { covered_by: number.clone(), ..imposed("HEALTH") };
    let complaint = files(&desk, "c1", claims).await.unwrap();
    let ComplaintView::Whole { coverage, .. } = sees(&desk, "review", &complaint).await.unwrap() else {
        panic!("the office sees it whole")
    };
    let facts = &coverage[0];
    assert_eq!((coverage.len(), &facts.number), (1, &number));
    assert_eq!((facts.funded, facts.in_period, facts.claimed), (false, false, true));
    desk.is_decided(request).await;
    desk.comes("2026-03-10").await;
    desk.does("money", request, engine::Command::CommitFunds).await;
    desk.jumps("2026-05-06");
    let during = NewComplaint { since: "2026-05-06".parse().unwrap(), ..imposed("HEALTH") };
    let second = files(&desk, "c1", during).await.unwrap();
    let ComplaintView::Whole { coverage, .. } = sees(&desk, "audit", &second).await.unwrap() else {
        panic!("audit sees it whole")
    };
    let facts = &coverage[0];
    assert_eq!((facts.funded, facts.in_period, facts.claimed), (true, true, false));
}

async fn evidence_is_kept_as_it_came(desk: Desk) {
    let complaint = files(&desk, "c1", imposed("HEALTH")).await.unwrap();
    let ComplaintView::Whole { evidence, .. } = sees(&desk, "c1", &complaint).await.unwrap() else {
        panic!("the complainant sees it whole")
    };
    let names: Vec<_> = evidence.iter().map(|file| (file.name.as_str(), file.size)).collect();
    assert_eq!(names, [("截图.png", 45), ("通知.txt", 9)]);
    assert_eq!(evidence[1].sha256, "ef82e3e10a5b3f9347865790c20b977783335155e8a58c4a2c72707a3eb72e42");
    let by = By { actor: &desk.actor("review"), now: desk.now() };
    let bytes = desk.engine.complaint_evidence(by, (&complaint.number, "截图.png")).await.unwrap();
    assert_eq!(bytes, DOT);
    let most = desk.engine.content().rules.parameters().oversight.evidence.clone();
    let wrong = [
        (vec![("../etc".to_owned(), vec![1])], "file_name"),
        (vec![("a".to_owned(), vec![])], "file_empty"),
        (vec![("a".to_owned(), vec![0; most.most_bytes + 1])], "file_size"),
        (vec![("a".to_owned(), vec![1]), ("a".to_owned(), vec![2])], "file_twice"),
        ((0..=most.most_files).map(|n| (n.to_string(), vec![1])).collect(), "file_count"),
    ];
    for (evidence, code) in wrong {
        let evidence = evidence.into_iter().map(HandedIn::from).collect();
        let new = NewComplaint { evidence, ..imposed("HEALTH") };
        assert_eq!(files(&desk, "c1", new).await.expect_err("refused").code(), code);
    }
    assert_eq!(files(&desk, "c1", imposed("HEALTH")).await.unwrap().number, "举〔2026〕2号", "no gap");
}

async fn two_who_take_it_do_not_both_have_it(desk: Desk) {
    let complaint = files(&desk, "c1", imposed("HEALTH")).await.unwrap();
    let other = desk.another_node().await;
    let (id, now) = (complaint.id.to_string(), desk.now());
    let (one, two) = (desk.actor("review"), desk.actor("both"));
    let take = || ComplaintAction::Take;
    let (first, second) = tokio::join!(
        desk.engine.decide_complaint(By { actor: &one, now }, &id, take()),
        other.decide_complaint(By { actor: &two, now }, &id, take()),
    );
    let refusals: Vec<_> = [first, second].into_iter().filter_map(Result::err).collect();
    assert_eq!(refusals.iter().map(EngineError::code).collect::<Vec<_>>(), ["not_open"]);
    desk.is_sound().await;
}

async fn what_many_report_at_once_is_all_there(desk: Desk) {
    let (other, actor, now) = (desk.another_node().await, desk.actor("c1"), desk.now());
    let by = By { actor: &actor, now };
    let here = || desk.engine.file_complaint(by, imposed("HEALTH"));
    let there = || other.file_complaint(by, imposed("HEALTH"));
    let filed = tokio::join!(here(), there(), here(), there(), here(), there(), here(), there());
    let filed = <[_; 8]>::from(filed).map(|one| one.expect("it is filed").number);
    let numbers: BTreeSet<_> = filed.into_iter().collect();
    assert_eq!(numbers, (1..=8).map(|number| format!("举〔2026〕{number}号")).collect());
    desk.is_sound().await;
}

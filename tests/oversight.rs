//! The tables of complaints, plans and ratings as a whole, and the letters their steps give.

use uuid::Uuid;
use workflow::actor::Role;
use workflow::complaint::{
    self, Complaint, ComplaintAction, ComplaintActionKind, ComplaintStage, ComplaintStageKind, Hearer,
    Imposed, Near,
};
use workflow::facts::{Application, Term};
use workflow::id::{ComplaintId, PlanId};
use workflow::inspection::{
    self, Cause, Look, Office, Plan, PlanAction, PlanActionKind, PlanContent, PlanStage, PlanStageKind,
    Subject, Visit, standing,
};
use workflow::notice::{Audience, Notice};
use workflow::parameters::CoreWhileShort;
use workflow::rating::{self, RatingActionKind, RatingStageKind};
use workflow::request::Request;

use crate::memory::{self, actor, day, moment, organisation, user};

/// Every open triple of one table.
macro_rules! lines {
    ($name:literal, $stages:ident, $actions:ident, $open:path) => {{
        let mut lines = vec![concat!("[", $name, "]").to_owned()];
        for stage in $stages::ALL {
            for action in $actions::ALL {
                for role in Role::ALL {
                    let to: Vec<_> = $open(*stage, *action, *role).iter().map(|to| to.word()).collect();
                    if !to.is_empty() {
                        lines.push(format!("{stage} {action} {role} → {}", to.join(" | ")));
                    }
                }
            }
        }
        lines
    }};
}

#[test]
fn the_tables_of_oversight_are_these_and_nothing_else_is_open() {
    let complaints = lines!("complaint", ComplaintStageKind, ComplaintActionKind, complaint::open);
    let plans = lines!("plan", PlanStageKind, PlanActionKind, inspection::open);
    let ratings = lines!("rating", RatingStageKind, RatingActionKind, rating::open);
    insta::assert_snapshot!("oversight_table", [complaints, plans, ratings].concat().join("\n"));
}

#[test]
fn the_accused_the_auditor_and_the_administrator_decide_nothing() {
    for role in [Role::Submitter, Role::Auditor, Role::Admin, Role::Policy, Role::Finance] {
        for stage in ComplaintStageKind::ALL {
            for action in ComplaintActionKind::ALL {
                assert!(complaint::open(*stage, *action, role).is_empty(), "{stage} {action} {role}");
            }
        }
    }
}

fn near() -> Near {
    Near {
        community: "沿湖路社区".into(),
        department: "区卫健局".into(),
        reviewers: vec![Audience::Person(user("review"))],
        approvers: vec![Audience::Person(user("approve"))],
    }
}

fn complaint() -> Complaint {
    Complaint {
        id: ComplaintId(Uuid::from_u128(1)),
        number: "举〔2026〕1号".into(),
        district: memory::draft().district,
        community: memory::draft().targets[0].community,
        department: memory::draft().department,
        filed_by: user("c1"),
        filed_on: day("2026-03-02"),
        imposed: Imposed {
            what: "每日上报APP活跃人数".into(), since: day("2026-02-01"), covered_by: None
        },
        hearer: Hearer::Office,
        escalated_on: None,
        stage: ComplaintStage::Filed,
        version: 0,
    }
}

fn plan() -> Plan {
    let subject = Subject {
        request: memory::draft().id,
        number: "准〔2026〕1号".into(),
        title: "门牌与地名标识核查".into(),
        item: Some("C03-09".into()),
        department: memory::draft().department,
    };
    let name = workflow::catalogue::Function::PublicOrder.both();
    let look = Look { kind: "public_order".into(), name, subjects: vec![subject] };
    let visit = Visit {
        community: organisation(1),
        code: "1".into(),
        name: "沿湖路社区".into(),
        on: day("2026-10-12"),
        looks: vec![look],
    };
    let content = PlanContent { visits: vec![visit], ..PlanContent::empty(CoreWhileShort::Spare) };
    Plan {
        id: PlanId(Uuid::from_u128(1)),
        number: "检〔2026〕".into(),
        district: memory::draft().district,
        year: 2026,
        built_by: user("review"),
        built_on: day("2026-09-01"),
        content,
        stage: PlanStage::Draft,
        version: 1,
    }
}

/// What the steps of a complaint and a plan tell.
pub(crate) fn notices() -> Vec<Notice> {
    let filed = complaint::file(complaint(), &actor("c1"), &near(), moment(day("2026-03-02"))).unwrap();
    let step = |from: &Complaint, action: ComplaintAction, who: &str, on: &str| {
        complaint::decide(from, &action, &actor(who), (&near(), moment(day(on)))).unwrap()
    };
    let late = step(&filed.complaint, ComplaintAction::Escalate, "system", "2026-03-24");
    let taken = step(&late.complaint, ComplaintAction::Take, "review", "2026-03-24");
    let order = ComplaintAction::Uphold { order: "立即停止，已报数据予以删除".into() };
    let upheld = step(&taken.complaint, order, "review", "2026-03-25");
    let office = Office("江滨区领导小组办公室".into());
    let moment = moment(day("2026-09-02"));
    let published =
        inspection::decide(&plan(), PlanAction::Publish, &actor("approve"), (&office, moment)).unwrap();
    // What is told first of a kind is shown: the answer that says most.
    [upheld.notices, filed.notices, late.notices, taken.notices, published.notices].concat()
}

#[test]
fn an_emergency_cannot_be_inspected_before_it_is_filed() {
    let with = |term: Term, request: Request| {
        let application = Application { term, ..request.application.clone() };
        Request { application, ..request }
    };
    let submitted = memory::submitted(memory::assessed());
    let emergency = with(Term::Emergency, submitted.clone());
    assert_eq!(standing(&emergency, 2026), Some(Cause::UnfiledEmergency));
    assert_eq!(standing(&submitted, 2026), Some(Cause::NotAdmitted), "the control");
    let in_force = with(Term::Emergency, memory::in_force(memory::assessed()));
    assert_eq!(standing(&in_force, 2026), None, "approved and funded like any other");
    assert_eq!(standing(&in_force, 2027), Some(Cause::NotInYear));
}

//! The plan of a year as its reader may see it, what departments proposed to it, and the steps that are open.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{Datelike, NaiveDate};
use engine::{By, EngineError, PlanView};
use store::StoreError;
use workflow::actor::Role;
use workflow::inspection::{Look, PlanActionKind, PlanStageKind, Proposal, Visit, open};

use crate::pages::addresses::of_request;
use crate::pages::chips::whole_day;
use crate::pages::frame::Frame;
use crate::pages::names::{Names, names};
use crate::pages::years::Asked;
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Answer, Failed, Tell, page_with};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

/// What stands in the place of a version while there is no plan.
pub(super) const NO_PLAN: &str = "none";

#[derive(Template)]
#[template(path = "inspections/plan.html")]
struct PlanPage {
    frame: Frame,
    year: i32,
    /// Of the plan that is shown; [`NO_PLAN`] while there is none.
    version: String,
    refusal: Option<String>,
    /// What was written and refused.
    written: String,
    number: Option<String>,
    stage: &'static str,
    tone: &'static str,
    /// The reader's own date, for a community.
    own: Option<String>,
    is_community: bool,
    visits: Vec<VisitLine>,
    days: usize,
    proposals: Vec<ProposalLine>,
    /// Steps that are open to the reader.
    open: Vec<PlanActionKind>,
}

struct VisitLine {
    on: String,
    community: String,
    looks: Vec<LookLine>,
}

/// What is of the same kind and looked at together.
struct LookLine {
    name: String,
    subjects: Vec<SubjectLine>,
}

struct SubjectLine {
    to: String,
    number: String,
    title: String,
    department: String,
}

/// What a department proposed, and what was said to it.
struct ProposalLine {
    on: String,
    department: String,
    what: String,
    tone: &'static str,
    said: &'static str,
}

/// What is shown besides the plan: why the last step was refused, and what was written.
#[derive(Default)]
pub(super) struct News {
    pub(super) refusal: Option<Problem>,
    pub(super) written: String,
}

pub(crate) async fn show(State(server): State<Server>, member: Member, Query(asked): Query<Asked>) -> Answer {
    let year = asked.or(server.engine.today(member.visitor.now).year());
    shown(&server, &member, (year, News::default())).await
}

pub(super) async fn shown(server: &Server, member: &Member, (year, news): (i32, News)) -> Answer {
    let tongue = member.tongue();
    let reader = server.engine.reader();
    let names = names(&reader.organisations().await.tell(tongue)?, tongue);
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let plan = match server.engine.plan(by, year).await {
        Err(EngineError::Store(StoreError::NotFound(_))) => None,
        found => Some(found.tell(tongue)?),
    };
    let stage = plan.as_ref().map_or(PlanStageKind::Draft, |plan| plan.stage);
    let proposals = match &plan {
        Some(plan) => plan.proposals.clone(),
        None => proposals(server, member, year).await?,
    };
    let roles = member.known.roles();
    let may = |action: &PlanActionKind| roles.iter().any(|role| !open(stage, *action, *role).is_empty());
    let exists = plan.is_some();
    let possible = |action: &PlanActionKind| exists || *action != PlanActionKind::Publish;
    let is_community = member.known.has(Role::Committee);
    let visits = plan.as_ref().map(|plan| plan.visits.as_slice()).unwrap_or_default();
    let unreadable = plan.as_ref().map(|plan| plan.unreadable.as_slice()).unwrap_or_default();
    let status = news.refusal.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let template = PlanPage {
        frame: Frame::of(member, "/inspections").without(unreadable),
        year,
        version: plan.as_ref().map_or_else(|| NO_PLAN.to_owned(), |plan| plan.version.to_string()),
        refusal: news.refusal.map(|problem| problem.said()),
        written: news.written,
        number: plan.as_ref().map(|plan| plan.number.clone()),
        stage: stage.name(tongue.0),
        tone: tone(stage),
        own: visits.first().filter(|_| is_community).map(|visit| whole_day(visit.on, tongue)),
        is_community,
        days: days(visits),
        proposals: proposals
            .iter()
            .map(|one| ProposalLine::of(one, plan.as_ref(), (&names, tongue)))
            .collect(),
        visits: visits.iter().map(|visit| VisitLine::of(visit, (&names, tongue))).collect(),
        open: PlanActionKind::ALL.iter().copied().filter(possible).filter(may).collect(),
    };
    Ok(page_with(status, &template))
}

impl PlanPage {
    fn may(&self, word: &str) -> bool {
        self.open.iter().any(|action| action.word() == word)
    }
}

/// What was proposed before there is a plan that the reader may see: the own proposals, or all for the office.
async fn proposals(server: &Server, member: &Member, year: i32) -> Result<Vec<Proposal>, Failed> {
    let person = &member.known.worker.person;
    let whole =
        [Role::Reviewer, Role::Approver, Role::Auditor].iter().any(|role| person.roles.contains(role));
    let of = (!whole).then_some(person.organisation);
    server.engine.reader().proposals((person.district, year), of).await.tell(member.tongue())
}

fn tone(stage: PlanStageKind) -> &'static str {
    match stage {
        PlanStageKind::Draft => "quiet",
        PlanStageKind::Published => "open",
        PlanStageKind::Done => "good",
    }
}

fn days(visits: &[Visit]) -> usize {
    let mut days: Vec<NaiveDate> = visits.iter().map(|visit| visit.on).collect();
    days.sort_unstable();
    days.dedup();
    days.len()
}

impl VisitLine {
    fn of(visit: &Visit, (names, tongue): (&Names, Tongue)) -> VisitLine {
        let look = |look: &Look| LookLine {
            name: look.name.get(tongue.0).to_owned(),
            subjects: look
                .subjects
                .iter()
                .map(|subject| SubjectLine {
                    to: of_request(&subject.request.to_string()),
                    number: subject.number.clone(),
                    title: subject.title.clone(),
                    department: names.get(&subject.department).cloned().unwrap_or_default(),
                })
                .collect(),
        };
        VisitLine {
            on: whole_day(visit.on, tongue),
            community: names.get(&visit.community).cloned().unwrap_or_else(|| visit.name.clone()),
            looks: visit.looks.iter().map(look).collect(),
        }
    }
}

impl ProposalLine {
    /// The plan's own reason counts more than what was said on the day of the proposal.
    fn of(one: &Proposal, plan: Option<&PlanView>, (names, tongue): (&Names, Tongue)) -> ProposalLine {
        let written = one.named.written();
        let in_plan = plan.and_then(|plan| {
            plan.refused
                .iter()
                .find(|refused| refused.department == one.department && refused.named == written)
        });
        let cause = if plan.is_some() { in_plan.map(|refused| refused.cause) } else { one.cause };
        ProposalLine {
            on: whole_day(one.on, tongue),
            department: names.get(&one.department).cloned().unwrap_or_default(),
            what: written.to_owned(),
            tone: if cause.is_some() { "bad" } else { "good" },
            said: cause.map_or(tongue.say("列入统一检查", "in the unified inspection"), |cause| {
                cause.name(tongue.0)
            }),
        }
    }
}

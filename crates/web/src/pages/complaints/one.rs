//! One complaint: for complainant, office, leading group and audit the whole; for the accused the order alone.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use engine::{By, ComplaintOrder, ComplaintView};
use store::{EventLine, Evidence};
use workflow::complaint::{
    Complaint, ComplaintActionKind, ComplaintStage, ComplaintStageKind, Covering, open,
};
use workflow::id::{OrganisationId, UserId};
use workflow::request::Moment;

use crate::downloads::hand_out;
use crate::pages::actions::Lost;
use crate::pages::addresses::{of_request, segment};
use crate::pages::chips::{Chip, Limit, whole_day};
use crate::pages::complaints::list::tone;
use crate::pages::frame::Frame;
use crate::pages::names::{Names, names};
use crate::problem::Problem;
use crate::reply::{Answer, Tell, page, page_with};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "complaints/one.html")]
struct ComplaintPage {
    frame: Frame,
    id: String,
    version: i64,
    number: String,
    stage: &'static str,
    tone: &'static str,
    limit: Option<Limit>,
    community: String,
    department: String,
    what: String,
    since: String,
    filed_on: String,
    covered_by: Option<String>,
    hearer: &'static str,
    escalated_on: Option<String>,
    answer: Option<String>,
    actions: Vec<Step>,
    /// What was refused and is open no more.
    lost: Option<Lost>,
    files: Vec<File>,
    coverage: Vec<CoveringLine>,
    history: Vec<Past>,
}

/// What the accused reads.
#[derive(Template)]
#[template(path = "complaints/order.html")]
struct OrderPage {
    frame: Frame,
    number: String,
    community: String,
    since: String,
    order: String,
    on: String,
}

/// A step that is open to the reader; some need a text.
struct Step {
    word: &'static str,
    name: &'static str,
    /// Name and label of the text.
    text: Option<(&'static str, &'static str)>,
    is_grave: bool,
    /// What was written when it was sent.
    written: String,
    /// Why it was refused then.
    refusal: Option<String>,
}

/// A step that was refused.
pub(super) struct Refused {
    pub(super) kind: ComplaintActionKind,
    pub(super) text: String,
    pub(super) problem: Problem,
}

struct File {
    to: String,
    name: String,
    kilobytes: i64,
}

struct CoveringLine {
    to: String,
    number: String,
    title: String,
    chip: Chip,
    period: String,
    funded: &'static str,
    in_period: &'static str,
    claimed: bool,
}

struct Past {
    at: String,
    who: String,
    action: String,
    because: String,
}

pub(crate) async fn show(State(server): State<Server>, member: Member, Path(id): Path<String>) -> Answer {
    shown(&server, &member, (&id, None)).await
}

/// The page; a step that was refused comes back on it.
pub(super) async fn shown(
    server: &Server,
    member: &Member,
    (id, refused): (&str, Option<Refused>),
) -> Answer {
    let tongue = member.tongue();
    let engine = &server.engine;
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let view = engine.complaint(by, id).await.tell(tongue)?;
    let names = names(&engine.reader().organisations().await.tell(tongue)?, tongue);
    let (complaint, due, (evidence, history, coverage), unreadable) = match view {
        ComplaintView::Order(order) => return Ok(page(&order_page(order, &names, member))),
        ComplaintView::Whole { complaint, due, evidence, history, coverage, unreadable } => {
            (complaint, due, (evidence, history, coverage), unreadable)
        }
    };
    let content = engine.content();
    let parameters = content.rules.parameters();
    let moment = Moment { now: member.visitor.now, calendar: &content.calendar, parameters };
    let people: Vec<UserId> = history.iter().filter_map(|event| event.person).map(UserId).collect();
    let persons = engine.reader().names(&people).await.tell(tongue)?;
    let stage = complaint.stage.kind();
    let name = |id: OrganisationId| names.get(&id).cloned().unwrap_or_default();
    let past = |event: &EventLine| Past {
        at: event.at.with_timezone(&parameters.jurisdiction.offset()).format("%Y-%m-%d %H:%M").to_string(),
        who: event.person.and_then(|person| persons.get(&UserId(person)).cloned()).unwrap_or_default(),
        action: ComplaintActionKind::from_word(&event.action)
            .map_or_else(|| event.action.clone(), |action| action.name(tongue.0).to_owned()),
        because: event.reason.clone().unwrap_or_default(),
    };
    let mut actions = steps(stage, member);
    let status = refused.as_ref().map_or(StatusCode::OK, |refused| refused.problem.status);
    let lost = refused.and_then(|refused| refused.fills(&mut actions));
    let shown = ComplaintPage {
        frame: Frame::of(member, "/complaints").without(&unreadable),
        id: complaint.id.to_string(),
        version: complaint.version,
        number: complaint.number.clone(),
        stage: stage.name(tongue.0),
        tone: tone(stage),
        limit: (!stage.is_final()).then(|| Limit::of_complaint(due, &moment, tongue)),
        community: name(complaint.community),
        department: name(complaint.department),
        what: complaint.imposed.what.clone(),
        since: whole_day(complaint.imposed.since, tongue),
        filed_on: whole_day(complaint.filed_on, tongue),
        covered_by: complaint.imposed.covered_by.clone(),
        hearer: complaint.hearer.name(tongue.0),
        escalated_on: complaint.escalated_on.map(|on| whole_day(on, tongue)),
        answer: answer(&complaint),
        actions,
        lost,
        files: evidence.iter().map(|file| File::of(&complaint, file)).collect(),
        coverage: coverage.iter().map(|one| CoveringLine::of(one, tongue)).collect(),
        history: history.iter().rev().map(past).collect(),
    };
    Ok(page_with(status, &shown))
}

impl Refused {
    /// Fills its step among those that are open; what is left where it is none of them.
    fn fills(self, steps: &mut [Step]) -> Option<Lost> {
        let Refused { kind, text, problem } = self;
        let Some(step) = steps.iter_mut().find(|step| step.word == kind.word()) else {
            return Some(Lost::of(&problem, &[&text]));
        };
        (step.written, step.refusal) = (text, Some(problem.said()));
        None
    }
}

/// A file of evidence, for those who see the whole complaint.
pub(crate) async fn evidence(
    State(server): State<Server>,
    member: Member,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, crate::reply::Failed> {
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let file = server.engine.complaint_file(by, (&id, &name)).await.tell(member.tongue())?;
    Ok(hand_out(&server, file))
}

fn order_page(order: ComplaintOrder, names: &Names, member: &Member) -> OrderPage {
    let tongue = member.tongue();
    let ComplaintOrder { number, community, since, order, on } = order;
    OrderPage {
        frame: Frame::of(member, "/complaints"),
        number,
        community: names.get(&community).cloned().unwrap_or_default(),
        since: whole_day(since, tongue),
        order,
        on: whole_day(on, tongue),
    }
}

fn answer(complaint: &Complaint) -> Option<String> {
    match &complaint.stage {
        ComplaintStage::Upheld { order, .. } => Some(order.clone()),
        ComplaintStage::Dismissed { reason, .. } => Some(reason.clone()),
        ComplaintStage::Filed | ComplaintStage::Handling { .. } => None,
    }
}

/// The steps that the list of pairs opens to one of the reader's roles; the rest is refused when it is tried.
fn steps(stage: ComplaintStageKind, member: &Member) -> Vec<Step> {
    let tongue = member.tongue();
    let roles = member.known.worker.person.roles.as_slice();
    let is_open =
        |action: ComplaintActionKind| roles.iter().any(|role| !open(stage, action, *role).is_empty());
    let order = ("order", tongue.say("责令内容（部门会看到）", "Order (the department reads it)"));
    let reason = ("reason", tongue.say("理由（社区会看到）", "Reason (the community reads it)"));
    let all = [
        (ComplaintActionKind::Take, None),
        (ComplaintActionKind::Uphold, Some(order)),
        (ComplaintActionKind::Dismiss, Some(reason)),
    ];
    let open = all.into_iter().filter(|(action, _)| is_open(*action));
    let step = |(action, text): (ComplaintActionKind, Option<(&'static str, &'static str)>)| Step {
        word: action.word(),
        name: action.name(tongue.0),
        text,
        is_grave: action == ComplaintActionKind::Dismiss,
        written: String::new(),
        refusal: None,
    };
    open.map(step).collect()
}

impl File {
    fn of(complaint: &Complaint, file: &Evidence) -> File {
        File {
            to: format!("/complaints/{}/files/{}", complaint.id, segment(&file.name)),
            name: file.name.clone(),
            kilobytes: (file.size + 1023) / 1024,
        }
    }
}

impl CoveringLine {
    fn of(one: &Covering, tongue: Tongue) -> CoveringLine {
        let said = |is: bool| if is { tongue.say("是", "yes") } else { tongue.say("否", "no") };
        let day = |day: Option<chrono::NaiveDate>| day.map(|day| whole_day(day, tongue)).unwrap_or_default();
        CoveringLine {
            to: of_request(&one.request.to_string()),
            number: one.number.clone().unwrap_or_else(|| "—".to_owned()),
            title: one.title.clone(),
            chip: Chip::of(one.stage, tongue),
            period: format!("{} – {}", day(one.starts_on), day(one.ends_on)),
            funded: said(one.funded),
            in_period: said(one.in_period),
            claimed: one.claimed,
        }
    }
}

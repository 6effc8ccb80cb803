//! The complaints that somebody may see, newest first; to the accused only orders.

use askama::Template;
use axum::extract::State;
use engine::{By, ComplaintView, Complaints};
use serde::Deserialize;
use workflow::actor::Role;
use workflow::complaint::ComplaintStageKind;
use workflow::id::OrganisationId;
use workflow::request::Moment;

use crate::pages::addresses::segment;
use crate::pages::chips::{Limit, whole_day};
use crate::pages::frame::Frame;
use crate::pages::names::{Names, names};
use crate::query::Query;
use crate::reply::{Answer, Tell, page};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "complaints/list.html")]
struct ComplaintsPage {
    frame: Frame,
    lines: Vec<ComplaintLine>,
    may_file: bool,
    /// It is not the first page.
    is_later: bool,
    /// The last line, where more follow.
    next: Option<String>,
}

/// The page that is wanted: the last line of the one before.
#[derive(Deserialize)]
pub(crate) struct Asked {
    after: Option<String>,
}

/// Lines of one page.
const MOST: usize = 100;

/// One complaint or order in the list.
struct ComplaintLine {
    to: String,
    number: String,
    community: String,
    department: String,
    what: String,
    stage: &'static str,
    tone: &'static str,
    limit: Option<Limit>,
}

/// The colour of a stage.
pub(super) fn tone(stage: ComplaintStageKind) -> &'static str {
    match stage {
        ComplaintStageKind::Filed => "wait",
        ComplaintStageKind::Handling => "open",
        ComplaintStageKind::Upheld => "bad",
        ComplaintStageKind::Dismissed => "quiet",
    }
}

pub(crate) async fn show(State(server): State<Server>, member: Member, Query(asked): Query<Asked>) -> Answer {
    let tongue = member.tongue();
    let engine = &server.engine;
    let content = engine.content();
    let parameters = content.rules.parameters();
    let moment = Moment { now: member.visitor.now, calendar: &content.calendar, parameters };
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let Complaints { complaints, unreadable } = engine.complaints(by).await.tell(tongue)?;
    let (complaints, next) = slice(&complaints, asked.after.as_deref());
    let names = names(&engine.reader().organisations().await.tell(tongue)?, tongue);
    Ok(page(&ComplaintsPage {
        frame: Frame::of(&member, "/complaints").without(&unreadable),
        lines: complaints.iter().map(|view| ComplaintLine::of(view, &names, (&moment, tongue))).collect(),
        may_file: member.known.has(Role::Committee),
        is_later: asked.after.is_some(),
        next,
    }))
}

/// One page of what stands in order, and the number of its last one, where more follow. What comes after a number that is
/// not there is the first page.
fn slice<'a>(views: &'a [ComplaintView], after: Option<&str>) -> (&'a [ComplaintView], Option<String>) {
    let last = after.and_then(|after| views.iter().position(|view| number(view) == after));
    let rest = views.get(last.map_or(0, |place| place + 1)..).unwrap_or_default();
    let (page, more) = rest.split_at(rest.len().min(MOST));
    let last = page.last().filter(|_| !more.is_empty());
    (page, last.map(|last| number(last).to_owned()))
}

fn number(view: &ComplaintView) -> &str {
    match view {
        ComplaintView::Order(order) => &order.number,
        ComplaintView::Whole { complaint, .. } => &complaint.number,
    }
}

impl ComplaintLine {
    fn of(view: &ComplaintView, names: &Names, (moment, tongue): (&Moment<'_>, Tongue)) -> ComplaintLine {
        let name = |id: OrganisationId| names.get(&id).cloned().unwrap_or_default();
        match view {
            ComplaintView::Order(order) => ComplaintLine {
                to: format!("/complaints/{}", segment(&order.number)),
                number: order.number.clone(),
                community: name(order.community),
                department: String::new(),
                what: format!("{} {}", tongue.say("责令停止", "order to stop"), whole_day(order.on, tongue)),
                stage: ComplaintStageKind::Upheld.name(tongue.0),
                tone: "bad",
                limit: None,
            },
            ComplaintView::Whole { complaint, due, .. } => {
                let stage = complaint.stage.kind();
                let limit = (!stage.is_final()).then(|| Limit::of_complaint(*due, moment, tongue));
                ComplaintLine {
                    to: format!("/complaints/{}", complaint.id),
                    community: name(complaint.community),
                    department: name(complaint.department),
                    what: complaint.imposed.what.chars().take(80).collect(),
                    stage: stage.name(tongue.0),
                    tone: tone(stage),
                    number: complaint.number.clone(),
                    limit,
                }
            }
        }
    }
}

impl Limit {
    /// By when a complaint is decided.
    pub(super) fn of_complaint(due: chrono::NaiveDate, moment: &Moment<'_>, tongue: Tongue) -> Limit {
        let provisional = moment.calendar.is_provisional(due);
        let deadline = workflow::deadline::Deadline { role: Role::Reviewer, due, provisional, then: None };
        Limit::at(deadline, moment, tongue)
    }
}

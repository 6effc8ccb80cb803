//! One task of the own community: what it is, what it pays, accept or refuse, and the delivery with report, real hours and
//! photos. What is refused comes back with what was written.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use engine::{Command, EngineError, Order, Seen};
use workflow::action::ActionKind;
use workflow::assignment::{Assignment, Delivery, Worked};
use workflow::facts::{DayFactor, Fault};
use workflow::hours::Centihours;
use workflow::id::{OrganisationId, RequestId};
use workflow::money::Fen;
use workflow::request::{Moment, Request};

use crate::pages::actions::{Kind, Lost, ON_TASK, Refused};
use crate::pages::community::tasks::Task;
use crate::pages::files::FileLine;
use crate::pages::frame::Frame;
use crate::posted::version;
use crate::problem::Problem;
use crate::reply::{Answer, Failed, Tell, go, page_with};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::uploads::Uploaded;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "community/task.html")]
struct TaskPage {
    frame: Frame,
    task: Task,
    to_request: String,
    paid: String,
    work: Vec<String>,
    delivered: Option<String>,
    files: Vec<FileLine>,
    /// Kinds of days with the fields of their hours; empty unless it is an emergency.
    days: Vec<(String, &'static str, String)>,
    written: Written,
    refusal: Option<String>,
    /// Files came with what was refused; a browser does not give them back.
    lacks_files: bool,
    /// What was refused and is open no more.
    lost: Option<Lost>,
    kinds: String,
    most_files: usize,
    most_megabytes: usize,
}

/// What somebody has written already.
#[derive(Default)]
struct Written {
    report: String,
    actual: String,
    /// By the word of the kind of day.
    hours: Vec<(DayFactor, String)>,
    had_files: bool,
}

/// What comes back to the page.
enum Back {
    Nothing,
    Delivery(Written, Problem),
    Answer(Refused),
}

pub(crate) async fn show(State(server): State<Server>, member: Member, Path(id): Path<String>) -> Answer {
    let request = of_own(&server, &member, &id).await?;
    form(&server, &member, (&request, Back::Nothing)).await
}

/// The page with an answer that was refused.
pub(crate) async fn shown_again(
    server: &Server,
    member: &Member,
    (id, refused): (RequestId, Refused),
) -> Answer {
    let request = of_own(server, member, &id.to_string()).await?;
    form(server, member, (&request, Back::Answer(refused))).await
}

/// The request, if the own community has a part in it.
async fn of_own(server: &Server, member: &Member, written: &str) -> Result<Request, Failed> {
    let tongue = member.tongue();
    let scope = server.engine.scope(&member.known.actor);
    let reader = server.engine.reader();
    let id = reader.request_id(written, scope).await.tell(tongue)?;
    let request = reader.request(id, scope).await.tell(tongue)?;
    match own_part(&request, member.known.worker.person.organisation) {
        Some(_) => Ok(request),
        None => Err(Failed::person(Problem::not_found(tongue), tongue)),
    }
}

fn own_part(request: &Request, own: OrganisationId) -> Option<&Assignment> {
    request.assignments.iter().find(|one| one.community == own)
}

async fn form(server: &Server, member: &Member, (request, back): (&Request, Back)) -> Answer {
    let tongue = member.tongue();
    let content = server.engine.content();
    let parameters = content.rules.parameters();
    let moment = Moment { now: member.visitor.now, calendar: &content.calendar, parameters };
    let own = own_part(request, member.known.worker.person.organisation);
    let Some(own) = own else { return Err(Failed::person(Problem::not_found(tongue), tongue)) };
    let scope = server.engine.scope(&member.known.actor);
    let files = server.engine.delivered_files(request.id, scope).await.tell(tongue)?;
    let files = files.iter().filter(|one| one.community == own.code);
    let evidence = &parameters.oversight.evidence;
    let kinds: Vec<String> = evidence.kinds.keys().map(|kind| format!(".{kind}")).collect();
    let status = back.problem().map_or(StatusCode::OK, |problem| problem.status);
    let mut task = Task::of(request, own, (member, &moment));
    let (written, refusal, lost) = back.shown(&mut task, (request, tongue));
    let template = TaskPage {
        frame: Frame::of(member, "/"),
        task,
        to_request: format!("/requests/{}", request.id),
        paid: own.paid.for_people(),
        work: request.application.work.iter().map(|line| line.what.clone()).collect(),
        delivered: own.delivery().map(|delivery| delivery.report.clone()),
        files: files.map(|one| FileLine::of(request.id, &one.file)).collect(),
        days: days(request, &written, tongue),
        lacks_files: written.had_files,
        written,
        refusal,
        lost,
        kinds: kinds.join(", "),
        most_files: evidence.most_files,
        most_megabytes: evidence.most_bytes >> 20,
    };
    Ok(page_with(status, &template))
}

impl Back {
    fn problem(&self) -> Option<&Problem> {
        match self {
            Back::Nothing => None,
            Back::Delivery(_, problem) => Some(problem),
            Back::Answer(refused) => Some(&refused.problem),
        }
    }

    /// What is filled in again, why it was refused, and what is left where its form is open no more.
    fn shown(
        self,
        task: &mut Task,
        (request, tongue): (&Request, Tongue),
    ) -> (Written, Option<String>, Option<Lost>) {
        match self {
            Back::Nothing => (Written::default(), None, None),
            Back::Answer(refused) => {
                (Written::default(), None, refused.fills(&mut task.forms, (request, tongue)))
            }
            Back::Delivery(written, problem) if task.may_deliver => (written, Some(problem.said()), None),
            Back::Delivery(written, problem) => {
                let lost = Lost::of(&problem, &[&written.report]);
                (written, None, Some(lost))
            }
        }
    }
}

fn days(request: &Request, written: &Written, tongue: Tongue) -> Vec<(String, &'static str, String)> {
    if request.stage.emergency().is_none() {
        return Vec::new();
    }
    let value = |day: DayFactor| {
        written.hours.iter().find(|(known, _)| *known == day).map(|(_, hours)| hours.clone())
    };
    let field =
        |day: &DayFactor| (day.word().to_owned(), day.name(tongue.0), value(*day).unwrap_or_default());
    DayFactor::ALL.iter().map(field).collect()
}

pub(crate) async fn deliver(
    State(server): State<Server>,
    member: Member,
    Path(id): Path<String>,
    uploaded: Uploaded,
) -> Answer {
    let tongue = member.tongue();
    let request = of_own(&server, &member, &id).await?;
    let hours = |day: &DayFactor| (*day, uploaded.field(&format!("hours_{}", day.word())).to_owned());
    let written = Written {
        report: uploaded.field("report").to_owned(),
        actual: uploaded.field("actual").to_owned(),
        hours: DayFactor::ALL.iter().map(hours).collect(),
        had_files: !uploaded.files.is_empty(),
    };
    let problem = match version(uploaded.field("version"), tongue) {
        Err(problem) => problem,
        Ok(seen) => match delivered(&server, &member, (&request, &written, uploaded), seen).await {
            Ok(answer) => return Ok(answer),
            Err(error) => Problem::shown_again(&error, tongue),
        },
    };
    if problem.ends_here() {
        return Err(Failed::person(problem, tongue));
    }
    let request = of_own(&server, &member, &id).await?;
    form(&server, &member, (&request, Back::Delivery(written, problem))).await
}

async fn delivered(
    server: &Server,
    member: &Member,
    (request, written, uploaded): (&Request, &Written, Uploaded),
    seen: i64,
) -> Result<Response, EngineError> {
    let mut worked = Vec::new();
    for (day, text) in written.hours.iter().filter(|(_, text)| !text.is_empty()) {
        let hours = Centihours::parse(&two_places(text)).map_err(|_| no_number("hours", text))?;
        worked.push(Worked { day: *day, hours });
    }
    let actual = match written.actual.as_str() {
        "" => None,
        text => Some(Fen::parse(&two_places(text)).map_err(|_| no_number("actual", text))?),
    };
    let delivery =
        Box::new(Delivery { report: written.report.clone(), actual, worked, ..Delivery::default() });
    let community = member.known.worker.person.organisation;
    let seen = Seen::on_page(ActionKind::DeliverAssignment, seen);
    let order = Order { request: request.id, actor: &member.known.actor, seen, now: member.visitor.now };
    let command = Command::DeliverWithEvidence { community, delivery, files: uploaded.files };
    server.engine.act(order, command).await?;
    Ok(go(&format!("/tasks/{}", request.id)))
}

fn no_number(field: &str, text: &str) -> EngineError {
    let said = (format!("“{text}”不是数字"), format!("“{text}” is not a number"));
    EngineError::Malformed(vec![Fault::new(format!("/{field}"), said)])
}

/// `2` and `2.5` as `2.00` and `2.50`; whatever else is left as it is.
fn two_places(text: &str) -> String {
    match text.split_once('.') {
        None => format!("{text}.00"),
        Some((_, tenths)) if tenths.len() == 1 => format!("{text}0"),
        Some(_) => text.to_owned(),
    }
}

//! A community rates the departments it has worked for: its own marks, and the votes of its residents' representatives.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engine::{By, EngineError};
use workflow::assignment::Assignment;
use workflow::calendar::read_day;
use workflow::facts::Fault;
use workflow::id::RequestId;
use workflow::rating::{Answer as Given, Meeting, Rating, RatingKind, RatingStageKind, settled_on, stage};
use workflow::request::{Moment, Request};
use workflow::stage::StageKind;

use crate::pages::addresses::of_request;
use crate::pages::chips::{day, whole_day};
use crate::pages::frame::Frame;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::reply::{Answer, Tell, go, page_with};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::unread::parted;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "ratings/give.html")]
struct GivePage {
    frame: Frame,
    refusal: Option<String>,
    criteria: Vec<(String, String)>,
    marks: Vec<u8>,
    today: String,
    awaited: Vec<Work>,
    past: Vec<Work>,
}

/// A finished piece of work with what was answered about it.
struct Work {
    id: String,
    to: String,
    number: String,
    title: String,
    department: String,
    settled: String,
    /// Until when it may be rated, while it may.
    until: Option<String>,
    marks: Kind,
    meeting: Kind,
}

/// One of the two answers.
struct Kind {
    is_awaited: bool,
    tone: &'static str,
    said: &'static str,
}

pub(super) async fn show(server: &Server, member: &Member) -> Answer {
    shown(server, member, None).await
}

async fn shown(server: &Server, member: &Member, refusal: Option<Problem>) -> Answer {
    let tongue = member.tongue();
    let engine = &server.engine;
    let content = engine.content();
    let parameters = content.rules.parameters();
    let moment = Moment { now: member.visitor.now, calendar: &content.calendar, parameters };
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let scope = engine.scope(&member.known.actor);
    let over = [StageKind::Settled, StageKind::Terminated];
    let found = engine.reader().requests_of(scope, &over).await.tell(tongue)?;
    let given = engine.own_ratings(by).await.tell(tongue)?;
    let own = member.known.worker.person.organisation;
    let delivered = |request: &Request| {
        let mut parts = request.assignments.iter().filter(|one| one.community == own);
        parts.any(Assignment::has_delivered)
    };
    let (mut requests, unreadable) = parted(found);
    requests.retain(delivered);
    requests.sort_by_key(|request| std::cmp::Reverse((settled_on(request), request.id)));
    let works = requests.iter().filter_map(|request| Work::of(request, &given, (&moment, tongue)));
    let (awaited, past) = works.partition(|work| work.marks.is_awaited || work.meeting.is_awaited);
    let ratings = &parameters.oversight.ratings;
    let criterion =
        |one: &workflow::parameters::Criterion| (one.id.clone(), tongue.say(&one.zh, &one.en).to_owned());
    let status = refusal.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let template = GivePage {
        frame: Frame::of(member, "/ratings").without(&unreadable),
        refusal: refusal.map(|problem| problem.said()),
        criteria: ratings.criteria.iter().map(criterion).collect(),
        marks: (1..=ratings.best_mark).rev().collect(),
        today: moment.today().to_string(),
        awaited,
        past,
    };
    Ok(page_with(status, &template))
}

impl Work {
    fn of(request: &Request, given: &[Rating], (moment, tongue): (&Moment<'_>, Tongue)) -> Option<Work> {
        let settled = settled_on(request)?;
        let window = moment.parameters.oversight.ratings.window;
        let limit = moment.calendar.limit(settled, window);
        let kinds = kinds_of(request.id, given);
        let marks = Kind::of(stage(settled, &kinds, (RatingKind::Committee, *moment)), tongue);
        let meeting = Kind::of(stage(settled, &kinds, (RatingKind::Meeting, *moment)), tongue);
        let until = (marks.is_awaited || meeting.is_awaited).then(|| day(limit.due, tongue));
        let department = request.application.department.as_ref().map(|one| one.name.clone());
        Some(Work {
            id: request.id.to_string(),
            to: of_request(&request.id.to_string()),
            number: request.number().to_owned(),
            title: request.title().to_owned(),
            department: department.unwrap_or_default(),
            settled: whole_day(settled, tongue),
            until,
            marks,
            meeting,
        })
    }
}

fn kinds_of(request: RequestId, given: &[Rating]) -> Vec<RatingKind> {
    given.iter().filter(|rating| rating.request == request).map(|rating| rating.answer.kind()).collect()
}

impl Kind {
    fn of(stage: RatingStageKind, tongue: Tongue) -> Kind {
        Kind {
            is_awaited: stage == RatingStageKind::Awaited,
            tone: match stage {
                RatingStageKind::Awaited => "wait",
                RatingStageKind::Given => "good",
                RatingStageKind::Over => "quiet",
            },
            said: stage.name(tongue.0),
        }
    }
}

pub(crate) async fn give(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
    Posted(fields): Posted<BTreeMap<String, String>>,
) -> Answer {
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let done = match answer(&fields) {
        Ok(answer) => server.engine.rate(by, &written, answer).await.map(|_| ()),
        Err(error) => Err(error),
    };
    let Err(error) = done else { return Ok(go("/ratings")) };
    let problem = Problem::of(&error, member.tongue());
    if problem.is_broken() || problem.code == "not_found" {
        return Err(error).tell(member.tongue());
    }
    shown(&server, &member, Some(problem)).await
}

/// The answer of a form: votes where a day of the meeting is given, else marks.
fn answer(fields: &BTreeMap<String, String>) -> Result<Given, EngineError> {
    let text = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let fault = |name: &str| {
        let said = ("请填写数字或日期", "enter a number or a day");
        EngineError::Malformed(vec![Fault::new(format!("/{name}"), said)])
    };
    let number = |name: &str| text(name).parse::<u32>().map_err(|_| fault(name));
    if fields.contains_key("held_on") {
        return Ok(Given::Meeting(Meeting {
            held_on: read_day(text("held_on")).ok_or_else(|| fault("held_on"))?,
            representatives: number("representatives")?,
            present: number("present")?,
            satisfied: number("satisfied")?,
            basically: number("basically")?,
            not_satisfied: number("not_satisfied")?,
        }));
    }
    let marks = fields.iter().filter_map(|(name, mark)| {
        let id = name.strip_prefix("mark.")?;
        Some(mark.trim().parse::<u8>().map(|mark| (id.to_owned(), mark)).map_err(|_| fault(name)))
    });
    let words = Some(text("text").to_owned()).filter(|words| !words.is_empty());
    Ok(Given::Committee { marks: marks.collect::<Result<_, _>>()?, text: words })
}

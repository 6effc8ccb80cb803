//! What the answers about departments come to: a table of all for those who oversee, and one department in full.

use askama::Template;
use axum::extract::{Path, State};
use chrono::Datelike;
use engine::{By, RatingView};
use store::Organisation;
use workflow::id::OrganisationId;
use workflow::rating::{Answer as Given, CriterionResult, Rating};

use crate::pages::addresses::segment;
use crate::pages::chips::whole_day;
use crate::pages::frame::Frame;
use crate::pages::names::{Names, name, names};
use crate::pages::office::charts::{self, Part};
use crate::pages::years::Asked;
use crate::query::Query;
use crate::reply::{Answer, Tell, page};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "ratings/all.html")]
struct AllPage {
    frame: Frame,
    year: i32,
    criteria: Vec<String>,
    lines: Vec<Line>,
}

/// One department among all.
struct Line {
    to: String,
    name: String,
    answers: usize,
    means: Vec<String>,
    content: String,
}

#[derive(Template)]
#[template(path = "ratings/department.html")]
struct DepartmentPage {
    frame: Frame,
    year: i32,
    path: String,
    name: String,
    answers: usize,
    withheld: bool,
    legend: Vec<(&'static str, usize)>,
    criteria: Vec<Criterion>,
    meetings: [u64; 5],
    content: Option<String>,
    texts: Vec<String>,
    given: Vec<One>,
}

struct Criterion {
    name: String,
    mean: String,
    bar: String,
    distribution: Vec<u64>,
}

/// One answer, for those who may see who gave it.
struct One {
    on: String,
    community: String,
    said: String,
}

/// Classes of the marks' colours, the worst first.
const TONES: [&str; 5] = ["c6", "c2", "c4", "c5", "c1"];

pub(super) async fn show(server: &Server, member: &Member, asked: &Asked) -> Answer {
    let tongue = member.tongue();
    let year = asked.or(server.engine.today(member.visitor.now).year());
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let Ok(views) = server.engine.ratings_of_year(by, year).await else {
        let own = member.known.worker.person.organisation;
        let own = server.engine.reader().organisation_by_id(own).await.tell(tongue)?;
        return department(server, member, (own, year)).await;
    };
    let organisations = server.engine.reader().organisations().await.tell(tongue)?;
    let content = server.engine.content();
    let criteria = &content.rules.parameters().oversight.ratings.criteria;
    let ids: Vec<&str> = criteria.iter().map(|one| one.id.as_str()).collect();
    let line = |view: &RatingView| {
        let organisation = organisations.iter().find(|one| one.id == view.department)?;
        Some(Line::of(view, (organisation, &ids), (year, tongue)))
    };
    let mut lines: Vec<Line> = views.iter().filter_map(line).collect();
    lines.sort_by(|one, other| other.answers.cmp(&one.answers).then_with(|| one.name.cmp(&other.name)));
    Ok(page(&AllPage {
        frame: Frame::of(member, "/ratings"),
        year,
        criteria: criteria.iter().map(|one| tongue.say(&one.zh, &one.en).to_owned()).collect(),
        lines,
    }))
}

pub(crate) async fn of_department(
    State(server): State<Server>,
    member: Member,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let year = asked.or(server.engine.today(member.visitor.now).year());
    let found = server.engine.reader().organisation(&code).await.tell(member.tongue())?;
    department(&server, &member, (found, year)).await
}

async fn department(server: &Server, member: &Member, (rated, year): (Organisation, i32)) -> Answer {
    let tongue = member.tongue();
    let by = By { actor: &member.known.actor, now: member.visitor.now };
    let view = server.engine.rating_results(by, (&rated.code, year)).await.tell(tongue)?;
    let names = match view.answers.is_empty() {
        true => Names::new(),
        false => names(&server.engine.reader().organisations().await.tell(tongue)?, tongue),
    };
    let content = server.engine.content();
    let best = content.rules.parameters().oversight.ratings.best_mark;
    let results = view.results;
    let meetings = &results.meetings;
    Ok(page(&DepartmentPage {
        frame: Frame::of(member, "/ratings"),
        year,
        path: format!("/ratings/{}", segment(&rated.code)),
        name: name(&rated, tongue),
        answers: results.answers,
        withheld: results.withheld,
        legend: (1..=usize::from(best)).map(|mark| (class(mark), mark)).collect(),
        criteria: results.criteria.iter().map(|one| Criterion::of(one, tongue)).collect(),
        meetings: [
            meetings.meetings,
            meetings.present,
            meetings.satisfied,
            meetings.basically,
            meetings.not_satisfied,
        ],
        content: meetings.content.clone(),
        given: view.answers.iter().map(|one| One::of(one, (&names, tongue))).collect(),
        texts: results.texts,
    }))
}

/// The class of a mark's colour.
fn class(mark: usize) -> &'static str {
    TONES.get(mark.saturating_sub(1)).copied().unwrap_or("c8")
}

impl Line {
    fn of(
        view: &RatingView,
        (organisation, ids): (&Organisation, &[&str]),
        (year, tongue): (i32, Tongue),
    ) -> Line {
        let mean = |id: &&str| {
            let found = view.results.criteria.iter().find(|one| one.criterion.id == **id);
            found.map_or_else(|| "–".to_owned(), |one| one.mean.clone())
        };
        Line {
            to: format!("/ratings/{}?year={year}", segment(&organisation.code)),
            name: name(organisation, tongue),
            answers: view.results.answers,
            means: ids.iter().map(mean).collect(),
            content: share(view.results.meetings.content.as_deref()),
        }
    }
}

/// A share as a percentage.
fn share(content: Option<&str>) -> String {
    let percent = |share: &str| {
        let (whole, parts) = share.split_once('.')?;
        let hundredths: u32 = format!("{whole}{parts}").parse().ok()?;
        Some(format!("{hundredths} %"))
    };
    content.and_then(percent).unwrap_or_else(|| "–".to_owned())
}

impl Criterion {
    fn of(one: &CriterionResult, tongue: Tongue) -> Criterion {
        let part = |(index, count): (usize, &u64)| Part {
            class: class(index + 1),
            amount: i64::try_from(*count).unwrap_or(i64::MAX),
            title: format!("{}: {count}", index + 1),
        };
        let parts: Vec<Part> = one.distribution.iter().enumerate().map(part).collect();
        Criterion {
            name: tongue.say(&one.criterion.zh, &one.criterion.en).to_owned(),
            mean: one.mean.clone(),

            bar: charts::bar(&parts, i64::try_from(one.count).unwrap_or(i64::MAX)),
            distribution: one.distribution.clone(),
        }
    }
}

impl One {
    fn of(
        rating: &Rating,
        (names, tongue): (&std::collections::BTreeMap<OrganisationId, String>, Tongue),
    ) -> One {
        let said = match &rating.answer {
            Given::Committee { marks, text } => {
                let marks: Vec<String> = marks.values().map(ToString::to_string).collect();
                let text = text.as_deref().map(|text| format!(" “{text}”")).unwrap_or_default();
                format!("{}{text}", marks.join(" · "))
            }
            Given::Meeting(meeting) => format!(
                "{} {}/{} · {} {} · {} {} · {} {}",
                tongue.say("到会", "present"),
                meeting.present,
                meeting.representatives,
                tongue.say("满意", "satisfied"),
                meeting.satisfied,
                tongue.say("基本满意", "basically satisfied"),
                meeting.basically,
                tongue.say("不满意", "not satisfied"),
                meeting.not_satisfied,
            ),
        };
        One {
            on: whole_day(rating.given_on, tongue),
            community: names.get(&rating.community).cloned().unwrap_or_default(),
            said,
        }
    }
}

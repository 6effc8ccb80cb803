//! One request: what it is, what one may do, until when, and why; with assessment, communities and history.

mod asked;
pub(super) mod facts;
mod heard;
mod record;
mod steps;
mod voices;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::Value;
use workflow::action::ActionKind;
use workflow::actor::Role;
use workflow::assessment::{Outcome, Severity};
use workflow::assignment::{Assignment, AssignmentStage};
use workflow::catalogue::{Class, Function};
use workflow::decide::may_try;
use workflow::id::OrganisationId;
use workflow::money::Fen;
use workflow::request::{Moment, Request, Target};

use crate::eyes::Eyes;
use crate::pages::actions::{Form, Kind, Lost, Named, Refused};
use crate::pages::chips::{Chip, Limit, outcome_tone, whole_day};
use crate::pages::community::LOOKS_IN;
use crate::pages::filing::links::{Link, links};
use crate::pages::frame::Frame;
use crate::pages::office::decide::is_decidable;
use crate::pages::office::price::{self, PriceRow};
use crate::pages::request::asked::Documents;
use crate::pages::request::facts::Fact;
use crate::pages::request::record::Record;
use crate::pages::request::steps::Step;
use crate::pages::request::voices::{Question, Round, Sent, Voice, Voices};
use crate::reply::{Answer, Failed, Tell, page_with};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "request.html")]
struct RequestPage {
    frame: Frame,
    number: String,
    title: String,
    department: String,
    period: String,
    price: String,
    chip: Chip,
    limit: Option<Limit>,
    id: String,
    version: i64,
    /// The place in the history up to which the page shows it.
    seen: i64,
    forms: Vec<Form>,
    /// What was refused and is open no more.
    lost: Option<Lost>,
    /// Whether there is something to decide for who is reading.
    is_decidable: bool,
    links: Vec<Link>,
    facts: Vec<Fact>,
    /// Whether what is asked for is read first.
    is_weighed: bool,
    documents: Documents,
    assessment: Option<Read>,
    prices: Vec<PriceRow>,
    communities: Vec<Community>,
    questions: Vec<Question>,
    opinions: Vec<Voice>,
    objections: Vec<Round>,
    letters: Vec<Sent>,
    behind: Record,
    history: Vec<Step>,
}

/// An assessment in words.
struct Read {
    outcome: &'static str,
    tone: &'static str,
    class: &'static str,
    function: &'static str,
    findings: Vec<Finding>,
    quota: Vec<[String; 5]>,
}

struct Finding {
    severity: &'static str,
    tone: &'static str,
    message: String,
    citation: String,
}

/// A community with its price and, once it has one, its assignment.
struct Community {
    code: String,
    /// Whether the reader may see its hours.
    is_open: bool,
    name: String,
    price: String,
    paid: String,
    stage: &'static str,
}

pub(crate) async fn show(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
) -> Answer {
    shown(&server, &member, (&written, None)).await
}

/// The page; a form that was refused comes back on it.
pub(super) async fn shown(
    server: &Server,
    member: &Member,
    (written, refused): (&str, Option<Refused>),
) -> Answer {
    let tongue = member.tongue();
    let engine = &server.engine;
    let reader = engine.reader();
    let scope = engine.scope(&member.known.actor);
    let id = reader.request_id(written, scope).await.tell(tongue)?;
    let request = reader.request(id, scope).await.tell(tongue)?;
    let history = reader.history(id).await.tell(tongue)?;
    let record = reader.records(id).await.tell(tongue)?.into_iter().next();
    let content = engine.content();
    let parameters = content.rules.parameters();
    let moment = Moment { now: member.visitor.now, calendar: &content.calendar, parameters };
    let eyes = Eyes::of(server, scope).await.tell(tongue)?;
    let by_code = names_of(server, &request, tongue).await?;
    let told = (&request, history.as_slice());
    let Voices { questions, opinions, objections } = voices::of(server, member, told).await?;
    let steps = steps::of(server, member, told, &eyes).await?;
    let behind = record::of(server, member, (&request, record.as_ref()), &eyes).await?;
    let documents = Documents::of(server, member, &request).await?;
    let letters = voices::letters(server, member, &request).await?;
    let prices = record.as_ref().map(|record| price::read(&record.assessment, &by_code, tongue));
    let (forms, lost) = forms(server, member, (&request, &by_code), refused.as_ref()).await?;
    let shown = RequestPage {
        frame: Frame::of(member, "/requests"),
        number: request.number().to_owned(),
        title: request.title().to_owned(),
        department: request.application.department.as_ref().map(|d| d.name.clone()).unwrap_or_default(),
        period: period(&request, tongue),
        price: request.price().for_people(),
        chip: Chip::of_request(&request, tongue),
        limit: Limit::of(&request, &moment, tongue),
        id: request.id.to_string(),
        version: request.version,
        seen: history.last().map_or(0, |event| event.seq),
        is_decidable: is_decidable(&request, member),
        links: ways(&request, member),
        forms,
        lost,
        facts: asked::asked_for(server, (&request, record.as_ref()), (&by_code, &eyes), tongue),
        is_weighed: asked::is_weighed(request.stage.kind()),
        documents,
        assessment: record
            .map(|record| read(&eyes.assessment(&request, &record.assessment), &by_code, tongue)),
        prices: prices.unwrap_or_default(),
        questions,
        opinions,
        objections,
        letters,
        behind,
        communities: communities(&request, &by_code, member),
        history: steps,
    };
    Ok(page_with(refused.map_or(StatusCode::OK, |refused| refused.problem.status), &shown))
}

/// Names of the communities by their codes.
async fn names_of(
    server: &Server,
    request: &Request,
    tongue: Tongue,
) -> Result<BTreeMap<String, String>, Failed> {
    let codes: Vec<String> = request.targets.iter().map(|target| target.code.clone()).collect();
    let places = server.engine.reader().organisations_of(&codes).await.tell(tongue)?;
    Ok(places.into_iter().map(|place| (place.code, place.name)).collect())
}

/// The open actions of this reader with their forms, and what was refused and is none of them any more.
async fn forms(
    server: &Server,
    member: &Member,
    (request, communities): (&Request, &BTreeMap<String, String>),
    refused: Option<&Refused>,
) -> Result<(Vec<Form>, Option<Lost>), Failed> {
    let (tongue, reader) = (member.tongue(), server.engine.reader());
    let left = ActionKind::ALL.iter().copied().filter(|kind| is_left(request, *kind, member));
    let actions: Vec<ActionKind> = left.collect();
    let mut named = Named { communities: communities.clone(), ..Named::default() };
    if actions.contains(&ActionKind::CommitFunds) {
        named.funds = reader.all_special_funds().await.tell(tongue)?;
        let year = request.budget_year();
        named.funds.retain(|fund| {
            fund.district == request.district && (fund.first_year..=fund.last_year).contains(&year)
        });
    }
    if actions.contains(&ActionKind::Consult) {
        named.invitable = reader.organisations().await.tell(tongue)?;
    }
    let forms = actions.into_iter().filter_map(|action| Form::naming(action, request, (&named, tongue)));
    let mut forms: Vec<Form> = forms.collect();
    let lost = refused.and_then(|refused| refused.fills(&mut forms, (request, tongue)));
    Ok((forms, lost))
}

/// Ways to the form, and to the task of the own community, where its work is delivered.
fn ways(request: &Request, member: &Member) -> Vec<Link> {
    let tongue = member.tongue();
    let mut ways = links(request, member, tongue);
    if is_left(request, ActionKind::DeliverAssignment, member) {
        let to = format!("/tasks/{}#deliver", request.id);
        ways.push(Link { to, name: tongue.say("交付…", "Deliver…") });
    }
    ways
}

/// Whether the action is this reader's and there is still something to do.
fn is_left(request: &Request, kind: ActionKind, member: &Member) -> bool {
    let own = member.known.worker.person.organisation;
    may_try(request, kind, &member.known.actor) && is_awaited(request, kind, own)
}

/// Every community with a way to its hours for whoever may look into them.
fn communities(request: &Request, named: &BTreeMap<String, String>, member: &Member) -> Vec<Community> {
    let own = member.known.worker.person.organisation;
    let looks_in = LOOKS_IN.iter().any(|role| member.known.has(*role));
    let is_elsewhere = |target: &Target| member.known.has(Role::Committee) && target.community != own;
    let of_target = |target: &Target| {
        let is_open = looks_in && !is_elsewhere(target);
        community(request, (&target.code, is_open), named.get(&target.code).cloned(), member.tongue())
    };
    request.targets.iter().map(of_target).collect()
}

/// Whether an answer or a delivery of the own community is still to come; all else is no matter of its assignment.
fn is_awaited(request: &Request, action: ActionKind, own: OrganisationId) -> bool {
    let stage = || Some(&request.assignments.iter().find(|one| one.community == own)?.stage);
    match action {
        ActionKind::AcceptAssignment | ActionKind::RefuseAssignment => {
            matches!(stage(), Some(AssignmentStage::Offered { .. }))
        }
        ActionKind::DeliverAssignment => {
            matches!(stage(), Some(AssignmentStage::Offered { .. } | AssignmentStage::Accepted { .. }))
        }
        _ => true,
    }
}

fn period(request: &Request, tongue: Tongue) -> String {
    match (request.application.starts_on, request.application.ends_on) {
        (Some(first), Some(last)) => format!("{} – {}", whole_day(first, tongue), whole_day(last, tongue)),
        _ => "—".to_owned(),
    }
}

fn community(
    request: &Request,
    (code, is_open): (&str, bool),
    name: Option<String>,
    tongue: Tongue,
) -> Community {
    let assignment: Option<&Assignment> = request.assignments.iter().find(|one| one.code == code);
    let share = request.assessed.as_ref().map_or(Fen::ZERO, |assessed| assessed.share(code));
    Community {
        code: code.to_owned(),
        is_open,
        name: name.unwrap_or_else(|| code.to_owned()),
        price: assignment.map_or(share, |one| one.price).for_people(),
        paid: assignment.map(|one| one.paid.for_people()).unwrap_or_default(),
        stage: assignment.map_or("—", |one| one.stage.kind().name(tongue.0)),
    }
}

fn read(assessment: &Value, names: &BTreeMap<String, String>, tongue: Tongue) -> Read {
    let text =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let outcome = Outcome::from_word(&text(assessment, "outcome"));
    let class = Class::from_word(&text(assessment, "class")).map(|class| class.name(tongue.0));
    let number =
        assessment.get("function").and_then(Value::as_u64).and_then(|number| u8::try_from(number).ok());
    let function = number.and_then(Function::of_number).map(|function| function.name(tongue.0));
    let list = |key: &str| assessment.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let finding = |finding: &Value| {
        let severity = Severity::from_word(&text(finding, "severity"));
        let message = finding.pointer(&format!("/message/{}", tongue.0.code()));
        Finding {
            severity: severity.map(|severity| severity.name(tongue.0)).unwrap_or_default(),
            tone: match severity {
                Some(Severity::Return | Severity::Prohibit) => "bad",
                Some(Severity::Refer | Severity::Condition) => "wait",
                _ => "quiet",
            },
            message: message.and_then(Value::as_str).unwrap_or_default().to_owned(),
            citation: text(finding, "citation"),
        }
    };
    let keys = ["community", "month", "hours", "free", "over"];
    let cells = |row: &Value| {
        let mut cells = keys.map(|key| text(row, key));
        if let Some(name) = names.get(&cells[0]) {
            cells[0].clone_from(name);
        }
        cells
    };
    Read {
        outcome: outcome.map(|outcome| outcome.name(tongue.0)).unwrap_or_default(),
        tone: outcome.map(outcome_tone).unwrap_or_default(),
        class: class.unwrap_or(tongue.say("目录外", "unlisted")),
        function: function.unwrap_or(tongue.say("七项职能以外", "outside the seven functions")),
        findings: list("findings").iter().map(finding).collect(),
        quota: list("quota").iter().map(cells).collect(),
    }
}

//! One request: what it is, what one may do, until when, and why; with assessment, communities and history.

mod voices;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use serde_json::Value;
use store::EventLine;
use workflow::action::ActionKind;
use workflow::actor::Role;
use workflow::assessment::{Outcome, Severity};
use workflow::assignment::{Assignment, AssignmentStage, RefusalReason};
use workflow::catalogue::{Class, Function};
use workflow::decide::may_try;
use workflow::id::{OrganisationId, UserId};
use workflow::money::Fen;
use workflow::request::{Moment, Request, Target};
use workflow::stage::StageKind;

use crate::eyes::Eyes;
use crate::pages::actions::{Form, Kind};
use crate::pages::chips::{Chip, Limit, outcome_tone, whole_day};
use crate::pages::community::LOOKS_IN;
use crate::pages::filing::links::{Link, links};
use crate::pages::frame::Frame;
use crate::pages::office::decide::is_decidable;
use crate::pages::office::price::{self, PriceRow};
use crate::pages::request::voices::{Sent, Voice};
use crate::reply::{Answer, Tell, page};
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
    /// Whether there is something to decide for who is reading.
    is_decidable: bool,
    links: Vec<Link>,
    assessment: Option<Read>,
    prices: Vec<PriceRow>,
    communities: Vec<Community>,
    opinions: Vec<Voice>,
    objections: Vec<Voice>,
    letters: Vec<Sent>,
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

/// One event of the history.
struct Step {
    at: String,
    who: String,
    action: String,
    after: &'static str,
    because: String,
}

pub(crate) async fn show(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
) -> Answer {
    let tongue = member.tongue();
    let engine = &server.engine;
    let reader = engine.reader();
    let scope = engine.scope(&member.known.actor);
    let id = reader.request_id(&written, scope).await.tell(tongue)?;
    let request = reader.request(id, scope).await.tell(tongue)?;
    let history = reader.history(id).await.tell(tongue)?;
    let record = reader.records(id).await.tell(tongue)?.into_iter().next();
    let content = engine.content();
    let parameters = content.rules.parameters();
    let moment = Moment { now: member.visitor.now, calendar: &content.calendar, parameters };
    let people: Vec<UserId> = history.iter().filter_map(|event| event.person).map(UserId).collect();
    let names = reader.names(&people).await.tell(tongue)?;
    let codes: Vec<String> = request.targets.iter().map(|target| target.code.clone()).collect();
    let places = reader.organisations_of(&codes).await.tell(tongue)?;
    let eyes = Eyes::of(&server, scope).await.tell(tongue)?;
    let offset = parameters.jurisdiction.offset();
    let step = |event: &EventLine| Step {
        at: event.at.with_timezone(&offset).format("%Y-%m-%d %H:%M").to_string(),
        who: event
            .person
            .filter(|_| !eyes.hides_person(event, &request))
            .and_then(|person| names.get(&UserId(person)).cloned())
            .unwrap_or_else(|| role(event, tongue)),
        action: action(event, tongue),
        after: StageKind::from_word(&event.after).map(|stage| stage.name(tongue.0)).unwrap_or_default(),
        because: if eyes.is_foreign(event, &request) { String::new() } else { because(event, tongue) },
    };
    let by_code: BTreeMap<String, String> =
        places.iter().map(|place| (place.code.clone(), place.name.clone())).collect();
    let (opinions, objections) = voices::of(&server, &member, &request).await?;
    let letters = voices::letters(&server, &member, &request).await?;
    let prices = record.as_ref().map(|record| price::read(&record.assessment, &by_code, tongue));
    let actions = ActionKind::ALL.iter().filter(|kind| is_left(&request, **kind, &member));
    let shown = RequestPage {
        frame: Frame::of(&member, "/requests"),
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
        is_decidable: is_decidable(&request, &member),
        links: links(&request, &member, tongue),
        forms: actions.filter_map(|action| Form::of(*action, &request, tongue)).collect(),
        assessment: record.map(|record| read(&eyes.assessment(&request, &record.assessment), tongue)),
        prices: prices.unwrap_or_default(),
        opinions,
        objections,
        letters,
        communities: communities(&request, &by_code, &member),
        history: history.iter().rev().map(step).collect(),
    };
    Ok(page(&shown))
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

fn role(event: &EventLine, tongue: Tongue) -> String {
    Role::from_word(&event.role).map(|role| role.name(tongue.0)).unwrap_or_default().to_owned()
}

fn action(event: &EventLine, tongue: Tongue) -> String {
    let known = ActionKind::from_word(&event.action).map(|action| action.name(tongue.0));
    let record = || match event.action.as_str() {
        store::DRAFTED => tongue.say("起草", "drafted"),
        store::TAKEN_OVER => tongue.say("接续历史", "history taken over"),
        other => other,
    };
    known.unwrap_or_else(record).to_owned()
}

fn because(event: &EventLine, tongue: Tongue) -> String {
    let detail: Value = serde_json::from_str(&event.detail).unwrap_or_default();
    let community = detail.get("community").and_then(Value::as_str).unwrap_or_default();
    let refusal = detail.get("refusal").and_then(|word| RefusalReason::from_word(word.as_str()?));
    let refusal = refusal.map(|reason| reason.name(tongue.0)).unwrap_or_default();
    let parts = [community, refusal, event.reason.as_deref().unwrap_or_default()];
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

fn read(assessment: &Value, tongue: Tongue) -> Read {
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
    Read {
        outcome: outcome.map(|outcome| outcome.name(tongue.0)).unwrap_or_default(),
        tone: outcome.map(outcome_tone).unwrap_or_default(),
        class: class.unwrap_or(tongue.say("目录外", "unlisted")),
        function: function.unwrap_or(tongue.say("七项职能以外", "outside the seven functions")),
        findings: list("findings").iter().map(finding).collect(),
        quota: list("quota").iter().map(|row| keys.map(|key| text(row, key))).collect(),
    }
}

//! The decision: facts, findings, load and price on one page. The reviewer proposes, with conditions struck out one by one;
//! the approver sees the proposal with its reason, and approves it, if need be beyond the hours, or sends it back. What
//! goes against the rules needs a reason, which is said before anything is sent.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use engine::{Command, EngineError, Order, Seen};
use serde_json::Value;
use workflow::action::{ActionKind, agrees};
use workflow::assessment::Outcome;
use workflow::catalogue::{Class, Function};
use workflow::decide::may_try;
use workflow::id::RequestId;
use workflow::money::Fen;
use workflow::request::{Assessed, Moment, Request};
use workflow::stage::{Proposal, Stage, Verdict};

use crate::pages::actions::{Kind, Lost, ON_DECISION, Refused};
use crate::pages::chips::{Chip, Limit, outcome_tone};
use crate::pages::frame::Frame;
use crate::pages::office::facts::{self, Fact, Named};
use crate::pages::office::findings::{self, Finding};
use crate::pages::office::load::{self, Loaded};
use crate::pages::office::price::{self, PriceRow};
use crate::pages::office::proposed::Proposed;
use crate::posted::{Posted, version};
use crate::problem::Problem;
use crate::reply::{Answer, Failed, Tell, go, page_with};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "decide.html")]
struct DecidePage {
    frame: Frame,
    number: String,
    title: String,
    chip: Chip,
    limit: Option<Limit>,
    id: String,
    version: i64,
    facts: Vec<Fact>,
    outcome: &'static str,
    tone: &'static str,
    class: &'static str,
    function: &'static str,
    findings: Vec<Finding>,
    load: Vec<Loaded>,
    prices: Vec<PriceRow>,
    repriced: Option<String>,
    form: Option<ProposeForm>,
    proposal: Option<Proposed>,
    /// What was refused and is open no more.
    lost: Option<Lost>,
}

/// The form of a proposal, as it was last sent.
struct ProposeForm {
    verdicts: Vec<Choice>,
    conditions: Vec<Condition>,
    reason: String,
    refusal: Option<String>,
    /// Why it cannot be admitted yet.
    obstacle: Option<String>,
    may_quote: bool,
}

struct Choice {
    word: &'static str,
    name: &'static str,
    agrees: bool,
    is_chosen: bool,
    is_closed: bool,
}

struct Condition {
    code: String,
    message: String,
    citation: String,
    is_kept: bool,
}

/// What was filled in.
#[derive(Default)]
struct Filled {
    verdict: Option<Verdict>,
    struck: Vec<String>,
    reason: String,
}

/// What comes back to the page.
enum Back {
    Nothing,
    Proposal(Filled, Problem),
    Action(Refused),
}

pub(crate) async fn show(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
) -> Answer {
    let scope = server.engine.scope(&member.known.actor);
    let id = server.engine.reader().request_id(&written, scope).await.tell(member.tongue())?;
    let request = server.engine.reader().request(id, scope).await.tell(member.tongue())?;
    shown(&server, &member, (&request, Back::Nothing)).await
}

/// The page with an action that was refused.
pub(crate) async fn shown_again(
    server: &Server,
    member: &Member,
    (id, refused): (RequestId, Refused),
) -> Answer {
    let scope = server.engine.scope(&member.known.actor);
    let request = server.engine.reader().request(id, scope).await.tell(member.tongue())?;
    shown(server, member, (&request, Back::Action(refused))).await
}

pub(crate) async fn propose(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Answer {
    let tongue = member.tongue();
    let scope = server.engine.scope(&member.known.actor);
    let id = server.engine.reader().request_id(&written, scope).await.tell(tongue)?;
    let request = server.engine.reader().request(id, scope).await.tell(tongue)?;
    let field =
        |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let kept: Vec<&str> =
        fields.iter().filter(|(name, _)| name == "keep").map(|(_, code)| code.as_str()).collect();
    let conditions = request.assessed.iter().flat_map(|assessed| &assessed.conditions);
    let struck: Vec<String> = conditions.filter(|code| !kept.contains(&code.as_str())).cloned().collect();
    let verdict = field("verdict").and_then(Verdict::from_word);
    let reason = field("reason").unwrap_or_default().trim().to_owned();
    let filled = Filled { verdict, struck, reason };
    let seen = field("version").unwrap_or_default();
    let Err(problem) = proposed(&server, &member, (&request, &filled), seen).await else {
        return Ok(go(&format!("/requests/{id}/decide")));
    };
    if problem.ends_here() {
        return Err(Failed::person(problem, tongue));
    }
    let request = server.engine.reader().request(id, scope).await.tell(tongue)?;
    shown(&server, &member, (&request, Back::Proposal(filled, problem))).await
}

async fn proposed(
    server: &Server,
    member: &Member,
    (request, filled): (&Request, &Filled),
    seen: &str,
) -> Result<(), Problem> {
    let tongue = member.tongue();
    let seen = Seen::Version(version(seen, tongue)?);
    let Filled { verdict, struck, reason } = filled;
    let Some(verdict) = *verdict else {
        let said = tongue.say("请选择处理意见", "choose what is proposed");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "malformed", said));
    };
    let without = if verdict == Verdict::Admit { struck.clone() } else { Vec::new() };
    let reason = Some(reason.clone()).filter(|reason| !reason.is_empty());
    let command = Command::Propose { verdict, without, reason };
    let order = Order { request: request.id, actor: &member.known.actor, seen, now: member.visitor.now };
    let done = server.engine.act(order, command).await;
    done.map(|_| ()).map_err(|error| in_form(Problem::shown_again(&error, tongue), &error))
}

/// What the workflow refuses is told as a fault of what was filled in.
fn in_form(problem: Problem, error: &EngineError) -> Problem {
    match error {
        EngineError::Refused(_) => Problem { status: StatusCode::UNPROCESSABLE_ENTITY, ..problem },
        _ => problem,
    }
}

/// The page; a refused form comes back with what was filled in. The same number of queries for any number of communities.
async fn shown(
    server: &Server,
    member: &Member,
    (request, back): (&Request, Back),
) -> Result<Response, Failed> {
    let tongue = member.tongue();
    let reader = server.engine.reader();
    let record = reader.records(request.id).await.tell(tongue)?.into_iter().next();
    let assessment = record.as_ref().map_or(Value::Null, |record| record.assessment.clone());
    let codes: Vec<String> = request.targets.iter().map(|target| target.code.clone()).collect();
    let places = reader.organisations_of(&codes).await.tell(tongue)?;
    let names: BTreeMap<String, String> = places.into_iter().map(|place| (place.code, place.name)).collect();
    let findings = findings::read(&assessment, tongue);
    let content = server.engine.content();
    let parameters = content.rules.parameters();
    let known = Named { catalogue: content.rules.catalogue(), communities: &names };
    let moment = Moment { now: member.visitor.now, calendar: &content.calendar, parameters };
    let status = back.problem().map_or(StatusCode::OK, |problem| problem.status);
    let proposer = match proposal(request) {
        Some(proposal) => reader.names(&[proposal.by]).await.tell(tongue)?.remove(&proposal.by),
        None => None,
    };
    let may = |action| may_try(request, action, &member.known.actor);
    let assessed = request.assessed.as_ref();
    let mut form = assessed
        .filter(|_| may(ActionKind::Propose) && proposal(request).is_none())
        .map(|assessed| ProposeForm::of((request, assessed), &findings, back.filled(), member));
    let mut proposal = proposal(request).zip(assessed).map(|(proposal, assessed)| {
        let by = proposer.unwrap_or_default();
        Proposed::of((request, proposal, assessed), (by, member), &findings)
    });
    let lost = back.fills((form.as_mut(), proposal.as_mut()), (request, tongue));
    let shown = DecidePage {
        frame: Frame::of(member, "/inbox"),
        number: request.number().to_owned(),
        title: request.title().to_owned(),
        chip: Chip::of_request(request, tongue),
        limit: Limit::of(request, &moment, tongue),
        id: request.id.to_string(),
        version: request.version,
        facts: facts::of((request, record.as_ref().map(|record| &record.facts)), &known, tongue),
        outcome: assessed.map(|assessed| assessed.outcome.name(tongue.0)).unwrap_or_default(),
        tone: assessed.map(|assessed| outcome_tone(assessed.outcome)).unwrap_or_default(),
        class: class(assessed, tongue),
        function: function(assessed, tongue),
        load: load::read(server, request, &names, tongue).await?,
        prices: price::read(&assessment, &names, tongue),
        repriced: request.dossier.repriced.as_ref().map(|one| {
            let said = tongue.say("审核员已改定价格，规则算出", "set by the reviewer; the rules found");
            format!("{} – {said} {} – {}", request.price().for_people(), one.from.for_people(), one.reason)
        }),
        form,
        proposal,
        lost,
        findings,
    };
    Ok(page_with(status, &shown))
}

impl Back {
    fn problem(&self) -> Option<&Problem> {
        match self {
            Back::Nothing => None,
            Back::Proposal(_, problem) => Some(problem),
            Back::Action(refused) => Some(&refused.problem),
        }
    }

    fn filled(&self) -> Option<&Filled> {
        match self {
            Back::Proposal(filled, _) => Some(filled),
            Back::Nothing | Back::Action(_) => None,
        }
    }

    /// Says above its form why it was refused; what is left where that is open no more.
    fn fills(
        self,
        (form, proposal): (Option<&mut ProposeForm>, Option<&mut Proposed>),
        by: (&Request, Tongue),
    ) -> Option<Lost> {
        match (self, form) {
            (Back::Nothing, _) => None,
            (Back::Proposal(_, problem), Some(form)) => {
                form.refusal = Some(problem.said());
                None
            }
            (Back::Proposal(filled, problem), None) => Some(Lost::of(&problem, &[&filled.reason])),
            (Back::Action(refused), _) => {
                refused.fills(proposal.map(|one| one.forms.as_mut_slice()).unwrap_or_default(), by)
            }
        }
    }
}

fn class(assessed: Option<&Assessed>, tongue: Tongue) -> &'static str {
    let class: Option<Class> = assessed.and_then(|assessed| assessed.class);
    class.map_or(tongue.say("目录外", "unlisted"), |class| class.name(tongue.0))
}

fn function(assessed: Option<&Assessed>, tongue: Tongue) -> &'static str {
    let function = assessed.and_then(|assessed| assessed.function).and_then(Function::of_number);
    function.map_or(tongue.say("七项职能以外", "outside the seven functions"), |function| {
        function.name(tongue.0)
    })
}

/// The proposal that waits for the second person.
fn proposal(request: &Request) -> Option<&Proposal> {
    match &request.stage {
        Stage::Proposed { proposal, .. } => Some(proposal),
        stage => stage.emergency().filter(|one| one.decision.is_none()).and_then(|one| one.proposal.as_ref()),
    }
}

impl ProposeForm {
    fn of(
        (request, assessed): (&Request, &Assessed),
        findings: &[Finding],
        filled: Option<&Filled>,
        member: &Member,
    ) -> ProposeForm {
        let tongue = member.tongue();
        let struck = filled.map(|filled| filled.struck.as_slice()).unwrap_or_default();
        let obstacle = obstacle(request, assessed, tongue);
        let chosen = filled
            .and_then(|filled| filled.verdict)
            .or_else(|| Verdict::ALL.iter().copied().find(|v| agrees(*v, assessed.outcome)));
        let verdicts = Verdict::ALL.iter().map(|verdict| {
            let is_closed = *verdict == Verdict::Admit && obstacle.is_some();
            Choice {
                word: verdict.word(),
                name: verdict.name(tongue.0),
                agrees: agrees(*verdict, assessed.outcome),
                is_chosen: chosen == Some(*verdict) && !is_closed,
                is_closed,
            }
        });
        let condition = |code: &String| {
            let finding = findings.iter().find(|finding| finding.code == *code);
            Condition {
                code: code.clone(),
                message: finding.map_or_else(|| code.clone(), |finding| finding.message.clone()),
                citation: finding.map(|finding| finding.citation.clone()).unwrap_or_default(),
                is_kept: !struck.contains(code),
            }
        };
        ProposeForm {
            verdicts: verdicts.collect(),
            conditions: assessed.conditions.iter().map(condition).collect(),
            may_quote: assessed.price > Fen::ZERO
                && assessed.class != Some(Class::Negative)
                && obstacle.is_some()
                && may_try(request, ActionKind::Quote, &member.known.actor),
            obstacle,
            refusal: None,
            reason: filled.map(|filled| filled.reason.clone()).unwrap_or_default(),
        }
    }
}

/// Why a request cannot be admitted as it stands.
fn obstacle(request: &Request, assessed: &Assessed, tongue: Tongue) -> Option<String> {
    if assessed.class == Some(Class::Negative) {
        let said = tongue.say("负面清单事项不得准入", "what is on the negative list is never admitted");
        return Some(said.to_owned());
    }
    let Stage::Review { accepted_quote, .. } = &request.stage else { return None };
    let unquoted = assessed.price > Fen::ZERO && *accepted_quote != Some(assessed.price);
    unquoted.then(|| {
        let said = tongue.say(
            "须先报价并由申请单位确认",
            "the price must be quoted, and accepted by the department, first",
        );
        format!("{} – {said}", assessed.price.for_people())
    })
}

/// Whether the decision page has something to do for a member, for the links to it.
pub(crate) fn is_decidable(request: &Request, member: &Member) -> bool {
    let may = |action| may_try(request, action, &member.known.actor);
    request.assessed.as_ref().is_some_and(|assessed| assessed.outcome != Outcome::Return)
        && (may(ActionKind::Propose) || may(ActionKind::Approve))
}

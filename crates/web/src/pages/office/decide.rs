//! The decision: facts, findings, load and price on one page. The reviewer proposes, with conditions struck out one by one;
//! the approver sees the proposal with its reason, and approves it, if need be beyond the hours, or sends it back. What
//! goes against the rules needs a reason, which is said before anything is sent.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use engine::{Command, EngineError, Order};
use serde_json::Value;
use workflow::action::{ActionKind, agrees};
use workflow::assessment::Outcome;
use workflow::catalogue::{Class, Function};
use workflow::decide::may_try;
use workflow::id::UserId;
use workflow::money::Fen;
use workflow::request::{Assessed, Moment, Request};
use workflow::stage::{Proposal, Stage, Verdict};

use crate::pages::chips::{Chip, Limit, outcome_tone, whole_day};
use crate::pages::frame::Frame;
use crate::pages::office::facts::{self, Fact, Named};
use crate::pages::office::findings::{self, Finding};
use crate::pages::office::load::{self, Loaded};
use crate::pages::office::price::{self, PriceRow};
use crate::posted::Posted;
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

/// A proposal that waits for the second person.
struct Proposed {
    by: String,
    on: String,
    verdict: &'static str,
    tone: &'static str,
    agrees: bool,
    kept: Vec<String>,
    struck: Vec<String>,
    reason: Option<String>,
    may_approve: bool,
    /// The name of the approval beyond the hours, where it is open and the proposal takes hours.
    forced: Option<&'static str>,
    /// The second person must be somebody else.
    is_own_hand: bool,
}

/// What was filled in.
#[derive(Default)]
struct Filled {
    verdict: Option<Verdict>,
    struck: Vec<String>,
    reason: String,
    refusal: Option<String>,
}

pub(crate) async fn show(
    State(server): State<Server>,
    member: Member,
    Path(written): Path<String>,
) -> Answer {
    let scope = server.engine.scope(&member.known.actor);
    let id = server.engine.reader().request_id(&written, scope).await.tell(member.tongue())?;
    let request = server.engine.reader().request(id, scope).await.tell(member.tongue())?;
    shown(&server, &member, (&request, Filled::default())).await
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
    let filled = Filled { verdict, struck: struck.clone(), reason: reason.clone(), refusal: None };
    let Some(verdict) = verdict else {
        let said = tongue.say("请选择处理意见", "choose what is proposed").to_owned();
        return shown(&server, &member, (&request, Filled { refusal: Some(said), ..filled })).await;
    };
    let without = if verdict == Verdict::Admit { struck } else { Vec::new() };
    let command = Command::Propose { verdict, without, reason: (!reason.is_empty()).then_some(reason) };
    let seen = field("version").and_then(|version| version.parse().ok());
    let order = Order { request: id, actor: &member.known.actor, seen, now: member.visitor.now };
    match server.engine.act(order, command).await {
        Ok(_) => Ok(go(&format!("/requests/{id}/decide"))),
        Err(EngineError::Stale { .. }) => Err(stale(tongue)),
        Err(error @ EngineError::Refused(_)) => {
            let refusal = Some(Problem::of(&error, tongue).message);
            shown(&server, &member, (&request, Filled { refusal, ..filled })).await
        }
        Err(error) => Err(error).tell(tongue),
    }
}

fn stale(tongue: Tongue) -> Failed {
    let said = tongue.say(
        "这件申请刚被他人办理过，您填的内容没有提交。请返回并刷新页面，看过最新情况再办。",
        "somebody else has just acted on this request, and nothing of yours was sent. Go back, reload the page, and look again.",
    );
    Failed::person(Problem::new(StatusCode::PRECONDITION_FAILED, "stale", said), tongue)
}

/// The page; a refused form comes back with what was filled in. The same number of queries for any number of communities.
async fn shown(
    server: &Server,
    member: &Member,
    (request, filled): (&Request, Filled),
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
    let status = if filled.refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let proposer = match proposal(request) {
        Some(proposal) => reader.names(&[proposal.by]).await.tell(tongue)?.remove(&proposal.by),
        None => None,
    };
    let may = |action| may_try(request, action, &member.known.actor);
    let assessed = request.assessed.as_ref();
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
        form: assessed
            .filter(|_| may(ActionKind::Propose) && proposal(request).is_none())
            .map(|assessed| ProposeForm::of((request, assessed), &findings, filled, member)),
        proposal: proposal(request).zip(assessed).map(|(proposal, assessed)| {
            let by = proposer.unwrap_or_default();
            Proposed::of((request, proposal, assessed), (by, member), &findings)
        }),
        findings,
    };
    Ok(page_with(status, &shown))
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
        filled: Filled,
        member: &Member,
    ) -> ProposeForm {
        let tongue = member.tongue();
        let obstacle = obstacle(request, assessed, tongue);
        let chosen =
            filled.verdict.or_else(|| Verdict::ALL.iter().copied().find(|v| agrees(*v, assessed.outcome)));
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
                is_kept: !filled.struck.contains(code),
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
            refusal: filled.refusal,
            reason: filled.reason,
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

impl Proposed {
    fn of(
        (request, proposal, assessed): (&Request, &Proposal, &Assessed),
        (by, member): (String, &Member),
        findings: &[Finding],
    ) -> Proposed {
        let tongue = member.tongue();
        let said = |code: &String| {
            let finding = findings.iter().find(|finding| finding.code == *code);
            finding.map_or_else(|| code.clone(), |finding| finding.message.clone())
        };
        let struck = assessed.conditions.iter().filter(|code| !proposal.conditions.contains(code));
        let admits = proposal.verdict == Verdict::Admit;
        let me = member.known.worker.person.user;
        let hands: [UserId; 2] = [proposal.by, request.filed_by];
        let may = |action| may_try(request, action, &member.known.actor);
        Proposed {
            by,
            on: whole_day(proposal.on, tongue),
            verdict: proposal.verdict.name(tongue.0),
            tone: if admits { "good" } else { "bad" },
            agrees: agrees(proposal.verdict, assessed.outcome),
            kept: if admits { proposal.conditions.iter().map(said).collect() } else { Vec::new() },
            struck: if admits { struck.map(said).collect() } else { Vec::new() },
            reason: proposal.reason.clone(),
            may_approve: may(ActionKind::Approve),
            forced: (admits && may(ActionKind::ApproveForced))
                .then(|| ActionKind::ApproveForced.name(tongue.0)),
            is_own_hand: hands.contains(&me),
        }
    }
}

/// Whether the decision page has something to do for a member, for the links to it.
pub(crate) fn is_decidable(request: &Request, member: &Member) -> bool {
    let may = |action| may_try(request, action, &member.known.actor);
    request.assessed.as_ref().is_some_and(|assessed| assessed.outcome != Outcome::Return)
        && (may(ActionKind::Propose) || may(ActionKind::Approve))
}

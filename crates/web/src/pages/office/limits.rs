//! The limits that run, those that have passed first, and the cards: whoever got one speaks against it, somebody else decides.
//! A stale page is refused by the version of the card it was made from.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engine::{LimitLine, Seen};
use serde::Deserialize;
use uuid::Uuid;
use workflow::actor::Role;
use workflow::calendar::{first_day, read_day};
use workflow::card::{self, Card, CardAction, CardActionKind, CardStage, CardStageKind, Colour};
use workflow::deadline::LimitKind;
use workflow::id::OrganisationId;
use workflow::request::Moment;

use crate::pages::actions::Lost;
use crate::pages::chips::{Chip, whole_day};
use crate::pages::frame::Frame;
use crate::posted::{Posted, version};
use crate::problem::Problem;
use crate::query::Query;
use crate::reply::{Answer, Failed, Tell, go, page_with};
use crate::server::Server;
use crate::tongue::Tongue;
use crate::visitor::Member;

#[derive(Template)]
#[template(path = "limits.html")]
struct LimitsPage {
    frame: Frame,
    late: usize,
    running: usize,
    only_late: bool,
    role: String,
    /// The past day that is shown; empty for today.
    on: String,
    today: String,
    roles: Vec<(&'static str, &'static str)>,
    lines: Vec<Line>,
    cards: Vec<CardLine>,
    /// What was refused and is open no more.
    lost: Option<Lost>,
}

/// One running limit.
struct Line {
    to: String,
    number: String,
    title: String,
    chip: Chip,
    /// None for a step, which the stage says.
    kind: Option<&'static str>,
    whose: &'static str,
    due: String,
    left: String,
    tone: &'static str,
    card: Option<CardChip>,
}

/// A card in its colour, which is said, too.
struct CardChip {
    name: &'static str,
    class: &'static str,
}

/// One card with what may be done to it.
struct CardLine {
    id: String,
    version: i64,
    to: String,
    number: String,
    title: String,
    chip: CardChip,
    step: &'static str,
    carded: String,
    due: String,
    given: String,
    cause: &'static str,
    /// None while it is only given.
    stage: Option<&'static str>,
    said: Option<String>,
    steps: Vec<CardStep>,
}

/// A step that is open on a card, with what was written when it was sent and why it was refused then.
struct CardStep {
    word: &'static str,
    name: &'static str,
    written: String,
    refusal: Option<String>,
}

/// A step that was refused.
struct Refused {
    card: Uuid,
    step: Step,
    problem: Problem,
}

#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    late: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    on: String,
}

/// Working days below which a limit is near.
const SOON: i64 = 3;

pub(crate) async fn show(State(server): State<Server>, member: Member, Query(asked): Query<Asked>) -> Answer {
    shown(&server, &member, (asked, None)).await
}

/// The page; a step that was refused comes back at its card.
async fn shown(server: &Server, member: &Member, (asked, refused): (Asked, Option<Refused>)) -> Answer {
    let (tongue, engine, actor) = (member.tongue(), &server.engine, &member.known.actor);
    let (scope, today) = (engine.scope(actor), engine.today(member.visitor.now));
    // A day that is still to come is not known yet, and today's limits run on.
    let past = read_day(&asked.on).filter(|day| (first_day()..today).contains(day));
    let found = match past {
        Some(day) => engine.limits_within_as_of(scope, day).await,
        None => engine.limits_within(scope, member.visitor.now).await,
    };
    let found = found.tell(tongue)?;
    let unreadable: Vec<String> = found.unreadable.into_iter().map(|failed| failed.failure).collect();
    let all = found.limits;
    let role = Role::from_word(&asked.role);
    let only_late = !asked.late.is_empty();
    let is_meant =
        |line: &&LimitLine| (!only_late || line.is_late) && role.is_none_or(|role| line.whose == role);
    let mut roles: Vec<Role> = all.iter().map(|line| line.whose).collect();
    roles.sort_unstable();
    roles.dedup();
    let mut cards = if past.is_some() { Vec::new() } else { cards(server, member).await? };
    let status = refused.as_ref().map_or(StatusCode::OK, |refused| refused.problem.status);
    let lost = refused.and_then(|refused| refused.fills(&mut cards));
    let page = LimitsPage {
        frame: Frame::of(member, "/limits").without(&unreadable),
        late: all.iter().filter(|line| line.is_late).count(),
        running: all.len(),
        only_late,
        role: asked.role,
        on: past.map(|day| day.to_string()).unwrap_or_default(),
        today: today.to_string(),
        roles: roles.into_iter().map(|role| (role.word(), role.name(tongue.0))).collect(),
        lines: all.iter().filter(is_meant).take(MOST).map(|line| Line::of(line, tongue)).collect(),
        cards,
        lost,
    };
    Ok(page_with(status, &page))
}

impl Refused {
    /// Fills its step at its card; what is left where it is open no more.
    fn fills(self, cards: &mut [CardLine]) -> Option<Lost> {
        let Refused { card, step, problem } = self;
        let card = cards.iter_mut().find(|one| one.id == card.to_string());
        let steps = card.map(|card| card.steps.as_mut_slice()).unwrap_or_default();
        let Some(open) = steps.iter_mut().find(|one| one.word == step.action) else {
            return Some(Lost::of(&problem, &[step.reason.trim()]));
        };
        (open.written, open.refusal) = (step.reason, Some(problem.said()));
        None
    }
}

/// Lines of one page.
const MOST: usize = 200;

/// The cards that a member sees, the newest first.
async fn cards(server: &Server, member: &Member) -> Result<Vec<CardLine>, Failed> {
    let (tongue, reader) = (member.tongue(), server.engine.reader());
    let scope = server.engine.card_scope(&member.known.actor);
    let found = reader.cards(scope, &[]).await.tell(tongue)?;
    let tree = reader.organisations().await.tell(tongue)?;
    let names: BTreeMap<OrganisationId, String> = tree.iter().map(|one| (one.id, one.name.clone())).collect();
    let above: BTreeMap<OrganisationId, OrganisationId> =
        tree.iter().filter_map(|one| Some((one.id, one.parent?))).collect();
    let content = server.engine.content();
    let parameters = content.rules.parameters();
    let moment = Moment { now: member.visitor.now, calendar: &content.calendar, parameters };
    let line = |card: &Card| {
        let city = above.get(&card.district).copied().unwrap_or(card.district);
        let may = |kind: &&CardActionKind| {
            let action = action(**kind, "—".to_owned());
            action.is_some_and(|action| {
                card::decide(card, action, (&member.known.actor, city), &moment).is_ok()
            })
        };
        let steps = CardActionKind::ALL.iter().filter(may).map(|kind| CardStep {
            word: kind.word(),
            name: kind.name(tongue.0),
            written: String::new(),
            refusal: None,
        });
        CardLine::of(card, (names.get(&card.organisation), steps.collect()), tongue)
    };
    Ok(found.iter().rev().take(MOST).map(line).collect())
}

/// A person's step on a card; the clock's own is none.
fn action(kind: CardActionKind, said: String) -> Option<CardAction> {
    match kind {
        CardActionKind::Contest => Some(CardAction::Contest { text: said }),
        CardActionKind::Uphold => Some(CardAction::Uphold { reason: said }),
        CardActionKind::Cancel => Some(CardAction::Cancel { reason: said }),
        CardActionKind::Escalate => None,
    }
}

/// What is sent with a card.
#[derive(Deserialize)]
pub(crate) struct Step {
    action: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    reason: String,
}

pub(crate) async fn act(
    State(server): State<Server>,
    member: Member,
    Path(id): Path<Uuid>,
    Posted(step): Posted<Step>,
) -> Answer {
    let tongue = member.tongue();
    let refused = |refused| shown(&server, &member, (Asked::default(), Some(refused)));
    let kind = CardActionKind::from_word(&step.action);
    let Some(action) = kind.and_then(|kind| action(kind, step.reason.trim().to_owned())) else {
        let said = tongue.say("请选择要办理的事", "choose what is to be done");
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "malformed", said);
        return Err(Failed::person(problem, tongue));
    };
    let seen = match version(&step.version, tongue) {
        Ok(seen) => Seen::Version(seen),
        Err(problem) => return refused(Refused { card: id, step, problem }).await,
    };
    let done = server.engine.act_on_card_seen((id, seen), action, &member.known.actor, member.visitor.now);
    let Err(error) = done.await else { return Ok(go("/limits#cards")) };
    let problem = Problem::shown_again(&error, tongue);
    if problem.ends_here() {
        return Err(Failed::person(problem, tongue));
    }
    refused(Refused { card: id, step, problem }).await
}

impl CardChip {
    fn of(colour: Colour, tongue: Tongue) -> CardChip {
        let class = match colour {
            Colour::Yellow => "wait",
            Colour::Red => "bad",
        };
        CardChip { name: colour.name(tongue.0), class }
    }
}

impl Line {
    fn of(line: &LimitLine, tongue: Tongue) -> Line {
        let tone = match (line.is_late, line.days_left) {
            (true, _) => "late",
            (false, left) if left < SOON => "soon",
            _ => "calm",
        };
        Line {
            to: format!("/requests/{}", line.request),
            number: line.number.clone(),
            title: line.title.clone(),
            chip: Chip::of(line.stage, tongue),
            kind: Some(line.kind).filter(|kind| *kind != LimitKind::Step).map(|kind| kind.name(tongue.0)),
            whose: line.whose.name(tongue.0),
            due: whole_day(line.due, tongue),
            left: line.left.get(tongue.0).to_owned(),
            tone,
            card: line.card.map(|colour| CardChip::of(colour, tongue)),
        }
    }
}

impl CardLine {
    fn of(card: &Card, (carded, steps): (Option<&String>, Vec<CardStep>), tongue: Tongue) -> CardLine {
        let said = match &card.stage {
            CardStage::Given => None,
            CardStage::Contested { contest } | CardStage::Escalated { contest, .. } => {
                Some(contest.text.clone())
            }
            CardStage::Upheld { reason, .. } | CardStage::Cancelled { reason, .. } => Some(reason.clone()),
        };
        CardLine {
            id: card.id.to_string(),
            version: card.version,
            to: format!("/requests/{}", card.request),
            number: card.number.clone(),
            title: card.title.clone(),
            chip: CardChip::of(card.colour, tongue),
            step: card.step.name(tongue.0),
            carded: carded.cloned().unwrap_or_default(),
            due: whole_day(card.due, tongue),
            given: whole_day(card.given_on, tongue),
            cause: card.cause.name(tongue.0),
            stage: Some(card.stage.kind())
                .filter(|stage| *stage != CardStageKind::Given)
                .map(|stage| stage.name(tongue.0)),
            said,
            steps,
        }
    }
}

//! Yellow and red cards (黄牌、红牌): given by the clock for a limit that has passed, contested by whoever got it, decided
//! by somebody else. One table says what is open; time and actor come in as arguments.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Role};
use crate::calendar::WorkingDays;
use crate::deadline::deadline;
use crate::id::{CardId, OrganisationId, RequestId, UserId};
use crate::language::Language;
use crate::lateness::{Cause, Late};
use crate::notice::{Audience, Notice, NoticeKind};
use crate::request::{Moment, Request};
use crate::stage::StageKind;
use crate::words;

mod error;

pub use error::CardError;

words! {
    /// How grave it is.
    Colour {
        Yellow = "yellow", "黄牌", "yellow card";
        Red = "red", "红牌", "red card";
    }
}

words! {
    /// Where a card stands.
    CardStageKind {
        Given = "given", "已发出", "given";
        Contested = "contested", "申诉中", "contested";
        Escalated = "escalated", "已上报", "escalated";
        Upheld = "upheld", "维持", "upheld";
        Cancelled = "cancelled", "撤销", "cancelled";
    }
}

words! {
    /// What can be done to a card.
    CardActionKind {
        Contest = "contest", "申诉", "contest";
        Escalate = "escalate", "上报", "escalate";
        Uphold = "uphold", "维持", "uphold";
        Cancel = "cancel", "撤销", "cancel";
    }
}

words! {
    /// As what somebody stands to a card.
    CardSide {
        Carded = "carded", "被发牌单位", "whoever got it";
        LeadingGroup = "leading_group", "领导小组", "the leading group";
        City = "city", "市级", "the city";
        Clock = "clock", "时限", "the clock";
    }
}

/// `[cards]`, in working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardParameters {
    /// Late by so much, a card turns red.
    pub red_after: WorkingDays,
    /// In which it can be contested after it was given.
    pub contest: WorkingDays,
    /// In which a contest is to be answered before it goes to the city.
    pub answer: WorkingDays,
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Card {
    pub id: CardId,
    pub district: OrganisationId,
    /// Who got it.
    pub organisation: OrganisationId,
    pub request: RequestId,
    pub number: String,
    pub title: String,
    /// The name of whoever applied.
    pub department: String,
    /// The late step and the day on which it began; with the colour they make a card once.
    pub step: StageKind,
    pub begun_on: NaiveDate,
    pub due: NaiveDate,
    pub given_on: NaiveDate,
    pub colour: Colour,
    pub cause: Cause,
    #[serde(flatten)]
    pub stage: CardStage,
    pub version: i64,
}

/// What is said against a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contest {
    pub on: NaiveDate,
    pub by: UserId,
    pub text: String,
}

/// Where a card stands, with what is true only there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum CardStage {
    Given,
    Contested { contest: Contest },
    Escalated { on: NaiveDate, contest: Contest },
    Upheld { on: NaiveDate, by: UserId, reason: String },
    Cancelled { on: NaiveDate, by: UserId, reason: String },
}

/// An action with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardAction {
    Contest { text: String },
    Escalate,
    Uphold { reason: String },
    Cancel { reason: String },
}

impl CardStage {
    #[must_use]
    pub fn kind(&self) -> CardStageKind {
        match self {
            CardStage::Given => CardStageKind::Given,
            CardStage::Contested { .. } => CardStageKind::Contested,
            CardStage::Escalated { .. } => CardStageKind::Escalated,
            CardStage::Upheld { .. } => CardStageKind::Upheld,
            CardStage::Cancelled { .. } => CardStageKind::Cancelled,
        }
    }
}

impl CardAction {
    #[must_use]
    pub fn kind(&self) -> CardActionKind {
        match self {
            CardAction::Contest { .. } => CardActionKind::Contest,
            CardAction::Escalate => CardActionKind::Escalate,
            CardAction::Uphold { .. } => CardActionKind::Uphold,
            CardAction::Cancel { .. } => CardActionKind::Cancel,
        }
    }

    /// What is said with it, for the history.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            CardAction::Contest { text } => Some(text),
            CardAction::Uphold { reason } | CardAction::Cancel { reason } => Some(reason),
            CardAction::Escalate => None,
        }
    }
}

/// What may follow what: the only list.
#[must_use]
pub const fn open(stage: CardStageKind, action: CardActionKind, side: CardSide) -> Option<CardStageKind> {
    use {CardActionKind as A, CardSide as S, CardStageKind as K};
    match (stage, action, side) {
        (K::Given, A::Contest, S::Carded) => Some(K::Contested),
        (K::Contested, A::Escalate, S::Clock) => Some(K::Escalated),
        (K::Contested | K::Escalated, A::Uphold, S::LeadingGroup | S::City) => Some(K::Upheld),
        (K::Contested | K::Escalated, A::Cancel, S::LeadingGroup | S::City) => Some(K::Cancelled),
        _ => None,
    }
}

/// The colours that a late step has earned today. The clock gives no red where it acts itself, and a department that
/// lets its own request lapse harms nobody else; a calendar is nobody's fault.
#[must_use]
pub fn earned(request: &Request, late: &Late, moment: &Moment<'_>) -> Vec<Colour> {
    let acts = deadline(request, moment).is_some_and(|deadline| deadline.then.is_some());
    match late.cause {
        Cause::Calendar => Vec::new(),
        Cause::Department if acts => Vec::new(),
        _ if acts || late.days < moment.parameters.cards.red_after => vec![Colour::Yellow],
        _ => vec![Colour::Yellow, Colour::Red],
    }
}

/// Decides one action on a card; `city` stands above its district.
///
/// # Errors
/// [`CardError`]: closed, somebody else's, too late, or nothing is said.
pub fn decide(
    card: &Card,
    action: CardAction,
    (actor, city): (&Actor, OrganisationId),
    moment: &Moment<'_>,
) -> Result<Card, CardError> {
    let (stage, kind) = (card.stage.kind(), action.kind());
    let sides = sides(card, actor, city);
    if !sides.iter().any(|side| open(stage, kind, *side).is_some()) {
        let to_others = CardSide::ALL.iter().any(|side| open(stage, kind, *side).is_some());
        return Err(if to_others { CardError::NotYours } else { CardError::NotOpen { stage, action: kind } });
    }
    if action.reason().is_some_and(|said| said.trim().is_empty()) {
        return Err(CardError::Silent);
    }
    let due = moment.calendar.limit(card.given_on, moment.parameters.cards.contest.0);
    if kind == CardActionKind::Contest && due.has_passed(moment.today()) {
        return Err(CardError::TooLate { due: due.due });
    }
    let stage = next(card, action, actor, moment.today()).ok_or(CardError::NotYours)?;
    Ok(Card { stage, version: card.version + 1, ..card.clone() })
}

fn next(card: &Card, action: CardAction, actor: &Actor, on: NaiveDate) -> Option<CardStage> {
    Some(match action {
        CardAction::Contest { text } => {
            CardStage::Contested { contest: Contest { on, by: actor.user()?, text } }
        }
        CardAction::Escalate => match &card.stage {
            CardStage::Contested { contest } => CardStage::Escalated { on, contest: contest.clone() },
            _ => return None,
        },
        CardAction::Uphold { reason } => CardStage::Upheld { on, by: actor.user()?, reason },
        CardAction::Cancel { reason } => CardStage::Cancelled { on, by: actor.user()?, reason },
    })
}

/// Nobody judges a card of the own organisation. The city decides what has come up to it, and from the start where the
/// office itself is carded, since the leading group's people may sit in it.
fn sides(card: &Card, actor: &Actor, city: OrganisationId) -> Vec<CardSide> {
    let Actor::Person(person) = actor else { return vec![CardSide::Clock] };
    if person.organisation == card.organisation {
        return vec![CardSide::Carded];
    }
    let has = |role: Role| person.roles.contains(&role);
    let near = person.district == card.district && has(Role::Approver);
    let above = person.district == city && (has(Role::Auditor) || has(Role::Approver));
    let is_up = card.cause == Cause::Office || card.stage.kind() == CardStageKind::Escalated;
    let leading = near.then_some(CardSide::LeadingGroup);
    leading.into_iter().chain((above && is_up).then_some(CardSide::City)).collect()
}

/// Whether a contest has waited too long for its answer.
#[must_use]
pub fn is_unanswered(card: &Card, moment: &Moment<'_>) -> bool {
    let CardStage::Contested { contest } = &card.stage else { return false };
    moment.calendar.limit(contest.on, moment.parameters.cards.answer.0).has_passed(moment.today())
}

/// Whom the state of a card is told: who got it, or who is to decide.
#[must_use]
pub fn notices(card: &Card, city: OrganisationId, moment: &Moment<'_>) -> Vec<Notice> {
    let until = |from: NaiveDate, days: WorkingDays| moment.calendar.limit(from, days.0).due.to_string();
    let parameters = moment.parameters.cards;
    let (kind, to, own) = match &card.stage {
        CardStage::Given => {
            let due = until(card.given_on, parameters.contest);
            (NoticeKind::CardGiven, carded(card), vec![("until", due)])
        }
        CardStage::Contested { contest } | CardStage::Escalated { contest, .. } => {
            let due = until(contest.on, parameters.answer);
            let own = vec![("text", contest.text.clone()), ("until", due)];
            (NoticeKind::CardContested, judges(card, city), own)
        }
        CardStage::Upheld { reason, .. } | CardStage::Cancelled { reason, .. } => {
            let verdict = card.stage.kind();
            let own = vec![
                ("verdict_zh", verdict.name(Language::Chinese).to_owned()),
                ("verdict_en", verdict.name(Language::English).to_owned()),
                ("reason", reason.clone()),
            ];
            (NoticeKind::CardDecided, carded(card), own)
        }
    };
    let values: Vec<_> = values(card).into_iter().chain(own).collect();
    to.into_iter().map(|to| Notice { kind, to, values: values.clone() }).collect()
}

fn values(card: &Card) -> Vec<(&'static str, String)> {
    vec![
        ("number", card.number.clone()),
        ("title", card.title.clone()),
        ("department", card.department.clone()),
        ("colour_zh", card.colour.name(Language::Chinese).to_owned()),
        ("colour_en", card.colour.name(Language::English).to_owned()),
        ("stage_zh", card.step.name(Language::Chinese).to_owned()),
        ("stage_en", card.step.name(Language::English).to_owned()),
        ("due", card.due.to_string()),
        ("cause_zh", card.cause.name(Language::Chinese).to_owned()),
        ("cause_en", card.cause.name(Language::English).to_owned()),
    ]
}

fn carded(card: &Card) -> Vec<Audience> {
    let organisation = card.organisation;
    let of = |role| Audience::Organisation { organisation, role };
    match card.cause {
        Cause::Office => vec![of(Role::Reviewer), of(Role::Approver)],
        Cause::Money => vec![of(Role::Finance)],
        Cause::Department | Cause::Calendar => vec![of(Role::Submitter)],
    }
}

fn judges(card: &Card, city: OrganisationId) -> Vec<Audience> {
    let of = |district, role| Audience::District { district, role };
    let is_up = card.cause == Cause::Office || card.stage.kind() == CardStageKind::Escalated;
    match is_up {
        true => vec![of(city, Role::Auditor), of(city, Role::Approver)],
        false => vec![of(card.district, Role::Approver)],
    }
}

//! Ratings of departments (社区评议部门): after settlement a community that delivered gives its marks once, and its
//! residents' representatives' meeting (居民代表会议评议) votes once. A refusal is absent from everything. `rate` gives,
//! `results` counts; sums are exact, and only what people read is rounded.

mod results;

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use results::{CriterionResult, MeetingResult, Results, results};

use crate::actor::{Actor, Role};
use crate::assignment::Assignment;
use crate::id::{OrganisationId, RatingId, RequestId, UserId};
use crate::oversight::{Happened, OversightError, detail, person, role_among, said};
use crate::parameters::RatingParameters;
use crate::request::{Moment, Request};
use crate::stage::Stage;
use crate::words;

words! {
    /// Who answers.
    RatingKind {
        Committee = "committee", "社区评议", "rated by the community";
        Meeting = "meeting", "居民代表会议评议", "rated by the residents' representatives";
    }
}

words! {
    /// Where a community's answer stands; it is derived from the settlement, never stored.
    RatingStageKind {
        Awaited = "awaited", "待评议", "awaited";
        Given = "given", "已评议", "given";
        Over = "over", "评议期已过", "over";
    }
}

words! {
    /// The name of a step of a rating.
    RatingActionKind {
        Give = "give_rating", "评议部门", "rate the department";
        Meet = "give_meeting_rating", "提交居民代表会议评议", "give the meeting's votes";
    }
}

/// What a community answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    Committee { marks: BTreeMap<String, u8>, text: Option<String> },
    Meeting(Meeting),
}

/// A meeting of the residents' representatives and its votes; whoever was present may abstain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    pub held_on: NaiveDate,
    /// Representatives the community has.
    pub representatives: u32,
    pub present: u32,
    pub satisfied: u32,
    pub basically: u32,
    pub not_satisfied: u32,
}

/// One answer; it is never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    pub id: RatingId,
    pub district: OrganisationId,
    pub department: OrganisationId,
    pub request: RequestId,
    pub community: OrganisationId,
    /// The year of the settlement.
    pub year: i32,
    pub given_by: UserId,
    pub given_on: NaiveDate,
    pub answer: Answer,
}

/// The stages to which a step may lead; empty where it is closed.
#[must_use]
pub fn open(stage: RatingStageKind, action: RatingActionKind, role: Role) -> &'static [RatingStageKind] {
    match (stage, action, role) {
        (RatingStageKind::Awaited, RatingActionKind::Give | RatingActionKind::Meet, Role::Committee) => {
            &[RatingStageKind::Given]
        }
        _ => &[],
    }
}

impl Answer {
    #[must_use]
    pub fn kind(&self) -> RatingKind {
        match self {
            Answer::Committee { .. } => RatingKind::Committee,
            Answer::Meeting(_) => RatingKind::Meeting,
        }
    }

    fn action(&self) -> RatingActionKind {
        match self {
            Answer::Committee { .. } => RatingActionKind::Give,
            Answer::Meeting(_) => RatingActionKind::Meet,
        }
    }
}

/// The day on which the work ended with a settlement; none before it.
#[must_use]
pub fn settled_on(request: &Request) -> Option<NaiveDate> {
    match &request.stage {
        Stage::Settled { on, .. } | Stage::Terminated { on, .. } => Some(*on),
        _ => None,
    }
}

/// Where an answer stands: `given` holds what the community has answered already.
#[must_use]
pub fn stage(settled: NaiveDate, given: &[RatingKind], asked: (RatingKind, Moment<'_>)) -> RatingStageKind {
    let (kind, moment) = asked;
    let window = moment.parameters.oversight.ratings.window;
    if given.contains(&kind) {
        return RatingStageKind::Given;
    }
    match moment.calendar.limit(settled, window).has_passed(moment.today()) {
        true => RatingStageKind::Over,
        false => RatingStageKind::Awaited,
    }
}

/// Gives a community's answer about a request, once.
///
/// # Errors
/// The actor is no committee of a community that delivered, the request is not settled, the time is over, the answer was
/// given before, or it does not add up: marks, quorum, votes.
pub fn rate(
    request: &Request,
    (id, answer): (RatingId, Answer),
    given: &[RatingKind],
    (actor, moment): (&Actor, Moment<'_>),
) -> Result<(Rating, Happened), OversightError> {
    let settled = settled_on(request).ok_or(OversightError::NotSettled)?;
    let (kind, action) = (answer.kind(), answer.action());
    let before = stage(settled, given, (kind, moment));
    let window = moment.calendar.limit(settled, moment.parameters.oversight.ratings.window);
    let closed = match before {
        RatingStageKind::Over => OversightError::TooLate { on: window.due },
        _ => OversightError::NotOpen { stage: before.both(), action: action.both() },
    };
    let role = role_among(actor, |role| !open(before, action, role).is_empty(), closed)?;
    let person = person(actor)?;
    let own = request.assignments.iter().find(|assignment| assignment.community == person.organisation);
    if !own.is_some_and(Assignment::has_delivered) {
        return Err(OversightError::NotDelivered);
    }
    let answer = checked(answer, settled, moment)?;
    let rating = Rating {
        id,
        district: request.district,
        department: request.department,
        request: request.id,
        community: person.organisation,
        year: settled.year(),
        given_by: person.user,
        given_on: moment.today(),
        answer,
    };
    let happened = Happened {
        role,
        action: action.word(),
        before: before.word(),
        after: RatingStageKind::Given.word(),
        reason: None,
        detail: detail([
            ("rating", json!(rating.id)),
            ("number", json!(request.number())),
            ("answer", json!(rating.answer)),
        ]),
    };
    Ok((rating, happened))
}

fn checked(answer: Answer, settled: NaiveDate, moment: Moment<'_>) -> Result<Answer, OversightError> {
    let parameters = &moment.parameters.oversight.ratings;
    match answer {
        Answer::Committee { marks, text } => {
            check_marks(&marks, parameters)?;
            let text = text.filter(|text| !text.trim().is_empty());
            Ok(Answer::Committee { marks, text: text.as_deref().map(said).transpose()? })
        }
        Answer::Meeting(meeting) => {
            check_meeting(meeting, parameters)?;
            match meeting.held_on {
                day if day > moment.today() => Err(OversightError::NotYet { day }),
                day if day < settled => Err(OversightError::TooSoon { from: settled }),
                _ => Ok(Answer::Meeting(meeting)),
            }
        }
    }
}

fn check_marks(marks: &BTreeMap<String, u8>, parameters: &RatingParameters) -> Result<(), OversightError> {
    let asked = parameters.criteria.iter().map(|criterion| criterion.id.as_str());
    let all_asked = asked.clone().all(|id| marks.contains_key(id)) && marks.len() == asked.clone().count();
    if all_asked && marks.values().all(|mark| (1..=parameters.best_mark).contains(mark)) {
        return Ok(());
    }
    let criteria = asked.collect::<Vec<_>>().join(", ");
    Err(OversightError::Marks { best: parameters.best_mark, criteria })
}

/// More than the quorum must be present, and nobody votes twice.
fn check_meeting(meeting: Meeting, parameters: &RatingParameters) -> Result<(), OversightError> {
    let Meeting { held_on: _, representatives, present, satisfied, basically, not_satisfied } = meeting;
    let needed = i64::from(representatives) * parameters.quorum.millionths();
    let reached = i64::from(present) * crate::decimal::Decimal::SCALE > needed;
    if !reached || present > representatives {
        return Err(OversightError::Quorum { present, representatives });
    }
    let votes = satisfied.saturating_add(basically).saturating_add(not_satisfied);
    if votes == 0 || votes > present {
        return Err(OversightError::Votes { votes, present });
    }
    Ok(())
}

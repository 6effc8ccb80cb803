//! The steps of a meeting: it is called, its agenda arranged, it is opened with those present, votes are recorded case by
//! case, and it is closed with what became of each.

use serde_json::json;

use super::{Case, CaseOutcome, Meeting, MeetingActionKind, MeetingStage, Vote, open};
use crate::actor::{Actor, Role};
use crate::facts::limits::CHARACTERS;
use crate::id::RequestId;
use crate::oversight::{Happened, OversightError, detail, person, role_among, said};
use crate::request::Moment;

/// A step of a meeting with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeetingAction {
    /// The agenda in its order, in the place of the one before.
    Arrange(Vec<Case>),
    Open {
        present: Vec<String>,
    },
    Record {
        request: RequestId,
        vote: Vote,
    },
    /// What became of each case.
    Close(Vec<(RequestId, CaseOutcome)>),
    Cancel {
        reason: String,
    },
}

/// What a step leads to; the store writes all of it in one transaction or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct MeetingDecided {
    pub meeting: Meeting,
    pub happened: Happened,
}

impl MeetingAction {
    #[must_use]
    pub fn kind(&self) -> MeetingActionKind {
        match self {
            MeetingAction::Arrange(_) => MeetingActionKind::Arrange,
            MeetingAction::Open { .. } => MeetingActionKind::Open,
            MeetingAction::Record { .. } => MeetingActionKind::Record,
            MeetingAction::Close(_) => MeetingActionKind::Close,
            MeetingAction::Cancel { .. } => MeetingActionKind::Cancel,
        }
    }
}

/// Begins a meeting; the entry of its history beside it.
///
/// # Errors
/// The actor is neither reviewer nor approver, the day has passed, or the place is missing.
pub fn call(meeting: Meeting, actor: &Actor, moment: Moment<'_>) -> Result<MeetingDecided, OversightError> {
    let calls = |role: Role| matches!(role, Role::Reviewer | Role::Approver);
    let role = role_among(actor, calls, OversightError::NotYours)?;
    if meeting.held_on < moment.today() {
        return Err(OversightError::TooSoon { from: moment.today() });
    }
    let meeting = Meeting { place: said(&meeting.place)?, ..meeting };
    let happened = entry(&meeting, (role, MeetingActionKind::Call), "");
    Ok(MeetingDecided { meeting, happened })
}

/// Decides one step of one actor on a meeting.
///
/// # Errors
/// The step is not open to this actor in this stage, or a guard does not hold: no agenda, nobody present, a day that has
/// not come, more votes than people present, a case that is not on the agenda.
pub fn decide(
    meeting: &Meeting,
    action: MeetingAction,
    actor: &Actor,
    moment: Moment<'_>,
) -> Result<MeetingDecided, OversightError> {
    let (before, kind) = (meeting.stage.kind(), action.kind());
    let closed = OversightError::NotOpen { stage: before.both(), action: kind.both() };
    let role = role_among(actor, |role| !open(before, kind, role).is_empty(), closed)?;
    if person(actor)?.district != meeting.district {
        return Err(OversightError::NotYours);
    }
    let mut after = meeting.clone();
    let mut reason = None;
    match action {
        MeetingAction::Arrange(agenda) => after.agenda = arranged(meeting, agenda),
        MeetingAction::Open { present } => after.stage = opened(meeting, &present, moment)?,
        MeetingAction::Record { request, vote } => {
            let vote = checked(vote, meeting.stage.present().len())?;
            case(&mut after, request)?.vote = Some(vote);
        }
        MeetingAction::Close(outcomes) => {
            for (request, outcome) in outcomes {
                case(&mut after, request)?.outcome = Some(outcome);
            }
            after.stage = ended(meeting, actor, moment)?;
        }
        MeetingAction::Cancel { reason: why } => {
            let why = said(&why)?;
            reason = Some(why.clone());
            after.stage = MeetingStage::Cancelled { reason: why };
        }
    }
    after.version += 1;
    let happened = Happened { reason, ..entry(&after, (role, kind), before.word()) };
    Ok(MeetingDecided { meeting: after, happened })
}

/// The entry of the history; it says all that the meeting is afterwards.
fn entry(meeting: &Meeting, (role, action): (Role, MeetingActionKind), before: &'static str) -> Happened {
    Happened {
        role,
        action: action.word(),
        before,
        after: meeting.stage.kind().word(),
        reason: None,
        detail: detail([
            ("meeting", json!(meeting.id)),
            ("number", json!(meeting.number)),
            ("agenda", json!(meeting.agenda)),
            ("stage", json!(meeting.stage)),
        ]),
    }
}

/// A case is heard once; what is on the agenda twice keeps its first place.
fn arranged(meeting: &Meeting, wanted: Vec<Case>) -> Vec<Case> {
    let mut agenda: Vec<Case> = Vec::new();
    for case in wanted {
        if agenda.iter().all(|one| one.request != case.request) {
            let known = meeting.agenda.iter().find(|one| one.request == case.request);
            agenda.push(known.map_or(case.clone(), |known| Case { minutes: case.minutes, ..known.clone() }));
        }
    }
    agenda
}

fn opened(meeting: &Meeting, present: &[String], moment: Moment<'_>) -> Result<MeetingStage, OversightError> {
    if moment.today() < meeting.held_on {
        return Err(OversightError::NotYet { day: meeting.held_on });
    }
    if meeting.agenda.is_empty() {
        return Err(OversightError::NothingOnAgenda);
    }
    let present = lines(present)?;
    if present.is_empty() {
        return Err(OversightError::NobodyPresent);
    }
    Ok(MeetingStage::InSession { present, opened_at: moment.now })
}

fn ended(meeting: &Meeting, actor: &Actor, moment: Moment<'_>) -> Result<MeetingStage, OversightError> {
    let MeetingStage::InSession { present, opened_at } = &meeting.stage else {
        let (stage, action) = (meeting.stage.kind().both(), MeetingActionKind::Close.both());
        return Err(OversightError::NotOpen { stage, action });
    };
    let (present, opened_at, by) = (present.clone(), *opened_at, person(actor)?.user);
    Ok(MeetingStage::Closed { present, opened_at, closed_at: moment.now, by })
}

fn case(meeting: &mut Meeting, request: RequestId) -> Result<&mut Case, OversightError> {
    meeting.agenda.iter_mut().find(|case| case.request == request).ok_or(OversightError::NotOnAgenda)
}

/// Nobody votes twice, and somebody has voted.
fn checked(vote: Vote, present: usize) -> Result<Vote, OversightError> {
    let present = u32::try_from(present).unwrap_or(u32::MAX);
    let votes = vote.in_favour.saturating_add(vote.against).saturating_add(vote.abstaining);
    if votes == 0 || votes > present {
        return Err(OversightError::Votes { votes, present });
    }
    let opinion = vote.opinion.filter(|text| !text.trim().is_empty());
    let opinion = opinion.as_deref().map(said).transpose()?;
    Ok(Vote { objections: lines(&vote.objections)?, opinion, ..vote })
}

/// Lines that say something; none is endless.
fn lines(written: &[String]) -> Result<Vec<String>, OversightError> {
    let lines = written.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
    let lines: Vec<String> = lines.map(str::to_owned).collect();
    let characters: usize = lines.iter().map(|line| line.chars().count()).sum();
    if characters > CHARACTERS { Err(OversightError::TextTooLong { most: CHARACTERS }) } else { Ok(lines) }
}

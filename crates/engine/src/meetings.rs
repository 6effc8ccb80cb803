//! Meetings of the leading group (联席会议): ripe cases become an agenda, votes are recorded, and at the end it is read from the
//! requests' own histories what was decided. A case is decided by nothing but the ordinary action on its request.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use store::{EventLine, EventSieve, Scope, StoreError, Tx};
use uuid::Uuid;
use workflow::action::ActionKind;
use workflow::actor::{Actor, Role};
use workflow::id::{MeetingId, OrganisationId, RequestId, UserId};
use workflow::language::fill;
use workflow::meeting::{
    self, Case, CaseOutcome, DECIDING, Meeting, MeetingAction, MeetingDecided, MeetingStage, NUMBER, Ripe,
    Vote,
};
use workflow::oversight::OversightError;
use workflow::request::Request;
use workflow::stage::StageKind;

use crate::Engine;
use crate::error::EngineError;
use crate::oversight::{By, Tries, record, year_of};
use crate::readable::parted;
use crate::seen::Seen;

/// A meeting to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMeeting {
    pub held_on: NaiveDate,
    pub place: String,
}

/// What is to be done to a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeetingWish {
    /// Cases in their order, each with its minutes.
    Arrange(Vec<(RequestId, u32)>),
    Open {
        present: Vec<String>,
    },
    Record {
        request: RequestId,
        vote: Vote,
    },
    Close,
    Cancel {
        reason: String,
    },
}

/// A request that a meeting could hear.
#[derive(Debug, Clone, PartialEq)]
pub struct RipeCase {
    pub request: Request,
    pub ripe: Ripe,
    /// Number of the last meeting that carried it over.
    pub carried_over_from: Option<String>,
}

/// The meetings that somebody may see, the newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Meetings {
    pub meetings: Vec<Meeting>,
    /// Why others could not be read.
    pub unreadable: Vec<String>,
}

/// The cases that a meeting could hear, by number.
#[derive(Debug, Clone, PartialEq)]
pub struct RipeCases {
    pub cases: Vec<RipeCase>,
    /// Why requests that could be ripe, or meetings that could have carried one over, were not read.
    pub unreadable: Vec<String>,
}

/// A meeting with the requests of its agenda and what has become of them so far.
#[derive(Debug, Clone, PartialEq)]
pub struct MeetingView {
    pub meeting: Meeting,
    pub requests: Vec<Request>,
    /// What became of each case; of a meeting in session, so far.
    pub outcomes: BTreeMap<RequestId, CaseOutcome>,
    /// Why requests of the agenda were not read.
    pub unreadable: Vec<String>,
}

/// Stages in which a request may be ripe.
const RIPE: &[StageKind] = &[StageKind::Proposed, StageKind::Reconsideration, StageKind::Review];

/// Events of one meeting's time that are looked at.
const MOST_EVENTS: u64 = 10_000;

impl Engine {
    /// Calls a meeting of the actor's district; it gets the next number of the year.
    ///
    /// # Errors
    /// The actor is neither reviewer nor approver, the day has passed, or the place is missing.
    pub async fn call_meeting(&self, by: By<'_>, new: NewMeeting) -> Result<Meeting, EngineError> {
        let actor = self.of_today(by.actor, by.now).await?;
        let by = By { actor: &actor, now: by.now };
        let mut tries = Tries::default();
        loop {
            let done = Box::pin(self.call_once(by, &new)).await;
            if !tries.again(&done) {
                return done;
            }
        }
    }

    async fn call_once(&self, by: By<'_>, new: &NewMeeting) -> Result<Meeting, EngineError> {
        let Actor::Person(person) = by.actor else { return Err(OversightError::NotYours.into()) };
        let content = self.content();
        let tx = self.store.begin().await?;
        let year = year_of(new.held_on);
        let ordinal = tx.next_meeting(person.district, year).await?;
        let meeting = Meeting {
            id: MeetingId(Uuid::now_v7()),
            number: fill(NUMBER, &[("year", year.to_string()), ("number", ordinal.to_string())]),
            district: person.district,
            held_on: new.held_on,
            place: new.place.clone(),
            called_by: person.user,
            agenda: Vec::new(),
            stage: MeetingStage::Called,
            version: 0,
        };
        let MeetingDecided { meeting, happened } = meeting::call(meeting, by.actor, by.moment(&content))?;
        tx.insert_meeting(&meeting, (year, ordinal)).await?;
        record(&tx, meeting.district, by, happened).await?;
        self.commit(tx, by.now, &meeting).await?;
        Ok(meeting)
    }

    /// Carries out a step on the meeting of a number or an id; `seen` is what the caller has read of it.
    ///
    /// # Errors
    /// `Stale` at another version; the meeting is another district's; or the workflow refuses.
    pub async fn act_on_meeting(
        &self,
        by: By<'_>,
        (written, seen): (&str, Seen),
        wish: &MeetingWish,
    ) -> Result<Meeting, EngineError> {
        let actor = self.of_today(by.actor, by.now).await?;
        let by = By { actor: &actor, now: by.now };
        let mut tries = Tries::default();
        loop {
            let done = Box::pin(self.meeting_once(by, (written, seen), wish)).await;
            if !tries.again(&done) {
                return done;
            }
        }
    }

    async fn meeting_once(
        &self,
        by: By<'_>,
        (written, seen): (&str, Seen),
        wish: &MeetingWish,
    ) -> Result<Meeting, EngineError> {
        let content = self.content();
        let tx = self.store.begin().await?;
        let before = tx.reader().meeting(written, self.meetings_of(by.actor)?).await?;
        seen.fits(Some(before.version))?;
        let action = match wish {
            MeetingWish::Arrange(wanted) => MeetingAction::Arrange(agenda(&tx, &before, wanted).await?),
            MeetingWish::Open { present } => MeetingAction::Open { present: present.clone() },
            MeetingWish::Record { request, vote } => {
                MeetingAction::Record { request: *request, vote: vote.clone() }
            }
            MeetingWish::Close => {
                let (requests, _) = on_agenda(&tx.reader(), &before).await?;
                let outcomes = so_far(&tx.reader(), &before, &requests).await?;
                MeetingAction::Close(outcomes.into_iter().collect())
            }
            MeetingWish::Cancel { reason } => MeetingAction::Cancel { reason: reason.clone() },
        };
        let MeetingDecided { meeting, happened } =
            meeting::decide(&before, action, by.actor, by.moment(&content))?;
        tx.put_meeting(&meeting, before.version).await?;
        record(&tx, meeting.district, by, happened).await?;
        self.commit(tx, by.now, &meeting).await?;
        Ok(meeting)
    }

    /// The meetings that an actor may see, the newest first.
    ///
    /// # Errors
    /// `NotYours` for whoever belongs neither to the office nor to audit; a meeting that cannot be read is listed and
    /// stops no other.
    pub async fn meetings(&self, by: By<'_>) -> Result<Meetings, EngineError> {
        let (meetings, unreadable) = parted(self.store.reader().meetings(self.meetings_of(by.actor)?).await?);
        Ok(Meetings { meetings, unreadable })
    }

    /// One meeting with its requests and what has become of them.
    ///
    /// # Errors
    /// `NotFound` in another district; `NotYours` as for the list.
    pub async fn meeting(&self, by: By<'_>, written: &str) -> Result<MeetingView, EngineError> {
        let reader = self.store.reader();
        let meeting = reader.meeting(written, self.meetings_of(by.actor)?).await?;
        let (requests, unreadable) = on_agenda(&reader, &meeting).await?;
        let mut outcomes = so_far(&reader, &meeting, &requests).await?;
        let kept = meeting.agenda.iter().filter_map(|case| Some((case.request, case.outcome.clone()?)));
        outcomes.extend(kept);
        Ok(MeetingView { meeting, requests, outcomes, unreadable })
    }

    /// The cases of the actor's district that are ripe, by number, with the meeting that carried them over.
    ///
    /// # Errors
    /// `NotYours` as for the list of meetings.
    pub async fn ripe_cases(&self, by: By<'_>) -> Result<RipeCases, EngineError> {
        let reader = self.store.reader();
        let district = self.meetings_of(by.actor)?;
        let found = reader.requests_of(district.map_or(Scope::Everything, Scope::District), RIPE).await?;
        let (requests, mut unreadable) = parted(found);
        let (meetings, unread) = parted(reader.meetings(district).await?);
        unreadable.extend(unread);
        let mut carried: BTreeMap<RequestId, String> = BTreeMap::new();
        for meeting in meetings.into_iter().rev() {
            for case in &meeting.agenda {
                if matches!(case.outcome, Some(CaseOutcome::CarriedOver { .. })) {
                    carried.insert(case.request, meeting.number.clone());
                }
            }
        }
        let ripe = requests.into_iter().filter_map(|request| {
            let ripe = meeting::ripe(&request)?;
            let carried_over_from = carried.get(&request.id).cloned();
            Some(RipeCase { request, ripe, carried_over_from })
        });
        let mut cases: Vec<RipeCase> = ripe.collect();
        cases.sort_by_key(|case| (case.carried_over_from.is_none(), case.request.id));
        Ok(RipeCases { cases, unreadable })
    }

    /// Whose meetings an actor sees: those of the district, in the city all.
    fn meetings_of(&self, actor: &Actor) -> Result<Option<OrganisationId>, EngineError> {
        let Actor::Person(person) = actor else { return Ok(None) };
        let sees = [Role::Reviewer, Role::Approver, Role::Auditor];
        if !person.roles.iter().any(|role| sees.contains(role)) {
            return Err(OversightError::NotYours.into());
        }
        Ok((!self.is_city(person.district)).then_some(person.district))
    }
}

/// The wanted cases: ripe ones of the district, and those that stand on the agenda already.
async fn agenda(tx: &Tx, before: &Meeting, wanted: &[(RequestId, u32)]) -> Result<Vec<Case>, EngineError> {
    let ids: Vec<RequestId> = wanted.iter().map(|(id, _)| *id).collect();
    let found = tx.reader().requests_named(Scope::District(before.district), &ids).await?;
    let (mut requests, mut broken) = (Vec::new(), None);
    for request in found {
        match request {
            Ok(request) => requests.push(request),
            Err(error) => broken = Some(error),
        }
    }
    let mut cases = Vec::new();
    for (id, minutes) in wanted {
        let request = requests.iter().find(|request| request.id == *id);
        let ripe = request.and_then(|request| Case::of(request, *minutes));
        let known = before.agenda.iter().find(|case| case.request == *id);
        let case = ripe.or_else(|| known.map(|known| Case { minutes: *minutes, ..known.clone() }));
        let Some(case) = case else {
            return Err(broken.unwrap_or(StoreError::NotFound("request")).into());
        };
        cases.push(case);
    }
    Ok(cases)
}

/// The requests of an agenda, and why others of it could not be read.
async fn on_agenda(
    reader: &store::Reader<'_>,
    meeting: &Meeting,
) -> Result<(Vec<Request>, Vec<String>), EngineError> {
    let ids: Vec<RequestId> = meeting.agenda.iter().map(|case| case.request).collect();
    let found = reader.requests_named(Scope::District(meeting.district), &ids).await?;
    Ok(parted(found))
}

/// What has become of each request since the meeting was opened.
async fn so_far(
    reader: &store::Reader<'_>,
    meeting: &Meeting,
    requests: &[Request],
) -> Result<BTreeMap<RequestId, CaseOutcome>, EngineError> {
    let ids: Vec<RequestId> = meeting.agenda.iter().map(|case| case.request).collect();
    let MeetingStage::InSession { opened_at, .. } = &meeting.stage else {
        return Ok(BTreeMap::new());
    };
    let sieve = EventSieve {
        subjects: ids.iter().map(|id| id.0).collect(),
        from: Some(*opened_at),
        ..EventSieve::default()
    };
    let events = match ids.is_empty() {
        true => Vec::new(),
        false => reader.event_lines(&sieve, MOST_EVENTS).await?,
    };
    Ok(requests.iter().map(|request| (request.id, outcome(request, &events))).collect())
}

/// The newest deciding step of a request among these events, which are the newest first.
fn outcome(request: &Request, events: &[EventLine]) -> CaseOutcome {
    let decided = events.iter().filter(|event| event.subject == request.id.0).find_map(|event| {
        let action = ActionKind::from_word(&event.action).filter(|action| DECIDING.contains(action))?;
        let (after, by) = (StageKind::from_word(&event.after)?, UserId(event.person?));
        Some(CaseOutcome::Decided { action, after, by, reason: event.reason.clone(), event: event.seq })
    });
    let stage = request.stage.kind();
    decided.unwrap_or(match meeting::ripe(request) {
        Some(_) => CaseOutcome::CarriedOver { stage },
        None => CaseOutcome::Dropped { stage },
    })
}

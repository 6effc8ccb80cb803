//! What the use cases of oversight share: who acts and when, an entry on an organisation's chain, another try where two
//! collide, and the clocks.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use store::{ComplaintScope, EventLine, StoreError, Tx};
use workflow::actor::Actor;
use workflow::complaint::{ComplaintAction, ComplaintStageKind};
use workflow::id::OrganisationId;
use workflow::inspection::PlanStageKind;
use workflow::oversight::Happened;
use workflow::request::Moment;

use crate::Engine;
use crate::content::Content;
use crate::error::EngineError;
use crate::limits::{Failed, Swept, unreadable};

/// Who acts, and when.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    pub actor: &'a Actor,
    pub now: DateTime<Utc>,
}

impl By<'_> {
    pub(crate) fn moment<'c>(&self, content: &'c Content) -> Moment<'c> {
        Moment { now: self.now, calendar: &content.calendar, parameters: content.rules.parameters() }
    }
}

/// How often a use case is tried when another one was faster.
const TRIES: u32 = 3;

/// Counts the tries of what may collide with something else; what is decided again is decided on what is there then.
#[derive(Debug, Default)]
pub(crate) struct Tries(u32);

impl Tries {
    /// Whether it collided and may be tried once more.
    pub(crate) fn again<T>(&mut self, done: &Result<T, EngineError>) -> bool {
        self.0 += 1;
        let collided = matches!(
            done,
            Err(EngineError::Store(StoreError::Again | StoreError::Conflict | StoreError::Duplicate(_)))
        );
        collided && self.0 < TRIES
    }
}

/// Puts what happened on an organisation's chain.
pub(crate) async fn record(
    tx: &Tx,
    chain: OrganisationId,
    by: By<'_>,
    happened: Happened,
) -> Result<(), EngineError> {
    let Happened { role, action, before, after, reason, detail } = happened;
    let line = EventLine {
        at: by.now,
        person: by.actor.user().map(|user| user.0),
        role: role.word().to_owned(),
        action: action.to_owned(),
        before: before.to_owned(),
        after: after.to_owned(),
        reason,
        detail: serde_json::Value::Object(detail).to_string(),
        ..EventLine::default()
    };
    tx.record(chain, line).await?;
    Ok(())
}

/// The year of a day, for numbers.
pub(crate) fn year_of(day: NaiveDate) -> i32 {
    day.year()
}

impl Engine {
    /// The clocks of complaints and plans. What fails is listed and stops nothing else.
    pub(crate) async fn sweep_oversight(&self, now: DateTime<Utc>, swept: &mut Swept) {
        let by = By { actor: &Actor::System, now };
        self.sweep_complaints(by, swept).await;
        self.sweep_plans(by, swept).await;
    }

    async fn sweep_complaints(&self, by: By<'_>, swept: &mut Swept) {
        let content = self.content();
        let moment = by.moment(&content);
        let running = [ComplaintStageKind::Filed, ComplaintStageKind::Handling];
        let found = self.store.reader().complaints(ComplaintScope::Everything, &running).await;
        for complaint in each(found) {
            let complaint = match complaint {
                Ok(complaint) => complaint,
                Err(error) => {
                    swept.failed.push(unreadable(&error));
                    continue;
                }
            };
            let parameters = &moment.parameters.oversight.complaints;
            if complaint.wants_escalation(moment.today(), moment.calendar, parameters) {
                let id = complaint.id.to_string();
                let done = self.decide_complaint(by, &id, ComplaintAction::Escalate).await;
                count(swept, ("complaint", &id), done.map(|_| ()));
            }
        }
    }

    async fn sweep_plans(&self, by: By<'_>, swept: &mut Swept) {
        let content = self.content();
        let today = by.moment(&content).today();
        let found = self.store.reader().plans_in(&[PlanStageKind::Published]).await;
        for plan in each(found) {
            match plan {
                Ok(plan) if plan.last_day().is_some_and(|last| last >= today) => {}
                Ok(plan) => {
                    let done = self.finish_plan(by, &plan).await.map(|_| ());
                    count(swept, ("plan", &plan.id.to_string()), done);
                }
                Err(error) => swept.failed.push(unreadable(&error)),
            }
        }
    }
}

pub(crate) type Found<T> = Vec<Result<T, StoreError>>;

/// Rows with their faults; a list that could not be read at all is one fault.
pub(crate) fn each<T>(found: Result<Found<T>, StoreError>) -> Found<T> {
    found.unwrap_or_else(|error| vec![Err(error)])
}

fn count(swept: &mut Swept, (kind, id): (&str, &str), done: Result<(), EngineError>) {
    match done {
        Ok(()) => swept.actions += 1,
        Err(error) => swept.failed.push(Failed::of(kind, id, &error)),
    }
}

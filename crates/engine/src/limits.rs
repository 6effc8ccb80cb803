//! Limits: what is due is looked up, done by the system's own actions, and told. The sweep takes no input, can run
//! twice without harm, and one broken case never stops the others.

use std::collections::BTreeSet;
use std::fmt::Display;

use chrono::{DateTime, Utc};
use serde::Serialize;
use store::{StoreError, Tx, done_steps, expect_steps};
use workflow::actor::Actor;
use workflow::deadline::{due_action, wake_after};
use workflow::id::{OrganisationId, RequestId};
use workflow::reminders::{self, Level, reminders};
use workflow::request::{Moment, Request};
use workflow::stage::StageKind;

use crate::Engine;
use crate::act::Order;
use crate::error::EngineError;
use crate::letters::About;
use crate::seen::Seen;

/// What a sweep did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Swept {
    pub actions: usize,
    pub reminders: usize,
    /// Yellow and red cards given.
    pub cards: usize,
    /// What could not be carried out; it is tried again by the next sweep.
    pub failed: Vec<Failed>,
}

/// A request, a card, a complaint or a plan whose limits could not be carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// The request, where it is one and its id can be read.
    pub request: Option<RequestId>,
    /// What it is: its kind and its id, as far as they can be read.
    pub subject: String,
    pub failure: String,
}

impl Failed {
    /// Something that is no request.
    pub(crate) fn of(kind: &str, id: impl Display, error: &EngineError) -> Failed {
        Failed { request: None, subject: format!("{kind} {id}"), failure: error.to_string() }
    }

    fn log(&self) {
        tracing::error!(subject = %self.subject, failure = %self.failure, "a limit could not be carried out");
    }
}

/// More than any request can need in one sweep; a case that goes on is broken.
const MOST_ACTIONS: usize = 1_000;

/// The stages in which a limit can run.
pub(crate) fn running() -> Vec<StageKind> {
    let runs = |stage: &StageKind| !stage.is_over() && *stage != StageKind::Draft;
    StageKind::ALL.iter().copied().filter(runs).collect()
}

impl Engine {
    /// Does everything that limits have made due, and tells of those that come near or have passed. What fails is
    /// listed and stops nothing else.
    ///
    /// # Errors
    /// The requests could not be read at all, or the failures not be noted.
    pub async fn sweep(&self, now: DateTime<Utc>) -> Result<Swept, EngineError> {
        self.reload_if_newer(now).await?;
        let mut swept = Swept::default();
        let requests = self.store.reader().requests_to_wake(self.today(now)).await?;
        expect_steps(requests.len());
        for request in requests {
            match request {
                Ok(request) => self.sweep_one(request, now, &mut swept).await,
                Err(error) => swept.failed.push(unreadable_request(&error)),
            }
            done_steps(1).await;
            if self.is_stopping() {
                // What was not reached waits for the next sweep, and nothing of it counts as made good.
                swept.failed.iter().for_each(Failed::log);
                return Ok(swept);
            }
        }
        self.sweep_oversight(now, &mut swept).await;
        self.escalate_cards(now, &mut swept).await;
        swept.failed.iter().for_each(Failed::log);
        self.note_failures(&swept.failed, now).await?;
        self.tallied.sweep(&swept, now);
        Ok(swept)
    }

    async fn sweep_one(&self, request: Request, now: DateTime<Utc>, swept: &mut Swept) {
        let id = request.id;
        // Boxed: cards, actions and letters make one large future, and every loop holds it.
        let done = Box::pin(self.carry_out(request, now, swept)).await;
        match done {
            Ok(()) => {}
            Err(error) if was_overtaken(&error) => {
                tracing::debug!(request.id = %id, "somebody else was first; the next sweep looks again");
            }
            Err(error) => {
                swept.failed.push(Failed { request: Some(id), ..Failed::of("request", id, &error) });
            }
        }
    }

    /// Cards first, since what is due then may end the step that has earned them.
    async fn carry_out(
        &self,
        request: Request,
        now: DateTime<Utc>,
        swept: &mut Swept,
    ) -> Result<(), EngineError> {
        swept.cards += self.give_cards(&request, now).await?;
        let (request, actions) = self.do_what_is_due(request, now).await?;
        swept.actions += actions;
        swept.reminders += self.remind_and_rest(&request, now).await?;
        Ok(())
    }

    /// Keeps what failed for those who look after it, and forgets what has been made good.
    async fn note_failures(&self, failed: &[Failed], now: DateTime<Utc>) -> Result<(), EngineError> {
        let still: BTreeSet<RequestId> = failed.iter().filter_map(|failed| failed.request).collect();
        let known = self.store.reader().sweep_failures().await?;
        let over = known.into_iter().map(|known| known.request).filter(|request| !still.contains(request));
        let over: Vec<RequestId> = over.collect();
        if still.is_empty() && over.is_empty() {
            return Ok(());
        }
        let tx = self.store.begin().await?;
        for Failed { request, subject: _, failure } in failed {
            if let Some(request) = request {
                tx.note_failure(*request, failure, now).await?;
            }
        }
        tx.forget_failures(&over).await?;
        Ok(tx.commit().await?)
    }

    async fn do_what_is_due(
        &self,
        mut request: Request,
        now: DateTime<Utc>,
    ) -> Result<(Request, usize), EngineError> {
        let content = self.content();
        let moment = Moment { now, calendar: &content.calendar, parameters: content.rules.parameters() };
        for actions in 0..MOST_ACTIONS {
            let Some(action) = due_action(&request, &moment) else {
                return Ok((request, actions));
            };
            let order = Order {
                request: request.id,
                actor: &Actor::System,
                seen: Seen::Version(request.version),
                now,
            };
            request = self.act_as_system(order, action).await?;
        }
        Err(EngineError::Broken("the limits of a request do not come to an end".into()))
    }

    /// Tells what is to be told, and notes the next day on which there may be more to do; both in one transaction.
    async fn remind_and_rest(&self, request: &Request, now: DateTime<Utc>) -> Result<usize, EngineError> {
        let content = self.content();
        let moment = Moment { now, calendar: &content.calendar, parameters: content.rules.parameters() };
        let tx = self.store.begin().await?;
        let told = self.remind(&tx, request, &moment).await?;
        tx.set_wake(request.id, request.version, wake_after(request, &moment)).await?;
        tx.commit().await?;
        if told > 0 {
            self.wake_delivery();
        }
        Ok(told)
    }

    /// Tells of a limit once for each point on its way; a second node finds it taken.
    async fn remind(&self, tx: &Tx, request: &Request, moment: &Moment<'_>) -> Result<usize, EngineError> {
        let mut told = 0;
        for reminder in reminders(request, moment) {
            let job = reminders::job(request, reminder.point);
            let due = reminder.deadline.due.to_string();
            if !tx.take_tick_of(request.id, (&job, &due), moment.now).await? {
                continue;
            }
            let city = match reminder.point.level() {
                Level::City => self.city_above(tx, request.district).await?,
                _ => request.district,
            };
            self.tell(tx, About::from(request), &reminder.notices(request, city), moment.now).await?;
            told += 1;
        }
        Ok(told)
    }

    /// The city above a district, or the city itself.
    pub(crate) async fn city_above(
        &self,
        tx: &Tx,
        district: OrganisationId,
    ) -> Result<OrganisationId, EngineError> {
        Ok(tx.reader().organisation_by_id(district).await?.parent.unwrap_or(district))
    }
}

/// A row that cannot be read.
pub(crate) fn unreadable(error: &StoreError) -> Failed {
    let subject = match error {
        StoreError::Unreadable { table, id, .. } => format!("{table} {id}"),
        _ => String::new(),
    };
    Failed { request: None, subject, failure: error.to_string() }
}

/// A row of a request that cannot be read, with its id where that is one.
pub(crate) fn unreadable_request(error: &StoreError) -> Failed {
    let id = match error {
        StoreError::Unreadable { id, .. } => id.parse().ok().map(RequestId),
        _ => None,
    };
    Failed { request: id, ..unreadable(error) }
}

/// Whether somebody else has changed the request since it was read: a person, or another node.
fn was_overtaken(error: &EngineError) -> bool {
    matches!(error, EngineError::Stale | EngineError::Store(StoreError::Conflict | StoreError::Again))
}

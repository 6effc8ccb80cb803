//! Limits: what is due is looked up, done by the system's own actions, and told. The sweep takes no input, can run
//! twice without harm, and one broken case never stops the others.

use chrono::{DateTime, Utc};
use store::Tx;
use workflow::actor::Actor;
use workflow::deadline::due_action;
use workflow::id::OrganisationId;
use workflow::reminders::{self, reminders};
use workflow::request::{Moment, Request};
use workflow::stage::StageKind;

use crate::Engine;
use crate::act::Order;
use crate::error::EngineError;
use crate::letters::About;

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    pub actions: usize,
    pub reminders: usize,
    pub failures: usize,
}

/// More than any request can need in one sweep; a case that goes on is broken.
const MOST_ACTIONS: usize = 1_000;

impl Engine {
    /// Does everything that limits have made due, and reminds of those that come near or have passed.
    ///
    /// # Errors
    /// The requests could not be read at all; a single broken one is counted and logged.
    pub async fn sweep(&self, now: DateTime<Utc>) -> Result<Swept, EngineError> {
        let running =
            StageKind::ALL.iter().copied().filter(|stage| !stage.is_final() && *stage != StageKind::Draft);
        let running: Vec<StageKind> = running.collect();
        let mut swept = Swept::default();
        for request in self.store.reader().requests_in(&running).await? {
            match request {
                Ok(request) => self.sweep_one(request, now, &mut swept).await,
                Err(error) => {
                    swept.failures += 1;
                    tracing::error!(%error, "a request cannot be read");
                }
            }
        }
        Ok(swept)
    }

    async fn sweep_one(&self, request: Request, now: DateTime<Utc>, swept: &mut Swept) {
        let id = request.id;
        let done = match self.do_what_is_due(request, now).await {
            Ok((request, actions)) => {
                swept.actions += actions;
                self.remind(&request, now).await
            }
            Err(error) => Err(error),
        };
        match done {
            Ok(reminded) => swept.reminders += reminded,
            Err(error) => {
                swept.failures += 1;
                tracing::error!(request.id = %id, %error, "a limit could not be carried out");
            }
        }
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
            let order =
                Order { request: request.id, actor: &Actor::System, seen: Some(request.version), now };
            request = self.act_as_system(order, action).await?;
        }
        Err(EngineError::Broken("the limits of a request do not come to an end".into()))
    }

    /// Tells of a limit once for each point on its way; a second node finds it taken.
    async fn remind(&self, request: &Request, now: DateTime<Utc>) -> Result<usize, EngineError> {
        let content = self.content();
        let moment = Moment { now, calendar: &content.calendar, parameters: content.rules.parameters() };
        let due = reminders(request, &moment);
        let mut told = 0;
        for reminder in due {
            let tx = self.store.begin().await?;
            let job = reminders::job(request, reminder.point);
            if !tx.take_tick(&job, &reminder.deadline.due.to_string(), now).await? {
                continue;
            }
            let city = self.city_above(&tx, request.district).await?;
            self.tell(&tx, About::from(request), &reminder.notices(request, city), now).await?;
            tx.commit().await?;
            told += 1;
        }
        if told > 0 {
            self.wake_delivery();
        }
        Ok(told)
    }

    /// The city above a district, or the city itself.
    async fn city_above(&self, tx: &Tx, district: OrganisationId) -> Result<OrganisationId, EngineError> {
        Ok(tx.reader().organisation_by_id(district).await?.parent.unwrap_or(district))
    }
}

//! Limits: what is due is looked up, done by the system's own actions, and told. The sweep takes no input, can run
//! twice without harm, and one broken case never stops the others.

use chrono::{DateTime, Utc};
use workflow::actor::Actor;
use workflow::deadline::{due_action, reminder};
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
            Ok(reminded) => swept.reminders += usize::from(reminded),
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

    /// Tells of a limit once for each due day and kind; a second node finds it taken.
    async fn remind(&self, request: &Request, now: DateTime<Utc>) -> Result<bool, EngineError> {
        let content = self.content();
        let moment = Moment { now, calendar: &content.calendar, parameters: content.rules.parameters() };
        let Some(notice) = reminder(request, &moment) else { return Ok(false) };
        let due = notice.values.iter().find(|(name, _)| *name == "due").map(|(_, due)| due.clone());
        let job = format!("{}:{}:{}", notice.kind, request.id, request.stage.kind());
        let tx = self.store.begin().await?;
        if !tx.take_tick(&job, &due.unwrap_or_default(), now).await? {
            return Ok(false);
        }
        self.tell(&tx, About::from(request), &[notice], now).await?;
        tx.commit().await?;
        self.wake_delivery();
        Ok(true)
    }
}

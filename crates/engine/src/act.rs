//! The one way to change a request: load, prepare, decide, write, and queue the letters, in one transaction.

use chrono::{DateTime, Utc};
use store::{Guard, SPANS, Scope, StoreError};
use tracing::field::Empty;
use tracing::{Instrument, Span};
use workflow::action::Action;
use workflow::actor::{Actor, Role};
use workflow::id::RequestId;
use workflow::request::Request;

use crate::Engine;
use crate::command::Command;
use crate::error::EngineError;
use crate::seen::Seen;
use crate::step::{Step, actor_on};
use crate::tally::UNPREPARED;

/// Who wants to act on what, having seen which version.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    pub request: RequestId,
    pub actor: &'a Actor,
    pub seen: Seen,
    pub now: DateTime<Utc>,
}

/// How often a transaction is tried when the database asks to try again.
const TRIES: u32 = 3;

impl Engine {
    /// Carries out a person's command and gives the request as it is then.
    ///
    /// # Errors
    /// The workflow refuses, the version is stale, hours or money are no longer there. Nothing has changed then.
    pub async fn act(&self, order: Order<'_>, command: Command) -> Result<Request, EngineError> {
        if let Command::DeliverWithEvidence { files, .. } = &command {
            self.are_fit(files).await?;
        }
        self.trying(order, |request| Ok(Intent::Command(request, command.clone()))).await
    }

    /// Carries out one of the system's own actions.
    pub(crate) async fn act_as_system(
        &self,
        order: Order<'_>,
        action: Action,
    ) -> Result<Request, EngineError> {
        let entering = action == Action::Enter;
        let done = self.trying(order, |request| Ok(Intent::Action(request, action.clone()))).await;
        match done {
            Err(EngineError::Store(StoreError::QuotaOver)) if entering => {
                self.trying(order, |request| Ok(Intent::Action(request, Action::QuotaShort))).await
            }
            done => done,
        }
    }

    pub(crate) async fn trying(
        &self,
        order: Order<'_>,
        intend: impl Fn(Request) -> Result<Intent, EngineError>,
    ) -> Result<Request, EngineError> {
        let mut tries = 1;
        loop {
            // Boxed: the whole of a change is one large future, and many callers hold it.
            let span = tracing::trace_span!(target: SPANS, "act", action = Empty, result = Empty, attempt = i64::from(tries));
            match Box::pin(self.once(order, &intend)).instrument(span).await {
                Err(EngineError::Store(StoreError::Again)) if tries < TRIES => tries += 1,
                done => return done,
            }
        }
    }

    async fn once(
        &self,
        order: Order<'_>,
        intend: &impl Fn(Request) -> Result<Intent, EngineError>,
    ) -> Result<Request, EngineError> {
        let content = self.content();
        let early = match self.store.stands(Guard::ReadInside) {
            true => None,
            false => Some(self.reader().request(order.request, Scope::Everything).await?),
        };
        let tx = self.store.begin().await?;
        let step = Step { engine: self, tx: &tx, content: &content, now: order.now };
        let actor = step.actor_of_today(order.actor).await?;
        let request = match early {
            Some(early) => early,
            None => tx.take_request(order.request, self.scope(&actor)).await?,
        };
        order.seen.fits_request(&tx, &request, &actor).await?;
        let (request, action) = match intend(request)? {
            Intent::Action(request, action) => (request, action),
            Intent::Command(request, command) => {
                let prepared = step.prepare(request, command).await;
                if prepared.is_err() {
                    self.tallied.action(UNPREPARED, &prepared);
                }
                prepared?
            }
        };
        let kind = action.kind().word();
        let taken = step.take_with_what_follows(request, action, &actor).await;
        self.tallied.action(kind, &taken);
        let result = taken.as_ref().err().map_or("done", EngineError::code);
        Span::current().record("action", kind).record("result", result);
        let request = taken?;
        self.commit(tx, order.now, &request).await?;
        self.wake_delivery();
        Ok(request)
    }

    /// The actor with the roles of today; whoever has lost them since signing in has lost them here.
    ///
    /// # Errors
    /// There is no such person any more.
    pub(crate) async fn of_today(&self, actor: &Actor, now: DateTime<Utc>) -> Result<Actor, EngineError> {
        actor_on(&self.reader(), actor, self.today(now)).await
    }

    /// What an actor may see.
    #[must_use]
    pub fn scope(&self, actor: &Actor) -> Scope {
        let Actor::Person(person) = actor else { return Scope::Everything };
        let has = |role: Role| person.standings().any(|standing| standing.role == role);
        if has(Role::Committee) {
            return Scope::Community(person.organisation);
        }
        if [Role::Reviewer, Role::Approver, Role::Finance, Role::Auditor, Role::Policy].into_iter().any(has) {
            return match self.is_city(person.district) {
                true => Scope::Everything,
                false => Scope::District(person.district),
            };
        }
        Scope::Department(person.organisation)
    }
}

/// What is to be done on a loaded request.
pub(crate) enum Intent {
    Command(Request, Command),
    Action(Request, Action),
}

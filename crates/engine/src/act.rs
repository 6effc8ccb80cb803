//! The one way to change a request: load, prepare, decide, write, and queue the letters, in one transaction.

use chrono::{DateTime, Datelike, Utc};
use store::{Scope, StoreError, Tx};
use workflow::action::{Action, BaseFunds};
use workflow::actor::{Actor, Role};
use workflow::assessment::Outcome;
use workflow::assignment::Assignment;
use workflow::decide::{DecideError, decide};
use workflow::id::RequestId;
use workflow::language;
use workflow::ledger::Account;
use workflow::money::Fen;
use workflow::request::{Assessed, Moment, Request};
use workflow::stage::{Stage, StageKind};

use crate::Engine;
use crate::command::{Command, offer};
use crate::content::Content;
use crate::error::EngineError;
use crate::judging;
use crate::letters::About;

/// Who wants to act on what, having seen which version.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    pub request: RequestId,
    pub actor: &'a Actor,
    /// The version the actor has seen; none acts on whatever is there.
    pub seen: Option<i64>,
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
            match Box::pin(self.once(order, &intend)).await {
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
        let tx = self.store.begin().await?;
        let request = tx.reader().request(order.request, self.scope(order.actor)).await?;
        if let Some(expected) = order.seen.filter(|seen| *seen != request.version) {
            return Err(EngineError::Stale { expected, found: request.version });
        }
        let step = Step { engine: self, tx: &tx, content: &content, now: order.now };
        let (request, action) = match intend(request)? {
            Intent::Action(request, action) => (request, action),
            Intent::Command(request, command) => step.prepare(request, command).await?,
        };
        let mut request = step.take(request, action, order.actor).await?;
        while let Some(action) = follows_at_once(&request) {
            request = step.take(request, action, &Actor::System).await?;
        }
        tx.commit().await?;
        self.wake_delivery();
        Ok(request)
    }

    /// What an actor may see.
    #[must_use]
    pub fn scope(&self, actor: &Actor) -> Scope {
        let Actor::Person(person) = actor else { return Scope::Everything };
        let has = |role: Role| person.roles.contains(&role);
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

/// What follows in the same transaction: the rules' return, and the end when nothing is awaited any more.
fn follows_at_once(request: &Request) -> Option<Action> {
    let outcome = request.assessed.as_ref().map(|assessed| assessed.outcome);
    match request.stage {
        Stage::Submitted { .. } if outcome == Some(Outcome::Return) => Some(Action::ReturnByRules),
        Stage::InForce { .. } if request.assignments.iter().all(Assignment::is_over) => Some(Action::Finish),
        _ => None,
    }
}

/// The conditions of the assessment less those that are dropped.
fn conditions(request: &Request, without: &[String]) -> Result<Vec<String>, DecideError> {
    let all = request.assessed.as_ref().map(|assessed| assessed.conditions.clone()).unwrap_or_default();
    match without.iter().find(|code| !all.contains(code)) {
        Some(unknown) => Err(DecideError::UnknownCondition(unknown.clone())),
        None => Ok(all.into_iter().filter(|code| !without.contains(code)).collect()),
    }
}

/// A number is given and rules are run only where a submission is open at all.
fn refuse_unless_submittable(request: &Request) -> Result<(), EngineError> {
    let stage = request.stage.kind();
    if matches!(stage, StageKind::Draft | StageKind::Returned) {
        return Ok(());
    }
    Err(DecideError::NotOpen { stage, action: workflow::action::ActionKind::Submit }.into())
}

/// One transaction's worth of steps.
struct Step<'a> {
    engine: &'a Engine,
    tx: &'a Tx,
    content: &'a Content,
    now: DateTime<Utc>,
}

impl Step<'_> {
    /// Adds to a command what the workflow needs to decide it.
    async fn prepare(
        &self,
        mut request: Request,
        command: Command,
    ) -> Result<(Request, Action), EngineError> {
        let action = match command {
            Command::Submit => {
                refuse_unless_submittable(&request)?;
                let assessed = Box::new(self.assess(&mut request).await?);
                Action::Submit { assessed }
            }
            Command::AcceptFiling => Action::AcceptFiling,
            Command::Return { reason } => Action::Return { reason },
            Command::Quote => Action::Quote,
            Command::AcceptQuote { amount, in_budget, budget_year } => {
                Action::AcceptQuote { offer: offer(amount, in_budget, budget_year) }
            }
            Command::DeclineQuote => Action::DeclineQuote,
            Command::Propose { verdict, without, reason } => {
                let conditions = conditions(&request, &without)?;
                Action::Propose { verdict, conditions, reason }
            }

            Command::Approve => Action::Approve,
            Command::SendBack { reason } => Action::SendBack { reason },
            Command::CommitFunds => Action::CommitFunds { base_funds: self.base_funds(&request).await? },
            Command::AcceptAssignment { community } => Action::AcceptAssignment { community },
            Command::RefuseAssignment { community, reason, text } => {
                Action::RefuseAssignment { community, reason, text }
            }
            Command::DeliverAssignment { community, report } => {
                Action::DeliverAssignment { community, report }
            }
            Command::Confirm => Action::Confirm,
            Command::Withdraw => Action::Withdraw,
        };
        Ok((request, action))
    }

    /// Gives the number, once, runs the rules and keeps the decision record.
    async fn assess(&self, request: &mut Request) -> Result<Assessed, EngineError> {
        let facts = judging::facts(&self.tx.reader(), request, self.content, self.now).await?;
        let jurisdiction = &self.content.rules.parameters().jurisdiction;
        if request.number.is_none() {
            let year = facts.today.year();
            let number = self.tx.next_number(request.district, year).await?;
            let values = [("year", year.to_string()), ("number", number.to_string())];
            request.number = Some(language::fill(&jurisdiction.request_number, &values));
        }
        request.application.department.clone_from(&facts.request.department);
        let today = facts.today;
        let (judgement, record) = judging::judge(self.content, facts, request, self.now)?;
        let stations = judging::stations(&self.tx.reader(), request, self.content, today).await?;
        let assessed = Assessed { stations, ..Assessed::of(&judgement.assessment, record.id) };
        self.tx.insert_record(record).await?;
        Ok(assessed)
    }

    /// Whether every community has received its base funds of the request's year.
    async fn base_funds(&self, request: &Request) -> Result<BaseFunds, EngineError> {
        let year = request.budget_year();
        let ids: Vec<_> = request.targets.iter().map(|target| target.community).collect();
        let reader = self.tx.reader();
        let sizes = reader.sizes(&ids, year).await?;
        let accounts: Vec<_> =
            ids.iter().map(|community| Account::BaseFund { community: *community, year }).collect();
        let balances = reader.balances(&accounts).await?;
        let each = self.content.rules.parameters().money.base_fund_per_household;
        let arrived = ids.iter().zip(&accounts).all(|(community, account)| {
            let households = sizes.get(community).map_or(0, |size| size.households);
            let due = Fen(each.0 * households);
            balances.get(&account.key()).is_some_and(|balance| *balance >= due)
        });
        Ok(if arrived { BaseFunds::Current } else { BaseFunds::Short })
    }

    /// Decides one action and writes everything it leads to.
    async fn take(&self, request: Request, action: Action, actor: &Actor) -> Result<Request, EngineError> {
        let parameters = self.content.rules.parameters();
        let moment = Moment { now: self.now, calendar: &self.content.calendar, parameters };
        let decided = decide(&request, action, actor, moment)?;
        let wanted = decided.bookings.wanted();
        let capacities =
            judging::capacities(&self.tx.reader(), &decided.request, wanted, self.content).await?;
        self.tx.apply(&request, &decided, &capacities).await?;
        let about = About::from(&decided.request);
        self.engine.tell(self.tx, about, &decided.notices, self.now).await?;
        Ok(decided.request)
    }
}

//! One transaction's worth of steps on a request: what a command needs is added, the workflow decides, the store writes,
//! and what follows at once is done in the same transaction, on requests that hang together too.

use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use store::{Reader, Scope, StoreError, Tx};
use workflow::action::{Action, ActionKind, BaseFunds, Room};
use workflow::actor::{Actor, Person};
use workflow::assessment::Outcome;
use workflow::assignment::Assignment;
use workflow::consultation::Inquiry;
use workflow::decide::{DecideError, decide};
use workflow::dossier::Origin;
use workflow::facts::Fault;
use workflow::id::OrganisationId;
use workflow::language;
use workflow::ledger::FundSource;
use workflow::quota;
use workflow::request::{Assessed, Moment, MonthHours, Request};
use workflow::stage::{Stage, StageKind};

use crate::Engine;
use crate::command::Command;
use crate::content::Content;
use crate::error::EngineError;
use crate::evidence;
use crate::judging;
use crate::mergers;
use crate::money::short_of_base_funds;

/// What the steps of one transaction share.
pub(crate) struct Step<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) tx: &'a Tx,
    pub(crate) content: &'a Arc<Content>,
    pub(crate) now: DateTime<Utc>,
}

impl Step<'_> {
    pub(crate) fn moment(&self) -> Moment<'_> {
        let parameters = self.content.rules.parameters();
        Moment { now: self.now, calendar: &self.content.calendar, parameters }
    }

    /// The actor with the roles of today; whoever has lost them meanwhile has lost them here.
    pub(crate) async fn actor_of_today(&self, actor: &Actor) -> Result<Actor, EngineError> {
        actor_on(&self.tx.reader(), actor, self.moment().today()).await
    }

    /// Adds to a command what the workflow needs to decide it.
    pub(crate) async fn prepare(
        &self,
        mut request: Request,
        command: Command,
    ) -> Result<(Request, Action), EngineError> {
        command.is_fit()?;
        let command = match command.plain() {
            Ok(action) => return Ok((request, action)),
            Err(command) => command,
        };
        let action = match command {
            Command::Submit => {
                refuse_unless(&request, ActionKind::Submit, &[StageKind::Draft, StageKind::Returned])?;
                let assessed = Box::new(self.assess(&mut request).await?);
                Action::Submit { assessed, room: self.room(&request).await? }
            }
            Command::File => {
                refuse_unless(&request, ActionKind::File, &[StageKind::InForce, StageKind::Acceptance])?;
                Action::File { assessed: Box::new(self.assess(&mut request).await?) }
            }
            Command::Propose { verdict, without, reason } => {
                let conditions = conditions(&request, &without)?;
                Action::Propose { verdict, conditions, reason }
            }
            Command::Consult { kind, question, invited } => {
                let invited = self.invited(&request, &invited).await?;
                Action::Consult { inquiry: Inquiry { kind, question, invited } }
            }
            Command::Move { starts_on, ends_on, reason } => {
                let hours = self.hours(&request, (starts_on, ends_on)).await?;
                Action::Move { starts_on, ends_on, hours, reason }
            }
            Command::CommitFunds => self.commitment(&request, FundSource::default()).await?,
            Command::CommitFundsFrom { source } => self.commitment(&request, source).await?,
            Command::DeliverAssignment { .. } => return Err(evidence::not_by_name()),
            Command::DeliverWithEvidence { community, delivery, files } => {
                let delivery = self.keeping(&request, (community, *delivery), files).await?;
                Action::DeliverAssignment { community, delivery }
            }
            // What a command says is for the history, not for the log.
            _ => return Err(EngineError::Broken("nothing is prepared for a command".to_owned())),
        };
        Ok((request, action))
    }

    /// How much a supplement may still add to its request.
    async fn room(&self, request: &Request) -> Result<Room, EngineError> {
        let Origin::Supplement { of } = request.dossier.origin else { return Ok(Room::Free) };
        let parent = self.tx.reader().request(of, Scope::Department(request.department)).await?;
        let share = self.content.rules.parameters().money.supplements;
        Ok(Room::AtMost(parent.room_for_supplements(share)))
    }

    /// The organisations that are asked; each stands under the request's district, or is its city.
    async fn invited(&self, request: &Request, codes: &[String]) -> Result<Vec<OrganisationId>, EngineError> {
        let found = self.tx.reader().organisations_of(codes).await?;
        let near = |code: &String| {
            found
                .iter()
                .find(|organisation| organisation.code == *code && organisation.district == request.district)
        };
        let mut invited = Vec::with_capacity(codes.len());
        let mut faults = Vec::new();
        for (index, code) in codes.iter().enumerate() {
            if let Some(organisation) = near(code) {
                invited.push(organisation.id);
            } else {
                let zh = format!("“{code}”不是本区的机构");
                let en = format!("`{code}` is no organisation of this district");
                faults.push(Fault::new(format!("/invited/{index}"), (zh, en)));
            }
        }
        invited.sort_unstable();
        invited.dedup();
        if faults.is_empty() { Ok(invited) } else { Err(EngineError::Malformed(faults)) }
    }

    /// The hours of a request in the months of another period.
    async fn hours(
        &self,
        request: &Request,
        (starts_on, ends_on): (NaiveDate, NaiveDate),
    ) -> Result<Vec<MonthHours>, EngineError> {
        let mut moved = request.clone();
        moved.application.starts_on = Some(starts_on);
        moved.application.ends_on = Some(ends_on);
        let facts = judging::facts(&self.tx.reader(), &moved, self.content, self.now).await?;
        let rows = quota::rows(&facts, &self.content.calendar, &self.content.rules.parameters().quota);
        let hours = rows.into_iter().map(|row| MonthHours {
            code: row.community,
            month: row.month,
            hours: row.hours.rounded(),
        });
        Ok(hours.filter(|row| row.hours.0 > 0).collect())
    }

    async fn commitment(&self, request: &Request, source: FundSource) -> Result<Action, EngineError> {
        if let FundSource::Special(fund) = source {
            let known = self.tx.reader().special_funds(request.district).await?;
            if !known.iter().any(|special| special.id == fund) {
                return Err(StoreError::NotFound("fund").into());
            }
        }
        let source = match source {
            FundSource::BudgetLine | FundSource::LaterLine { .. } => self.line(request).await?,
            pool => pool,
        };
        Ok(Action::CommitFunds { base_funds: self.base_funds(request).await?, source })
    }

    /// The line of the offer's year; once that year is over and its line does not hold the price, the line of this year.
    async fn line(&self, request: &Request) -> Result<FundSource, EngineError> {
        let year = self.moment().today().year();
        let own = FundSource::BudgetLine.account(request);
        let held = self.tx.reader().balances(&[own]).await?.get(&own.key()).copied().unwrap_or_default();
        let is_over = year > request.budget_year() && held < request.price();
        Ok(if is_over { FundSource::LaterLine { year } } else { FundSource::BudgetLine })
    }

    /// Gives the number, once, runs the rules and keeps the decision record.
    pub(crate) async fn assess(&self, request: &mut Request) -> Result<Assessed, EngineError> {
        mergers::no_target_is_closed(&self.tx.reader(), request).await?;
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
        let (judgement, record) = judging::judge(self.content, facts, request, self.now).await?;
        let stations = judging::stations(&self.tx.reader(), request, self.content, today).await?;
        let assessed = Assessed { stations, ..Assessed::of(&judgement.assessment, record.id) };
        self.tx.insert_record(record).await?;
        Ok(assessed)
    }

    /// Whether every community has received its base funds of the request's year.
    async fn base_funds(&self, request: &Request) -> Result<BaseFunds, EngineError> {
        let year = request.budget_year();
        let ids: Vec<_> = request.targets.iter().map(|target| target.community).collect();
        let money = &self.content.rules.parameters().money;
        let short = short_of_base_funds(&self.tx.reader(), money, (&ids, year)).await?;
        Ok(if short.is_empty() { BaseFunds::Current } else { BaseFunds::Short })
    }

    /// Takes an action and all that follows from it in the same transaction.
    pub(crate) async fn take_with_what_follows(
        &self,
        request: Request,
        action: Action,
        actor: &Actor,
    ) -> Result<Request, EngineError> {
        let funded = matches!(action, Action::CommitFunds { .. });
        let mut request = self.take(request, action, actor).await?;
        while let Some(action) = follows_at_once(&request) {
            request = self.take(request, action, &Actor::System).await?;
        }
        if funded {
            self.note_on_origin(&request).await?;
        }
        Ok(request)
    }

    /// What is funded now is noted on the request that it renews or adds to. A renewal that comes too late is none; a
    /// supplement that no longer fits is refused with its funds.
    async fn note_on_origin(&self, request: &Request) -> Result<(), EngineError> {
        let Some(of) = request.dossier.origin.of() else { return Ok(()) };
        let origin = self.tx.reader().request(of, Scope::Department(request.department)).await?;
        let (until, price) = (request.application.ends_on.unwrap_or_default(), request.price());
        let successor = request.id;
        let action = match request.dossier.origin {
            Origin::Supplement { .. } => Action::NoteSupplement { supplement: request.id, price },
            Origin::Renewal { .. } if self.still_runs(&origin) => Action::NoteRenewal { successor, until },
            Origin::Renewal { .. } | Origin::New => return Ok(()),
        };
        match self.take(origin, action, &Actor::System).await {
            // Someone else has changed the other request; the caller's own has not, so it is worth another try.
            Err(EngineError::Store(StoreError::Conflict)) => Err(StoreError::Again.into()),
            done => done.map(|_| ()),
        }
    }

    fn still_runs(&self, origin: &Request) -> bool {
        let running = matches!(origin.stage, Stage::InForce { .. } | Stage::Suspended { .. });
        running && origin.application.ends_on.is_some_and(|end| self.moment().today() <= end)
    }

    /// Decides one action and writes everything it leads to.
    pub(crate) async fn take(
        &self,
        request: Request,
        action: Action,
        actor: &Actor,
    ) -> Result<Request, EngineError> {
        let decided = decide(&request, action, actor, self.moment())?;
        let wanted = decided.bookings.wanted();
        let capacities =
            judging::capacities(&self.tx.reader(), &decided.request, wanted, self.content).await?;
        let seq = self.tx.apply(&request, &decided, &capacities).await?;
        let waiting = self.tx.waiting(decided.request.id).await?;
        if waiting.has_webhooks() {
            self.engine.call_webhooks(self.tx, (&decided, seq), self.now).await?;
        }
        self.engine.tell_step(self.tx, (&decided.request, waiting), &decided.notices, self.now).await?;
        Ok(decided.request)
    }
}

/// The actor with the roles of a day; the system is always itself.
pub(crate) async fn actor_on(
    reader: &Reader<'_>,
    actor: &Actor,
    day: NaiveDate,
) -> Result<Actor, EngineError> {
    let Actor::Person(Person { user, .. }) = actor else { return Ok(Actor::System) };
    match reader.person_on(*user, day).await {
        Ok(person) => Ok(Actor::Person(person)),
        Err(StoreError::NotFound(_)) => Err(DecideError::NotYours.into()),
        Err(error) => Err(error.into()),
    }
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

/// A number is given and rules are run only where that is open at all.
fn refuse_unless(request: &Request, action: ActionKind, open_in: &[StageKind]) -> Result<(), EngineError> {
    let stage = request.stage.kind();
    if open_in.contains(&stage) {
        return Ok(());
    }
    Err(DecideError::NotOpen { stage, action }.into())
}

//! Money that moves by the hand of finance, outside the course of a request: budget lines, base funds, pools, rewards,
//! reversals and the year's end. Every act is one event on an organisation's chain with its postings.

mod base_funds;
mod books;
mod closing;
mod figures;
mod holder;
mod payments;
mod pools;
mod reversal;
mod rewards;
mod statement;

use chrono::{DateTime, Datelike, Utc};
use serde_json::{Map, Value};
use store::{EventLine, Organisation, OrganisationKind, StoreError, Tx};
use uuid::Uuid;
use workflow::actor::{Actor, Person, Role};
use workflow::budget::LedgerRefusal;
use workflow::decide::DecideError;
use workflow::id::OrganisationId;
use workflow::ledger::{Account, Posting, Purpose};
use workflow::money::Fen;
use workflow::oversight::said;

use crate::Engine;
use crate::error::EngineError;

pub use base_funds::BaseFundLine;
pub(crate) use base_funds::short_of_base_funds;
pub use books::{AccountBook, BookEntry};
pub use closing::Closed;
pub use figures::SourceLine;
pub use holder::{AccountName, Holder};
pub use payments::Payment;
pub use pools::NewFund;
pub use reversal::TakenBack;
pub use rewards::RewardOrder;
pub use statement::{AccountStatement, Movement, Statement};

impl Engine {
    /// Puts money into a department's budget line of a year, as often as it is given.
    ///
    /// # Errors
    /// The actor is not the finance of the department's district; the amount is zero.
    pub async fn appropriate(
        &self,
        actor: &Actor,
        department: &str,
        (year, amount): (i32, Fen),
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        let actor = self.of_today(actor, now).await?;
        let act = Act::of(&actor, Purpose::Appropriation, now)?.about(year, amount)?;
        let tx = self.store.begin().await?;
        let department = applicant(&tx, act.person, department).await?;
        let line = Account::BudgetLine { department, year };
        let posting = Posting::of(Purpose::Appropriation, act.treasury(), line, amount);
        act.write(&tx, department, posting.as_slice()).await?;
        self.commit(tx, now, &()).await
    }

    /// Takes money that nothing has claimed out of a department's budget line.
    ///
    /// # Errors
    /// `FundsShort` if less is free; no reason; the actor is not the finance of the department's district.
    pub async fn reduce(
        &self,
        actor: &Actor,
        department: &str,
        (year, amount): (i32, Fen),
        (reason, now): (&str, DateTime<Utc>),
    ) -> Result<(), EngineError> {
        let actor = self.of_today(actor, now).await?;
        let act = Act::of(&actor, Purpose::Reduction, now)?.about(year, amount)?.because(reason)?;
        let tx = self.store.begin().await?;
        let department = applicant(&tx, act.person, department).await?;
        let line = Account::BudgetLine { department, year };
        let posting = Posting::of(Purpose::Reduction, line, act.treasury(), amount);
        act.write(&tx, department, posting.as_slice()).await?;
        self.commit(tx, now, &()).await
    }

    /// The year of a time in the jurisdiction.
    pub(crate) fn year_of(&self, at: DateTime<Utc>) -> i32 {
        let offset = self.content().rules.parameters().jurisdiction.offset();
        at.with_timezone(&offset).year()
    }
}

/// Who can have a budget line: departments, and subdistricts, which may apply too.
async fn applicant(tx: &Tx, person: &Person, code: &str) -> Result<OrganisationId, EngineError> {
    let organisation = of_district(tx, person, code).await?;
    match organisation.kind {
        OrganisationKind::Department | OrganisationKind::Subdistrict => Ok(organisation.id),
        _ => Err(StoreError::NotFound("department").into()),
    }
}

/// An organisation of the person's district; another district's is not found.
async fn of_district(tx: &Tx, person: &Person, code: &str) -> Result<Organisation, EngineError> {
    let organisation = tx.reader().organisation(code).await?;
    if organisation.district != person.district {
        return Err(StoreError::NotFound("organisation").into());
    }
    Ok(organisation)
}

/// One act of finance: what becomes its event.
struct Act<'a> {
    person: &'a Person,
    purpose: Purpose,
    reason: Option<String>,
    detail: Map<String, Value>,
    at: DateTime<Utc>,
}

impl<'a> Act<'a> {
    /// # Errors
    /// `NotYours` unless the actor has the role of finance.
    fn of(actor: &'a Actor, purpose: Purpose, at: DateTime<Utc>) -> Result<Act<'a>, EngineError> {
        match actor {
            Actor::Person(person) if person.roles.contains(&Role::Finance) => {
                Ok(Act { person, purpose, reason: None, detail: Map::new(), at })
            }
            _ => Err(DecideError::NotYours.into()),
        }
    }

    fn about(self, year: i32, amount: Fen) -> Result<Act<'a>, EngineError> {
        if amount <= Fen::ZERO {
            return Err(LedgerRefusal::NothingToMove.into());
        }
        Ok(self.noting("year", year).noting("amount", amount.to_string()))
    }

    fn noting(mut self, name: &str, value: impl Into<Value>) -> Act<'a> {
        self.detail.insert(name.to_owned(), value.into());
        self
    }

    fn because(mut self, reason: &str) -> Result<Act<'a>, EngineError> {
        if reason.trim().is_empty() {
            return Err(DecideError::ReasonMissing.into());
        }
        self.reason = Some(said(reason)?);
        Ok(self)
    }

    /// The treasury of the person's district.
    fn treasury(&self) -> Account {
        Account::Outer { district: self.person.district }
    }

    /// The event on an organisation's own chain; the store fills in its place.
    async fn record(&self, tx: &Tx, chain: OrganisationId) -> Result<i64, EngineError> {
        let line = EventLine {
            at: self.at,
            person: Some(self.person.user.0),
            role: Role::Finance.word().to_owned(),
            action: self.purpose.word().to_owned(),
            reason: self.reason.clone(),
            detail: Value::Object(self.detail.clone()).to_string(),
            ..EventLine::default()
        };
        Ok(tx.record(chain, line).await?)
    }

    /// The event with its postings; gives their ids.
    async fn write(
        &self,
        tx: &Tx,
        chain: OrganisationId,
        postings: &[Posting],
    ) -> Result<Vec<Uuid>, EngineError> {
        let seq = self.record(tx, chain).await?;
        Ok(tx.post(self.person.district, (chain.0, seq), postings, self.at).await?)
    }
}

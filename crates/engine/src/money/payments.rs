//! The newest payments out of escrow to communities, for those who see a district's money.

use chrono::NaiveDate;
use serde::Serialize;
use store::Scope;
use uuid::Uuid;
use workflow::actor::Actor;
use workflow::id::RequestId;
use workflow::ledger::{Account, Purpose};
use workflow::money::Fen;

use super::holder::{AccountName, Names};
use crate::Engine;
use crate::error::EngineError;

/// One payment of a request's money to a community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Payment {
    pub posting: Uuid,
    pub on: NaiveDate,
    pub purpose: Purpose,
    pub community: AccountName,
    /// Number of the request.
    pub request: Option<String>,
    pub amount: Fen,
}

impl Engine {
    /// The newest payments that the actor may see, at most so many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn payments(&self, actor: &Actor, most: u64) -> Result<Vec<Payment>, EngineError> {
        self.payments_after(actor, (None, most)).await
    }

    /// Those that follow one of them; from the newest without one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn payments_after(
        &self,
        actor: &Actor,
        (after, most): (Option<Uuid>, u64),
    ) -> Result<Vec<Payment>, EngineError> {
        let district = match self.scope(actor) {
            Scope::Everything => None,
            Scope::District(district) => Some(district),
            Scope::Department(_) | Scope::Community(_) => return Ok(Vec::new()),
        };
        let reader = self.reader();
        let postings = reader.payments_after(district, (after, most)).await?;
        let keys: Vec<String> = postings.iter().map(|posting| posting.credit.clone()).collect();
        let numbers = reader.numbers_behind(&keys).await?;
        let names = Names::read(&reader, numbers.clone()).await?;
        let offset = self.content().rules.parameters().jurisdiction.offset();
        let payments = postings.into_iter().filter_map(|posting| {
            Some(Payment {
                posting: posting.id,
                on: posting.at.with_timezone(&offset).date_naive(),
                purpose: posting.purpose,
                community: names.account(Account::from_key(&posting.debit)?),
                request: numbers.get(&RequestId(posting.subject)).cloned(),
                amount: posting.amount,
            })
        });
        Ok(payments.collect())
    }
}

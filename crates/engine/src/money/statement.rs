//! Statements (对账单): what a holder had at the start of a year, what moved by purpose, what was left, and whether the
//! three agree with the balance that is kept.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use store::{AccountLine, PostingLine, StoreError};
use workflow::ledger::{Account, Purpose};
use workflow::money::Fen;

use super::holder::{AccountName, Holder, Names};
use crate::Engine;
use crate::error::EngineError;

/// A holder's accounts over a year, or over all time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    pub code: String,
    pub year: Option<i32>,
    pub accounts: Vec<AccountStatement>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountStatement {
    pub account: AccountName,
    pub opening: Fen,
    pub movements: Vec<Movement>,
    /// From the balance that is kept, less what moved after the year.
    pub closing: Fen,
    /// Whether opening and movements come to the closing.
    pub balanced: bool,
}

/// All postings of one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Movement {
    pub purpose: Purpose,
    pub postings: usize,
    pub into: Fen,
    pub out: Fen,
}

impl Engine {
    /// The statement of a holder for a year, or for all time without one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn statement(&self, holder: &Holder, year: Option<i32>) -> Result<Statement, EngineError> {
        let reader = self.reader();
        let accounts = reader.accounts_of(holder.id()).await?;
        let keys: Vec<String> = accounts.iter().map(|account| account.key.clone()).collect();
        let postings = reader.postings_among(&keys, None).await?;
        let names = Names::read(&reader, reader.numbers_behind(&keys).await?).await?;
        let span = year.map(|year| self.span(year)).transpose()?;
        let statements = accounts.iter().filter_map(|account| {
            let account_name = names.account(Account::from_key(&account.key)?);
            AccountStatement::of(account, account_name, &postings, span)
        });
        Ok(Statement { code: holder.code().to_owned(), year, accounts: statements.collect() })
    }

    /// The first moments of a year and of the next.
    fn span(&self, year: i32) -> Result<(DateTime<Utc>, DateTime<Utc>), EngineError> {
        let first = |year| NaiveDate::from_ymd_opt(year, 1, 1).ok_or(StoreError::NotFound("year"));
        Ok((self.start_of(first(year)?), self.start_of(first(year + 1)?)))
    }
}

impl AccountStatement {
    /// None where nothing was there and nothing moved.
    fn of(
        account: &AccountLine,
        named: AccountName,
        postings: &[PostingLine],
        span: Option<(DateTime<Utc>, DateTime<Utc>)>,
    ) -> Option<AccountStatement> {
        let (mut opening, mut closing) = (Fen::ZERO, account.balance);
        let mut movements: BTreeMap<Purpose, Movement> = BTreeMap::new();
        for posting in postings {
            let Some((into, out)) = sides(&account.key, posting) else { continue };
            if span.is_some_and(|(start, _)| posting.at < start) {
                opening += into - out;
            } else if span.is_some_and(|(_, end)| posting.at >= end) {
                closing += out - into;
            } else {
                let purpose = posting.purpose;
                let none = Movement { purpose, postings: 0, into: Fen::ZERO, out: Fen::ZERO };
                let movement = movements.entry(purpose).or_insert(none);
                movement.postings += 1;
                movement.into += into;
                movement.out += out;
            }
        }
        let movements: Vec<Movement> = movements.into_values().collect();
        let moved: Fen = movements.iter().map(|movement| movement.into - movement.out).sum();
        let balanced = opening + moved == closing;
        let silent = movements.is_empty() && opening == Fen::ZERO && closing == Fen::ZERO;
        (!silent).then_some(AccountStatement { account: named, opening, movements, closing, balanced })
    }
}

/// What a posting brings into an account and takes out of it; none where it does not touch it.
fn sides(key: &str, posting: &PostingLine) -> Option<(Fen, Fen)> {
    if posting.debit == key {
        return Some((posting.amount, Fen::ZERO));
    }
    (posting.credit == key).then_some((Fen::ZERO, posting.amount))
}

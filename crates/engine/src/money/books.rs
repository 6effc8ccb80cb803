//! The ledger as people read it: each account's postings with the other side by name, the running balance, and the
//! request and event behind each.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::Serialize;
use store::{AccountLine, PostingLine, Reader};
use uuid::Uuid;
use workflow::id::RequestId;
use workflow::ledger::{Account, Purpose};
use workflow::money::Fen;

use super::holder::{AccountName, Holder, Names};
use crate::Engine;
use crate::error::EngineError;

/// An account with everything that moved on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountBook {
    pub account: AccountName,
    pub balance: Fen,
    pub entries: Vec<BookEntry>,
}

/// One posting seen from one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BookEntry {
    pub posting: Uuid,
    /// The day in the jurisdiction.
    pub date: NaiveDate,
    pub purpose: Purpose,
    /// The account on the other side.
    pub other: AccountName,
    /// Below zero where money left.
    pub amount: Fen,
    pub balance: Fen,
    /// Number of the request behind it.
    pub request: Option<String>,
    /// The event behind it: `CODE#NUMBER`.
    pub event: String,
    pub reverses: Option<Uuid>,
    pub reversed_by: Option<Uuid>,
}

impl Engine {
    /// The accounts of a holder with their postings before a time.
    ///
    /// # Errors
    /// What the database says.
    pub async fn books(
        &self,
        holder: &Holder,
        before: Option<DateTime<Utc>>,
    ) -> Result<Vec<AccountBook>, EngineError> {
        let reader = self.reader();
        let accounts = reader.accounts_of(holder.id()).await?;
        let keys: Vec<String> = accounts.iter().map(|account| account.key.clone()).collect();
        let postings = reader.postings_among(&keys, before).await?;
        let behind = self.behind(&reader, &keys, &postings).await?;
        let books = accounts.iter().filter_map(|account| behind.book(account, &postings)).collect();
        Ok(books)
    }

    async fn behind(
        &self,
        reader: &Reader<'_>,
        keys: &[String],
        postings: &[PostingLine],
    ) -> Result<Behind, EngineError> {
        let numbers = reader.numbers_behind(keys).await?;
        let rewarded = reader.rewarded_numbers(keys).await?;
        let reversed = postings.iter().filter_map(|posting| Some((posting.reverses?, posting.id))).collect();
        Ok(Behind {
            offset: self.content().rules.parameters().jurisdiction.offset(),
            names: Names::read(reader, numbers.clone()).await?,
            numbers,
            rewarded,
            reversed,
        })
    }
}

/// What stands behind postings.
struct Behind {
    offset: FixedOffset,
    names: Names,
    numbers: BTreeMap<RequestId, String>,
    rewarded: BTreeMap<Uuid, (RequestId, String)>,
    reversed: BTreeMap<Uuid, Uuid>,
}

impl Behind {
    /// None for an account on which nothing had moved by then.
    fn book(&self, account: &AccountLine, postings: &[PostingLine]) -> Option<AccountBook> {
        let mut balance = Fen::ZERO;
        let own = postings.iter().filter(|posting| [&posting.debit, &posting.credit].contains(&&account.key));
        let entries: Vec<BookEntry> = own
            .filter_map(|posting| {
                let entry = self.entry(&account.key, posting, balance)?;
                balance = entry.balance;
                Some(entry)
            })
            .collect();
        let account = self.names.account(Account::from_key(&account.key)?);
        (!entries.is_empty()).then_some(AccountBook { account, balance, entries })
    }

    fn entry(&self, key: &str, posting: &PostingLine, before: Fen) -> Option<BookEntry> {
        let comes_in = posting.debit == key;
        let other = if comes_in { &posting.credit } else { &posting.debit };
        let amount = if comes_in { posting.amount } else { -posting.amount };
        let rewarded = || self.rewarded.get(&posting.id).map(|(_, number)| number);
        let request = self.numbers.get(&RequestId(posting.subject)).or_else(rewarded).cloned();
        Some(BookEntry {
            posting: posting.id,
            date: posting.at.with_timezone(&self.offset).date_naive(),
            purpose: posting.purpose,
            other: self.names.account(Account::from_key(other)?),
            amount,
            balance: before + amount,
            request,
            event: format!("{}#{}", self.names.code(posting.subject), posting.event_seq),
            reverses: posting.reverses,
            reversed_by: self.reversed.get(&posting.id).copied(),
        })
    }
}

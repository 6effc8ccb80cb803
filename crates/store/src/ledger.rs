//! Money: postings are the truth and never change; balances guard what can be spent, with one conditional update for
//! all accounts of an event.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Value,
};
use uuid::Uuid;
use workflow::id::OrganisationId;
use workflow::ledger::{Account, AccountKind, Posting, Purpose};
use workflow::money::Fen;

use crate::connect::{Reader, Tx, statement};
use crate::error::{StoreError, unreadable};
use crate::events::to_microsecond;
use crate::guard::Guard;
use crate::organisations::BATCH;
use crate::rows::{account, posting};

/// An account with its balance.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AccountLine {
    pub key: String,
    pub kind: AccountKind,
    pub owner: Uuid,
    pub year: Option<i32>,
    pub balance: Fen,
}

/// A movement as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PostingLine {
    pub id: Uuid,
    /// The request or organisation whose event moved the money.
    pub subject: Uuid,
    pub event_seq: i64,
    pub debit: String,
    pub credit: String,
    pub amount: Fen,
    pub purpose: Purpose,
    pub at: DateTime<Utc>,
    /// The posting that this one takes back.
    pub reverses: Option<Uuid>,
}

/// Where and when money moves: the district, the event's subject and number, the time.
#[derive(Debug, Clone, Copy)]
struct Place {
    district: OrganisationId,
    event: (Uuid, i64),
    at: DateTime<Utc>,
}

const MOVED: &str = "SELECT COALESCE(SUM(CASE WHEN p.debit = accounts.key THEN p.amount_fen ELSE -p.amount_fen END), 0) \
                     FROM postings p WHERE p.subject_id = ? AND p.event_seq = ? \
                     AND (p.debit = accounts.key OR p.credit = accounts.key)";

impl Tx {
    /// Posts what an event moves, once for each event; `place` is the event's subject and number. Gives the postings'
    /// ids in their order.
    ///
    /// # Errors
    /// `FundsShort` if an account would fall below zero; only the outer account may.
    pub async fn post(
        &self,
        district: OrganisationId,
        place: (Uuid, i64),
        postings: &[Posting],
        at: DateTime<Utc>,
    ) -> Result<Vec<Uuid>, StoreError> {
        let place = Place { district, event: place, at: to_microsecond(at) };
        let rows: Vec<_> = postings.iter().map(|posting| (*posting, None)).collect();
        self.move_money(place, &rows).await
    }

    /// Posts the opposite of earlier postings, each named by its id.
    ///
    /// # Errors
    /// `Conflict` if one of them has been taken back already; `FundsShort` as in [`Tx::post`].
    pub async fn post_reversals(
        &self,
        district: OrganisationId,
        place: (Uuid, i64),
        reversals: &[(Posting, Uuid)],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let place = Place { district, event: place, at: to_microsecond(at) };
        let rows: Vec<_> = reversals.iter().map(|(posting, reversed)| (*posting, Some(*reversed))).collect();
        match self.move_money(place, &rows).await {
            Err(StoreError::Duplicate(_)) => Err(StoreError::Conflict),
            done => done.map(drop),
        }
    }

    async fn move_money(
        &self,
        place: Place,
        postings: &[(Posting, Option<Uuid>)],
    ) -> Result<Vec<Uuid>, StoreError> {
        if postings.is_empty() {
            return Ok(Vec::new());
        }
        let accounts: BTreeMap<String, Account> = postings
            .iter()
            .flat_map(|(posting, _)| [posting.debit, posting.credit])
            .map(|a| (a.key(), a))
            .collect();
        self.open_accounts(place.district, accounts.values()).await?;
        let ids: Vec<Uuid> = postings.iter().map(|_| Uuid::now_v7()).collect();
        let rows = ids.iter().zip(postings);
        let rows: Vec<_> =
            rows.map(|(id, (posting, reverses))| posting_row(*id, place, posting, *reverses)).collect();
        self.tell_made(&rows);
        for part in rows.chunks(BATCH) {
            let part = part.iter().cloned().map(posting::Model::into_active_model);
            posting::Entity::insert_many(part).exec_without_returning(&self.on).await?;
        }
        self.move_balances(place.event, accounts.into_keys().collect()).await?;
        Ok(ids)
    }

    async fn open_accounts(
        &self,
        district: OrganisationId,
        accounts: impl Iterator<Item = &Account>,
    ) -> Result<(), StoreError> {
        let known = OnConflict::column(account::Column::Key).do_nothing().to_owned();
        let rows: Vec<_> = accounts.map(|account| account_row(district, account)).collect();
        for part in rows.chunks(BATCH) {
            let insert = account::Entity::insert_many(part.iter().cloned()).on_conflict(known.clone());
            insert.try_insert().exec_without_returning(&self.on).await?;
        }
        Ok(())
    }

    /// Moves all balances of an event at once; on PostgreSQL their rows are first taken in one order.
    async fn move_balances(&self, (subject, seq): (Uuid, i64), keys: Vec<String>) -> Result<(), StoreError> {
        let marks = vec!["?"; keys.len()].join(", ");
        let named: Vec<Value> = keys.iter().cloned().map(Value::from).collect();
        if self.on.get_database_backend() == sea_orm::DbBackend::Postgres {
            let sql = format!("SELECT 1 AS one FROM accounts WHERE key IN ({marks}) ORDER BY key FOR UPDATE");
            self.on.query_all_raw(statement(&self.on, &sql, named.clone())).await?;
        }
        let held = match self.guards.stand(Guard::Balance) {
            true => ">= 0",
            false => "IS NOT NULL",
        };
        let sql = format!(
            "UPDATE accounts SET balance_fen = balance_fen + ({MOVED}) \
             WHERE key IN ({marks}) AND (kind = 'outer' OR balance_fen + ({MOVED}) {held})"
        );
        let place = [Value::from(subject), Value::from(seq)];
        let values = place.iter().cloned().chain(named).chain(place.iter().cloned()).collect();
        let moved = self.on.execute_raw(statement(&self.on, &sql, values)).await?;
        if moved.rows_affected() != u64::try_from(keys.len()).unwrap_or(u64::MAX) {
            return Err(StoreError::FundsShort);
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// All accounts of an owner: a department, a community, a request or a district.
    ///
    /// # Errors
    /// What the database says.
    pub async fn accounts_of(&self, owner: Uuid) -> Result<Vec<AccountLine>, StoreError> {
        let rows = account::Entity::find()
            .filter(account::Column::OwnerId.eq(owner))
            .order_by_asc(account::Column::Key)
            .all(&self.on)
            .await?;
        rows.into_iter().map(account_line).collect()
    }

    /// Every account, for the doctor.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all_accounts(&self) -> Result<Vec<AccountLine>, StoreError> {
        let rows = account::Entity::find().order_by_asc(account::Column::Key).all(&self.on).await?;
        rows.into_iter().map(account_line).collect()
    }

    /// The balances of some accounts; those never opened are missing.
    ///
    /// # Errors
    /// What the database says.
    pub async fn balances(&self, accounts: &[Account]) -> Result<BTreeMap<String, Fen>, StoreError> {
        let keys: Vec<String> = accounts.iter().map(Account::key).collect();
        let rows = account::Entity::find().filter(account::Column::Key.is_in(keys)).all(&self.on).await?;
        Ok(rows.into_iter().map(|row| (row.key, Fen(row.balance_fen))).collect())
    }

    /// The postings of an account, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn postings_of(&self, key: &str) -> Result<Vec<PostingLine>, StoreError> {
        let touching = posting::Column::Debit.eq(key).or(posting::Column::Credit.eq(key));
        let rows =
            posting::Entity::find().filter(touching).order_by_asc(posting::Column::Id).all(&self.on).await?;
        rows.into_iter().map(posting_line).collect()
    }

    /// Every posting, oldest first, for the doctor.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all_postings(&self) -> Result<Vec<PostingLine>, StoreError> {
        let rows = posting::Entity::find().order_by_asc(posting::Column::Id).all(&self.on).await?;
        rows.into_iter().map(posting_line).collect()
    }
}

fn account_row(district: OrganisationId, account: &Account) -> account::ActiveModel {
    account::ActiveModel {
        key: Set(account.key()),
        district_id: Set(district.0),
        kind: Set(account.kind().word().to_owned()),
        owner_id: Set(account.owner()),
        year: Set(account.year()),
        balance_fen: Set(0),
    }
}

fn posting_row(id: Uuid, place: Place, posting: &Posting, reverses: Option<Uuid>) -> posting::Model {
    let Place { district, event: (subject, event_seq), at } = place;
    let Posting { debit, credit, amount, purpose } = posting;
    posting::Model {
        id,
        district_id: district.0,
        subject_id: subject,
        event_seq,
        debit: debit.key(),
        credit: credit.key(),
        amount_fen: amount.0,
        purpose: purpose.word().to_owned(),
        at,
        reverses,
    }
}

pub(crate) fn account_line(row: account::Model) -> Result<AccountLine, StoreError> {
    let account::Model { key, district_id: _, kind, owner_id, year, balance_fen } = row;
    let kind = AccountKind::from_word(&kind).ok_or_else(|| unreadable("accounts", &key, &kind))?;
    Ok(AccountLine { key, kind, owner: owner_id, year, balance: Fen(balance_fen) })
}

pub(crate) fn posting_line(row: posting::Model) -> Result<PostingLine, StoreError> {
    let posting::Model {
        id,
        district_id: _,
        subject_id,
        event_seq,
        debit,
        credit,
        amount_fen,
        purpose,
        at,
        reverses,
    } = row;
    let purpose = Purpose::from_word(&purpose).ok_or_else(|| unreadable("postings", id, &purpose))?;
    Ok(PostingLine {
        id,
        subject: subject_id,
        event_seq,
        debit,
        credit,
        amount: Fen(amount_fen),
        purpose,
        at,
        reverses,
    })
}

//! Reading the ledger for people: movements up to a time, sums by pair of accounts, and the requests behind them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Value,
};
use uuid::Uuid;
use workflow::budget::Flow;
use workflow::id::{OrganisationId, RequestId};
use workflow::ledger::{Account, AccountKind, Purpose};
use workflow::money::Fen;

use crate::connect::{Reader, statement};
use crate::error::{StoreError, unreadable};
use crate::ledger::{PostingLine, posting_line};
use crate::rows::{posting, request, reward};

const FLOWS: &str = "SELECT credit, debit, purpose, CAST(SUM(amount_fen) AS BIGINT) AS amount FROM postings";
const BY_PAIR: &str = "GROUP BY credit, debit, purpose ORDER BY MIN(at), credit, debit, purpose";

impl Reader<'_> {
    /// What moved, in one district or everywhere, before a time or at any, summed by pair of accounts and purpose; the
    /// earliest pair first.
    ///
    /// # Errors
    /// What the database says; an account that cannot be read is `Unreadable`.
    pub async fn flows(
        &self,
        district: Option<OrganisationId>,
        before: Option<DateTime<Utc>>,
    ) -> Result<Vec<Flow>, StoreError> {
        let of_district = district.map(|district| ("district_id = ?", Value::from(district.0)));
        let in_time = before.map(|before| ("at < ?", Value::from(before)));
        let (conditions, values): (Vec<_>, Vec<_>) = of_district.into_iter().chain(in_time).unzip();
        let filter = match conditions.is_empty() {
            true => String::new(),
            false => format!("WHERE {}", conditions.join(" AND ")),
        };
        let sql = format!("{FLOWS} {filter} {BY_PAIR}");
        let rows = self.on.query_all_raw(statement(&self.on, &sql, values)).await?;
        rows.iter()
            .map(|row| {
                let (credit, debit): (String, String) =
                    (row.try_get("", "credit")?, row.try_get("", "debit")?);
                let purpose: String = row.try_get("", "purpose")?;
                let amount = Fen(row.try_get("", "amount")?);
                let account = |key: &str| {
                    Account::from_key(key).ok_or_else(|| unreadable("postings", key, "no account"))
                };
                let word = || unreadable("postings", &credit, &purpose);
                let purpose = Purpose::from_word(&purpose).ok_or_else(word)?;
                Ok(Flow { credit: account(&credit)?, debit: account(&debit)?, purpose, amount })
            })
            .collect()
    }

    /// The postings of some accounts, before a time or at any, oldest first. One query for all accounts.
    ///
    /// # Errors
    /// What the database says.
    pub async fn postings_among(
        &self,
        keys: &[String],
        before: Option<DateTime<Utc>>,
    ) -> Result<Vec<PostingLine>, StoreError> {
        let in_time = before.map(|before| posting::Column::At.lt(before));
        let rows = posting::Entity::find()
            .filter(Condition::all().add(touching(keys)).add_option(in_time))
            .order_by_asc(posting::Column::At)
            .order_by_asc(posting::Column::Id)
            .all(&self.on)
            .await?;
        rows.into_iter().map(posting_line).collect()
    }

    /// The movements from escrows to communities that follow one of them, newest first, in one district or everywhere, at
    /// most so many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn payments_after(
        &self,
        district: Option<OrganisationId>,
        (after, most): (Option<Uuid>, u64),
    ) -> Result<Vec<PostingLine>, StoreError> {
        let of_district = district.map(|district| posting::Column::DistrictId.eq(district.0));
        let rows = posting::Entity::find()
            .filter(Condition::all().add_option(of_district))
            .filter(posting::Column::Credit.starts_with(AccountKind::Escrow.word()))
            .filter(posting::Column::Debit.starts_with(AccountKind::Community.word()))
            .filter(Condition::all().add_option(after.map(|after| posting::Column::Id.lt(after))))
            .order_by_desc(posting::Column::Id)
            .limit(most)
            .all(&self.on)
            .await?;
        rows.into_iter().map(posting_line).collect()
    }

    /// The posting of an id, with its district.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn posting(&self, id: Uuid) -> Result<(OrganisationId, PostingLine), StoreError> {
        let row = posting::Entity::find_by_id(id).one(&self.on).await?;
        let row = row.ok_or(StoreError::NotFound("posting"))?;
        Ok((OrganisationId(row.district_id), posting_line(row)?))
    }

    /// The postings of an event, in their order.
    ///
    /// # Errors
    /// What the database says.
    pub async fn postings_at(&self, (subject, seq): (Uuid, i64)) -> Result<Vec<PostingLine>, StoreError> {
        let rows = posting::Entity::find()
            .filter(posting::Column::SubjectId.eq(subject))
            .filter(posting::Column::EventSeq.eq(seq))
            .order_by_asc(posting::Column::Id)
            .all(&self.on)
            .await?;
        rows.into_iter().map(posting_line).collect()
    }

    /// Numbers of the requests whose events moved money of these accounts.
    ///
    /// # Errors
    /// What the database says.
    pub async fn numbers_behind(&self, keys: &[String]) -> Result<BTreeMap<RequestId, String>, StoreError> {
        let subjects = Query::select()
            .column(posting::Column::SubjectId)
            .from(posting::Entity)
            .cond_where(touching(keys))
            .to_owned();
        let rows =
            request::Entity::find().filter(request::Column::Id.in_subquery(subjects)).all(&self.on).await?;
        Ok(rows.into_iter().filter_map(|row| Some((RequestId(row.id), row.number?))).collect())
    }

    /// The requests whose work was rewarded, by the posting of the reward, with their numbers.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rewarded_numbers(
        &self,
        keys: &[String],
    ) -> Result<BTreeMap<Uuid, (RequestId, String)>, StoreError> {
        let postings = Query::select()
            .column(posting::Column::Id)
            .from(posting::Entity)
            .cond_where(touching(keys))
            .to_owned();
        let given = reward::Column::PostingId.in_subquery(postings);
        let rewarded = Query::select()
            .column(reward::Column::RequestId)
            .from(reward::Entity)
            .and_where(given.clone())
            .to_owned();
        let rewards = reward::Entity::find().filter(given).all(&self.on).await?;
        let named = request::Column::Id.in_subquery(rewarded);
        let requests = request::Entity::find().filter(named).all(&self.on).await?;
        let numbers: BTreeMap<Uuid, String> =
            requests.into_iter().filter_map(|row| Some((row.id, row.number?))).collect();
        let named = |row: reward::Model| {
            Some((row.posting_id, (RequestId(row.request_id), numbers.get(&row.request_id)?.clone())))
        };
        Ok(rewards.into_iter().filter_map(named).collect())
    }
}

fn touching(keys: &[String]) -> Condition {
    let keys = || keys.iter().map(String::as_str);
    Condition::any().add(posting::Column::Debit.is_in(keys())).add(posting::Column::Credit.is_in(keys()))
}

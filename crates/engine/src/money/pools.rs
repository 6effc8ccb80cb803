//! The contingency pool (应急预备金) and the special funds (专项资金) of a district: opened, filled, drained.

use chrono::{DateTime, Utc};
use store::SpecialFund;
use uuid::Uuid;
use workflow::actor::Actor;
use workflow::budget::LedgerRefusal;
use workflow::id::FundId;
use workflow::ledger::{Account, Posting, Purpose};
use workflow::money::Fen;
use workflow::oversight::said;

use super::Act;
use crate::Engine;
use crate::error::EngineError;

/// A special fund to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFund {
    /// Unique in the district.
    pub code: String,
    pub name: String,
    pub name_en: String,
    /// The first and the last year in which it may be filled and spent.
    pub years: (i32, i32),
    /// What its money is for.
    pub purpose: String,
}

impl Engine {
    /// Puts money into the district's contingency pool of a year.
    ///
    /// # Errors
    /// The actor is not the finance of a district; the amount is zero.
    pub async fn fill_contingency(
        &self,
        actor: &Actor,
        (year, amount): (i32, Fen),
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        let actor = self.of_today(actor, now).await?;
        let act = Act::of(&actor, Purpose::Contingency, now)?.about(year, amount)?;
        let pool = Account::Contingency { district: act.person.district, year };
        self.moves(&act, act.treasury(), pool, amount).await
    }

    /// Gives money of the contingency pool back to the treasury.
    ///
    /// # Errors
    /// `FundsShort` if less is there; no reason; the actor is not the finance of a district.
    pub async fn drain_contingency(
        &self,
        actor: &Actor,
        (year, amount): (i32, Fen),
        (reason, now): (&str, DateTime<Utc>),
    ) -> Result<(), EngineError> {
        let actor = self.of_today(actor, now).await?;
        let act = Act::of(&actor, Purpose::Reduction, now)?.about(year, amount)?.because(reason)?;
        let pool = Account::Contingency { district: act.person.district, year };
        self.moves(&act, pool, act.treasury(), amount).await
    }

    /// Opens a special fund for a purpose and a span of years.
    ///
    /// # Errors
    /// A known code is a `Duplicate`; a name is missing, too long or unfit; the last year lies before the first.
    pub async fn open_fund(
        &self,
        actor: &Actor,
        new: NewFund,
        now: DateTime<Utc>,
    ) -> Result<FundId, EngineError> {
        let actor = self.of_today(actor, now).await?;
        let act = Act::of(&actor, Purpose::SpecialFund, now)?;
        let NewFund { code, name, name_en, years: (first, last), purpose } = new;
        if [&code, &name, &purpose].into_iter().any(|text| text.trim().is_empty()) {
            return Err(LedgerRefusal::Unnamed.into());
        }
        if last < first {
            return Err(LedgerRefusal::OutsideYears { first, last }.into());
        }
        let [code, name, purpose] = [code, name, purpose].map(|text| said(&text));
        let (code, name, purpose) = (code?, name?, purpose?);
        // An English name may be missing.
        let name_en = if name_en.trim().is_empty() { String::new() } else { said(&name_en)? };
        let (id, district) = (FundId(Uuid::now_v7()), act.person.district);
        let act = act.noting("opened", code.clone()).noting("name", name.clone());
        let act = act.noting("first_year", first).noting("last_year", last).noting("for", purpose.clone());
        let tx = self.store.begin().await?;
        act.record(&tx, district).await?;
        let fund =
            SpecialFund { id, district, code, name, name_en, first_year: first, last_year: last, purpose };
        tx.add_special_fund(fund).await?;
        self.commit(tx, now, &id).await?;
        Ok(id)
    }

    /// Puts money into a special fund, within its years.
    ///
    /// # Errors
    /// Another district's fund is not found; a year outside its span; the amount is zero.
    pub async fn fill_fund(
        &self,
        actor: &Actor,
        code: &str,
        (year, amount): (i32, Fen),
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        let actor = self.of_today(actor, now).await?;
        let act = Act::of(&actor, Purpose::SpecialFund, now)?.about(year, amount)?.noting("fund", code);
        let fund = self.reader().special_fund(act.person.district, code).await?;
        let account = fund_account(&fund, year)?;
        self.moves(&act, act.treasury(), account, amount).await
    }

    /// Gives money of a special fund back to the treasury.
    ///
    /// # Errors
    /// `FundsShort` if less is there; no reason; another district's fund is not found.
    pub async fn drain_fund(
        &self,
        actor: &Actor,
        code: &str,
        (year, amount): (i32, Fen),
        (reason, now): (&str, DateTime<Utc>),
    ) -> Result<(), EngineError> {
        let actor = self.of_today(actor, now).await?;
        let act = Act::of(&actor, Purpose::Reduction, now)?.about(year, amount)?.because(reason)?;
        let act = act.noting("fund", code);
        let fund = self.reader().special_fund(act.person.district, code).await?;
        let account = fund_account(&fund, year)?;
        self.moves(&act, account, act.treasury(), amount).await
    }

    async fn moves(
        &self,
        act: &Act<'_>,
        credit: Account,
        debit: Account,
        amount: Fen,
    ) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        let posting = Posting::of(act.purpose, credit, debit, amount);
        act.write(&tx, act.person.district, posting.as_slice()).await?;
        self.commit(tx, act.at, &()).await
    }
}

/// The account of a fund in a year of its span.
pub(super) fn fund_account(fund: &SpecialFund, year: i32) -> Result<Account, EngineError> {
    let (first, last) = (fund.first_year, fund.last_year);
    if !(first..=last).contains(&year) {
        return Err(LedgerRefusal::OutsideYears { first, last }.into());
    }
    Ok(Account::SpecialFund { fund: fund.id, year })
}

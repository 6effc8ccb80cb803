//! Base funds (基础经费) of communities, paid in parts, and what has really arrived (`policy.md` §2).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;
use store::{OrganisationKind, Reader, StoreError};
use workflow::actor::Actor;
use workflow::budget::{LedgerRefusal, base_fund_part};
use workflow::decimal::Decimal;
use workflow::id::OrganisationId;
use workflow::ledger::{Account, Posting, Purpose};
use workflow::money::Fen;
use workflow::parameters::MoneyParameters;

use super::{Act, of_district};
use crate::Engine;
use crate::error::EngineError;

/// A community's base funds of a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BaseFundLine {
    #[serde(skip)]
    pub community: OrganisationId,
    pub code: String,
    pub name: String,
    pub households: i64,
    pub due: Fen,
    pub arrived: Fen,
    /// Never below zero: a household less after the payment asks nothing back.
    pub missing: Fen,
}

impl Engine {
    /// Pays the base funds of a year to every community of the actor's district that has not had them in full.
    /// Gives the sum.
    ///
    /// # Errors
    /// The actor is not the finance of the district.
    pub async fn pay_base_funds(
        &self,
        actor: &Actor,
        year: i32,
        now: DateTime<Utc>,
    ) -> Result<Fen, EngineError> {
        self.pay_base_funds_up_to(actor, (year, Decimal::ONE), now).await
    }

    /// Pays so that at least a share of each community's base funds of a year has arrived; done twice it pays nothing
    /// more. Gives the sum.
    ///
    /// # Errors
    /// The actor is not the finance of the district; a share above one.
    pub async fn pay_base_funds_up_to(
        &self,
        actor: &Actor,
        (year, share): (i32, Decimal),
        now: DateTime<Utc>,
    ) -> Result<Fen, EngineError> {
        let actor = self.of_today(actor, now).await?;
        let act = Act::of(&actor, Purpose::BaseFund, now)?;
        if share > Decimal::ONE {
            return Err(LedgerRefusal::NoShare(share).into());
        }
        let district = act.person.district;
        let tx = self.store.begin().await?;
        let lines = self.base_fund_lines(&tx.reader(), Some(district), year).await?;
        let parts = lines.iter().filter_map(|line| {
            let account = Account::BaseFund { community: line.community, year };
            let part = base_fund_part(line.due, line.arrived, share);
            Posting::of(Purpose::BaseFund, act.treasury(), account, part)
        });
        let postings: Vec<Posting> = parts.collect();
        let total: Fen = postings.iter().map(|posting| posting.amount).sum();
        if total == Fen::ZERO {
            self.commit(tx, now, &total).await?;
            return Ok(total);
        }
        let act = act.about(year, total)?.noting("share", share.to_string());
        act.write(&tx, district, &postings).await?;
        self.commit(tx, now, &total).await?;
        Ok(total)
    }

    /// Pays a part of one community's base funds.
    ///
    /// # Errors
    /// `AboveDue` if more would arrive than is due; the actor is not the finance of the community's district.
    pub async fn pay_base_fund(
        &self,
        actor: &Actor,
        community: &str,
        (year, amount): (i32, Fen),
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        let actor = self.of_today(actor, now).await?;
        let act = Act::of(&actor, Purpose::BaseFund, now)?.about(year, amount)?;
        let tx = self.store.begin().await?;
        let id = of_district(&tx, act.person, community).await?.id;
        let lines = self.base_fund_lines(&tx.reader(), Some(act.person.district), year).await?;
        let line = lines.iter().find(|line| line.community == id);
        let line = line.ok_or(StoreError::NotFound("community"))?;
        if amount > line.missing {
            return Err(LedgerRefusal::AboveDue { due: line.due, arrived: line.arrived }.into());
        }
        let account = Account::BaseFund { community: id, year };
        let posting = Posting::of(Purpose::BaseFund, act.treasury(), account, amount);
        act.write(&tx, id, posting.as_slice()).await?;
        self.commit(tx, now, &()).await
    }

    /// What is due to each community of a district, or of all, what has arrived and what is missing, by code.
    ///
    /// # Errors
    /// What the database says.
    pub async fn base_funds(
        &self,
        district: Option<OrganisationId>,
        year: i32,
    ) -> Result<Vec<BaseFundLine>, EngineError> {
        self.base_fund_lines(&self.reader(), district, year).await
    }

    async fn base_fund_lines(
        &self,
        reader: &Reader<'_>,
        district: Option<OrganisationId>,
        year: i32,
    ) -> Result<Vec<BaseFundLine>, EngineError> {
        let mut communities = reader.organisations().await?;
        communities.retain(|o| o.closed_on.is_none());
        communities
            .retain(|o| o.kind == OrganisationKind::Community && district.is_none_or(|d| o.district == d));
        let ids: Vec<_> = communities.iter().map(|organisation| organisation.id).collect();
        let sizes = reader.sizes(&ids, year).await?;
        let account = |community: OrganisationId| Account::BaseFund { community, year };
        let accounts: Vec<_> = ids.iter().map(|community| account(*community)).collect();
        let balances = reader.balances(&accounts).await?;
        let content = self.content();
        let money = &content.rules.parameters().money;
        let lines = communities.into_iter().filter_map(|organisation| {
            let households = sizes.get(&organisation.id)?.households;
            let due = money.base_fund_due(households);
            let arrived = balances.get(&account(organisation.id).key()).copied().unwrap_or_default();
            Some(BaseFundLine {
                community: organisation.id,
                code: organisation.code,
                name: organisation.name,
                households,
                due,
                arrived,
                missing: (due - arrived).max(Fen::ZERO),
            })
        });
        Ok(lines.collect())
    }
}

/// The communities, of some, whose base funds of a year have not all arrived.
pub(crate) async fn short_of_base_funds(
    reader: &Reader<'_>,
    money: &MoneyParameters,
    (ids, year): (&[OrganisationId], i32),
) -> Result<BTreeSet<OrganisationId>, EngineError> {
    let sizes = reader.sizes(ids, year).await?;
    let account = |id: &OrganisationId| Account::BaseFund { community: *id, year };
    let balances = reader.balances(&ids.iter().map(account).collect::<Vec<_>>()).await?;
    let short = ids.iter().filter(|id| {
        let households = sizes.get(id).map_or(0, |size| size.households);
        let arrived = balances.get(&account(id).key()).copied().unwrap_or_default();
        arrived < money.base_fund_due(households)
    });
    Ok(short.copied().collect())
}

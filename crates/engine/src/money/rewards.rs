//! Reward instead of a subsidy (以奖代补): a special fund pays a community after its work was accepted, once for each
//! request.

use chrono::{DateTime, Utc};
use store::{Reward, Scope, StoreError};
use workflow::actor::Actor;
use workflow::budget::LedgerRefusal;
use workflow::ledger::{Account, Posting, Purpose};
use workflow::money::Fen;
use workflow::stage::StageKind;

use super::pools::fund_account;
use super::{Act, of_district};
use crate::Engine;
use crate::error::EngineError;

/// Whom a special fund rewards, for what and why.
#[derive(Debug, Clone, Copy)]
pub struct RewardOrder<'a> {
    /// Code of the fund.
    pub fund: &'a str,
    /// Number of the request, or its id.
    pub request: &'a str,
    /// Code of the community.
    pub community: &'a str,
    pub amount: Fen,
    pub reason: &'a str,
}

impl Engine {
    /// Pays a reward out of the fund's money of this year.
    ///
    /// # Errors
    /// The request is not settled or the community has not delivered; it had its reward; `FundsShort` if the fund holds
    /// less; no reason; what lies in another district is not found.
    pub async fn reward(
        &self,
        actor: &Actor,
        order: RewardOrder<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        let RewardOrder { fund, request, community, amount, reason } = order;
        let year = self.year_of(now);
        let actor = self.of_today(actor, now).await?;
        let act = Act::of(&actor, Purpose::Reward, now)?.about(year, amount)?.because(reason)?;
        let tx = self.store.begin().await?;
        let reader = tx.reader();
        let scope = Scope::District(act.person.district);
        let fund = reader.special_fund(act.person.district, fund).await?;
        let request = reader.request(reader.request_id(request, scope).await?, scope).await?;
        let community = of_district(&tx, act.person, community).await?;
        let delivered = request
            .assignments
            .iter()
            .any(|assignment| assignment.community == community.id && assignment.has_delivered());
        if request.stage.kind() != StageKind::Settled || !delivered {
            return Err(LedgerRefusal::NotDelivered.into());
        }
        let account = Account::Community { community: community.id };
        let posting = Posting::of(Purpose::Reward, fund_account(&fund, year)?, account, amount);
        let act = act.noting("fund", fund.code).noting("request", request.number());
        let act = act.noting("community", community.code);
        for posting in act.write(&tx, community.id, posting.as_slice()).await? {
            let reward = Reward { request: request.id, community: community.id, amount, posting };
            match tx.add_reward(reward).await {
                Err(StoreError::Duplicate(_)) => return Err(LedgerRefusal::AlreadyRewarded.into()),
                kept => kept?,
            }
        }
        self.commit(tx, now, &()).await
    }
}

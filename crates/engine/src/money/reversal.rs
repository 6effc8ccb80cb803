//! Reversal (冲销): a new posting opposite to an earlier one, which stays as it was. Once, with a reason, and never
//! below zero.

use chrono::{DateTime, Utc};
use serde_json::Value;
use store::{PostingLine, StoreError, Tx};
use uuid::Uuid;
use workflow::actor::{Actor, Person};
use workflow::id::OrganisationId;
use workflow::ledger::{Account, Posting, Purpose};
use workflow::money::Fen;

use super::{Act, of_district};
use crate::Engine;
use crate::error::EngineError;

/// What is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenBack {
    Posting(Uuid),
    /// All postings of an event: the organisation's code and the event's number.
    Event(String, i64),
}

impl TakenBack {
    /// Reads the id of a posting, or `CODE#NUMBER` of an event as ledgers show it.
    #[must_use]
    pub fn parse(text: &str) -> Option<TakenBack> {
        if let Ok(posting) = text.parse() {
            return Some(TakenBack::Posting(posting));
        }
        let (code, number) = text.rsplit_once('#')?;
        Some(TakenBack::Event(code.to_owned(), number.parse().ok()?))
    }
}

impl Engine {
    /// Takes one posting back, or all of an event. Gives the sum.
    ///
    /// # Errors
    /// `Conflict` if it has been taken back already; `NotReversible` for the money of a request; `FundsShort` if it has
    /// been spent; no reason; what lies in another district is not found.
    pub async fn reverse(
        &self,
        actor: &Actor,
        taken: &TakenBack,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<Fen, EngineError> {
        let actor = self.of_today(actor, now).await?;
        let act = Act::of(&actor, Purpose::Reversal, now)?.because(reason)?;
        let tx = self.store.begin().await?;
        let (chain, lines) = named(&tx, act.person, taken).await?;
        let reversals = lines.iter().map(|line| Ok((posting_of(line)?.reversed()?, line.id)));
        let reversals: Vec<(Posting, Uuid)> = reversals.collect::<Result<_, EngineError>>()?;
        let total: Fen = lines.iter().map(|line| line.amount).sum();
        let ids: Vec<Value> = lines.iter().map(|line| Value::from(line.id.to_string())).collect();
        let act = act.noting("amount", total.to_string()).noting("reverses", ids);
        let seq = act.record(&tx, chain).await?;
        let rewards: Vec<Uuid> =
            lines.iter().filter(|line| line.purpose == Purpose::Reward).map(|line| line.id).collect();
        tx.post_reversals(act.person.district, (chain.0, seq), &reversals, now).await?;
        tx.forget_rewards(&rewards).await?;
        self.commit(tx, now, &total).await?;
        Ok(total)
    }
}

/// The postings that are meant, and the organisation on whose chain they stand. A request's are found as well, so that
/// the refusal can say how its money goes back.
async fn named(
    tx: &Tx,
    person: &Person,
    taken: &TakenBack,
) -> Result<(OrganisationId, Vec<PostingLine>), EngineError> {
    let reader = tx.reader();
    let (chain, lines) = match taken {
        TakenBack::Posting(id) => {
            let (district, line) = reader.posting(*id).await?;
            if district != person.district {
                return Err(StoreError::NotFound("posting").into());
            }
            (OrganisationId(line.subject), vec![line])
        }
        TakenBack::Event(code, seq) => {
            let scope = store::Scope::District(person.district);
            let subject = match reader.request_id(code, scope).await {
                Ok(request) => request.0,
                Err(_) => of_district(tx, person, code).await?.id.0,
            };
            (OrganisationId(subject), reader.postings_at((subject, *seq)).await?)
        }
    };
    if lines.is_empty() {
        return Err(StoreError::NotFound("posting").into());
    }
    Ok((chain, lines))
}

fn posting_of(line: &PostingLine) -> Result<Posting, EngineError> {
    let account = |key: &str| {
        Account::from_key(key).ok_or_else(|| EngineError::Broken(format!("`{key}` names no account")))
    };
    let (debit, credit) = (account(&line.debit)?, account(&line.credit)?);
    Ok(Posting { debit, credit, amount: line.amount, purpose: line.purpose })
}

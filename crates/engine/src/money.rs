//! Money from outside: budgets of departments and the base funds of communities.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use store::{EventLine, OrganisationKind};
use uuid::Uuid;
use workflow::actor::{Actor, Person, Role};
use workflow::decide::DecideError;
use workflow::ledger::{Account, Posting, Purpose};
use workflow::money::Fen;

use crate::Engine;
use crate::error::EngineError;

impl Engine {
    /// Puts money into a department's budget line of a year.
    ///
    /// # Errors
    /// The actor is not the finance of the department's district.
    pub async fn appropriate(
        &self,
        actor: &Actor,
        department: &str,
        (year, amount): (i32, Fen),
        now: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        let person = finance(actor)?;
        let tx = self.store.begin().await?;
        let organisation = tx.reader().organisation(department).await?;
        if organisation.district != person.district {
            return Err(store::StoreError::NotFound("organisation").into());
        }
        let line = Account::BudgetLine { department: organisation.id, year };
        let outer = Account::Outer { district: person.district };
        let detail = Map::from_iter([
            ("year".to_owned(), Value::from(year)),
            ("amount".to_owned(), Value::from(amount.to_string())),
        ]);
        let seq = tx.record(organisation.id, event(person, Purpose::Appropriation, detail, now)).await?;
        let posting = Posting::of(Purpose::Appropriation, outer, line, amount);
        let postings: Vec<Posting> = posting.into_iter().collect();
        tx.post(person.district, (organisation.id.0, seq), &postings, now).await?;
        tx.commit().await?;
        Ok(())
    }

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
        let person = finance(actor)?;
        let each = self.content().rules.parameters().money.base_fund_per_household;
        let tx = self.store.begin().await?;
        let reader = tx.reader();
        let communities: Vec<_> = reader
            .organisations()
            .await?
            .into_iter()
            .filter(|o| o.kind == OrganisationKind::Community && o.district == person.district)
            .map(|organisation| organisation.id)
            .collect();
        let sizes = reader.sizes(&communities, year).await?;
        let accounts: Vec<_> =
            communities.iter().map(|community| Account::BaseFund { community: *community, year }).collect();
        let balances = reader.balances(&accounts).await?;
        let outer = Account::Outer { district: person.district };
        let missing = communities.iter().zip(&accounts).filter_map(|(community, account)| {
            let due = Fen(each.0 * sizes.get(community)?.households);
            let had = balances.get(&account.key()).copied().unwrap_or_default();
            Posting::of(Purpose::BaseFund, outer, *account, due - had)
        });
        let postings: Vec<Posting> = missing.collect();
        let total: Fen = postings.iter().map(|posting| posting.amount).sum();
        let detail = Map::from_iter([
            ("year".to_owned(), Value::from(year)),
            ("amount".to_owned(), Value::from(total.to_string())),
        ]);
        let seq = tx.record(person.district, event(person, Purpose::BaseFund, detail, now)).await?;
        tx.post(person.district, (person.district.0, seq), &postings, now).await?;
        tx.commit().await?;
        Ok(total)
    }
}

fn finance(actor: &Actor) -> Result<&Person, EngineError> {
    match actor {
        Actor::Person(person) if person.roles.contains(&Role::Finance) => Ok(person),
        _ => Err(DecideError::NotYours.into()),
    }
}

/// An event on an organisation's own chain; the store fills in its place.
fn event(person: &Person, purpose: Purpose, detail: Map<String, Value>, at: DateTime<Utc>) -> EventLine {
    EventLine {
        subject: person.district.0,
        seq: 0,
        at,
        person: Some(person.user.0),
        role: Role::Finance.word().to_owned(),
        action: purpose.word().to_owned(),
        before: String::new(),
        after: String::new(),
        reason: None,
        detail: Value::Object(detail).to_string(),
        hash: Uuid::nil().to_string(),
    }
}

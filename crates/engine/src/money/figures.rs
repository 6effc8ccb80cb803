//! Every source of funds with what became of its money, on any day.

use chrono::{DateTime, Utc};
use serde::Serialize;
use store::Scope;
use workflow::actor::Actor;
use workflow::budget::{Figures, figures};
use workflow::ledger::{Account, AccountKind};

use super::holder::{AccountName, Names};
use crate::Engine;
use crate::error::EngineError;

/// A budget line, contingency pool or special fund of a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceLine {
    pub account: AccountName,
    #[serde(flatten)]
    pub figures: Figures,
}

impl Engine {
    /// The sources of a year that the actor may see, by kind and code, as they were before a time. Three queries.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sources(
        &self,
        actor: &Actor,
        year: i32,
        before: Option<DateTime<Utc>>,
    ) -> Result<Vec<SourceLine>, EngineError> {
        let reader = self.reader();
        let scope = self.scope(actor);
        let district = match (scope, actor) {
            (Scope::Everything, _) | (_, Actor::System) => None,
            (_, Actor::Person(person)) => Some(person.district),
        };
        let all = figures(&reader.flows(district, before).await?);
        let names = Names::read(&reader, std::collections::BTreeMap::new()).await?;
        let seen =
            all.into_iter().filter(|(account, _)| account.year() == Some(year) && sees(scope, *account));
        let line = |(account, figures)| SourceLine { account: names.account(account), figures };
        let mut lines: Vec<SourceLine> = seen.map(line).collect();
        lines.sort_by(|a, b| (a.account.kind, &a.account.code).cmp(&(b.account.kind, &b.account.code)));
        Ok(lines)
    }
}

/// A department sees its own line, a community none.
fn sees(scope: Scope, account: Account) -> bool {
    match scope {
        Scope::Everything | Scope::District(_) => true,
        Scope::Department(own) => account.kind() == AccountKind::BudgetLine && account.owner() == own.0,
        Scope::Community(_) => false,
    }
}

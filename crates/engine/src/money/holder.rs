//! Whose money a ledger or a statement shows, found within what the reader may see, and what people call accounts.

use std::collections::BTreeMap;

use serde::Serialize;
use store::{Organisation, Reader, Scope, SpecialFund, StoreError};
use uuid::Uuid;
use workflow::actor::Actor;
use workflow::id::RequestId;
use workflow::language::Language;
use workflow::ledger::{Account, AccountKind};

use crate::Engine;
use crate::error::EngineError;

/// Who holds accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    Organisation(Organisation),
    Request { id: RequestId, number: String },
    Fund(SpecialFund),
}

impl Holder {
    #[must_use]
    pub fn id(&self) -> Uuid {
        match self {
            Holder::Organisation(organisation) => organisation.id.0,
            Holder::Request { id, .. } => id.0,
            Holder::Fund(fund) => fund.id.0,
        }
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        match self {
            Holder::Organisation(organisation) => named(&organisation.name, &organisation.name_en, language),
            Holder::Request { number, .. } => number,
            Holder::Fund(fund) => named(&fund.name, &fund.name_en, language),
        }
    }

    /// The code or number by which it was found.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Holder::Organisation(organisation) => &organisation.code,
            Holder::Request { number, .. } => number,
            Holder::Fund(fund) => &fund.code,
        }
    }
}

impl Engine {
    /// The holder behind what people write: an organisation's code, a request's number or id, a special fund's code.
    ///
    /// # Errors
    /// `NotFound`, also outside what the actor may see.
    pub async fn holder(&self, actor: &Actor, written: &str) -> Result<Holder, EngineError> {
        let reader = self.reader();
        let scope = self.scope(actor);
        match reader.organisation(written).await {
            Ok(organisation) if sees(scope, &organisation) => return Ok(Holder::Organisation(organisation)),
            Ok(_) => return Err(StoreError::NotFound("account").into()),
            Err(StoreError::NotFound(_)) => {}
            Err(other) => return Err(other.into()),
        }
        if let Some(fund) = fund(&reader, scope, written).await? {
            return Ok(Holder::Fund(fund));
        }
        let id = reader.request_id(written, scope).await?;
        let number = reader.request(id, scope).await?.number.unwrap_or_else(|| written.to_owned());
        Ok(Holder::Request { id, number })
    }
}

fn sees(scope: Scope, organisation: &Organisation) -> bool {
    match scope {
        Scope::Everything => true,
        Scope::District(district) => organisation.district == district,
        Scope::Department(own) | Scope::Community(own) => organisation.id == own,
    }
}

async fn fund(reader: &Reader<'_>, scope: Scope, code: &str) -> Result<Option<SpecialFund>, EngineError> {
    let mut found = reader.all_special_funds().await?;
    found.retain(|fund| fund.code == code);
    match scope {
        Scope::Everything => {}
        Scope::District(district) => found.retain(|fund| fund.district == district),
        Scope::Department(_) | Scope::Community(_) => found.clear(),
    }
    match found.len() {
        0 | 1 => Ok(found.pop()),
        _ => Err(StoreError::Ambiguous { written: code.to_owned() }.into()),
    }
}

fn named<'a>(zh: &'a str, en: &'a str, language: Language) -> &'a str {
    match language {
        Language::English if !en.is_empty() => en,
        _ => zh,
    }
}

/// An account by what people call it, instead of its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountName {
    pub kind: AccountKind,
    /// Code of the organisation or the fund, number of the request.
    pub code: String,
    pub name: String,
    pub name_en: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
}

impl AccountName {
    /// Such as `区卫健局 · 部门预算 2026`.
    #[must_use]
    pub fn spoken(&self, language: Language) -> String {
        let owner = named(&self.name, &self.name_en, language);
        let year = self.year.map(|year| format!(" {year}")).unwrap_or_default();
        format!("{owner} · {}{year}", self.kind.name(language))
    }
}

/// Codes and names of everyone who holds accounts; three queries however many accounts are named.
pub(super) struct Names {
    owners: BTreeMap<Uuid, (String, String, String)>,
}

impl Names {
    pub(super) async fn read(
        reader: &Reader<'_>,
        numbers: BTreeMap<RequestId, String>,
    ) -> Result<Names, EngineError> {
        let organisations = reader.organisations().await?.into_iter();
        let organisations = organisations.map(|o| (o.id.0, (o.code, o.name, o.name_en)));
        let funds = reader.all_special_funds().await?.into_iter();
        let funds = funds.map(|fund| (fund.id.0, (fund.code, fund.name, fund.name_en)));
        let requests =
            numbers.into_iter().map(|(id, number)| (id.0, (number.clone(), number.clone(), number)));
        Ok(Names { owners: organisations.chain(funds).chain(requests).collect() })
    }

    /// The code of an owner, or its id where it has none.
    pub(super) fn code(&self, owner: Uuid) -> String {
        self.owners.get(&owner).map_or_else(|| owner.to_string(), |(code, ..)| code.clone())
    }

    pub(super) fn account(&self, account: Account) -> AccountName {
        let owner = account.owner();
        let unknown = || (owner.to_string(), owner.to_string(), owner.to_string());
        let (code, name, name_en) = self.owners.get(&owner).cloned().unwrap_or_else(unknown);
        AccountName { kind: account.kind(), code, name, name_en, year: account.year() }
    }
}

//! Accounts as administrators see them: who, where, how they stand.

use chrono::{DateTime, Utc};
use store::{Credential, Organisation, Reader, StoreError, Worker};
use workflow::actor::{Actor, Role};
use workflow::id::UserId;

use crate::Engine;
use crate::error::EngineError;
use crate::oversight::By;

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// No password was ever given.
    Unused,
    /// A one-time password waits for its first use.
    OneTime,
    Open,
    /// After too many failures.
    LockedUntil(DateTime<Utc>),
    /// By an administrator.
    Locked,
    ClosedSince(DateTime<Utc>),
}

impl AccountState {
    /// The words of all of them.
    pub const WORDS: [&str; 6] = ["unused", "one_time", "open", "locked_until", "locked", "closed"];

    /// What programs read.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            AccountState::Unused => "unused",
            AccountState::OneTime => "one_time",
            AccountState::Open => "open",
            AccountState::LockedUntil(_) => "locked_until",
            AccountState::Locked => "locked",
            AccountState::ClosedSince(_) => "closed",
        }
    }

    /// Until when it is locked, or since when it is closed.
    #[must_use]
    pub fn time(self) -> Option<DateTime<Utc>> {
        match self {
            AccountState::LockedUntil(time) | AccountState::ClosedSince(time) => Some(time),
            AccountState::Unused | AccountState::OneTime | AccountState::Open | AccountState::Locked => None,
        }
    }
}

/// A person with the account, as administrators see it.
#[derive(Debug, Clone)]
pub struct Account {
    pub worker: Worker,
    pub state: AccountState,
    pub has_factor: bool,
}

impl Engine {
    /// The accounts that an administrator looks after and whose name, address or organisation has these words, by address:
    /// at most so many after an address; and how many there are in all. Four queries however many they are.
    ///
    /// # Errors
    /// The actor administers nothing.
    pub async fn accounts(
        &self,
        by: By<'_>,
        words: &str,
        (after, most): (Option<&str>, usize),
    ) -> Result<(Vec<Account>, usize), EngineError> {
        let reader = self.reader();
        let district = self.administers(by.actor, &[Role::Admin, Role::Security])?;
        let tree = reader.organisations().await?;
        let words = words.trim().to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&words);
        let at = |worker: &Worker| tree.iter().find(|one| one.id == worker.person.organisation);
        let mut people = reader.people_in(district).await?;
        people.retain(|worker| {
            has(&worker.email)
                || has(&worker.person.name)
                || at(worker).is_some_and(|place| has(&place.name) || has(&place.name_en))
        });
        let count = people.len();
        people.sort_by(|one, other| one.email.cmp(&other.email));
        people.retain(|worker| after.is_none_or(|after| worker.email.as_str() > after));
        people.truncate(most);
        Ok((with_accounts(&reader, people, by.now).await?, count))
    }

    /// One account.
    ///
    /// # Errors
    /// `NotFound`; the actor administers nothing.
    pub async fn account(&self, by: By<'_>, user: UserId) -> Result<Account, EngineError> {
        let worker = self.administered(&self.reader(), by, (user, &[Role::Admin, Role::Security])).await?;
        let accounts = with_accounts(&self.reader(), vec![worker], by.now).await?;
        Ok(accounts.into_iter().next().ok_or(StoreError::NotFound("person"))?)
    }

    /// The organisations in an administrator's hands, by code.
    ///
    /// # Errors
    /// The actor administers nothing.
    pub async fn administered_places(&self, actor: &Actor) -> Result<Vec<Organisation>, EngineError> {
        let district = self.administers(actor, &[Role::Admin, Role::Security])?;
        let mut tree = self.reader().organisations().await?;
        tree.retain(|one| district.is_none_or(|district| one.district == district));
        Ok(tree)
    }
}

/// People with how their accounts stand.
pub(super) async fn with_accounts(
    reader: &Reader<'_>,
    people: Vec<Worker>,
    now: DateTime<Utc>,
) -> Result<Vec<Account>, EngineError> {
    let users: Vec<UserId> = people.iter().map(|worker| worker.person.user).collect();
    let credentials = reader.credentials(&users).await?;
    let closed = reader.closed_accounts(&users).await?;
    let account = |worker: Worker| {
        let credential = credentials.get(&worker.person.user);
        let state = match closed.get(&worker.person.user) {
            Some(since) => AccountState::ClosedSince(*since),
            None => state(credential, now),
        };
        let has_factor = credential.is_some_and(|credential| credential.totp_secret.is_some());
        Account { worker, state, has_factor }
    };
    Ok(people.into_iter().map(account).collect())
}

fn state(credential: Option<&Credential>, now: DateTime<Utc>) -> AccountState {
    match credential {
        Some(credential) if credential.is_held() => AccountState::Locked,
        Some(Credential { locked_until: Some(until), .. }) if *until > now => {
            AccountState::LockedUntil(*until)
        }
        Some(Credential { password: Some(_), one_time: true, .. }) => AccountState::OneTime,
        Some(Credential { password: Some(_), .. }) => AccountState::Open,
        _ => AccountState::Unused,
    }
}

//! Who people are at an identity provider (统一身份): ways to it and back, whom a name there means here, and how it is linked
//! to an account or taken away. An account is never found by an address, and none is made by a sign-in. The separate
//! administrators sign in by password only, or whoever runs the provider could be one of them.

use chrono::Duration;
use serde_json::json;
use store::{EventLine, Identity, Session, SignInOutcome, SignOnRound, StoreError, Tx, Worker};
use uuid::Uuid;
use workflow::actor::Role;
use workflow::facts::Fault;
use workflow::id::UserId;

use crate::Engine;
use crate::account_error::AccountError;
use crate::accounts::{Candidate, SignInError, SignInLimits, Visit, note};
use crate::administration::{AccountDeed, blank, detail_of, told};
use crate::error::{EngineError, name_length};
use crate::oversight::By;
use crate::own_account::{close, proven};

/// A name at a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'a> {
    pub issuer: &'a str,
    pub subject: &'a str,
}

/// Whose account a name at a provider opens.
#[derive(Debug)]
pub enum Meant {
    Account(Box<Candidate>),
    /// It is linked to no account.
    Nobody,
    /// The account is locked or closed, or opens by password only.
    Shut,
}

/// How long a way to the provider and back may take.
pub const ROUND_TIME: Duration = Duration::minutes(10);

/// Characters of a name at a provider.
const LONGEST_SUBJECT: usize = 255;

impl Engine {
    /// Begins a way to the provider: to sign in, or to link the account of a person.
    ///
    /// # Errors
    /// [`SignInError::Throttled`]: too many that began there are not over.
    pub async fn begin_round(
        &self,
        (token_hash, person): (String, Option<UserId>),
        visit: Visit<'_>,
        limits: &SignInLimits,
    ) -> Result<(), EngineError> {
        let since = visit.now - ROUND_TIME;
        if self.reader().rounds_from(visit.source, since).await? >= limits.from_source {
            return Err(SignInError::Throttled(visit.now + ROUND_TIME).into());
        }
        let (source, begun_at) = (visit.source.to_owned(), visit.now);
        let tx = self.store.begin().await?;
        tx.begin_round(&SignOnRound { token_hash, person, source, begun_at }, since).await?;
        Ok(tx.commit().await?)
    }

    /// Ends a way to the provider and back, if it was begun and is not too old; once only.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_round(
        &self,
        token_hash: &str,
        visit: Visit<'_>,
    ) -> Result<Option<SignOnRound>, EngineError> {
        let tx = self.store.begin().await?;
        let round = tx.end_round(token_hash).await?;
        tx.commit().await?;
        Ok(round.filter(|round| visit.now - round.begun_at < ROUND_TIME))
    }

    /// Whose account a name opens that the provider has just given.
    ///
    /// # Errors
    /// What the database says.
    pub async fn meant(&self, named: Named<'_>, visit: Visit<'_>) -> Result<Meant, EngineError> {
        let reader = self.reader();
        let Some(identity) = reader.identity(named.issuer, named.subject).await? else {
            self.note(None, visit, SignInOutcome::Unlinked).await?;
            return Ok(Meant::Nobody);
        };
        let user = identity.person;
        let worker = reader.people_of(&[user]).await?.into_iter().next();
        let credential = reader.credential(user).await?;
        let is_closed = reader.closed_accounts(&[user]).await?.contains_key(&user);
        let is_locked = credential.as_ref().is_some_and(|credential| credential.is_locked(visit.now));
        let open = worker.filter(|worker| !is_closed && !is_locked && !is_separate(worker));
        let (Some(worker), Some(credential)) = (open, credential) else {
            let outcome = if is_locked { SignInOutcome::Locked } else { SignInOutcome::Barred };
            self.note(Some(user), visit, outcome).await?;
            return Ok(Meant::Shut);
        };
        self.note(Some(user), visit, SignInOutcome::Named).await?;
        Ok(Meant::Account(Box::new(Candidate { worker, credential })))
    }

    /// Links a name that the provider has given to the account of `fresh`; all sessions end but this new one.
    ///
    /// # Errors
    /// It is somebody's, the account has one, is locked, or opens by password only.
    pub async fn link_own_identity(
        &self,
        named: Named<'_>,
        fresh: &Session,
        visit: Visit<'_>,
    ) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        let credential = proven(&tx, (fresh.person, None), visit).await?;
        let worker = worker_of(&tx, fresh.person).await?;
        link(&tx, (&worker, named), (fresh.person, visit)).await?;
        record(&tx, (&worker, AccountDeed::LinkIdentity, named.issuer), visit).await?;
        close(tx, (credential, SignInOutcome::IdentityLinked), fresh, visit).await
    }

    /// Takes the name at a provider away from the account of `fresh`; all sessions end but this new one.
    ///
    /// # Errors
    /// There is none; the account is locked.
    pub async fn take_own_identity(
        &self,
        issuer: &str,
        fresh: &Session,
        visit: Visit<'_>,
    ) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        let credential = proven(&tx, (fresh.person, None), visit).await?;
        let worker = worker_of(&tx, fresh.person).await?;
        take(&tx, fresh.person, issuer).await?;
        record(&tx, (&worker, AccountDeed::TakeIdentity, issuer), visit).await?;
        close(tx, (credential, SignInOutcome::IdentityTaken), fresh, visit).await
    }

    /// Gives a person a name at a provider; all sessions end.
    ///
    /// # Errors
    /// The actor is no administrator of security there, or it is the own account, or closed; the name is malformed or
    /// somebody's; the account has one, or opens by password only.
    pub async fn give_identity(
        &self,
        by: By<'_>,
        (user, named): (UserId, Named<'_>),
        visit: Visit<'_>,
    ) -> Result<Identity, EngineError> {
        let tx = self.store.begin().await?;
        let worker = self.hold_other(&tx, by, user).await?;
        let subject = named.subject.trim();
        let length = subject.chars().count();
        if length == 0 || length > LONGEST_SUBJECT || subject.chars().any(char::is_control) {
            return Err(EngineError::Malformed(vec![Fault::new("/subject", name_length(LONGEST_SUBJECT))]));
        }
        self.refuse_closed(&tx, user).await?;
        let by_whom = by.actor.user().unwrap_or(user);
        let identity = link(&tx, (&worker, Named { subject, ..named }), (by_whom, visit)).await?;
        tx.end_sessions(user).await?;
        told(&tx, AccountDeed::LinkIdentity, (user, json!({ "issuer": named.issuer })), by).await?;
        note(&tx, user, SignInOutcome::IdentityLinked, visit).await?;
        self.commit(tx, by.now, &identity).await?;
        Ok(identity)
    }

    /// Takes a person's name at a provider away; all sessions end.
    ///
    /// # Errors
    /// The actor is no administrator of security there, or it is the own account; there is none.
    pub async fn take_identity(
        &self,
        by: By<'_>,
        (user, issuer): (UserId, &str),
        visit: Visit<'_>,
    ) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        self.hold_other(&tx, by, user).await?;
        take(&tx, user, issuer).await?;
        tx.end_sessions(user).await?;
        told(&tx, AccountDeed::TakeIdentity, (user, json!({ "issuer": issuer })), by).await?;
        note(&tx, user, SignInOutcome::IdentityTaken, visit).await?;
        Ok(tx.commit().await?)
    }

    async fn hold_other(&self, tx: &Tx, by: By<'_>, user: UserId) -> Result<Worker, EngineError> {
        let worker = self.hold_administered(tx, by, (user, &[Role::Security])).await?;
        match by.actor.user() == Some(user) {
            true => Err(AccountError::Own.into()),
            false => Ok(worker),
        }
    }
}

/// The person of an account that the transaction holds.
async fn worker_of(tx: &Tx, user: UserId) -> Result<Worker, EngineError> {
    let found = tx.reader().people_of(&[user]).await?.into_iter().next();
    Ok(found.ok_or(StoreError::NotFound("person"))?)
}

/// Whether the account opens by password only.
fn is_separate(worker: &Worker) -> bool {
    worker.person.roles.iter().any(|role| Role::SEPARATE.contains(role))
}

async fn link(
    tx: &Tx,
    (worker, named): (&Worker, Named<'_>),
    (by, visit): (UserId, Visit<'_>),
) -> Result<Identity, EngineError> {
    let person = worker.person.user;
    let Named { issuer, subject } = named;
    if is_separate(worker) {
        return Err(AccountError::PasswordOnly.into());
    }
    if tx.reader().identity(issuer, subject).await?.is_some() {
        return Err(AccountError::IdentityTaken.into());
    }
    if tx.reader().identity_of(person, issuer).await?.is_some() {
        return Err(AccountError::IdentityThere.into());
    }
    // What is locked, and where failures are counted, must be there for whoever never had a password, too.
    if tx.credential(person).await?.is_none() {
        tx.put_credential(&blank(person, visit)).await?;
    }
    let identity = Identity {
        id: Uuid::now_v7(),
        person,
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        linked_at: visit.now,
        linked_by: Some(by),
    };
    tx.add_identity(&identity).await?;
    Ok(identity)
}

async fn take(tx: &Tx, person: UserId, issuer: &str) -> Result<(), EngineError> {
    match tx.take_identities(person, Some(issuer)).await? {
        0 => Err(StoreError::NotFound("identity").into()),
        _ => Ok(()),
    }
}

/// What somebody did with the own account, in the register.
async fn record(
    tx: &Tx,
    (worker, deed, issuer): (&Worker, AccountDeed, &str),
    visit: Visit<'_>,
) -> Result<(), EngineError> {
    let user = worker.person.user;
    let line = EventLine {
        at: visit.now,
        person: Some(user.0),
        role: worker.person.roles.first().map_or("", |role| role.word()).to_owned(),
        action: deed.word().to_owned(),
        detail: detail_of(user, json!({ "issuer": issuer })),
        ..EventLine::default()
    };
    Ok(tx.record_in_register(line).await?)
}

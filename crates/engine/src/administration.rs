//! What administrators do with accounts, each an event: the system's adds people and closes accounts, that of security
//! gives roles, passwords for one sign-in, locks and lifts. Nobody does it to the own account, and nobody outside the
//! district or the city is found.

mod seen;

use serde_json::{Map, Value, json};
use store::{Credential, EventLine, Reader, SignInOutcome, StoreError, Tx, Worker, for_good};
use workflow::actor::{Actor, Person, Role};
use workflow::decide::DecideError;
use workflow::id::{OrganisationId, UserId};
use workflow::words;

use crate::Engine;
use crate::account_error::AccountError;
use crate::accounts::{Visit, note, put_password};
use crate::error::EngineError;
use crate::import::{NewPerson, added};
use crate::oversight::By;
use crate::seen::Seen;
use crate::step::actor_on;

pub use seen::{Account, AccountState};

words! {
    /// What is done with an account by an administrator.
    AccountDeed {
        Add = "add_person", "增加人员", "add a person";
        SetRoles = "set_roles", "授予角色", "set roles";
        OneTime = "give_one_time_password", "发放一次性密码", "give a one-time password";
        Lock = "lock_account", "锁定账号", "lock an account";
        Unlock = "unlock_account", "解锁账号", "unlock an account";
        EndSessions = "end_sessions", "结束全部登录", "end all sessions";
        TakeFactor = "take_factor", "清除第二因素", "take the second factor away";
        LinkIdentity = "link_identity", "绑定统一身份", "link an identity";
        TakeIdentity = "take_identity", "解除统一身份绑定", "take an identity away";
        Close = "close_account", "注销账号", "close an account";
        Reopen = "reopen_account", "恢复账号", "reopen an account";
    }
}

/// What is done to an account that tells no row of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountChange {
    /// A hash of a password for one sign-in.
    OneTime(String),
    Lock,
    Unlock,
    EndSessions,
    TakeFactor,
}

impl AccountChange {
    fn deed(&self) -> AccountDeed {
        match self {
            AccountChange::OneTime(_) => AccountDeed::OneTime,
            AccountChange::Lock => AccountDeed::Lock,
            AccountChange::Unlock => AccountDeed::Unlock,
            AccountChange::EndSessions => AccountDeed::EndSessions,
            AccountChange::TakeFactor => AccountDeed::TakeFactor,
        }
    }
}

impl Engine {
    /// Adds a person without any role, with a password for one sign-in; roles are given by security.
    ///
    /// # Errors
    /// The actor is no administrator of the system there; the address is known already.
    pub async fn enrol(
        &self,
        by: By<'_>,
        new: NewPerson,
        (phc, visit): (String, Visit<'_>),
    ) -> Result<Account, EngineError> {
        let district = self.administers(by.actor, &[Role::Admin])?;
        let tx = self.store.begin().await?;
        let organisation = tx.reader().organisation(&new.organisation).await?;
        if district.is_some_and(|district| district != organisation.district) {
            return Err(StoreError::NotFound("organisation").into());
        }
        let worker = added(&tx, NewPerson { roles: Vec::new(), ..new }, &organisation).await?;
        let user = worker.person.user;
        told(&tx, AccountDeed::Add, (user, json!({})), by).await?;
        put_password(&tx, user, (phc, SignInOutcome::OneTimeSet), visit).await?;
        self.committed(tx, worker, by).await
    }

    /// Gives a person these roles in the place of all others. Where one comes to them all sessions end, so that what they
    /// open now is opened by a new sign-in; web-hooks that see further than the roles are paused.
    ///
    /// # Errors
    /// The actor is no administrator of security there, or it is the own account; roles that nobody has together,
    /// or that do not go with a role in which the person stands in; `Stale` if others are held than were seen, as
    /// [`roles_version`] counts.
    pub async fn give_roles(
        &self,
        by: By<'_>,
        (user, seen): (UserId, Seen),
        roles: &[Role],
    ) -> Result<Account, EngineError> {
        let tx = self.store.begin().await?;
        let mut worker = self.hold_administered(&tx, by, (user, &[Role::Security])).await?;
        if by.actor.user() == Some(user) {
            return Err(AccountError::Own.into());
        }
        self.refuse_closed(&tx, user).await?;
        let before = std::mem::take(&mut worker.person.roles);
        seen.fits(Some(roles_version(&before)))?;
        worker.person.roles = sorted(roles)?;
        self.go_with_what_is_lent(&tx, &worker.person, by.now).await?;
        tx.replace_roles(&worker).await?;
        if worker.person.roles.iter().any(|role| !before.contains(role)) {
            tx.end_sessions(user).await?;
        }
        self.pause_webhooks_of(&tx, &worker.person, by).await?;
        let detail = json!({ "before": before, "roles": worker.person.roles });
        told(&tx, AccountDeed::SetRoles, (user, detail), by).await?;
        self.committed(tx, worker, by).await
    }

    /// Changes an account of a person.
    ///
    /// # Errors
    /// The actor is no administrator of security there, it is the own account, or it is closed; the password of one of the
    /// separate administrators.
    pub async fn change_account(
        &self,
        by: By<'_>,
        (user, change): (UserId, AccountChange),
        visit: Visit<'_>,
    ) -> Result<Account, EngineError> {
        let tx = self.store.begin().await?;
        let worker = self.hold_administered(&tx, by, (user, &[Role::Security])).await?;
        if by.actor.user() == Some(user) {
            return Err(AccountError::Own.into());
        }
        let is_separate = worker.person.roles.iter().any(|role| Role::SEPARATE.contains(role));
        if is_separate && matches!(change, AccountChange::OneTime(_)) {
            return Err(AccountError::AtTheTerminal.into());
        }
        self.refuse_closed(&tx, user).await?;
        let deed = change.deed();
        carry_out(&tx, (user, change), visit).await?;
        let place = worker.person.organisation;
        tx.record(place, line(by, deed, detail_of(user, json!({})))).await?;
        self.committed(tx, worker, by).await
    }

    /// Closes an account: roles, sessions and tokens go, web-hooks are paused, nothing signs in any more; the person stays
    /// in what was done.
    ///
    /// # Errors
    /// The actor is no administrator of the system there, or it is the own account, or closed already.
    pub async fn close_account(&self, by: By<'_>, user: UserId) -> Result<Account, EngineError> {
        let tx = self.store.begin().await?;
        let mut worker = self.hold_administered(&tx, by, (user, &[Role::Admin])).await?;
        if by.actor.user() == Some(user) {
            return Err(AccountError::Own.into());
        }
        self.refuse_closed(&tx, user).await?;
        let before = std::mem::take(&mut worker.person.roles);
        tx.replace_roles(&worker).await?;
        tx.close_account(user, by.actor.user(), by.now).await?;
        shut_out(&tx, user).await?;
        self.pause_webhooks_of(&tx, &worker.person, by).await?;
        told(&tx, AccountDeed::Close, (user, json!({ "before": before })), by).await?;
        self.committed(tx, worker, by).await
    }

    /// Opens a closed account again, without roles and password.
    ///
    /// # Errors
    /// The actor is no administrator of the system there; it is not closed.
    pub async fn reopen_account(&self, by: By<'_>, user: UserId) -> Result<Account, EngineError> {
        let tx = self.store.begin().await?;
        let worker = self.hold_administered(&tx, by, (user, &[Role::Admin])).await?;
        tx.reopen_account(user).await?;
        told(&tx, AccountDeed::Reopen, (user, json!({})), by).await?;
        self.committed(tx, worker, by).await
    }

    /// Ends a change of an account, and gives the account as it is then.
    async fn committed(&self, tx: Tx, worker: Worker, by: By<'_>) -> Result<Account, EngineError> {
        let changed = seen::with_accounts(&tx.reader(), vec![worker], by.now).await?;
        let account = changed.into_iter().next().ok_or(StoreError::NotFound("person"))?;
        self.commit(tx, by.now, &account).await?;
        self.wake_delivery();
        Ok(account)
    }

    /// The people whom an actor with one of the roles administers: those of the district, or all.
    pub(crate) fn administers(
        &self,
        actor: &Actor,
        wanted: &[Role],
    ) -> Result<Option<OrganisationId>, EngineError> {
        let Actor::Person(person) = actor else { return Ok(None) };
        if !person.roles.iter().any(|role| wanted.contains(role)) {
            return Err(DecideError::NotYours.into());
        }
        Ok((!self.is_city(person.district)).then_some(person.district))
    }

    /// A person whom an actor with one of the roles administers, held first: the roles that are read are those on which it
    /// is decided, whoever gives others meanwhile.
    pub(crate) async fn hold_administered(
        &self,
        tx: &Tx,
        by: By<'_>,
        (user, wanted): (UserId, &[Role]),
    ) -> Result<Worker, EngineError> {
        tx.hold_account(user).await?;
        self.administered(&tx.reader(), by, (user, wanted)).await
    }

    async fn administered(
        &self,
        reader: &Reader<'_>,
        by: By<'_>,
        (user, wanted): (UserId, &[Role]),
    ) -> Result<Worker, EngineError> {
        let actor = actor_on(reader, by.actor, self.today(by.now)).await?;
        let district = self.administers(&actor, wanted)?;
        let found = reader.people_of(&[user]).await?.into_iter().next();
        let is_theirs = |worker: &Worker| district.is_none_or(|district| worker.person.district == district);
        Ok(found.filter(is_theirs).ok_or(StoreError::NotFound("person"))?)
    }

    /// Holds an account that is open.
    pub(crate) async fn refuse_closed(&self, tx: &Tx, user: UserId) -> Result<(), EngineError> {
        tx.hold_account(user).await?;
        match tx.reader().closed_accounts(&[user]).await?.is_empty() {
            true => Ok(()),
            false => Err(AccountError::Closed.into()),
        }
    }
}

/// The version of somebody's roles: another one wherever they differ, and the same one where they are the same again.
#[must_use]
pub fn roles_version(roles: &[Role]) -> i64 {
    let held = Role::ALL.iter().zip(0..).filter(|(role, _)| roles.contains(role));
    held.map(|(_, place)| 1 << place).sum()
}

/// Roles as they are kept; some nobody has together.
pub(crate) fn sorted(roles: &[Role]) -> Result<Vec<Role>, AccountError> {
    let mut roles = roles.to_vec();
    roles.sort_unstable_by_key(|role| role.word());
    roles.dedup();
    match Role::may_be_held_together(&roles) {
        true => Ok(roles),
        false => Err(AccountError::RolesTogether),
    }
}

/// Takes all away by which somebody comes in.
async fn shut_out(tx: &Tx, user: UserId) -> Result<(), EngineError> {
    tx.put_recovery_codes(user, &[]).await?;
    tx.take_identities(user, None).await?;
    tx.end_sessions(user).await?;
    tx.end_tokens(user).await?;
    if let Some(credential) = tx.credential(user).await? {
        let without = Credential { password: None, totp_secret: None, totp_step: None, ..credential };
        tx.put_credential(&without).await?;
    }
    Ok(())
}

async fn carry_out(
    tx: &Tx,
    (user, change): (UserId, AccountChange),
    visit: Visit<'_>,
) -> Result<(), EngineError> {
    let known = tx.credential(user).await?;
    let credential = known.unwrap_or_else(|| blank(user, visit));
    let (changed, outcome) = match change {
        AccountChange::OneTime(phc) => {
            return put_password(tx, user, (phc, SignInOutcome::OneTimeSet), visit).await;
        }
        AccountChange::EndSessions => {
            tx.end_sessions(user).await?;
            return note(tx, user, SignInOutcome::SignedOut, visit).await;
        }
        AccountChange::Lock => {
            tx.end_sessions(user).await?;
            (Credential { locked_until: Some(for_good()), ..credential }, SignInOutcome::LockSet)
        }
        AccountChange::Unlock => {
            (Credential { locked_until: None, failures: 0, ..credential }, SignInOutcome::LockLifted)
        }
        AccountChange::TakeFactor => {
            tx.end_sessions(user).await?;
            tx.put_recovery_codes(user, &[]).await?;
            let without = Credential { totp_secret: None, totp_step: None, ..credential };
            (without, SignInOutcome::FactorTaken)
        }
    };
    tx.put_credential(&changed).await?;
    note(tx, user, outcome, visit).await
}

/// The credential of somebody who has none.
pub(crate) fn blank(person: UserId, visit: Visit<'_>) -> Credential {
    Credential {
        person,
        password: None,
        one_time: false,
        changed_at: visit.now,
        failures: 0,
        locked_until: None,
        totp_secret: None,
        totp_step: None,
    }
}

pub(crate) fn detail_of(user: UserId, more: Value) -> String {
    let mut detail = Map::from_iter([("person".to_owned(), json!(user))]);
    if let Value::Object(more) = more {
        detail.extend(more);
    }
    Value::Object(detail).to_string()
}

fn line(by: By<'_>, deed: AccountDeed, detail: String) -> EventLine {
    let role = match by.actor {
        Actor::Person(Person { roles, .. }) => {
            let administers = |role: &&Role| Role::SEPARATE.contains(role);
            roles.iter().find(administers).copied().unwrap_or(Role::Admin)
        }
        Actor::System => Role::System,
    };
    EventLine {
        at: by.now,
        person: by.actor.user().map(|user| user.0),
        role: role.word().to_owned(),
        action: deed.word().to_owned(),
        detail,
        ..EventLine::default()
    }
}

/// An event of the register, which tells the rows that were changed.
pub(crate) async fn told(
    tx: &Tx,
    deed: AccountDeed,
    (user, more): (UserId, Value),
    by: By<'_>,
) -> Result<(), EngineError> {
    Ok(tx.record_in_register(line(by, deed, detail_of(user, more))).await?)
}

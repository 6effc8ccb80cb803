//! What people sign in with: the hash of a password, a second factor, and what each try came to. Credentials carry a
//! stamp, so that one put in by hand is found by the audit; the history tells nothing of them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;
use workflow::id::UserId;
use workflow::words;

use crate::connect::{Reader, Tx};
use crate::error::{StoreError, unreadable};
use crate::events::to_microsecond;
use crate::rows::{credential, sign_in};

words! {
    /// What a try to sign in came to, or what was changed about an account.
    SignInOutcome {
        SignedIn = "signed_in", "登录成功", "signed in";
        WrongPassword = "wrong_password", "密码不符", "wrong password";
        WrongCode = "wrong_code", "验证码不符", "wrong code";
        Unknown = "unknown", "无此账号", "no such account";
        Locked = "locked", "账号已锁定", "account locked";
        Throttled = "throttled", "尝试过多", "too many tries";
        SignedOut = "signed_out", "退出登录", "signed out";
        PasswordSet = "password_set", "设置密码", "password set";
        OneTimeSet = "one_time_set", "发放一次性密码", "one-time password given";
        FactorSet = "factor_set", "启用第二因素", "second factor set";
        FactorTaken = "factor_taken", "停用第二因素", "second factor taken away";
        RecoveryUsed = "recovery_used", "使用恢复码", "recovery code used";
        RecoveryMade = "recovery_made", "生成恢复码", "recovery codes made";
        LockSet = "lock_set", "管理员锁定", "locked by an administrator";
        LockLifted = "lock_lifted", "管理员解锁", "lock lifted";
        TokenMade = "token_made", "签发令牌", "token made";
        TokenEnded = "token_ended", "撤销令牌", "token ended";
        Named = "named", "统一身份认证通过", "named by the identity provider";
        Barred = "barred", "不得以统一身份登录", "may not sign in by the identity provider";
        Unlinked = "unlinked", "统一身份未绑定", "identity of nobody here";
        IdentityLinked = "identity_linked", "绑定统一身份", "identity linked";
        IdentityTaken = "identity_taken", "解除统一身份绑定", "identity taken away";
    }
}

impl SignInOutcome {
    /// The outcomes of a try that failed.
    pub const FAILED: [SignInOutcome; 4] = [
        SignInOutcome::WrongPassword,
        SignInOutcome::WrongCode,
        SignInOutcome::Unknown,
        SignInOutcome::Locked,
    ];
}

/// What a person signs in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    pub person: UserId,
    /// A PHC string of argon2id; none until a password is given.
    pub password: Option<String>,
    /// The password was given by somebody else and lasts until the first sign-in.
    pub one_time: bool,
    pub changed_at: DateTime<Utc>,
    /// Failures in a row.
    pub failures: i32,
    pub locked_until: Option<DateTime<Utc>>,
    /// Base32; none without a second factor.
    pub totp_secret: Option<String>,
    /// The step of the last code that was used; none of it or before it counts again.
    pub totp_step: Option<i64>,
}

/// One line of the list of sign-ins.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SignInLine {
    pub at: DateTime<Utc>,
    pub person: Option<UserId>,
    pub source: String,
    pub outcome: SignInOutcome,
}

impl Credential {
    /// Whether nobody may sign in with it now.
    #[must_use]
    pub fn is_locked(&self, now: DateTime<Utc>) -> bool {
        self.locked_until.is_some_and(|until| until > now)
    }

    /// Whether an administrator has locked it: for good, until somebody lifts the lock.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.locked_until.is_some_and(|until| until >= for_good())
    }
}

/// When a lock ends that an administrator has set: never by itself.
#[must_use]
pub fn for_good() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX).and_time(NaiveTime::MIN).and_utc()
}

impl Tx {
    /// Keeps a credential in the place of the one before it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_credential(&self, credential: &Credential) -> Result<(), StoreError> {
        use credential::Column as C;
        let anew = OnConflict::column(C::PersonId)
            .update_columns([
                C::Password,
                C::OneTime,
                C::ChangedAt,
                C::Failures,
                C::LockedUntil,
                C::TotpSecret,
                C::TotpStep,
            ])
            .to_owned();
        let row = credential_row(credential).into_active_model();
        credential::Entity::insert(row).on_conflict(anew).exec_without_returning(&self.on).await?;
        self.stamp::<credential::Entity>(C::PersonId.eq(credential.person.0)).await
    }

    /// The credential of a person, held until the commit: of two tries at once one comes after the other.
    ///
    /// # Errors
    /// What the database says.
    pub async fn credential(&self, person: UserId) -> Result<Option<Credential>, StoreError> {
        // Whoever has no credential yet must be held, too.
        self.hold_account(person).await?;
        let found = credential::Entity::find_by_id(person.0).lock_exclusive().one(&self.on).await?;
        Ok(found.map(credential_of))
    }

    /// Notes what a try to sign in came to.
    ///
    /// # Errors
    /// What the database says.
    pub async fn note_sign_in(&self, line: &SignInLine) -> Result<(), StoreError> {
        let SignInLine { at, person, source, outcome } = line;
        let row = sign_in::ActiveModel {
            id: Set(Uuid::now_v7()),
            at: Set(to_microsecond(*at)),
            person_id: Set(person.map(|person| person.0)),
            source: Set(source.clone()),
            outcome: Set(outcome.word().to_owned()),
        };
        sign_in::Entity::insert(row).exec_without_returning(&self.on).await?;
        Ok(())
    }

    /// Forgets what tries to sign in came to before a moment.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_sign_ins(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let old = sign_in::Column::At.lt(to_microsecond(before));
        Ok(sign_in::Entity::delete_many().filter(old).exec(&self.on).await?.rows_affected)
    }
}

impl Reader<'_> {
    /// The credential of a person, if one was ever given.
    ///
    /// # Errors
    /// What the database says.
    pub async fn credential(&self, person: UserId) -> Result<Option<Credential>, StoreError> {
        let found = credential::Entity::find_by_id(person.0).one(&self.on).await?;
        Ok(found.map(credential_of))
    }

    /// The credentials of those people, by person.
    ///
    /// # Errors
    /// What the database says; whoever never had one is left out.
    pub async fn credentials(&self, people: &[UserId]) -> Result<BTreeMap<UserId, Credential>, StoreError> {
        let theirs = credential::Column::PersonId.is_in(people.iter().map(|user| user.0));
        let rows = credential::Entity::find().filter(theirs).all(&self.on).await?;
        Ok(rows.into_iter().map(|row| (UserId(row.person_id), credential_of(row))).collect())
    }

    /// When the try failed since which so many tries from a source have failed, this one among them, if it was after a
    /// moment: while it is not longer ago, there are so many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn failures_since(
        &self,
        (source, many): (&str, u64),
        since: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let failed = SignInOutcome::FAILED.map(SignInOutcome::word);
        let tries = sign_in::Entity::find()
            .filter(sign_in::Column::Source.eq(source))
            .filter(sign_in::Column::At.gt(to_microsecond(since)))
            .filter(sign_in::Column::Outcome.is_in(failed))
            .order_by_desc(sign_in::Column::At)
            .offset(many.saturating_sub(1));
        Ok(tries.one(&self.on).await?.map(|row| row.at))
    }

    /// Whether it was noted since a moment that a source must wait.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_throttled(&self, source: &str, since: DateTime<Utc>) -> Result<bool, StoreError> {
        let noted = sign_in::Entity::find()
            .filter(sign_in::Column::Source.eq(source))
            .filter(sign_in::Column::At.gte(to_microsecond(since)))
            .filter(sign_in::Column::Outcome.eq(SignInOutcome::Throttled.word()));
        Ok(noted.one(&self.on).await?.is_some())
    }

    /// The newest lines of the list of sign-ins, of one person or of all.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sign_ins(&self, person: Option<UserId>, most: u64) -> Result<Vec<SignInLine>, StoreError> {
        let mut query = sign_in::Entity::find().order_by_desc(sign_in::Column::Id).limit(most);
        if let Some(person) = person {
            query = query.filter(sign_in::Column::PersonId.eq(person.0));
        }
        query.all(&self.on).await?.into_iter().map(sign_in_of).collect()
    }
}

impl Reader<'_> {
    /// One page of a person's sign-ins with their ids, the newest first: at most so many after an id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sign_ins_after(
        &self,
        person: UserId,
        (after, most): (Option<Uuid>, u64),
    ) -> Result<Vec<(Uuid, SignInLine)>, StoreError> {
        let theirs = sign_in::Entity::find().filter(sign_in::Column::PersonId.eq(person.0));
        let later = Condition::all().add_option(after.map(|after| sign_in::Column::Id.lt(after)));
        let newest = theirs.filter(later).order_by_desc(sign_in::Column::Id).limit(most);
        let rows = newest.all(&self.on).await?.into_iter();
        rows.map(|row| Ok((row.id, sign_in_of(row)?))).collect()
    }
}

fn sign_in_of(row: sign_in::Model) -> Result<SignInLine, StoreError> {
    let sign_in::Model { id, at, person_id, source, outcome } = row;
    let outcome = SignInOutcome::from_word(&outcome)
        .ok_or_else(|| unreadable("sign_ins", id, format!("`{outcome}`")))?;
    Ok(SignInLine { at, person: person_id.map(UserId), source, outcome })
}

fn credential_row(credential: &Credential) -> credential::Model {
    let Credential { person, password, one_time, changed_at, failures, locked_until, totp_secret, totp_step } =
        credential;
    credential::Model {
        person_id: person.0,
        password: password.clone(),
        one_time: *one_time,
        changed_at: to_microsecond(*changed_at),
        failures: *failures,
        locked_until: locked_until.map(to_microsecond),
        totp_secret: totp_secret.clone(),
        totp_step: *totp_step,
    }
}

fn credential_of(row: credential::Model) -> Credential {
    let credential::Model {
        person_id,
        password,
        one_time,
        changed_at,
        failures,
        locked_until,
        totp_secret,
        totp_step,
    } = row;
    let person = UserId(person_id);
    Credential { person, password, one_time, changed_at, failures, locked_until, totp_secret, totp_step }
}

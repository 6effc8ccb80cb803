//! Signing in: who may try, what a try came to, which session or token opens what. Hashing is the caller's business; only
//! hashes come in here. Nothing of this is in the history; the list of sign-ins says what happened when.

use chrono::{DateTime, Duration, Utc};
use store::{
    ApiToken, Credential, Reader, Session, SessionState, SignInLine, SignInOutcome, StoreError, Tx, Worker,
};
use uuid::Uuid;
use workflow::actor::Actor;
use workflow::id::UserId;
use workflow::language::Language;

use crate::Engine;
use crate::error::EngineError;
use crate::own_account::proven;

/// How often and for how long people may try, and how long a session lasts.
#[derive(Debug, Clone, Copy)]
pub struct SignInLimits {
    /// Failures in a row that lock an account.
    pub failures: i32,
    /// For how long it is locked then.
    pub lock: Duration,
    /// Failures from one source within the lock's time after which it must wait.
    pub from_source: u64,
    /// How long a session may lie unused.
    pub idle: Duration,
    /// How long a session lasts at most.
    pub whole: Duration,
}

/// From where somebody tries, and when.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'a> {
    /// The network address.
    pub source: &'a str,
    /// What the browser calls itself.
    pub agent: &'a str,
    pub now: DateTime<Utc>,
    /// The session in hand, if there is one.
    pub session: Option<Uuid>,
}

/// What a new session stands on: the credential as it was when it was checked, and the session that ends for it.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    pub checked: &'a Credential,
    pub before: Option<Uuid>,
}

/// Who is meant by an address, with what the password and the code are to be checked against.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub worker: Worker,
    pub credential: Credential,
}

impl Candidate {
    /// What the password is to be checked against: nothing while the account is locked, so that no guess is confirmed.
    #[must_use]
    pub fn password(&self, now: DateTime<Utc>) -> Option<&str> {
        self.credential.password.as_deref().filter(|_| !self.credential.is_locked(now))
    }
}

/// What was shown for the second factor; each works once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A code of this step.
    Step(i64),
    /// A recovery code, by its hash.
    Recovery(String),
    /// The identity provider has asked for one that counts here.
    Provider,
}

/// Why nobody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// Address, password or code is wrong, or the account is locked; which of them is not said, since it would tell that
    /// there is such an account.
    #[error("address, password or code is wrong; after several failures an account is locked for a while")]
    Wrong,
    #[error("too many tries have failed from here; try again after {0}")]
    Throttled(DateTime<Utc>),
}

impl SignInError {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            SignInError::Wrong => "sign_in_wrong",
            SignInError::Throttled(_) => "sign_in_throttled",
        }
    }

    /// The refusal in the reader's language.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        match (self, language) {
            (_, Language::English) => self.to_string(),
            (SignInError::Wrong, _) => {
                "邮箱、密码或验证码不正确；连续多次失败后，账号会锁定一段时间".to_owned()
            }
            (SignInError::Throttled(_), _) => "此处尝试次数过多，请稍后再试".to_owned(),
        }
    }
}

/// How long a code is awaited after the password.
const CODE_TIME: Duration = Duration::minutes(10);

/// The use of a session or a token is noted this often at most.
const NOTED: Duration = Duration::minutes(1);

impl Engine {
    /// Who is meant by an address, if a try is allowed now at all. None where there is no such account: the caller then
    /// checks the password against nothing, taking as long, and says no.
    ///
    /// # Errors
    /// [`SignInError`] in [`EngineError::SignIn`]: the source must wait.
    pub async fn candidate(
        &self,
        email: &str,
        visit: Visit<'_>,
        limits: &SignInLimits,
    ) -> Result<Option<Candidate>, EngineError> {
        let (reader, since) = (self.reader(), visit.now - limits.lock);
        if let Some(failed) = reader.failures_since((visit.source, limits.from_source), since).await? {
            // Once is enough to know it, and whoever tries on must not fill the table and keep the writer busy.
            if !reader.has_throttled(visit.source, since).await? {
                self.note(None, visit, SignInOutcome::Throttled).await?;
            }
            return Err(SignInError::Throttled(failed + limits.lock).into());
        }
        let worker = match reader.worker(email).await {
            Ok(worker) => worker,
            Err(StoreError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let user = worker.person.user;
        let Some(credential) = reader.credential(user).await? else { return Ok(None) };
        let is_closed = reader.closed_accounts(&[user]).await?.contains_key(&user);
        Ok((!is_closed).then_some(Candidate { worker, credential }))
    }

    /// Notes a failed try; after too many in a row the account is locked.
    ///
    /// # Errors
    /// Always [`SignInError::Wrong`], or what the database says.
    pub async fn refuse_sign_in(
        &self,
        candidate: Option<&Candidate>,
        (visit, outcome): (Visit<'_>, SignInOutcome),
        limits: &SignInLimits,
    ) -> Result<Session, EngineError> {
        let tx = self.store.begin().await?;
        let person = candidate.map(|candidate| candidate.credential.person);
        let mut outcome = outcome;
        if let Some(person) = person
            && let Some(mut credential) = tx.credential(person).await?
        {
            if credential.is_locked(visit.now) {
                outcome = SignInOutcome::Locked;
            } else {
                credential.failures += 1;
                if credential.failures >= limits.failures {
                    credential.failures = 0;
                    credential.locked_until = Some(visit.now + limits.lock);
                }
                tx.put_credential(&credential).await?;
            }
        }
        tx.note_sign_in(&SignInLine { at: visit.now, person, source: visit.source.to_owned(), outcome })
            .await?;
        tx.commit().await?;
        Err(SignInError::Wrong.into())
    }

    /// Opens a session for somebody whose password was right; a session that was there before it is ended, so that its
    /// id changes (session fixation), and sessions that no longer live are forgotten. `proof` is what was shown for the
    /// second factor, if it was. Whoever tries many passwords at once is stopped here, too: a lock that came meanwhile
    /// counts. Failures are forgotten only when nothing more is asked, or codes could be guessed without end.
    ///
    /// # Errors
    /// The account was locked, closed or got another password meanwhile, the session that awaited a code has ended, or the
    /// proof was used before; what the database says.
    pub async fn open_session(
        &self,
        session: Session,
        (visit, proof): (Visit<'_>, Option<Proof>),
        (opening, limits): (Opening<'_>, &SignInLimits),
    ) -> Result<Session, EngineError> {
        let Opening { checked, before } = opening;
        let tx = self.store.begin().await?;
        tx.forget_sessions(visit.now - limits.idle, visit.now - limits.whole).await?;
        let mut credential = proven(&tx, (session.person, proof.clone()), visit).await?;
        let is_other = (&credential.password, credential.one_time) != (&checked.password, checked.one_time);
        if is_other || !tx.reader().closed_accounts(&[session.person]).await?.is_empty() {
            return Err(SignInError::Wrong.into());
        }
        let is_asked = credential.totp_secret.is_some() && proof.is_none();
        if is_asked && session.state != SessionState::AwaitsCode {
            return Err(SignInError::Wrong.into());
        }
        if session.state != SessionState::AwaitsCode {
            credential.failures = 0;
            credential.locked_until = None;
        }
        tx.put_credential(&credential).await?;
        let follows = match before {
            Some(before) => tx.end_session(session.person, before).await?,
            None => false,
        };
        if matches!(proof, Some(Proof::Step(_) | Proof::Recovery(_))) && !follows {
            return Err(SignInError::Wrong.into());
        }
        tx.add_session(&session).await?;
        let (person, source) = (Some(session.person), visit.source.to_owned());
        if session.state != SessionState::AwaitsCode {
            let outcome = SignInOutcome::SignedIn;
            tx.note_sign_in(&SignInLine { at: visit.now, person, source, outcome }).await?;
        }
        tx.commit().await?;
        Ok(session)
    }

    /// The session of a cookie with its person as of today, if it still lives; its use is noted once a minute.
    ///
    /// # Errors
    /// What the database says.
    pub async fn session(
        &self,
        token_hash: &str,
        now: DateTime<Utc>,
        limits: &SignInLimits,
    ) -> Result<Option<(Session, Worker, Actor)>, EngineError> {
        let reader = self.reader();
        let Some(session) = reader.session(token_hash).await? else { return Ok(None) };
        let whole = match session.state {
            SessionState::AwaitsCode => CODE_TIME,
            SessionState::AwaitsPassword | SessionState::Open => limits.whole,
        };
        if !session.lives(now, (limits.idle, whole)) {
            return Ok(None);
        }
        let Some((worker, actor)) = self.who(&reader, session.person, now).await? else { return Ok(None) };
        // Whoever only reads goes on where nothing can be written.
        if now - session.seen_at > NOTED
            && let Err(error) = self.note_session(session.id, now).await
        {
            tracing::warn!(%error, "the use of a session was not noted");
        }
        Ok(Some((session, worker, actor)))
    }

    /// The bearer token of a hash with its person as of today, if it has not expired.
    ///
    /// # Errors
    /// What the database says.
    pub async fn token(
        &self,
        token_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<(ApiToken, Worker, Actor)>, EngineError> {
        let reader = self.reader();
        let Some(token) = reader.token(token_hash, now).await? else { return Ok(None) };
        let Some((worker, actor)) = self.who(&reader, token.person, now).await? else { return Ok(None) };
        if reader.credential(token.person).await?.is_some_and(|credential| credential.is_held()) {
            return Ok(None);
        }
        if token.used_at.is_none_or(|used| now - used > NOTED)
            && let Err(error) = self.note_token(token.id, now).await
        {
            tracing::warn!(%error, "the use of a token was not noted");
        }
        Ok(Some((token, worker, actor)))
    }

    async fn note_session(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        tx.touch_session(id, (now, now - NOTED)).await?;
        tx.commit().await
    }

    async fn note_token(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        tx.touch_token(id, (now, now - NOTED)).await?;
        tx.commit().await
    }

    async fn who(
        &self,
        reader: &Reader<'_>,
        person: UserId,
        now: DateTime<Utc>,
    ) -> Result<Option<(Worker, Actor)>, EngineError> {
        let Some(worker) = reader.people_of(&[person]).await?.into_iter().next() else { return Ok(None) };
        match reader.person_on(person, self.today(now)).await {
            Ok(today) => Ok(Some((worker, Actor::Person(today)))),
            Err(StoreError::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives a person a password in the place of all before it; all sessions end. A one-time password opens nothing but
    /// the page on which it is changed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn set_password(
        &self,
        person: UserId,
        (phc, outcome): (String, SignInOutcome),
        visit: Visit<'_>,
    ) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        put_password(&tx, person, (phc, outcome), visit).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends a session of a person.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_session(
        &self,
        (person, session): (UserId, Uuid),
        visit: Visit<'_>,
    ) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        if tx.end_session(person, session).await? {
            let (at, source) = (visit.now, visit.source.to_owned());
            let outcome = SignInOutcome::SignedOut;
            tx.note_sign_in(&SignInLine { at, person: Some(person), source, outcome }).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    pub(crate) async fn note(
        &self,
        person: Option<UserId>,
        visit: Visit<'_>,
        outcome: SignInOutcome,
    ) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        let (at, source) = (visit.now, visit.source.to_owned());
        tx.note_sign_in(&SignInLine { at, person, source, outcome }).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Puts a password in the place of all before it, ends all sessions and notes it; a lock set by an administrator stays.
pub(crate) async fn put_password(
    tx: &Tx,
    person: UserId,
    (phc, outcome): (String, SignInOutcome),
    visit: Visit<'_>,
) -> Result<(), EngineError> {
    let found = tx.credential(person).await?;
    let locked_until = found.as_ref().filter(|found| found.is_held()).and_then(|found| found.locked_until);
    let (totp_secret, totp_step) = found.map_or((None, None), |found| (found.totp_secret, found.totp_step));
    let credential = Credential {
        person,
        password: Some(phc),
        one_time: outcome == SignInOutcome::OneTimeSet,
        changed_at: visit.now,
        failures: 0,
        locked_until,
        totp_secret,
        totp_step,
    };
    tx.put_credential(&credential).await?;
    tx.end_sessions(person).await?;
    note(tx, person, outcome, visit).await
}

/// Notes what was changed about an account.
pub(crate) async fn note(
    tx: &Tx,
    person: UserId,
    outcome: SignInOutcome,
    visit: Visit<'_>,
) -> Result<(), EngineError> {
    let (at, source) = (visit.now, visit.source.to_owned());
    Ok(tx.note_sign_in(&SignInLine { at, person: Some(person), source, outcome }).await?)
}

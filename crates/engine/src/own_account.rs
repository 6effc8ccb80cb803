//! What people change about their own account: password, second factor, recovery codes, sessions. Whatever changes how
//! one signs in ends all sessions and opens a new one in their place, so that whoever holds an old one is out.

use store::{Credential, Session, SignInOutcome, StoreError, Tx};
use uuid::Uuid;
use workflow::id::UserId;

use crate::Engine;
use crate::accounts::{Proof, SignInError, Visit, note, put_password};
use crate::error::EngineError;

/// A second factor that was shown to work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFactor {
    /// Base32.
    pub secret: String,
    /// The step of the code by which it was shown.
    pub step: i64,
    /// Hashes of the recovery codes.
    pub recovery: Vec<String>,
}

impl Engine {
    /// Gives the person of `fresh` a password of their own; all sessions end but this new one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn change_password(
        &self,
        phc: String,
        fresh: &Session,
        visit: Visit<'_>,
    ) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        tx.hold_account(fresh.person).await?;
        refuse_ended(&tx, fresh.person, visit).await?;
        put_password(&tx, fresh.person, (phc, SignInOutcome::PasswordSet), visit).await?;
        tx.add_session(fresh).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Turns the second factor on, in the place of one before it.
    ///
    /// # Errors
    /// The account is locked; what the database says.
    pub async fn set_factor(
        &self,
        new: NewFactor,
        fresh: &Session,
        visit: Visit<'_>,
    ) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        let NewFactor { secret, step, recovery } = new;
        let mut credential = proven(&tx, (fresh.person, None), visit).await?;
        credential.totp_secret = Some(secret);
        credential.totp_step = Some(step);
        tx.put_recovery_codes(fresh.person, &recovery).await?;
        close(tx, (credential, SignInOutcome::FactorSet), fresh, visit).await
    }

    /// Turns the second factor off.
    ///
    /// # Errors
    /// The proof was used before, or the account is locked.
    pub async fn take_own_factor(
        &self,
        proof: Proof,
        fresh: &Session,
        visit: Visit<'_>,
    ) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        let mut credential = proven(&tx, (fresh.person, Some(proof)), visit).await?;
        credential.totp_secret = None;
        credential.totp_step = None;
        tx.put_recovery_codes(fresh.person, &[]).await?;
        close(tx, (credential, SignInOutcome::FactorTaken), fresh, visit).await
    }

    /// Takes the second factor of a person away at the terminal, and ends all sessions.
    ///
    /// # Errors
    /// The person never had a password; what the database says.
    pub async fn take_factor_of(&self, person: UserId, visit: Visit<'_>) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        let credential = tx.credential(person).await?.ok_or(StoreError::NotFound("account"))?;
        tx.put_credential(&Credential { totp_secret: None, totp_step: None, ..credential }).await?;
        tx.put_recovery_codes(person, &[]).await?;
        tx.end_sessions(person).await?;
        note(&tx, person, SignInOutcome::FactorTaken, visit).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Makes new recovery codes in the place of the old ones.
    ///
    /// # Errors
    /// The proof was used before, or the account is locked.
    pub async fn renew_recovery(
        &self,
        (proof, hashes): (Proof, &[String]),
        fresh: &Session,
        visit: Visit<'_>,
    ) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        let credential = proven(&tx, (fresh.person, Some(proof)), visit).await?;
        tx.put_recovery_codes(fresh.person, hashes).await?;
        close(tx, (credential, SignInOutcome::RecoveryMade), fresh, visit).await
    }

    /// Ends all sessions of a person but one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_other_sessions(
        &self,
        (person, but): (UserId, Uuid),
        visit: Visit<'_>,
    ) -> Result<u64, EngineError> {
        let tx = self.store.begin().await?;
        let ended = tx.end_other_sessions(person, but).await?;
        if ended > 0 {
            note(&tx, person, SignInOutcome::SignedOut, visit).await?;
        }
        self.commit(tx, visit.now, &ended).await?;
        Ok(ended)
    }
}

/// The credential of a person who may act now, with the proof used up.
pub(crate) async fn proven(
    tx: &Tx,
    (person, proof): (UserId, Option<Proof>),
    visit: Visit<'_>,
) -> Result<Credential, EngineError> {
    let mut credential = tx.credential(person).await?.ok_or(SignInError::Wrong)?;
    if credential.is_locked(visit.now) {
        return Err(SignInError::Wrong.into());
    }
    match proof {
        None | Some(Proof::Provider) => {}
        Some(Proof::Step(step)) if credential.totp_step.is_some_and(|used| step <= used) => {
            return Err(SignInError::Wrong.into());
        }
        Some(Proof::Step(step)) => credential.totp_step = Some(step),
        Some(Proof::Recovery(hash)) => {
            if !tx.use_recovery_code((person, &hash), visit.now).await? {
                return Err(SignInError::Wrong.into());
            }
            note(tx, person, SignInOutcome::RecoveryUsed, visit).await?;
        }
    }
    Ok(credential)
}

/// Ends the session in hand, which must still be there: whoever has ended all of them meanwhile ended this one, too.
async fn refuse_ended(tx: &Tx, person: UserId, visit: Visit<'_>) -> Result<(), EngineError> {
    let Some(present) = visit.session else { return Ok(()) };
    if tx.end_session(person, present).await? { Ok(()) } else { Err(SignInError::Wrong.into()) }
}

/// Keeps what has changed and lets one new session stand in the place of all.
pub(crate) async fn close(
    tx: Tx,
    (credential, outcome): (Credential, SignInOutcome),
    fresh: &Session,
    visit: Visit<'_>,
) -> Result<(), EngineError> {
    refuse_ended(&tx, fresh.person, visit).await?;
    tx.put_credential(&credential).await?;
    tx.end_sessions(fresh.person).await?;
    tx.add_session(fresh).await?;
    note(&tx, fresh.person, outcome, visit).await?;
    tx.commit().await?;
    Ok(())
}

//! A call that may come twice: its answer is kept by the caller's key in the transaction of the act itself, so that the
//! second call gets the first answer and does nothing.

use chrono::{DateTime, Utc};
use store::{KeptAnswer, StoreError, Tx};
use workflow::actor::Actor;
use workflow::id::UserId;

use crate::Engine;
use crate::error::EngineError;

/// By what a repeated call is known, and how its answer is written down.
#[derive(Debug, Clone, Copy)]
pub struct Keeping<'a, T> {
    /// The caller's key.
    pub key: &'a str,
    /// SHA-256 of method, path and body.
    pub digest: &'a str,
    pub status: u16,
    pub body: fn(&T) -> String,
}

/// What a call that may come twice has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given<T> {
    /// It was done now.
    Now(T),
    /// It was done before; this was the answer.
    Before(KeptAnswer),
}

impl<T> Keeping<'_, T> {
    /// Keeps the answer together with what it answers.
    pub(crate) async fn keep(
        &self,
        tx: &Tx,
        (actor, now): (&Actor, DateTime<Utc>),
        done: &T,
    ) -> Result<(), StoreError> {
        let Some(person) = actor.user() else { return Ok(()) };
        let (key, digest) = (self.key.to_owned(), self.digest.to_owned());
        let (status, body) = (self.status, (self.body)(done));
        tx.keep_answer(&KeptAnswer { person, key, digest, status, body, at: now }).await
    }
}

impl Engine {
    /// The answer that was given before, if there was one.
    ///
    /// # Errors
    /// `KeyReused` if the key belongs to another call.
    pub(crate) async fn kept(
        &self,
        actor: &Actor,
        (key, digest): (&str, &str),
    ) -> Result<Option<KeptAnswer>, EngineError> {
        let Some(person): Option<UserId> = actor.user() else { return Ok(None) };
        match self.reader().kept_answer(person, key).await? {
            Some(kept) if kept.digest != digest => Err(EngineError::KeyReused),
            found => Ok(found),
        }
    }

    /// What a call came to: if it failed because the same call was faster, the answer of that one.
    pub(crate) async fn given<T>(
        &self,
        actor: &Actor,
        by: (&str, &str),
        done: Result<T, EngineError>,
    ) -> Result<Given<T>, EngineError> {
        match done {
            Ok(done) => Ok(Given::Now(done)),
            Err(error) => match self.kept(actor, by).await? {
                Some(kept) => Ok(Given::Before(kept)),
                None => Err(error),
            },
        }
    }
}

//! A call that may come twice: its answer is kept by the caller's key in the transaction of the act itself, so that the
//! second call gets the first answer and does nothing. What is to be kept travels beside the use case, not through its
//! arguments; each use case hands its result to `commit`.

use std::any::Any;

use chrono::{DateTime, Utc};
use serde_json::Value;
use store::{KeptAnswer, Tx};
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
    pub body: fn(&T) -> Value,
}

/// What a call that may come twice has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given<T> {
    /// It was done now.
    Now(T),
    /// It was done before; this was the answer.
    Before(KeptAnswer),
}

tokio::task_local! {
    /// The answer that the use case of this task is to keep; none for what it sets off beside its own act.
    static AWAITED: Option<Awaited>;
}

/// How the result of a use case becomes its kept answer; none where it is another result than was awaited.
type Written = Box<dyn Fn(&dyn Any) -> Option<Value> + Send + Sync>;

struct Awaited {
    person: UserId,
    key: String,
    digest: String,
    status: u16,
    written: Written,
}

impl Awaited {
    fn of<T: Any>(person: UserId, keeping: &Keeping<'_, T>) -> Awaited {
        let body = keeping.body;
        Awaited {
            person,
            key: keeping.key.to_owned(),
            digest: keeping.digest.to_owned(),
            status: keeping.status,
            written: Box::new(move |done| done.downcast_ref::<T>().map(body)),
        }
    }

    fn answer(&self, done: &dyn Any, at: DateTime<Utc>) -> Result<KeptAnswer, EngineError> {
        let body = (self.written)(done).ok_or_else(|| {
            EngineError::Broken("the result is not what its answer is made from".to_owned())
        })?;
        let Awaited { person, key, digest, status, written: _ } = self;
        let (key, digest) = (key.clone(), digest.clone());
        Ok(KeptAnswer { person: *person, key, digest, status: *status, body: body.to_string(), at })
    }
}

/// Carries out what a use case sets off beside its own act: acts of their own, of which no answer is kept.
pub(crate) async fn beside<T>(work: impl Future<Output = T>) -> T {
    AWAITED.scope(None, work).await
}

impl Engine {
    /// Carries out a use case once for each key of a caller: the second time its first answer comes back and nothing is
    /// done.
    ///
    /// # Errors
    /// What the use case says; `KeyReused` if the key belongs to another call.
    pub async fn given_once<T: Any>(
        &self,
        actor: &Actor,
        keeping: Keeping<'_, T>,
        work: impl Future<Output = Result<T, EngineError>>,
    ) -> Result<Given<T>, EngineError> {
        let by = (keeping.key, keeping.digest);
        if let Some(kept) = self.kept(actor, by).await? {
            return Ok(Given::Before(kept));
        }
        let Some(person) = actor.user() else { return work.await.map(Given::Now) };
        match AWAITED.scope(Some(Awaited::of(person, &keeping)), work).await {
            Ok(done) => Ok(Given::Now(done)),
            // If it failed because the same call was faster, the answer of that one.
            Err(error) => match self.kept(actor, by).await? {
                Some(kept) => Ok(Given::Before(kept)),
                None => Err(error),
            },
        }
    }

    /// Ends a use case: keeps the answer to its result, where one is awaited, in the same transaction.
    pub(crate) async fn commit<T: Any + Sync>(
        &self,
        tx: Tx,
        now: DateTime<Utc>,
        done: &T,
    ) -> Result<(), EngineError> {
        let awaited = AWAITED.try_with(|awaited| awaited.as_ref().map(|awaited| awaited.answer(done, now)));
        if let Ok(Some(answer)) = awaited {
            tx.keep_answer(&answer?).await?;
        }
        Ok(tx.commit().await?)
    }

    /// The answer that was given before, if there was one.
    async fn kept(
        &self,
        actor: &Actor,
        (key, digest): (&str, &str),
    ) -> Result<Option<KeptAnswer>, EngineError> {
        let Some(person) = actor.user() else { return Ok(None) };
        match self.reader().kept_answer(person, key).await? {
            Some(kept) if kept.digest != digest => Err(EngineError::KeyReused),
            found => Ok(found),
        }
    }
}

//! Delivery: letters leave after their commit, at least once, with growing pauses between tries, dead in the end.

use chrono::{DateTime, Duration, Utc};
use notifier::{DeliveryError, Transport};
use store::{OutboxLetter, Tried};
use tokio::task::JoinSet;
use workflow::id::LetterId;

use crate::Engine;
use crate::error::EngineError;

/// What one round of delivery did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivered {
    pub sent: usize,
    pub again: usize,
    pub dead: usize,
}

/// Letters of one round; a round is noted in one transaction.
const ROUND: u64 = 100;
/// Letters that are under way side by side.
const AT_ONCE: usize = 8;
/// How long a claimed letter is left alone by other nodes.
const LEASE: Duration = Duration::minutes(10);
const FIRST_PAUSE_SECONDS: i64 = 60;
const LONGEST_PAUSE_SECONDS: i64 = 6 * 3600;
const MOST_TRIES: i32 = 12;

impl Engine {
    /// Delivers what is due, one round.
    ///
    /// # Errors
    /// The outbox could not be read or written; letters that were sent meanwhile are sent again with the same
    /// Message-ID.
    pub async fn deliver(&self, now: DateTime<Utc>) -> Result<Delivered, EngineError> {
        let tx = self.store.begin().await?;
        let letters = tx.claim_letters(now, LEASE, ROUND).await?;
        tx.commit().await?;
        let mut results = Vec::with_capacity(letters.len());
        for some in letters.chunks(AT_ONCE) {
            results.extend(self.try_some(some, now).await);
        }
        let mut delivered = Delivered::default();
        for (_, tried) in &results {
            match tried {
                Tried::Sent { .. } => delivered.sent += 1,
                Tried::Again { .. } => delivered.again += 1,
                Tried::Dead { .. } => delivered.dead += 1,
            }
        }
        if results.is_empty() {
            return Ok(delivered);
        }
        let tx = self.store.begin().await?;
        for (letter, tried) in results {
            tx.note_delivery(letter, tried).await?;
        }
        tx.commit().await?;
        Ok(delivered)
    }

    /// Delivers until nothing is due any more.
    ///
    /// # Errors
    /// As [`Engine::deliver`].
    pub async fn deliver_all(&self, now: DateTime<Utc>) -> Result<Delivered, EngineError> {
        let mut all = Delivered::default();
        loop {
            let round = self.deliver(now).await?;
            all.sent += round.sent;
            all.again += round.again;
            all.dead += round.dead;
            if round == Delivered::default() {
                return Ok(all);
            }
        }
    }

    /// Tries a few letters side by side; one that breaks off is tried again when its lease is over.
    async fn try_some(&self, letters: &[OutboxLetter], now: DateTime<Utc>) -> Vec<(LetterId, Tried)> {
        let mut running = JoinSet::new();
        for letter in letters.iter().cloned() {
            let transport = self.transport.clone();
            running.spawn(async move { (letter.id, try_one(&transport, &letter, now).await) });
        }
        let mut tried = Vec::with_capacity(letters.len());
        while let Some(done) = running.join_next().await {
            match done {
                Ok(done) => tried.push(done),
                Err(error) => tracing::error!(%error, "a delivery broke off"),
            }
        }
        tried
    }
}

async fn try_one(transport: &Transport, letter: &OutboxLetter, now: DateTime<Utc>) -> Tried {
    let sent = transport.deliver(&letter.bytes, &letter.message_id, &letter.sender, &letter.recipient).await;
    match sent {
        Ok(()) => Tried::Sent { at: now },
        Err(DeliveryError::Never(failure)) => Tried::Dead { failure },
        Err(DeliveryError::Later(failure)) if letter.attempts + 1 >= MOST_TRIES => Tried::Dead { failure },
        Err(DeliveryError::Later(failure)) => Tried::Again { at: now + pause(letter.attempts), failure },
    }
}

/// Doubles with every try, up to the longest.
fn pause(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts).unwrap_or(0).min(16);
    let seconds = FIRST_PAUSE_SECONDS.saturating_mul(1_i64 << doublings).min(LONGEST_PAUSE_SECONDS);
    Duration::seconds(seconds)
}

//! Delivery: letters leave after their commit, at least once, with growing pauses between tries, dead in the end.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use notifier::{DeliveryError, Transport};
use store::{Mail, OutboxLetter, Tried, Webhook, done_steps, expect_steps};
use tokio::task::JoinSet;
use tracing::field::Empty;
use tracing::{Instrument, Span};
use workflow::id::LetterId;
use workflow::letters::LetterHours;
use workflow::request::Moment;

use crate::Engine;
use crate::errands::Clock;
use crate::error::EngineError;
use crate::traces::SPANS;

/// What one round of delivery did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivered {
    pub sent: usize,
    pub again: usize,
    pub dead: usize,
    /// Letters that hold a morning's notices; they are among the sent and the others, too.
    pub digests: usize,
}

/// Letters of one round; a round is noted in one transaction.
const ROUND: u64 = 100;
/// Letters that are under way side by side.
const AT_ONCE: usize = 8;
/// How long a claimed letter is left alone by other nodes: longer than a round in which every try waits as long as it may,
/// half a minute for each of thirteen in a row.
const LEASE: Duration = Duration::minutes(20);
const FIRST_PAUSE_SECONDS: i64 = 60;
const LONGEST_PAUSE_SECONDS: i64 = 6 * 3600;
const MOST_TRIES: i32 = 12;

impl Engine {
    /// Delivers what is due, one round; in quiet hours only what may leave at any time.
    ///
    /// # Errors
    /// The outbox could not be read or written; letters that were sent meanwhile are sent again with the same
    /// Message-ID.
    pub async fn deliver(&self, now: DateTime<Utc>) -> Result<Delivered, EngineError> {
        self.delivery_round(&standing(now)).await
    }

    /// A round is claimed, and each try noted, at the time that it is then.
    async fn delivery_round(&self, clock: &Clock) -> Result<Delivered, EngineError> {
        let content = self.content();
        let now = clock();
        let moment = Moment { now, calendar: &content.calendar, parameters: content.rules.parameters() };
        let hours: &[LetterHours] = match moment.is_quiet() {
            true => &[LetterHours::Any],
            false => LetterHours::ALL,
        };
        let letters = self.claim(Mail::Letters, hours, now).await?;
        let results = self.side_by_side(&letters, clock, |letter| {
            let (transport, clock) = (self.transport.clone(), Arc::clone(clock));
            async move { (letter.id, try_one(&transport, &letter, &clock).await) }
        });
        let results = results.await;
        self.note_tries(results).await
    }

    /// Takes what is due; the try is counted with it.
    pub(crate) async fn claim(
        &self,
        mail: Mail,
        hours: &[LetterHours],
        now: DateTime<Utc>,
    ) -> Result<Vec<OutboxLetter>, EngineError> {
        let tx = self.store.begin().await?;
        let letters = tx.claim_letters(now, (LEASE, ROUND), (mail, hours)).await?;
        tx.commit().await?;
        Ok(letters)
    }

    /// Keeps what became of a round.
    pub(crate) async fn note_tries(&self, results: Vec<(LetterId, Tried)>) -> Result<Delivered, EngineError> {
        let mut delivered = Delivered::default();
        for (_, tried) in &results {
            match tried {
                Tried::Sent { .. } => delivered.sent += 1,
                Tried::Again { .. } => delivered.again += 1,
                Tried::Dead { .. } => delivered.dead += 1,
                Tried::Left { .. } => {}
            }
        }
        if results.is_empty() {
            return Ok(delivered);
        }
        let tx = self.store.begin().await?;
        tx.note_deliveries(results).await?;
        tx.commit().await?;
        Ok(delivered)
    }

    /// Writes the morning's digests if they are due, and delivers until nothing is due any more.
    ///
    /// # Errors
    /// As [`Engine::deliver`].
    pub async fn deliver_all(&self, now: DateTime<Utc>) -> Result<Delivered, EngineError> {
        self.deliver_all_by(&standing(now)).await
    }

    /// The same by a clock that goes on meanwhile: what is claimed late is left alone by other nodes as long as what is
    /// claimed at once.
    pub(crate) async fn deliver_all_by(&self, clock: &Clock) -> Result<Delivered, EngineError> {
        let now = clock();
        let mut all = Delivered::default();
        match self.digest(now).await {
            Ok(digested) => all.digests = digested.letters,
            Err(error) => tracing::error!(%error, "the digests could not be written"),
        }
        loop {
            let round = self.delivery_round(clock).await?;
            all.sent += round.sent;
            all.again += round.again;
            all.dead += round.dead;
            if round == Delivered::default() || self.is_stopping() {
                self.tallied.delivery(&all, now);
                return Ok(all);
            }
        }
    }

    /// Tries letters, a few side by side; one that breaks off is tried again when its lease is over. Where the program is to
    /// stop, the rest is left as if it had not been taken.
    pub(crate) async fn side_by_side<F>(
        &self,
        letters: &[OutboxLetter],
        clock: &Clock,
        attempt: impl Fn(OutboxLetter) -> F,
    ) -> Vec<(LetterId, Tried)>
    where
        F: Future<Output = (LetterId, Tried)> + Send + 'static,
    {
        let mut tried = Vec::with_capacity(letters.len());
        let mut running = JoinSet::new();
        let mut waiting = letters.iter().cloned();
        expect_steps(letters.len());
        loop {
            if self.is_stopping() {
                let at = clock();
                tried.extend(waiting.by_ref().map(|letter| (letter.id, Tried::Left { at })));
            }
            while running.len() < AT_ONCE
                && let Some(letter) = waiting.next()
            {
                let span = span_of(&letter);
                let trying = attempt(letter).instrument(span.clone());
                running.spawn(async move {
                    let (id, tried) = trying.await;
                    note_outcome(&span, &tried);
                    (id, tried)
                });
            }
            match running.join_next().await {
                None => return tried,
                Some(Ok(done)) => {
                    tried.push(done);
                    done_steps(1).await;
                }
                Some(Err(error)) => tracing::error!(%error, "a delivery broke off"),
            }
        }
    }
}

/// The span of one try: its kind and how often it was tried, not to whom it goes.
fn span_of(letter: &OutboxLetter) -> Span {
    let what = if Webhook::of_recipient(&letter.recipient).is_some() { "call" } else { "letter" };
    tracing::trace_span!(
        target: SPANS, "try", otel.name = what, otel.kind = "client", letter.id = %letter.id, letter.kind = letter.kind,
        letter.attempt = letter.attempts, letter.outcome = Empty, otel.status_code = Empty,
    )
}

fn note_outcome(span: &Span, tried: &Tried) {
    let (outcome, failed) = match tried {
        Tried::Sent { .. } => ("sent", false),
        Tried::Again { .. } => ("again", true),
        Tried::Dead { .. } => ("dead", true),
        Tried::Left { .. } => ("left", false),
    };
    span.record("letter.outcome", outcome);
    if failed {
        span.record("otel.status_code", "ERROR");
    }
}

/// A try was counted when the letter was taken, so that one that breaks off with its node is not tried for ever.
async fn try_one(transport: &Transport, letter: &OutboxLetter, clock: &Clock) -> Tried {
    if let Some(dead) = broke_off(letter) {
        return dead;
    }
    let sent = transport.deliver(&letter.bytes, &letter.message_id, &letter.sender, &letter.recipient).await;
    tried(sent, letter, clock())
}

/// A clock that does not go on.
pub(crate) fn standing(now: DateTime<Utc>) -> Clock {
    Arc::new(move || now)
}

/// A letter all of whose tries broke off with their nodes is not tried once more.
pub(crate) fn broke_off(letter: &OutboxLetter) -> Option<Tried> {
    let failure = || letter.failure.clone().unwrap_or_else(|| BROKE_OFF.to_owned());
    (letter.attempts > MOST_TRIES).then(|| Tried::Dead { failure: failure() })
}

/// What a try has come to.
pub(crate) fn tried(sent: Result<(), DeliveryError>, letter: &OutboxLetter, now: DateTime<Utc>) -> Tried {
    match sent {
        Ok(()) => Tried::Sent { at: now },
        Err(DeliveryError::Never(failure)) => Tried::Dead { failure },
        Err(DeliveryError::Later(failure)) if letter.attempts >= MOST_TRIES => Tried::Dead { failure },
        Err(DeliveryError::Later(failure)) => Tried::Again { at: now + pause(letter.attempts), failure },
    }
}

const BROKE_OFF: &str = "every try broke off";

/// Doubles with every try, up to the longest.
fn pause(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(16);
    let seconds = FIRST_PAUSE_SECONDS.saturating_mul(1_i64 << doublings).min(LONGEST_PAUSE_SECONDS);
    Duration::seconds(seconds)
}

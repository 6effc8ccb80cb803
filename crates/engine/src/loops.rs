//! The loops of a running server: cron says when, a tick row says who, the work looks up what is due.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use cron::Schedule;
use serde_json::json;
use tokio::sync::watch;

use crate::Engine;
use crate::delivery::Delivered;
use crate::errands::Clock;
use crate::error::EngineError;
use crate::jobs::Job;
use crate::limit_list::EscalationLine;
use crate::limits::running;
use crate::traces::as_job;

/// Every minute, on the minute.
const SWEEP: &str = "0 * * * * *";
/// Letters are looked for at least this often; a commit wakes the loop at once.
const DELIVERY_PAUSE: Duration = Duration::from_secs(5);

/// Answers to calls that may come twice are kept for longer than the day that is promised.
const KEPT_ANSWERS: chrono::Duration = chrono::Duration::days(2);
/// What errands came to can be read for so long.
const KEPT_ERRANDS: chrono::Duration = chrono::Duration::days(31);
/// Who signed in from where can be read for so long: the law asks for six months (网络安全法).
const KEPT_SIGN_INS: chrono::Duration = chrono::Duration::days(184);

impl Engine {
    /// Runs the loops until `stop` turns true. `now` is the clock; missed ticks are caught up by the first sweep.
    ///
    /// # Errors
    /// The schedule is none; errors of single rounds are logged and the loops go on.
    pub async fn run(
        self: Arc<Self>,
        now: fn() -> DateTime<Utc>,
        stop: watch::Receiver<bool>,
    ) -> Result<(), EngineError> {
        self.interrupt_unheard(now()).await?;
        let schedule = Schedule::from_str(SWEEP).map_err(|error| EngineError::Broken(error.to_string()))?;
        let sweeping = Arc::clone(&self).sweep_loop(schedule, now, stop.clone());
        let delivering = Arc::clone(&self).delivery_loop(now, stop.clone());
        let calling = Arc::clone(&self).calling_loop(now, stop.clone());
        tokio::join!(sweeping, delivering, calling, self.stops(stop));
        Ok(())
    }

    /// Lets what is under way end after its current case or letters.
    async fn stops(&self, mut stop: watch::Receiver<bool>) {
        // A sender that has gone ends the loops, too.
        let _ = stop.wait_for(|stop| *stop).await;
        self.stopping.store(true, Ordering::Relaxed);
        self.stop_errands().await;
    }

    async fn sweep_loop(
        self: Arc<Self>,
        schedule: Schedule,
        now: fn() -> DateTime<Utc>,
        mut stop: watch::Receiver<bool>,
    ) {
        let mut due = now();
        self.check_escalations().await;
        loop {
            as_job(
                "sweep",
                Box::pin(async {
                    if let Err(error) = self.sweep_once_for(due, now()).await {
                        tracing::error!(%error, "the sweep failed");
                    }
                }),
            )
            .await;
            if self.is_stopping() {
                return;
            }
            let Some(next) = schedule.after(&now()).next() else { return };
            due = next;
            let wait = (next - now()).to_std().unwrap_or_default();
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Sweeps for a due time, unless another node has taken it. A due time so old that its timer may be forgotten
    /// counts as taken, so that nothing fires again.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sweep_once_for(&self, due: DateTime<Utc>, now: DateTime<Utc>) -> Result<bool, EngineError> {
        let keep = self.content().rules.parameters().reminders.keep_days;
        let forgotten = now - chrono::Duration::days(i64::from(keep));
        if due <= forgotten {
            return Ok(false);
        }
        let due = due.to_rfc3339_opts(SecondsFormat::Secs, true);
        let tx = self.store.begin().await?;
        let taken = tx.take_tick("sweep", &due, now).await?;
        tx.forget_ticks(forgotten, &running()).await?;
        tx.forget_answers(now - KEPT_ANSWERS).await?;
        tx.forget_errands(now - KEPT_ERRANDS).await?;
        tx.forget_sign_ins(now - KEPT_SIGN_INS).await?;
        tx.commit().await?;
        if taken {
            let swept = self.sweep(now).await.map(|swept| swept.counts());
            self.note_run(Job::Sweep, &swept, now).await?;
            let sealed = self.seal_when_due(now).await.map(|()| json!({}));
            self.note_run(Job::Seal, &sealed, now).await?;
            swept.and(sealed)?;
        }
        Ok(taken)
    }

    /// Says at start who carries out which escalation, and warns where one reaches nobody.
    async fn check_escalations(&self) {
        let lines = match self.escalations().await {
            Ok(lines) => lines,
            Err(error) => return tracing::error!(%error, "the escalations could not be checked"),
        };
        lines.iter().for_each(EscalationLine::log);
        lines.iter().filter(|line| !line.reaches_nobody_in.is_empty()).for_each(EscalationLine::warn);
    }

    /// Only a round that did something is noted, or the database would be written every few seconds.
    async fn deliver_and_note(&self, clock: &Clock) -> Result<(), EngineError> {
        let now = clock();
        let done = self.deliver_all_by(clock).await;
        if done.as_ref().is_ok_and(|delivered| *delivered == Delivered::default()) {
            return Ok(());
        }
        let counts = done.map(Delivered::counts);
        self.note_run(Job::Deliver, &counts, now).await?;
        counts.map(|_| ())
    }

    async fn delivery_loop(self: Arc<Self>, now: fn() -> DateTime<Utc>, mut stop: watch::Receiver<bool>) {
        let clock: Clock = Arc::new(now);
        let mut commits = self.commits();
        loop {
            as_job(
                "deliver",
                Box::pin(async {
                    if let Err(error) = self.deliver_and_note(&clock).await {
                        tracing::error!(%error, "the delivery failed");
                    }
                }),
            )
            .await;
            if self.is_stopping() {
                return;
            }
            tokio::select! {
                _ = commits.changed() => {}
                () = tokio::time::sleep(DELIVERY_PAUSE) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Apart from the letters, so that a slow receiver holds up no letter.
    async fn calling_loop(self: Arc<Self>, now: fn() -> DateTime<Utc>, mut stop: watch::Receiver<bool>) {
        let clock: Clock = Arc::new(now);
        let mut commits = self.commits();
        loop {
            as_job(
                "call",
                Box::pin(async {
                    if let Err(error) = self.call_all_by(&clock).await {
                        tracing::error!(%error, "the calls of web-hooks failed");
                    }
                }),
            )
            .await;
            if self.is_stopping() {
                return;
            }
            tokio::select! {
                _ = commits.changed() => {}
                () = tokio::time::sleep(DELIVERY_PAUSE) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }
}

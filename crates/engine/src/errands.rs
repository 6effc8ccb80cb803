//! Errands (后台办理): work that takes longer than somebody waits for an answer. It is begun with its right and its limits looked
//! at, done beside all calls, and followed by whoever has begun it. Only this process knows how far it has come; the row
//! says so for other nodes, and what it came to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use store::{Errand, ErrandEnd, ErrandState, Progress, Witness};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};
use uuid::Uuid;
use workflow::actor::{Actor, Role};
use workflow::decide::DecideError;
use workflow::id::{ErrandId, UserId};
use workflow::language::Language;
use workflow::words;

use crate::Engine;
use crate::account_error::AccountError;
use crate::error::EngineError;
use crate::import::ImportKind;
use crate::jobs::Job;
use crate::oversight::By;

words! {
    /// What an errand is about.
    ErrandKind {
        Check = "check", "校验历史链", "check of the chains";
        Job = "job", "运行作业", "run of a job";
        Import = "import", "导入表格", "import of a table";
    }
}

/// What somebody wants to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrandOrder {
    /// Every chain, seal and row, and the seals that the auditors keep.
    Check(Vec<Witness>),
    Job(Job),
    /// The text of a file, and its name.
    Import {
        kind: ImportKind,
        name: String,
        text: String,
    },
}

/// The clock that long work is handed.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Errands of one person that run at the same time, and of one node.
const MOST_OF_ONE: usize = 2;
const MOST: usize = 4;
/// Errands that are listed.
const LISTED: u64 = 100;
/// Mismatches that are kept with a check; whoever finds so many looks on with the doctor.
const PLACES: usize = 500;
/// How often other nodes are told how far it has come, and after which silence its node counts as gone.
const BEAT: Duration = Duration::from_secs(2);
const SILENCE: TimeDelta = TimeDelta::seconds(15);
/// How long a stop waits for the end of what runs.
const GRACE: Duration = Duration::from_secs(5);

/// The errands of this process.
#[derive(Debug)]
pub(crate) struct Errands {
    running: Mutex<Running>,
    stop: watch::Sender<bool>,
}

/// Whose errands run, and how far they have come.
type Running = BTreeMap<ErrandId, (UserId, Arc<Progress>)>;

impl Default for Errands {
    fn default() -> Errands {
        Errands { running: Mutex::default(), stop: watch::Sender::new(false) }
    }
}

impl Errands {
    fn with<T>(&self, look: impl FnOnce(&mut Running) -> T) -> T {
        look(&mut self.running.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ErrandOrder {
    fn kind(&self) -> ErrandKind {
        match self {
            ErrandOrder::Check(_) => ErrandKind::Check,
            ErrandOrder::Job(_) => ErrandKind::Job,
            ErrandOrder::Import { .. } => ErrandKind::Import,
        }
    }

    /// What is kept of it for whoever reads about it.
    fn wanted(&self) -> Value {
        match self {
            ErrandOrder::Check(witnesses) => json!({ "witnesses": witnesses.len() }),
            ErrandOrder::Job(job) => json!({ "job": job }),
            ErrandOrder::Import { kind, name, text: _ } => json!({ "table": kind, "name": name }),
        }
    }
}

impl Engine {
    /// Begins an errand and comes back at once.
    ///
    /// # Errors
    /// It is not in the actor's hands, or too many run already.
    pub async fn begin_errand(
        self: &Arc<Engine>,
        by: By<'_>,
        order: ErrandOrder,
        clock: Clock,
    ) -> Result<Errand, EngineError> {
        let actor = self.of_today(by.actor, by.now).await?;
        let person = self.may_begin(&actor, &order)?;
        let (id, progress) = (ErrandId(Uuid::now_v7()), Arc::<Progress>::default());
        let elsewhere = self.reader().running_errands(person, by.now - SILENCE).await?;
        let is_taken = self.errands.with(|errands| {
            let here = errands.values().filter(|(whose, _)| *whose == person).count();
            let is_free = errands.len() < MOST && here.max(elsewhere) < MOST_OF_ONE;
            is_free && errands.insert(id, (person, Arc::clone(&progress))).is_none()
        });
        if !is_taken || self.is_stopping() {
            self.errands.with(|errands| errands.remove(&id));
            return Err(EngineError::TooManyErrands);
        }
        let errand = Errand {
            id,
            person,
            kind: order.kind().word().to_owned(),
            wanted: order.wanted().to_string(),
            state: ErrandState::Running,
            done: 0,
            total: 0,
            begun_at: by.now,
            seen_at: by.now,
            ended_at: None,
            result: None,
        };
        if let Err(error) = self.keep_begun(&errand, by.now).await {
            self.errands.with(|errands| errands.remove(&id));
            return Err(error);
        }
        tokio::spawn(Arc::clone(self).errand_to_its_end((id, progress), (actor, order), clock));
        Ok(errand)
    }

    async fn keep_begun(&self, errand: &Errand, now: DateTime<Utc>) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        tx.begin_errand(errand).await?;
        self.commit(tx, now, errand).await
    }

    /// The person, if the errand is in the hands of one of its roles; the work itself looks again.
    fn may_begin(&self, actor: &Actor, order: &ErrandOrder) -> Result<UserId, EngineError> {
        let Some(person) = actor.user() else { return Err(DecideError::NotYours.into()) };
        let wanted = match order {
            ErrandOrder::Check(_) => Role::Auditor,
            ErrandOrder::Job(_) | ErrandOrder::Import { .. } => Role::Admin,
        };
        let district = self.administers(actor, &[wanted])?;
        if matches!(order, ErrandOrder::Import { .. }) && district.is_some() {
            return Err(AccountError::CityOnly.into());
        }
        Ok(person)
    }

    /// An errand of the actor's own, as far as it has come.
    ///
    /// # Errors
    /// `NotFound`, also where it is somebody else's.
    pub async fn errand(&self, by: By<'_>, id: ErrandId) -> Result<Errand, EngineError> {
        let Some(person) = by.actor.user() else { return Err(DecideError::NotYours.into()) };
        let mut errand = self.reader().errand(id.0, person).await?;
        if self.is_unknown(&errand) {
            errand = self.reader().errand(id.0, person).await?;
        }
        Ok(self.as_it_is(errand, by.now))
    }

    /// The newest errands of the actor's own.
    ///
    /// # Errors
    /// What the database says.
    pub async fn errands(&self, by: By<'_>) -> Result<Vec<Errand>, EngineError> {
        let Some(person) = by.actor.user() else { return Err(DecideError::NotYours.into()) };
        let mut found = self.reader().errands_of(person, LISTED).await?;
        if found.iter().any(|errand| self.is_unknown(errand)) {
            found = self.reader().errands_of(person, LISTED).await?;
        }
        Ok(found.into_iter().map(|errand| self.as_it_is(errand, by.now)).collect())
    }

    /// Whether this process does not know what still seems to run: it may have ended since it was read, and is to be read once
    /// more, for its end is kept before it is forgotten here.
    fn is_unknown(&self, errand: &Errand) -> bool {
        errand.state == ErrandState::Running && self.errands.with(|errands| !errands.contains_key(&errand.id))
    }

    /// What this process knows of it, else whether anything is heard of the node that does it.
    fn as_it_is(&self, mut errand: Errand, now: DateTime<Utc>) -> Errand {
        if errand.state != ErrandState::Running {
            return errand;
        }
        match self.errands.with(|errands| errands.get(&errand.id).map(|(_, progress)| steps(progress))) {
            Some((done, total)) => (errand.done, errand.total) = (done, total),
            None if !self.store.is_shared() || errand.seen_at < now - SILENCE => {
                errand.state = ErrandState::Interrupted;
            }
            None => {}
        }
        errand
    }

    /// Marks the errands of nodes that are gone.
    pub(crate) async fn interrupt_unheard(&self, now: DateTime<Utc>) -> Result<(), EngineError> {
        let own: Vec<ErrandId> = self.errands.with(|errands| errands.keys().copied().collect());
        let count = self.store.interrupt_errands(&own, now - SILENCE, now).await?;
        if count > 0 {
            tracing::warn!(count, "errands were interrupted, since their program has ended");
        }
        Ok(())
    }

    async fn errand_to_its_end(
        self: Arc<Engine>,
        (id, progress): (ErrandId, Arc<Progress>),
        what: (Actor, ErrandOrder),
        clock: Clock,
    ) {
        let (engine, ticking, followed) = (Arc::clone(&self), Arc::clone(&clock), Arc::clone(&progress));
        // A job ends after its current case where the program stops; all else is done whole or not at all.
        let may_be_half = matches!(what.1, ErrandOrder::Job(_));
        let work =
            tokio::spawn(async move { Box::pin(followed.of(engine.carry_out_errand(what, &ticking))).await });
        let ended = self.followed((id, &progress), work, &clock).await;
        let (state, result) = match ended {
            Some(Ok(Ok(result))) if may_be_half && self.is_stopping() => (ErrandState::Interrupted, result),
            Some(Ok(Ok(result))) => (ErrandState::Finished, result),
            Some(Ok(Err(error))) => (ErrandState::Failed, failure(&error)),
            Some(Err(error)) => (ErrandState::Failed, failure(&EngineError::Broken(error.to_string()))),
            None => (ErrandState::Interrupted, Value::Null),
        };
        let end = ErrandEnd { state, steps: steps(&progress), result: result.to_string() };
        if let Err(error) = self.keep_ended(id, &end, clock()).await {
            tracing::error!(%error, errand.id = %id, "the end of an errand could not be kept");
        }
        self.errands.with(|errands| errands.remove(&id));
        self.wake_delivery();
    }

    async fn keep_ended(&self, id: ErrandId, end: &ErrandEnd, now: DateTime<Utc>) -> Result<(), EngineError> {
        let tx = self.store.begin().await?;
        tx.end_errand(id, end, now).await?;
        Ok(tx.commit().await?)
    }

    /// Waits for the work and tells other nodes how far it is; none where the program stops before it is over.
    async fn followed<T>(
        &self,
        (id, progress): (ErrandId, &Progress),
        mut work: JoinHandle<T>,
        clock: &Clock,
    ) -> Option<Result<T, JoinError>> {
        let mut stop = self.errands.stop.subscribe();
        let mut stopped = Box::pin(async move {
            // The sender lives as long as the engine.
            let _ = stop.wait_for(|stop| *stop).await;
        });
        loop {
            tokio::select! {
                done = &mut work => return Some(done),
                () = tokio::time::sleep(BEAT) => {
                    if let Err(error) = self.store.note_errand(id, steps(progress), clock()).await {
                        tracing::warn!(%error, errand.id = %id, "the progress of an errand could not be noted");
                    }
                }
                () = &mut stopped => {
                    let done = tokio::time::timeout(GRACE, &mut work).await;
                    work.abort();
                    return done.ok();
                }
            }
        }
    }

    /// Lets the errands of this process end after their current step, or breaks them off.
    pub(crate) async fn stop_errands(&self) {
        self.errands.stop.send_replace(true);
        let over = async {
            while self.errands.with(|errands| !errands.is_empty()) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        if tokio::time::timeout(GRACE * 2, over).await.is_err() {
            tracing::warn!("errands were broken off");
        }
    }

    async fn carry_out_errand(
        &self,
        (actor, order): (Actor, ErrandOrder),
        clock: &Clock,
    ) -> Result<Value, EngineError> {
        let by = By { actor: &actor, now: clock() };
        match order {
            ErrandOrder::Check(witnesses) => {
                let audited = self.audit(&witnesses).await?;
                let (count, places) = (audited.mismatches.len(), audited.mismatches.into_iter().take(PLACES));
                Ok(json!({
                    "chains": audited.chains.len(), "events": audited.events, "rows": audited.rows,
                    "seals": audited.seals, "mismatches": count, "places": places.collect::<Vec<_>>(),
                }))
            }
            ErrandOrder::Job(job) => self.run_job(by, job, clock).await,
            ErrandOrder::Import { kind, name, text } => {
                Ok(json!(self.import_by(by, kind, (&name, &text)).await?))
            }
        }
    }
}

fn steps(progress: &Progress) -> (i64, i64) {
    let (done, total) = progress.steps();
    (i64::try_from(done).unwrap_or(i64::MAX), i64::try_from(total).unwrap_or(i64::MAX))
}

/// Why it failed, for readers of both languages; the row and column of a file.
fn failure(error: &EngineError) -> Value {
    let is_ours = matches!(error.code(), "broken" | "unavailable" | "broken_rules");
    if is_ours {
        tracing::error!(%error, "an errand failed");
    }
    let message = |language| match (is_ours, language) {
        (false, language) => error.message(language),
        (true, Language::Chinese) => "系统出错，已记入日志，请稍后再试".to_owned(),
        (true, Language::English) => {
            "something went wrong; it has been logged, please try again later".to_owned()
        }
    };
    let place = match error {
        EngineError::Csv(fault) => json!({ "row": fault.row, "column": fault.column }),
        _ => Value::Null,
    };
    let message = json!({ "zh": message(Language::Chinese), "en": message(Language::English) });
    json!({ "code": error.code(), "message": message, "place": place })
}

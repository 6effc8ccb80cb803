//! The program's own jobs as those see them who look after them: when each ran last and what it did, when it is to run
//! next, and running it now. A job takes no input and may run twice, so nothing can be spoilt by it.

use chrono::{DateTime, Duration, DurationRound, Utc};
use serde_json::{Value, json};
use store::{EventLine, JobRun, StoreError, SweepFailure};
use workflow::actor::{Actor, Role};
use workflow::request::Moment;
use workflow::words;

use crate::Engine;
use crate::delivery::Delivered;
use crate::digest::Digested;
use crate::errands::Clock;
use crate::error::EngineError;
use crate::limits::Swept;
use crate::oversight::By;
use crate::repeated::beside;

words! {
    /// What the program does by itself.
    Job {
        Sweep = "sweep", "时限巡查", "limits";
        Deliver = "deliver", "信件发送", "letters";
        Digest = "digest", "晨间汇总", "morning digest";
        Seal = "seal", "历史封存", "seals";
    }
}

/// A job with its last and its next run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLine {
    pub job: Job,
    pub last: Option<JobRun>,
    pub next: DateTime<Utc>,
}

/// The event of running a job by hand.
pub const RUN_JOB: &str = "run_job";

impl Engine {
    /// Every job with its last and next run.
    ///
    /// # Errors
    /// The actor is no administrator of the system.
    pub async fn job_lines(&self, by: By<'_>) -> Result<Vec<JobLine>, EngineError> {
        self.administers(by.actor, &[Role::Admin])?;
        let mut runs = self.reader().job_runs().await?;
        let mut lines = Vec::new();
        for job in Job::ALL {
            let at = runs.iter().position(|run| run.job == job.word());
            let last = at.map(|at| runs.swap_remove(at));
            lines.push(JobLine { job: *job, last, next: self.next_run(*job, by.now) });
        }
        Ok(lines)
    }

    /// Runs a job now, whoever runs it otherwise; what it counts.
    ///
    /// # Errors
    /// The actor is no administrator of the system; what failed as a whole is noted with the run, too.
    pub(crate) async fn run_job(&self, by: By<'_>, job: Job, clock: &Clock) -> Result<Value, EngineError> {
        self.administers(by.actor, &[Role::Admin])?;
        let Actor::Person(person) = by.actor else { return Err(StoreError::NotFound("person").into()) };
        let done = Box::pin(beside(self.runs(job, clock))).await;
        self.note_run(job, &done, by.now).await?;
        let tx = self.store.begin().await?;
        let line = EventLine {
            at: by.now,
            person: Some(person.user.0),
            role: Role::Admin.word().to_owned(),
            action: RUN_JOB.to_owned(),
            detail: json!({ "job": job }).to_string(),
            ..EventLine::default()
        };
        tx.record(person.organisation, line).await?;
        tx.commit().await?;
        done
    }

    async fn runs(&self, job: Job, clock: &Clock) -> Result<Value, EngineError> {
        let now = clock();
        match job {
            Job::Sweep => self.sweep(now).await.map(|swept| swept.counts()),
            Job::Deliver => self.deliver_all_by(clock).await.map(Delivered::counts),
            Job::Digest => self.digest(now).await.map(Digested::counts),
            Job::Seal => self.seal_when_due(now).await.map(|()| json!({})),
        }
    }

    /// What limits could not carry out in an administrator's district, oldest first.
    ///
    /// # Errors
    /// The actor is no administrator of the system.
    pub async fn sweep_failures(&self, by: By<'_>) -> Result<Vec<SweepFailure>, EngineError> {
        let district = self.administers(by.actor, &[Role::Admin])?;
        let mut failures = self.reader().sweep_failures().await?;
        failures.retain(|one| district.is_none_or(|district| one.district == Some(district)));
        Ok(failures)
    }

    /// Keeps what a run came to.
    pub(crate) async fn note_run(
        &self,
        job: Job,
        done: &Result<Value, EngineError>,
        ran_at: DateTime<Utc>,
    ) -> Result<(), EngineError> {
        let (outcome, failure) = match done {
            Ok(counts) => (counts.to_string(), None),
            Err(error) => ("{}".to_owned(), Some(error.to_string())),
        };
        let run = JobRun { job: job.word().to_owned(), ran_at, outcome, failure };
        let tx = self.store.begin().await?;
        tx.note_run(&run).await?;
        Ok(tx.commit().await?)
    }

    /// When a job runs next by itself.
    pub fn next_run(&self, job: Job, now: DateTime<Utc>) -> DateTime<Utc> {
        let content = self.content();
        let moment = Moment { now, calendar: &content.calendar, parameters: content.rules.parameters() };
        let after = |step: Duration| now.duration_trunc(step).unwrap_or(now) + step;
        match job {
            Job::Sweep => after(Duration::minutes(1)),
            Job::Deliver => now,
            Job::Seal => after(Duration::hours(1)),
            Job::Digest => {
                let offset = moment.parameters.jurisdiction.offset();
                let at = moment.parameters.letters.digest_at;
                let today = moment.today();
                let passed = now.with_timezone(&offset).time() >= at;
                let days = today.iter_days().skip(usize::from(passed)).take(DAYS_AHEAD);
                let day = days.into_iter().find(|day| content.calendar.is_working(*day)).unwrap_or(today);
                let local = day.and_time(at).and_local_timezone(offset).single();
                local.map_or(now, |local| local.to_utc())
            }
        }
    }
}

/// No holiday is longer.
const DAYS_AHEAD: usize = 31;

impl Swept {
    pub(crate) fn counts(&self) -> Value {
        let failures = self.failed.len();
        json!({ "actions": self.actions, "reminders": self.reminders, "cards": self.cards, "failures": failures })
    }
}

impl Delivered {
    pub(crate) fn counts(self) -> Value {
        json!({ "sent": self.sent, "again": self.again, "dead": self.dead })
    }
}

impl Digested {
    fn counts(self) -> Value {
        json!({ "letters": self.letters, "notices": self.notices, "failures": self.failures })
    }
}

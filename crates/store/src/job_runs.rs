//! What the program's own jobs did when they ran last: for those who look after them, in no history.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, IntoActiveModel, QueryOrder};

use crate::connect::{Reader, Tx};
use crate::error::StoreError;
use crate::events::to_microsecond;
use crate::rows::job_run;

/// The last run of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRun {
    pub job: String,
    pub ran_at: DateTime<Utc>,
    /// What it counted, as JSON.
    pub outcome: String,
    /// Why it could not do its work, if it could not.
    pub failure: Option<String>,
}

impl Tx {
    /// Notes what a job did, in the place of its run before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn note_run(&self, run: &JobRun) -> Result<(), StoreError> {
        use job_run::Column as C;
        let JobRun { job, ran_at, outcome, failure } = run;
        let row = job_run::Model {
            job: job.clone(),
            ran_at: to_microsecond(*ran_at),
            outcome: outcome.clone(),
            failure: failure.clone(),
        };
        let anew = OnConflict::column(C::Job).update_columns([C::RanAt, C::Outcome, C::Failure]).to_owned();
        let insert = job_run::Entity::insert(row.into_active_model()).on_conflict(anew);
        insert.exec_without_returning(&self.on).await?;
        Ok(())
    }
}

impl Reader<'_> {
    /// The last run of each job.
    ///
    /// # Errors
    /// What the database says.
    pub async fn job_runs(&self) -> Result<Vec<JobRun>, StoreError> {
        let rows = job_run::Entity::find().order_by_asc(job_run::Column::Job).all(&self.on).await?;
        let run = |row: job_run::Model| {
            let job_run::Model { job, ran_at, outcome, failure } = row;
            JobRun { job, ran_at, outcome, failure }
        };
        Ok(rows.into_iter().map(run).collect())
    }
}

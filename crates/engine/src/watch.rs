//! Whether the program can work, and what does not go on: each trouble with a word of its own.

use chrono::{DateTime, Duration, Utc};
use store::{Pending, Pool};

use crate::Engine;
use crate::error::EngineError;

/// Something that keeps the program from working, or that somebody should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The database does not answer.
    Database,
    /// A migration of this program is not applied.
    Migrations,
    /// The histories were written with another key.
    Key,
    /// Letters wait although they were tried several times.
    Post,
    /// No timer has fired for several minutes.
    Jobs,
}

/// How long the timer that fires every minute may be silent.
const SILENCE: Duration = Duration::minutes(5);

impl Trouble {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Trouble::Database => "database",
            Trouble::Migrations => "migrations",
            Trouble::Key => "key",
            Trouble::Post => "mail",
            Trouble::Jobs => "jobs",
        }
    }

    /// Whether nobody should be sent here until it is over.
    #[must_use]
    pub const fn stops(self) -> bool {
        matches!(self, Trouble::Database | Trouble::Migrations | Trouble::Key)
    }
}

impl Engine {
    /// Everything that is wrong now; `migrations` are those that this program wants.
    pub async fn troubles(&self, migrations: &[String], now: DateTime<Utc>) -> Vec<Trouble> {
        match self.find_troubles(migrations, now).await {
            Ok(troubles) => troubles,
            Err(error) => {
                tracing::error!(%error, "the database does not answer");
                vec![Trouble::Database]
            }
        }
    }

    async fn find_troubles(
        &self,
        migrations: &[String],
        now: DateTime<Utc>,
    ) -> Result<Vec<Trouble>, EngineError> {
        let applied = self.reader().applied_migrations().await?;
        let pending = self.pending().await?;
        let is_silent = pending.last_tick.is_none_or(|last| last + SILENCE < now);
        let all = [
            (Trouble::Migrations, migrations.iter().any(|wanted| !applied.contains(wanted))),
            (Trouble::Key, !self.store.key_fits().await?),
            (Trouble::Post, pending.stuck > 0),
            (Trouble::Jobs, is_silent),
        ];
        Ok(all.into_iter().filter(|(_, is)| *is).map(|(trouble, _)| trouble).collect())
    }

    /// What waits now.
    ///
    /// # Errors
    /// What the database says.
    pub async fn pending(&self) -> Result<Pending, EngineError> {
        Ok(self.reader().pending().await?)
    }

    /// The connections to the database that are open now.
    #[must_use]
    pub fn pools(&self) -> Vec<Pool> {
        self.store.pools()
    }
}

//! What those look at who run the program: the post, the timers, the schema, the key and the connections. Counts only.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Statement,
};

use crate::connect::{Reader, Store};
use crate::error::StoreError;
use crate::events::{REGISTER, START, line};
use crate::outbox::LetterState;
use crate::rows::{event, outbox, sweep_failure, tick};

/// How much waits, and how much does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    pub waiting: u64,
    pub dead: u64,
    /// Letters that wait although they were tried several times.
    pub stuck: u64,
    /// Requests whose limits could not be carried out.
    pub sweep_failures: u64,
    /// When the program's own timer was taken for the last time, by any node.
    pub last_tick: Option<DateTime<Utc>>,
}

/// The connections of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// `writer`, `readers`, or `all` where they are one.
    pub name: &'static str,
    pub open: u32,
    pub idle: u32,
}

/// Tries after which a letter that still waits counts as stuck.
const STUCK: i32 = 3;

impl Reader<'_> {
    /// What waits. Five small queries.
    ///
    /// # Errors
    /// What the database says.
    pub async fn pending(&self) -> Result<Pending, StoreError> {
        let in_state =
            |state: LetterState| outbox::Entity::find().filter(outbox::Column::State.eq(state.word()));
        let waiting = in_state(LetterState::Waiting);
        let stuck = waiting.clone().filter(outbox::Column::Attempts.gte(STUCK));
        let last_tick: Option<DateTime<Utc>> = tick::Entity::find()
            .filter(tick::Column::RequestId.is_null())
            .order_by_desc(tick::Column::FiredAt)
            .select_only()
            .column(tick::Column::FiredAt)
            .limit(1)
            .into_tuple()
            .one(&self.on)
            .await?;
        Ok(Pending {
            waiting: waiting.count(&self.on).await?,
            dead: in_state(LetterState::Dead).count(&self.on).await?,
            stuck: stuck.count(&self.on).await?,
            sweep_failures: sweep_failure::Entity::find().count(&self.on).await?,
            last_tick,
        })
    }

    /// The migrations that have been applied.
    ///
    /// # Errors
    /// What the database says.
    pub async fn applied_migrations(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT version FROM seaql_migrations ORDER BY version";
        let statement = Statement::from_string(self.on.get_database_backend(), sql);
        let rows = self.on.query_all_raw(statement).await?;
        rows.iter().map(|row| Ok(row.try_get("", "version")?)).collect()
    }
}

impl Store {
    /// Whether the key is the one with which the register's newest event was written.
    ///
    /// # Errors
    /// What the database says.
    pub async fn key_fits(&self) -> Result<bool, StoreError> {
        let newest = event::Entity::find()
            .filter(event::Column::SubjectId.eq(REGISTER))
            .order_by_desc(event::Column::Seq)
            .limit(2)
            .all(&self.reader().on)
            .await?;
        let mut newest = newest.into_iter().map(line);
        let Some(last) = newest.next() else { return Ok(true) };
        let previous = newest.next().map_or_else(|| START.to_owned(), |before| before.hash);
        Ok(last.expected_hash(&previous, self.audit_key()) == last.hash)
    }

    /// The connections that are open now.
    #[must_use]
    pub fn pools(&self) -> Vec<Pool> {
        let (writer, readers) = self.connections();
        match writer.get_database_backend() {
            DbBackend::Sqlite => vec![pool("writer", writer), pool("readers", readers)],
            _ => vec![pool("all", readers)],
        }
    }
}

fn pool(name: &'static str, connection: &DatabaseConnection) -> Pool {
    let (open, idle) = if connection.get_database_backend() == DbBackend::Sqlite {
        let pool = connection.get_sqlite_connection_pool();
        (pool.size(), pool.num_idle())
    } else {
        let pool = connection.get_postgres_connection_pool();
        (pool.size(), pool.num_idle())
    };
    Pool { name, open, idle: u32::try_from(idle).unwrap_or(open) }
}

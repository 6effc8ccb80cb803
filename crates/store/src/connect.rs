//! Connections: one writer and a pool of readers on SQLite, one pool on PostgreSQL; transactions that may write.

use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::Mutex;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseExecutor, DatabaseTransaction,
    DbBackend, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
};
use tracing::Span;
use tracing::field::Empty;

use crate::error::StoreError;
use crate::events::{AuditKey, Begun};
use crate::guard::{Guard, Guards};
use crate::rows::request;
use crate::told::Untold;

/// The target of spans that belong to traces; the log leaves them out.
pub const SPANS: &str = "zhunru::spans";

/// The store: opens transactions and readers.
#[derive(Debug, Clone)]
pub struct Store {
    writer: DatabaseConnection,
    readers: DatabaseConnection,
    key: AuditKey,
    guards: Guards,
}

/// Reads from the pool, or from inside a transaction.
#[derive(Debug)]
pub struct Reader<'a> {
    pub(crate) on: DatabaseExecutor<'a>,
    pub(crate) guards: Guards,
}

/// A transaction that may write; dropped without `commit` it leaves nothing behind.
#[derive(Debug)]
pub struct Tx {
    pub(crate) on: DatabaseTransaction,
    pub(crate) key: AuditKey,
    pub(crate) guards: Guards,
    /// Rows that were written and wait for the event that tells of them.
    pub(crate) untold: Mutex<Untold>,
    /// Stamps of rows that were written, by place; they are written with the commit.
    pub(crate) unstamped: Mutex<BTreeMap<String, String>>,
    /// An event whose place is taken; it is written when all is told that it causes.
    pub(crate) begun: Mutex<Option<Begun>>,
    /// The row of the request that was taken to be changed, as it was read under its lock.
    pub(crate) taken: Mutex<Option<request::Model>>,
    /// Ends with the transaction.
    span: Span,
}

/// SQLite older than this can corrupt a database in WAL mode (3.7.0–3.51.2).
const LEAST_SQLITE: (u32, u32, u32) = (3, 51, 3);
const READERS: u32 = 4;
/// Prepared statements that a connection keeps; ours are a few hundred, with one for each length of a list.
const STATEMENTS: usize = 500;
/// How many ids one statement asks for: SQLite takes 32,766 values, and there are conditions beside them.
pub(crate) const IDS: usize = 30_000;
const BUSY: Duration = Duration::from_secs(5);

/// Whether what is committed outlives a power cut or a kill.
#[derive(Debug, Clone, Copy)]
enum Durability {
    Lasting,
    ThrowAway,
}

impl Durability {
    /// SQLite's word for it.
    fn synchronous(self) -> &'static str {
        match self {
            Durability::Lasting => "FULL",
            Durability::ThrowAway => "OFF",
        }
    }

    /// Where SQLite keeps what undoes an open transaction. A log beside the file lets others read meanwhile, and each page is
    /// written twice; memory is enough where nobody else reads and a killed process may leave the file half written.
    fn journal(self) -> &'static str {
        match self {
            Durability::Lasting => "WAL",
            Durability::ThrowAway => "MEMORY",
        }
    }

    /// Whether others may open the file, in SQLite's words.
    fn locking(self) -> &'static str {
        match self {
            Durability::Lasting => "NORMAL",
            Durability::ThrowAway => "EXCLUSIVE",
        }
    }
}

impl Store {
    /// Opens the database of a URL, `sqlite://PATH` or `postgres://…`; the schema must be there.
    ///
    /// # Errors
    /// The database cannot be reached, or the SQLite library is too old to be trusted.
    pub async fn open(url: &str, key: AuditKey) -> Result<Store, StoreError> {
        Store::open_with(url, key, Durability::Lasting).await
    }

    /// Opens a database that nobody needs after a power cut or a kill, such as a sandbox's: SQLite waits for no disk, undoes
    /// from memory, and one connection, which keeps the file to itself, reads and writes, so that nobody may read beside an
    /// open transaction. All else is as with [`Store::open`]; PostgreSQL is opened as ever.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_throw_away(url: &str, key: AuditKey) -> Result<Store, StoreError> {
        Store::open_with(url, key, Durability::ThrowAway).await
    }

    async fn open_with(url: &str, key: AuditKey, durability: Durability) -> Result<Store, StoreError> {
        if !url.starts_with("sqlite:") {
            let pool = Database::connect(options(url, READERS * 2)).await?;
            return Ok(Store { writer: pool.clone(), readers: pool, key, guards: Guards::default() });
        }
        let writer = Database::connect(sqlite(url, 1, durability)).await?;
        assert_version(&writer).await?;
        let readers = match durability {
            Durability::Lasting => Database::connect(sqlite(url, READERS, durability)).await?,
            Durability::ThrowAway => writer.clone(),
        };
        Ok(Store { writer, readers, key, guards: Guards::default() })
    }

    /// Begins a transaction that may write; on SQLite it takes the write lock at once.
    ///
    /// # Errors
    /// The database cannot be reached, or is busy for longer than it may be.
    #[track_caller]
    pub fn begin(&self) -> impl Future<Output = Result<Tx, StoreError>> + Send + '_ {
        self.begin_at(Location::caller())
    }

    async fn begin_at(&self, place: &'static Location<'static>) -> Result<Tx, StoreError> {
        let span = tracing::trace_span!(
            target: SPANS, "transaction", code.file.path = place.file(), code.line.number = i64::from(place.line()), outcome = Empty,
        );
        let options = TransactionOptions {
            isolation_level: None,
            access_mode: None,
            sqlite_transaction_mode: match self.writer.get_database_backend() {
                DbBackend::Sqlite => Some(SqliteTransactionMode::Immediate),
                _ => None,
            },
        };
        let on = self.writer.begin_with_options(options).await?;
        if !self.stands(Guard::Check) && on.get_database_backend() == DbBackend::Sqlite {
            on.execute_unprepared("PRAGMA ignore_check_constraints = ON").await?;
        }
        let (key, guards) = (self.key.clone(), self.guards);
        let (untold, unstamped) = (Mutex::default(), Mutex::default());
        let (begun, taken) = (Mutex::default(), Mutex::default());
        Ok(Tx { on, key, guards, untold, unstamped, begun, taken, span })
    }

    /// The same store without some of its guards.
    #[cfg(feature = "sabotage")]
    #[must_use]
    pub fn without(mut self, off: &'static [Guard]) -> Store {
        self.guards.off = off;
        self
    }

    /// The same store, counting its statements.
    #[cfg(feature = "sabotage")]
    #[must_use]
    pub fn counted(mut self, statements: &std::sync::Arc<std::sync::atomic::AtomicUsize>) -> Store {
        for connection in [&mut self.writer, &mut self.readers] {
            let statements = std::sync::Arc::clone(statements);
            connection.set_metric_callback(move |_| {
                statements.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            });
        }
        self
    }

    /// Whether a guard stands; in every build but that of the tests it does.
    #[must_use]
    pub fn stands(&self, guard: Guard) -> bool {
        self.guards.stand(guard)
    }

    /// Reads what is committed.
    #[must_use]
    pub fn reader(&self) -> Reader<'_> {
        Reader { on: DatabaseExecutor::Connection(&self.readers), guards: self.guards }
    }

    /// The connections of those who write and of those who read.
    pub(crate) fn connections(&self) -> (&DatabaseConnection, &DatabaseConnection) {
        (&self.writer, &self.readers)
    }

    /// The key of the chains of events, for verifying them.
    #[must_use]
    pub fn audit_key(&self) -> &AuditKey {
        &self.key
    }

    /// Closes all connections.
    ///
    /// # Errors
    /// What the database says.
    pub async fn close(self) -> Result<(), StoreError> {
        self.readers.close_by_ref().await?;
        self.writer.close_by_ref().await?;
        Ok(())
    }
}

impl Tx {
    /// Makes everything of the transaction durable, at once.
    ///
    /// # Errors
    /// Nothing was written; also where a row was changed that no event of the transaction tells of.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.finish_event().await?;
        if let Some(place) = self.take_untold().first() {
            return Err(StoreError::Untold(place));
        }
        self.write_stamps().await?;
        self.on.commit().await?;
        self.span.record("outcome", "committed");
        Ok(())
    }

    /// Reads inside the transaction, its own writes included.
    #[must_use]
    pub fn reader(&self) -> Reader<'_> {
        Reader { on: DatabaseExecutor::Transaction(&self.on), guards: self.guards }
    }
}

fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(connections).min_connections(1).sqlx_logging(false);
    options
}

fn sqlite(url: &str, connections: u32, durability: Durability) -> ConnectOptions {
    let mut options = options(url, connections);
    // A file does not go away; a server may, so its connections are tried before they are used.
    options.test_before_acquire(false);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .pragma("journal_mode", durability.journal())
            .pragma("synchronous", durability.synchronous())
            .pragma("cache_size", cache(connections))
            .pragma("locking_mode", durability.locking())
            .foreign_keys(true)
            .statement_cache_capacity(STATEMENTS)
            .busy_timeout(BUSY)
            .create_if_missing(false)
    });
    options
}

/// What a connection keeps of the file, in KiB: the writer some, each reader a little, since every commit empties theirs.
/// More is not better: after a change that moves pages SQLite looks through all that it keeps, once a commit (measured with
/// the sandbox year: 64 MiB 71 s, 20 MiB 62 s, 12 MiB 64 s, 4 MiB 93 s).
fn cache(connections: u32) -> &'static str {
    if connections == 1 { "-20480" } else { "-8192" }
}

async fn assert_version(connection: &DatabaseConnection) -> Result<(), StoreError> {
    let statement = Statement::from_string(DbBackend::Sqlite, "SELECT sqlite_version() AS version");
    let row = connection.query_one_raw(statement).await?.ok_or(StoreError::NotFound("version"))?;
    let version: String = row.try_get("", "version")?;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let found = (next(), next(), next());
    if found < LEAST_SQLITE {
        return Err(StoreError::Unavailable(format!("SQLite {version} is older than 3.51.3")));
    }
    Ok(())
}

/// A statement with `?` for its values, in the dialect of the database.
pub(crate) fn statement(on: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Statement {
    let backend = on.get_database_backend();
    if backend != DbBackend::Postgres {
        return Statement::from_sql_and_values(backend, sql, values);
    }
    let mut numbered = String::with_capacity(sql.len() + values.len() * 2);
    let mut number = 0;
    for part in sql.split_inclusive('?') {
        match part.strip_suffix('?') {
            Some(before) => {
                number += 1;
                numbered.push_str(before);
                numbered.push('$');
                numbered.push_str(&number.to_string());
            }
            None => numbered.push_str(part),
        }
    }
    Statement::from_sql_and_values(backend, numbered, values)
}

//! The structure of the database and the state of its file: what no row tells.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use crate::connect::Reader;
use crate::error::StoreError;
use crate::events::Head;
use crate::told::digest;

/// Under this subject a seal keeps the structure, counted by its migrations.
pub(crate) const STRUCTURE: Uuid = Uuid::max();

const MIGRATIONS: &str = "SELECT version || ' ' || applied_at AS line FROM seaql_migrations ORDER BY version";
const OF_SQLITE: &str = "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || COALESCE(sql, '') AS line FROM sqlite_master \
     ORDER BY type, name";
const OF_POSTGRES: &str = "SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable AS line \
     FROM information_schema.columns WHERE table_schema = current_schema() \
     UNION ALL SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
     WHERE connamespace = current_schema()::regnamespace \
     UNION ALL SELECT tgrelid::regclass::text || ' ' || tgname || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal \
     ORDER BY 1";

/// Table and column of every day and time.
const TIMES_OF_SQLITE: &str = "SELECT m.name || ' ' || p.name AS line FROM sqlite_master AS m \
     JOIN pragma_table_info(m.name) AS p WHERE m.type = 'table' \
     AND p.type IN ('timestamp_with_timezone_text', 'date_text') ORDER BY m.name, p.name";

/// Table, and of each of its columns whether a cell is kept as another type than the column's: SQLite converts what it reads,
/// so that it would be read as the same.
const TYPES_OF_SQLITE: &str = "SELECT m.name || ' ' || group_concat( \
     'typeof(\"' || p.name || '\") NOT IN (''null'', ''' || CASE \
     WHEN p.type LIKE 'uuid%' OR p.type LIKE 'blob%' THEN 'blob' \
     WHEN lower(p.type) IN ('integer', 'bigint', 'boolean') THEN 'integer' ELSE 'text' END || ''')', ' OR ') AS line \
     FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS p WHERE m.type = 'table' GROUP BY m.name";

/// Counts in a column what holds anything but figures and the signs between them, or a time that is not that of UTC.
fn count_of_odd_times(column: &str) -> Option<String> {
    let (table, column) = column.split_once(' ')?;
    let foreign = format!("\"{column}\" GLOB '*T*' AND \"{column}\" NOT GLOB '*+00:00'");
    let odd = format!("\"{column}\" GLOB '*[^0-9T:+.-]*' OR {foreign}");
    Some(format!("SELECT '{table}.{column}' AS place, COUNT(*) AS odd FROM \"{table}\" WHERE {odd}"))
}

/// Counts in a table the rows with a cell of another type.
fn count_of_odd_types(line: &str) -> Option<String> {
    let (table, odd) = line.split_once(' ')?;
    Some(format!("SELECT '{table}' AS place, COUNT(*) AS odd FROM \"{table}\" WHERE {odd}"))
}

impl Reader<'_> {
    /// The structure as it is now: how many migrations made it, and the hash of all that describes it.
    pub(crate) async fn structure(&self) -> Result<Head, StoreError> {
        let migrations = self.lines(MIGRATIONS).await?;
        let described = match self.on.get_database_backend() {
            DbBackend::Sqlite => self.lines(OF_SQLITE).await?,
            _ => self.lines(OF_POSTGRES).await?,
        };
        let count = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
        let text = format!("{}\n\n{}", migrations.join("\n"), described.join("\n"));
        Ok(Head { count, hash: digest(text.as_bytes()) })
    }

    /// What SQLite itself finds broken in its file; a server looks after its own files.
    pub(crate) async fn broken_pages(&self) -> Result<Vec<String>, StoreError> {
        if self.on.get_database_backend() != DbBackend::Sqlite {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for row in self.on.query_all_raw(statement(&self.on, "PRAGMA integrity_check")).await? {
            let line: String = row.try_get_by_index(0)?;
            if line != "ok" {
                found.push(line);
            }
        }
        Ok(found)
    }

    /// Columns of SQLite with a day or a time, and tables with a cell, that is not written as the program writes it, though it
    /// may be read as the same.
    pub(crate) async fn odd_cells(&self) -> Result<Vec<String>, StoreError> {
        if self.on.get_database_backend() != DbBackend::Sqlite {
            return Ok(Vec::new());
        }
        let columns = self.lines(TIMES_OF_SQLITE).await?;
        let tables = self.lines(TYPES_OF_SQLITE).await?;
        let times = columns.iter().filter_map(|column| count_of_odd_times(column));
        let counts: Vec<String> =
            times.chain(tables.iter().filter_map(|line| count_of_odd_types(line))).collect();
        let counts = counts.join(" UNION ALL ");
        self.lines(&format!("SELECT place AS line FROM ({counts}) WHERE odd > 0 ORDER BY place")).await
    }

    async fn lines(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        let rows = self.on.query_all_raw(statement(&self.on, sql)).await?;
        rows.iter().map(|row| Ok(row.try_get("", "line")?)).collect()
    }
}

fn statement(on: &impl ConnectionTrait, sql: &str) -> Statement {
    Statement::from_string(on.get_database_backend(), sql)
}

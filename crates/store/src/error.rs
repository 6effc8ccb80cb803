//! What a caller of the store does next: look elsewhere, read again, try again, or give up.

use std::borrow::Cow;
use std::fmt::Display;

use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// Why the store refused; the transaction has left nothing behind.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("someone else has changed it meanwhile; read it again")]
    Conflict,
    #[error("some community's month has not enough free hours")]
    QuotaOver,
    #[error("an account does not hold the money")]
    FundsShort,
    #[error("it is there already: {0}")]
    Duplicate(String),
    #[error("the row `{id}` of `{table}` cannot be read: {reason}")]
    Unreadable { table: &'static str, id: String, reason: String },
    /// A mistake of the program: the write has no event.
    #[error("no event tells of `{0}`")]
    Untold(String),
    /// A number that stands in more than one district.
    #[error("`{written}` in several districts; give the id")]
    Ambiguous { written: String },
    /// A mistake of the program: the schema does not take what was to be written.
    #[error("the schema forbids it: {0}")]
    Forbidden(String),
    #[error("the database asks to try again")]
    Again,
    #[error("the database is not available: {0}")]
    Unavailable(String),
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> StoreError {
        if let Some(SqlErr::UniqueConstraintViolation(what)) = error.sql_err() {
            return StoreError::Duplicate(what);
        }
        let text = error.to_string();
        match code(&error).as_deref() {
            Some(code) if AGAIN.contains(&code) => StoreError::Again,
            Some(code) if CHECKS.contains(&code) => StoreError::Forbidden(text),
            _ => StoreError::Unavailable(text),
        }
    }
}

/// PostgreSQL could not serialise, or found a deadlock; SQLite was busy, by its extended codes.
const AGAIN: [&str; 6] = ["40001", "40P01", "5", "261", "517", "773"];
/// A check of the schema failed, on PostgreSQL and on SQLite.
const CHECKS: [&str; 2] = ["23514", "275"];

/// The database's own code of an error: five characters of PostgreSQL, or a number of SQLite.
fn code(error: &DbErr) -> Option<String> {
    let (DbErr::Conn(RuntimeErr::SqlxError(cause))
    | DbErr::Exec(RuntimeErr::SqlxError(cause))
    | DbErr::Query(RuntimeErr::SqlxError(cause))) = error
    else {
        return None;
    };
    cause.as_database_error()?.code().map(Cow::into_owned)
}

/// A stored word or JSON text that does not read back.
pub(crate) fn unreadable(table: &'static str, id: impl Display, reason: impl Display) -> StoreError {
    StoreError::Unreadable { table, id: id.to_string(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::StoreError;
    use sea_orm::DbErr;

    #[test]
    fn an_error_is_told_by_its_code_and_not_by_its_words() {
        for words in ["`准〔2026〕40001号` is odd", "deadlock detected", "database is locked"] {
            let error = StoreError::from(DbErr::Custom(words.to_owned()));
            assert!(matches!(error, StoreError::Unavailable(_)), "{words}: {error:?}");
        }
    }
}

//! What a caller of the store does next: look elsewhere, read again, try again, or give up.

use std::fmt::Display;

use sea_orm::{DbErr, SqlErr};

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
        let again = ["40001", "40P01", "deadlock detected", "could not serialize", "database is locked"];
        if again.iter().any(|sign| text.contains(sign)) {
            return StoreError::Again;
        }
        StoreError::Unavailable(text)
    }
}

/// A stored word or JSON text that does not read back.
pub(crate) fn unreadable(table: &'static str, id: impl Display, reason: impl Display) -> StoreError {
    StoreError::Unreadable { table, id: id.to_string(), reason: reason.to_string() }
}

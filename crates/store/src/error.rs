//! What a caller of the store does next: look elsewhere, read again, try again, or give up.

use std::borrow::Cow;
use std::fmt::Display;

use sea_orm::{DbErr, RuntimeErr, SqlErr};
use workflow::language::Language;

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
    /// What the database says of it is for the log.
    #[error("it is there already: {0}")]
    Duplicate(String),
    #[error("the row `{id}` of `{table}` cannot be read: {reason}")]
    Unreadable { table: &'static str, id: String, reason: String },
    /// A mistake of the program: the write has no event.
    #[error("no event tells of `{0}`")]
    Untold(String),
    /// A number that names something in each of several districts.
    #[error("several districts have `{written}`; give the id")]
    Ambiguous { written: String },
    /// A mistake of the program: the schema does not take what was to be written.
    #[error("the schema forbids it: {0}")]
    Forbidden(String),
    #[error("the database asks to try again")]
    Again,
    #[error("the database is not available: {0}")]
    Unavailable(String),
}

impl StoreError {
    /// The refusal in the reader's language, without what the database says of itself where it is somebody's mistake.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let (zh, en) = match self {
            StoreError::NotFound(_) => ("没有找到".to_owned(), self.to_string()),
            StoreError::Again => {
                ("系统正忙，本次没有办成，请稍后再试".to_owned(), "busy; try again shortly".to_owned())
            }
            StoreError::Conflict => (
                "他人已先行修改，请刷新后再办".to_owned(),
                "someone else has changed it meanwhile; read it again".to_owned(),
            ),
            StoreError::QuotaOver => ("社区当月可用工时不足".to_owned(), self.to_string()),
            StoreError::FundsShort => ("账户余额不足".to_owned(), self.to_string()),
            StoreError::Duplicate(_) => {
                ("已经有了，不能重复登记".to_owned(), "it is there already".to_owned())
            }
            StoreError::Ambiguous { written } => {
                (format!("多个区都有“{written}”，请改用标识（id）"), self.to_string())
            }
            StoreError::Unreadable { table, id, reason } => {
                (format!("表 {table} 的记录 {id} 无法读取：{reason}"), self.to_string())
            }
            StoreError::Forbidden(what) => (format!("数据不符合约束：{what}"), self.to_string()),
            StoreError::Untold(what) => (format!("没有事件记载 {what}"), self.to_string()),
            StoreError::Unavailable(reason) => (format!("数据库不可用：{reason}"), self.to_string()),
        };
        match language {
            Language::Chinese => zh,
            Language::English => en,
        }
    }
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

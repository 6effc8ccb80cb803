//! What can be wrong with a rule set's files: every fault with file, line and column, all at once.

use std::fmt;

/// One fault of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadFault {
    pub file: String,
    /// 1-based; 0 where the fault is the file's as a whole.
    pub line: usize,
    pub column: usize,
    pub message: String,
}

impl LoadFault {
    pub(crate) fn new(file: &str, line: usize, message: impl Into<String>) -> LoadFault {
        LoadFault::at(file, line, usize::from(line > 0), message)
    }

    pub(crate) fn at(file: &str, line: usize, column: usize, message: impl Into<String>) -> LoadFault {
        LoadFault { file: file.to_owned(), line, column, message: message.into() }
    }
}

impl fmt::Display for LoadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}:{}: {}", self.file, self.column, self.message),
        }
    }
}

/// Every fault of a rule set; a set with one is not used at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct RuleSetFaults(pub Vec<LoadFault>);

/// A fault in a CSV file: its row counts from 1, the heading being row 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {row}, column `{column}`: {message}")]
pub struct CsvFault {
    pub row: usize,
    pub column: String,
    pub message: String,
}

impl CsvFault {
    /// A fault of one cell; a blank column means the whole row.
    pub fn new(row: usize, column: &str, message: impl Into<String>) -> CsvFault {
        CsvFault { row, column: column.to_owned(), message: message.into() }
    }
}

//! What can be wrong with a rule set's files: every fault with file, line and column, all at once.

use std::fmt;

use workflow::language::{Bilingual, Language};

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
#[error("{}", self.message(Language::English))]
pub struct CsvFault {
    pub row: usize,
    pub column: String,
    pub said: Bilingual,
}

impl CsvFault {
    /// A fault of one cell; a blank column means the whole row.
    pub fn new(row: usize, column: &str, said: impl Into<Bilingual>) -> CsvFault {
        CsvFault { row, column: column.to_owned(), said: said.into() }
    }

    /// A row that is none: a quotation mark that does not end, a cell too many.
    pub fn unread(row: usize, error: impl fmt::Display) -> CsvFault {
        let zh = "这一行不是有效的 CSV，请检查引号和列数";
        CsvFault::new(row, "", (zh, format!("this row is no valid CSV: {error}")))
    }

    /// Another heading than the wanted one.
    #[must_use]
    pub fn of_heading(wanted: &[&str]) -> CsvFault {
        let wanted = wanted.join(",");
        CsvFault::new(1, "", (format!("表头应为 {wanted}"), format!("the heading must be {wanted}")))
    }

    /// The fault with its place, in the reader's language.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let CsvFault { row, column, said } = self;
        match (language, column.as_str()) {
            (Language::Chinese, "") => format!("第 {row} 行：{}", said.zh),
            (Language::Chinese, column) => format!("第 {row} 行“{column}”列：{}", said.zh),
            (Language::English, "") => format!("row {row}: {}", said.en),
            (Language::English, column) => format!("row {row}, column `{column}`: {}", said.en),
        }
    }
}

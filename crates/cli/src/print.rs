//! Printing: tables for people, JSON for programs, failures with a code and a place.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use engine::EngineError;
use serde::Serialize;
use store::StoreError;
use workflow::card::Colour;
use workflow::language::Language;

use crate::settings::Common;

/// Why a command failed, with the exit code that says of what kind it is.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was put in is wrong: exit 2.
    Input(String),
    Engine(Box<EngineError>),
    /// Whoever read our output has gone; there is nothing more to do.
    Unread,
    Other(anyhow::Error),
}

impl Failure {
    pub(crate) fn report(self, language: Language) -> ExitCode {
        let code = match &self {
            Failure::Unread => return ExitCode::SUCCESS,
            Failure::Input(_) => 2,
            Failure::Engine(error) => match **error {
                EngineError::Malformed(_) | EngineError::Csv(_) => 2,
                _ => 1,
            },
            Failure::Other(_) => 1,
        };
        let message = self.message(language);
        // Nothing more can be done when standard error is gone.
        let _ = writeln!(std::io::stderr(), "zhunru: {message}");
        ExitCode::from(code)
    }

    /// What went wrong, without the code.
    pub(crate) fn message(&self, language: Language) -> String {
        match self {
            Failure::Unread => String::new(),
            Failure::Input(message) => message.clone(),
            Failure::Engine(error) => error.message(language),
            Failure::Other(error) => format!("{error:#}"),
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        Failure::Engine(Box::new(error))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Engine(Box::new(EngineError::Store(error)))
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::Other(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Failure::Unread,
            _ => Failure::Other(error.into()),
        }
    }
}

/// Writes a line to standard output; a reader that has gone ends the command quietly.
pub(crate) fn line(text: impl AsRef<str>) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_ref().as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Writes a line about long work to standard error, which no program reads.
pub(crate) fn progress(text: impl AsRef<str>) -> std::io::Result<()> {
    writeln!(std::io::stderr(), "{}", text.as_ref())
}

/// Says on standard error which rows a list goes on without, and why they could not be read.
pub(crate) fn unreadable(failures: &[String]) -> std::io::Result<()> {
    failures.iter().try_for_each(|failure| progress(format!("✗ {failure}")))
}

/// JSON on standard output.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(anyhow::Error::from)?;
    Ok(line(text)?)
}

/// The same said to a program or to a person.
pub(crate) fn said(common: &Common, value: &serde_json::Value, text: &str) -> Result<(), Failure> {
    if common.json {
        return json(value);
    }
    Ok(line(text)?)
}

/// One hairline under the heading, nothing else.
const HAIRLINE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A table for people; columns named in `right` are numbers.
pub(crate) fn table(heading: &[&str], right: &[usize], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(HAIRLINE).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(heading.to_vec());
    for row in rows {
        table.add_row(row);
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        if right.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// A table whose rows show the colour of their card, where the terminal has colour.
pub(crate) fn coloured(heading: &[&str], rows: Vec<Vec<String>>, colours: &[Option<Colour>]) -> String {
    let plain = table(heading, &[], rows);
    if !std::io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some() {
        return plain;
    }
    let ink = |line: (usize, &str)| {
        let row = line.0.checked_sub(HEAD_LINES).and_then(|row| colours.get(row)).copied().flatten();
        match row {
            Some(Colour::Yellow) => format!("\u{1b}[33m{}\u{1b}[0m", line.1),
            Some(Colour::Red) => format!("\u{1b}[31m{}\u{1b}[0m", line.1),
            None => line.1.to_owned(),
        }
    };
    plain.lines().enumerate().map(ink).collect::<Vec<_>>().join("\n")
}

/// Lines of a table before its rows: the heading and the hairline.
const HEAD_LINES: usize = 2;

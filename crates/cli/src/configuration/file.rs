//! The settings' file: which one counts, what stands in it with line and column, and what is wrong with it.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use workflow::language::{Bilingual, Language};

use super::Known;
use super::nearest::nearest;

/// The option that names the file, and its variable.
pub(super) const FLAG: &str = "config";
pub(super) const VARIABLE: &str = "ZHUNRU_CONFIG";

/// The files that are looked for when none is named; the first that is there counts.
const USUAL: [&str; 2] = ["zhunru.toml", "/etc/zhunru/zhunru.toml"];

/// A file of settings that was read.
#[derive(Debug)]
pub(super) struct SettingsFile {
    pub(super) path: PathBuf,
    entries: Vec<Entry>,
}

/// A setting of the file, as the command line would say it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) values: Vec<String>,
    line: usize,
    column: usize,
}

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    File { path: PathBuf, line: usize, column: usize },
    WholeFile(PathBuf),
    Variable(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File { path, line, column } => write!(f, "{}:{line}:{column}", path.display()),
            Place::WholeFile(path) => write!(f, "{}", path.display()),
            Place::Variable(name) => f.write_str(name),
        }
    }
}

impl Serialize for Place {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Something that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Fault {
    pub(super) place: Place,
    pub(super) message: Bilingual,
}

impl Fault {
    pub(super) fn at(place: Place, zh: String, en: String) -> Fault {
        Fault { place, message: Bilingual { zh, en } }
    }

    pub(super) fn refused(place: Place, key: &str, reason: &str) -> Fault {
        let (zh, en) =
            (format!("`{key}` 不接受此值：{reason}"), format!("`{key}` does not take this value: {reason}"));
        Fault::at(place, zh, en)
    }

    pub(super) fn said(&self, language: Language) -> String {
        format!("{}: {}", self.place, self.message.get(language))
    }
}

impl SettingsFile {
    /// The file that the words or the variable name, else the first usual one; with the faults of its writing.
    pub(super) fn find(words: &[OsString]) -> (Option<SettingsFile>, Vec<Fault>) {
        let named = named(words).or_else(|| std::env::var_os(VARIABLE));
        let path = match &named {
            Some(path) => Some(PathBuf::from(path)),
            None => USUAL.iter().map(PathBuf::from).find(|path| path.exists()),
        };
        let Some(path) = path else { return (None, Vec::new()) };
        match std::fs::read_to_string(&path) {
            Ok(text) => SettingsFile::parse(path, &text),
            Err(error) => {
                let (zh, en) = (format!("无法读取：{error}"), format!("it cannot be read: {error}"));
                (None, vec![Fault::at(Place::WholeFile(path), zh, en)])
            }
        }
    }

    fn parse(path: PathBuf, text: &str) -> (Option<SettingsFile>, Vec<Fault>) {
        let place = |span: Option<std::ops::Range<usize>>| {
            let (line, column) = position(text, span.map_or(0, |span| span.start));
            Place::File { path: path.clone(), line, column }
        };
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(error) => {
                let (zh, en) = (
                    format!("不是 TOML：{}", error.message()),
                    format!("it is no TOML: {}", error.message()),
                );
                return (None, vec![Fault::at(place(error.span()), zh, en)]);
            }
        };
        let (mut entries, mut faults) = (Vec::new(), Vec::new());
        let mut tables = vec![(String::new(), table.get_ref())];
        while let Some((prefix, table)) = tables.pop() {
            for (name, value) in table {
                let key = format!("{prefix}{}", name.get_ref());
                if let DeValue::Table(inner) = value.get_ref() {
                    tables.push((format!("{key}_"), inner));
                    continue;
                }
                let (line, column) = position(text, name.span().start);
                let Some(values) = values(value) else {
                    let (zh, en) = (
                        format!("`{key}` 应为文本、数字、真假值或其列表"),
                        format!("`{key}` is to be a text, a number, true or false, or a list of such"),
                    );
                    faults.push(Fault::at(place(Some(value.span())), zh, en));
                    continue;
                };
                entries.push(Entry { key, values, line, column });
            }
        }
        entries.sort_by_key(|entry| (entry.line, entry.column));
        (Some(SettingsFile { path, entries }), faults)
    }

    /// The file with what the settings take of it; the rest is listed as faults.
    pub(super) fn checked(mut self, known: &[Known], faults: &mut Vec<Fault>) -> SettingsFile {
        for entry in std::mem::take(&mut self.entries) {
            let place = Place::File { path: self.path.clone(), line: entry.line, column: entry.column };
            let Some(one) = known.iter().find(|known| known.key == entry.key) else {
                faults.push(unknown(place, &entry.key, known));
                continue;
            };
            match one.refuses(&entry.values) {
                Some(reason) => faults.push(Fault::refused(place, &entry.key, &reason)),
                None => self.entries.push(entry),
            }
        }
        self
    }

    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    pub(super) fn place(&self, key: &str) -> Option<Place> {
        let entry = self.entry(key)?;
        Some(Place::File { path: self.path.clone(), line: entry.line, column: entry.column })
    }
}

fn unknown(place: Place, key: &str, known: &[Known]) -> Fault {
    let names = known.iter().map(|known| known.key.as_str());
    match nearest(key, names) {
        Some(near) => Fault::at(
            place,
            format!("没有 `{key}` 这一项，是否指 `{near}`？"),
            format!("there is no setting `{key}`; is `{near}` meant?"),
        ),
        None => Fault::at(place, format!("没有 `{key}` 这一项"), format!("there is no setting `{key}`")),
    }
}

/// The value of `--config` among the words.
fn named(words: &[OsString]) -> Option<OsString> {
    let long = format!("--{FLAG}");
    let mut words = words.iter().skip(1).take_while(|word| *word != OsStr::new("--"));
    let found = words.find(|word| {
        word.to_str().is_some_and(|word| word == long || word.starts_with(&format!("{long}=")))
    })?;
    match found.to_str().and_then(|word| word.split_once('=')) {
        Some((_, path)) => Some(path.into()),
        None => words.next().cloned(),
    }
}

/// What a value would be on the command line; a list gives several.
fn values(value: &Spanned<DeValue<'_>>) -> Option<Vec<String>> {
    match value.get_ref() {
        DeValue::Array(list) => {
            let parts: Option<Vec<Vec<String>>> = list.iter().map(values).collect();
            Some(parts?.into_iter().flatten().collect())
        }
        DeValue::String(text) => Some(vec![text.to_string()]),
        DeValue::Integer(number) => Some(vec![number.to_string()]),
        DeValue::Boolean(value) => Some(vec![value.to_string()]),
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

/// Line and column of a byte, both from one; a column is a character.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// Whether others than the owner may read a file.
pub(super) fn is_open_to_others(path: &Path) -> std::io::Result<bool> {
    let meta = std::fs::metadata(path)?;
    #[cfg(unix)]
    return Ok(std::os::unix::fs::MetadataExt::mode(&meta) & 0o077 != 0);
    #[cfg(not(unix))]
    Ok(meta.permissions().readonly() && false)
}

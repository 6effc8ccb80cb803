//! The head of a rule: declarations in `//!` lines, checked and shown on pages. A script never contains prose; the
//! reasons it may give stand here with severity and wording in both languages.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use workflow::assessment::Severity;
use workflow::language::Bilingual;
use workflow::parameters::InForce;

use crate::error::LoadFault;

/// What a rule declares of itself.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) id: String,
    pub(crate) title: Bilingual,
    pub(crate) citation: String,
    pub(crate) in_force: InForce,
    /// Reasons by their finding code.
    pub(crate) reasons: BTreeMap<String, Reason>,
}

#[derive(Debug, Clone)]
pub(crate) struct Reason {
    pub(crate) severity: Severity,
    pub(crate) message: Bilingual,
}

/// The declared lines of one file, taken one by one.
struct Declared<'a> {
    file: &'a str,
    lines: BTreeMap<&'a str, (usize, &'a str)>,
    reasons: Vec<(usize, &'a str)>,
    faults: Vec<LoadFault>,
}

const KEYS: [&str; 6] = ["id", "title", "citation", "in_force", "ceiling", "reasons"];

/// Reads the head of a file.
pub(crate) fn read(file: &str, script: &str) -> Result<Head, Vec<LoadFault>> {
    let mut declared = Declared::of(file, script);
    let id = declared.take("id").map(|(_, id)| id.to_owned());
    if id.as_ref().is_some_and(|id| format!("{id}.rhai") != file) {
        declared.fault(1, "the id must be the file's name");
    }
    let title = declared.take("title").and_then(|(line, text)| declared.bilingual(line, text));
    let citation = declared.take("citation").map(|(_, text)| text.to_owned());
    let in_force = declared.take("in_force").and_then(|(line, text)| declared.in_force(line, text));
    let ceiling = declared.take("ceiling").and_then(|(line, text)| declared.severity(line, text));
    let reasons = declared.read_reasons(ceiling);
    match (id, title, citation, in_force) {
        (Some(id), Some(title), Some(citation), Some(in_force)) if declared.faults.is_empty() => {
            Ok(Head { id, title, citation, in_force, reasons })
        }
        _ => Err(declared.faults),
    }
}

impl<'a> Declared<'a> {
    fn of(file: &'a str, script: &'a str) -> Declared<'a> {
        let mut declared = Declared { file, lines: BTreeMap::new(), reasons: Vec::new(), faults: Vec::new() };
        for (index, line) in script.lines().enumerate() {
            let Some(text) = line.strip_prefix("//!") else { break };
            match text.split_once(':') {
                Some((key, value)) if KEYS.contains(&key.trim()) && !text.starts_with("   ") => {
                    if declared.lines.insert(key.trim(), (index + 1, value.trim())).is_some() {
                        declared.fault(index + 1, &format!("`{}` is given twice", key.trim()));
                    }
                }
                _ if text.starts_with("   ") => declared.reasons.push((index + 1, text.trim())),
                _ => declared.fault(index + 1, &format!("one of {} is expected here", KEYS.join(", "))),
            }
        }
        declared
    }

    fn fault(&mut self, line: usize, message: &str) {
        self.faults.push(LoadFault::new(self.file, line, message));
    }

    fn take(&mut self, key: &str) -> Option<(usize, &'a str)> {
        let found = self.lines.get(key).copied().filter(|(_, value)| !value.is_empty());
        if found.is_none() {
            self.fault(1, &format!("the head lacks `{key}`"));
        }
        found
    }

    fn bilingual(&mut self, line: usize, text: &str) -> Option<Bilingual> {
        let both = text.split_once('|').map(|(zh, en)| (zh.trim(), en.trim()));
        match both {
            Some((zh, en)) if !zh.is_empty() && !en.is_empty() => {
                Some(Bilingual { zh: zh.to_owned(), en: en.to_owned() })
            }
            _ => {
                self.fault(line, "`Chinese | English` is expected here");
                None
            }
        }
    }

    fn severity(&mut self, line: usize, word: &str) -> Option<Severity> {
        let severity = Severity::from_word(word);
        if severity.is_none() {
            let words: Vec<_> = Severity::ALL.iter().map(|severity| severity.word()).collect();
            self.fault(line, &format!("`{word}` is none of {}", words.join(", ")));
        }
        severity
    }

    fn in_force(&mut self, line: usize, text: &str) -> Option<InForce> {
        let date = |text: &str| NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
        let parsed = text.split_once("..").and_then(|(from, until)| {
            let until = match until.trim() {
                "" => None,
                until => Some(date(until)?),
            };
            Some(InForce { from: date(from)?, until })
        });
        let parsed = parsed.filter(|dates| dates.until.is_none_or(|until| dates.from <= until));
        if parsed.is_none() {
            self.fault(line, "`2026-01-01 ..` or `2026-01-01 .. 2026-12-31` is expected here");
        }
        parsed
    }

    fn read_reasons(&mut self, ceiling: Option<Severity>) -> BTreeMap<String, Reason> {
        let mut reasons = BTreeMap::new();
        for (line, text) in std::mem::take(&mut self.reasons) {
            let parts: Vec<&str> = text.split('|').map(str::trim).collect();
            let [code, severity, zh, en] = parts.as_slice() else {
                self.fault(line, "`code | severity | Chinese | English` is expected here");
                continue;
            };
            if parts.iter().any(|part| part.is_empty()) {
                self.fault(line, "none of the four parts may be blank");
            }
            let Some(severity) = self.severity(line, severity) else { continue };
            if ceiling.is_some_and(|ceiling| severity < ceiling) {
                self.fault(line, &format!("`{severity}` is above the rule's ceiling"));
            }
            let message = Bilingual { zh: (*zh).to_owned(), en: (*en).to_owned() };
            if reasons.insert((*code).to_owned(), Reason { severity, message }).is_some() {
                self.fault(line, &format!("the reason `{code}` is given twice"));
            }
        }
        if reasons.is_empty() {
            self.fault(1, "the head declares no reason");
        }
        reasons
    }
}

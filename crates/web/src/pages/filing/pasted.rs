//! Codes of communities that are pasted into the form, such as a column of a spreadsheet: which of them are taken, and
//! which belong to no community that may be chosen, with the line on which they stand. It does not keep what is taken.

use std::collections::BTreeSet;

use engine::ChoosablePlace;
use workflow::facts::Fault;

use crate::tongue::Tongue;

/// How many strange codes are named one by one; the others are counted.
const MOST: usize = 50;

/// Pasted codes of no community that may be chosen, each once, with the line on which it stood first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Strange(Vec<(usize, String)>);

/// Parts a pasted text into codes that may be chosen and others.
pub(crate) fn read(text: &str, places: &[ChoosablePlace]) -> (BTreeSet<String>, Strange) {
    let known: BTreeSet<&str> = places.iter().map(|place| place.code.as_str()).collect();
    let (mut chosen, mut strange) = (BTreeSet::new(), Vec::new());
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (index, line) in text.lines().enumerate() {
        for code in line.split(stands_between).filter(|code| !code.is_empty()) {
            if known.contains(code) {
                chosen.insert(code.to_owned());
            } else if seen.insert(code) {
                strange.push((index + 1, code.to_owned()));
            }
        }
    }
    (chosen, Strange(strange))
}

/// What parts two codes on one line.
fn stands_between(letter: char) -> bool {
    letter.is_whitespace() || [',', '，', '、', ';', '；'].contains(&letter)
}

impl Strange {
    /// What stays in the form to be mended, one code a line.
    pub(crate) fn text(&self) -> String {
        self.0.iter().map(|(_, code)| code.as_str()).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn faults(&self) -> Vec<Fault> {
        let fault = |pointer: String| Fault::new(pointer, ("不能选择", "may not be chosen"));
        let named = (0..self.0.len().min(MOST)).map(|index| fault(format!("/codes/{index}")));
        let others = (self.0.len() > MOST).then(|| fault("/codes".to_owned()));
        named.chain(others).collect()
    }

    /// Line and code of a fault; how many more there are where it has no index.
    pub(crate) fn named(&self, index: Option<usize>, tongue: Tongue) -> Option<String> {
        let Some(index) = index else {
            let (before, after) = (tongue.say("另有", "each of"), tongue.say("个", "more"));
            return Some(format!("{before} {} {after}", self.0.len().saturating_sub(MOST)));
        };
        let (line, code) = self.0.get(index)?;
        let (before, after) = (tongue.say("第", "line "), tongue.say("行", ":"));
        Some(format!("{before}{line}{after} {code}"))
    }
}

//! `parameters.toml`: the set's name, the order of its rules, the constants of the scripts, and the engine's numbers.

use std::collections::BTreeMap;

use serde::Deserialize;
use workflow::card::CardParameters;
use workflow::letters::LetterParameters;
use workflow::parameters::{
    Jurisdiction, LimitParameters, MoneyParameters, OversightParameters, Parameters, PoolParameters,
    PriceParameters, QuotaParameters, SplittingParameters,
};
use workflow::reminders::ReminderParameters;

use crate::dictionary::Dictionary;
use crate::error::LoadFault;

pub(crate) const FILE: &str = "parameters.toml";

/// The whole file.
pub(crate) struct ParameterFile {
    pub(crate) rule_set: SetHead,
    pub(crate) constants: toml::Table,
    pub(crate) dictionary: Dictionary,
    pub(crate) parameters: Parameters,
}

/// The file's tables as they stand; `flatten` would let unknown keys through.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    rule_set: SetHead,
    constants: toml::Table,
    #[serde(default)]
    words: BTreeMap<String, String>,
    jurisdiction: Jurisdiction,
    price: PriceParameters,
    quota: QuotaParameters,
    #[serde(default)]
    pools: PoolParameters,
    limits: LimitParameters,
    oversight: OversightParameters,
    money: MoneyParameters,
    reminders: ReminderParameters,
    cards: CardParameters,
    splitting: SplittingParameters,
    letters: LetterParameters,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetHead {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Ids of the rules in the order in which they run.
    pub(crate) rules: Vec<String>,
}

pub(crate) fn read(text: &str) -> Result<ParameterFile, LoadFault> {
    let tables: Tables = toml::from_str(text).map_err(|error| {
        let (line, column) = error.span().map_or((0, 0), |span| place(text, span.start));
        LoadFault { file: FILE.into(), line, column, message: error.message().to_owned() }
    })?;
    checked(tables)
}

/// Reads the file of a set that was kept by an older program: what it does not have yet is taken from the built-in set, what
/// it has no more is left out. An assessment reads none of it: prices, quotas and constants were there from the first day.
pub(crate) fn read_kept(text: &str) -> Result<ParameterFile, LoadFault> {
    let fault = |error: toml::de::Error| LoadFault::new(FILE, 0, error.message().to_owned());
    let built_in = crate::builtin::default_files().remove(FILE).unwrap_or_default();
    let mut kept: toml::Table = toml::from_str(text).map_err(fault)?;
    let newest: toml::Table = toml::from_str(&built_in).map_err(fault)?;
    kept.retain(|name, _| newest.contains_key(name));
    complete(&mut kept, newest);
    checked(Tables::deserialize(kept).map_err(fault)?)
}

/// Adds what is missing, table by table.
fn complete(kept: &mut toml::Table, newest: toml::Table) {
    for (name, value) in newest {
        match (kept.get_mut(&name), value) {
            (Some(toml::Value::Table(kept)), toml::Value::Table(newest)) if name != "constants" => {
                complete(kept, newest);
            }
            (Some(_), _) => {}
            (None, value) => {
                kept.insert(name, value);
            }
        }
    }
}

fn checked(tables: Tables) -> Result<ParameterFile, LoadFault> {
    let Tables {
        rule_set,
        constants,
        words,
        jurisdiction,
        price,
        quota,
        pools,
        limits,
        money,
        reminders,
        cards,
        splitting,
        oversight,
        letters,
    } = tables;
    let minutes = jurisdiction.utc_offset_minutes;
    if minutes.abs() > 14 * 60 {
        return Err(LoadFault::new(FILE, 0, format!("`{minutes}` is no offset from -840 to 840 minutes")));
    }
    reminders.check().map_err(|fault| LoadFault::new(FILE, 0, fault))?;
    letters.check().map_err(|fault| LoadFault::new(FILE, 0, fault))?;
    let parameters = Parameters {
        jurisdiction,
        price,
        quota,
        pools,
        limits,
        money,
        reminders,
        cards,
        splitting,
        oversight,
        letters,
    };
    Ok(ParameterFile { rule_set, constants, dictionary: Dictionary::read(words)?, parameters })
}

fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    (line, column)
}

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

//! A rule set: loaded from its files as a whole or not at all, named by the hash of all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rhai::{Dynamic, Engine, Scope};
use sha2::{Digest, Sha256};
use workflow::assessment::RuleSetName;
use workflow::catalogue::Catalogue;
use workflow::parameters::Parameters;

use crate::catalogues::read_catalogue;
use crate::dictionary::Dictionary;
use crate::error::{LoadFault, RuleSetFaults};
use crate::host;
use crate::parameters::{self, ParameterFile};
use crate::script::Rule;

/// A set's files by their path below its folder.
pub type Files = BTreeMap<String, String>;

/// The catalogue's place among the files.
pub const CATALOGUE_FILE: &str = "catalogue.csv";

/// The complete facts over which every rule is run once when a set is loaded.
pub(crate) const SAMPLE_FILE: &str = "cases/base.json";

/// A rule set that can judge.
pub struct RuleSet {
    pub(crate) name: RuleSetName,
    pub(crate) parameters: Parameters,
    pub(crate) catalogue: Catalogue,
    pub(crate) rules: Vec<Rule>,
    pub(crate) dictionary: Dictionary,
    pub(crate) engine: Engine,
    pub(crate) files: Files,
}

impl RuleSet {
    /// Loads a set from its files.
    ///
    /// # Errors
    /// Every fault of every file, with line and column: heads, compile errors, parameters, catalogue, a rule that is
    /// not listed or listed without a file, and rules that break on the sample of facts.
    pub fn load(files: Files) -> Result<RuleSet, RuleSetFaults> {
        RuleSet::build(files, parameters::read)
    }

    /// Loads a set that was kept with decisions, perhaps by an older program that knew fewer numbers. Its name is still
    /// the hash of the files as they were kept.
    ///
    /// # Errors
    /// As [`RuleSet::load`].
    pub fn load_kept(files: Files) -> Result<RuleSet, RuleSetFaults> {
        RuleSet::build(files, parameters::read_kept)
    }

    fn build(
        files: Files,
        read: fn(&str) -> Result<ParameterFile, LoadFault>,
    ) -> Result<RuleSet, RuleSetFaults> {
        let mut faults = Vec::new();
        let parameter_file =
            section(&files, parameters::FILE, &mut faults, |text| read(text).map_err(|fault| vec![fault]));
        let catalogue = section(&files, CATALOGUE_FILE, &mut faults, |text| {
            read_catalogue(text)
                .map_err(|fault| vec![LoadFault::new(CATALOGUE_FILE, fault.row, fault.to_string())])
        });
        let Some(parameter_file) = parameter_file else {
            return Err(RuleSetFaults(faults));
        };
        let engine = host::engine();
        let constants = constants(&parameter_file.constants, &mut faults);
        let listed = &parameter_file.rule_set.rules;
        let rules = compile(&engine, &constants, &files, listed, &mut faults);
        let name = RuleSetName {
            name: parameter_file.rule_set.name.clone(),
            version: parameter_file.rule_set.version.clone(),
            hash: hash(&files),
        };
        let Some(catalogue) = catalogue else {
            return Err(RuleSetFaults(faults));
        };
        let ParameterFile { parameters, dictionary, .. } = parameter_file;
        let set = RuleSet { name, parameters, catalogue, rules, dictionary, engine, files };
        if faults.is_empty() {
            faults = set.faults_on_sample();
        }
        if faults.is_empty() { Ok(set) } else { Err(RuleSetFaults(faults)) }
    }

    /// The set that is built into the binary.
    ///
    /// # Panics
    /// Never in a released binary: a test loads the built-in set.
    #[must_use]
    pub fn built_in() -> RuleSet {
        RuleSet::load(crate::builtin::default_files()).expect("the built-in rule set is tested")
    }

    /// Reads a set's files from a folder.
    ///
    /// # Errors
    /// What the file system says; files that are no UTF-8 are an error too.
    pub fn read_folder(folder: &Path) -> std::io::Result<Files> {
        let mut files = Files::new();
        let mut folders = vec![folder.to_path_buf()];
        while let Some(current) = folders.pop() {
            for entry in std::fs::read_dir(&current)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(name) = path.strip_prefix(folder) {
                    files.insert(name.to_string_lossy().replace('\\', "/"), std::fs::read_to_string(&path)?);
                }
            }
        }
        Ok(files)
    }

    #[must_use]
    pub fn name(&self) -> &RuleSetName {
        &self.name
    }

    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The files the set was loaded from, for keeping them beside the decisions they led to.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }
}

impl std::fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RuleSet").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Reads one required file and gathers its faults.
fn section<T>(
    files: &Files,
    file: &str,
    faults: &mut Vec<LoadFault>,
    read: impl Fn(&str) -> Result<T, Vec<LoadFault>>,
) -> Option<T> {
    let Some(text) = files.get(file) else {
        faults.push(LoadFault::new(file, 0, "the file is missing"));
        return None;
    };
    read(text).map_err(|found| faults.extend(found)).ok()
}

fn compile(
    engine: &Engine,
    constants: &Scope<'_>,
    files: &Files,
    listed: &[String],
    faults: &mut Vec<LoadFault>,
) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut seen = BTreeSet::new();
    for id in listed {
        if !seen.insert(id) {
            faults.push(LoadFault::new(parameters::FILE, 0, format!("the rule `{id}` is listed twice")));
        }
        let file = format!("{id}.rhai");
        let rule = section(files, &file, faults, |text| Rule::compile(engine, constants, &file, text));
        rules.extend(rule);
    }
    let scripts = files.keys().filter(|file| Path::new(file).extension().is_some_and(|end| end == "rhai"));
    for file in scripts.filter(|file| !listed.iter().any(|id| format!("{id}.rhai") == **file)) {
        faults.push(LoadFault::new(file, 0, format!("the rule is not listed in {}", parameters::FILE)));
    }
    rules
}

/// The constants that are inlined when the scripts are compiled.
fn constants(table: &toml::Table, faults: &mut Vec<LoadFault>) -> Scope<'static> {
    let mut scope = Scope::new();
    for (name, value) in table {
        match constant(value) {
            Some(value) => {
                scope.push_constant_dynamic(name.clone(), value);
            }
            None => faults.push(LoadFault::new(
                parameters::FILE,
                0,
                format!("the constant `{name}` must be a whole number, a text or a list of them"),
            )),
        }
    }
    scope
}

fn constant(value: &toml::Value) -> Option<Dynamic> {
    match value {
        toml::Value::Integer(number) => Some(Dynamic::from(*number)),
        toml::Value::String(text) => Some(Dynamic::from(text.clone())),
        toml::Value::Array(list) => list.iter().map(constant).collect::<Option<Vec<_>>>().map(Dynamic::from),
        _ => None,
    }
}

/// SHA-256 over the names and contents of all files, in order.
fn hash(files: &Files) -> String {
    let mut hasher = Sha256::new();
    for (name, text) in files {
        for part in [name.as_bytes(), text.as_bytes()] {
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(part);
        }
    }
    hasher.finalize().iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(hex).collect()
}

fn hex(digit: u8) -> Option<char> {
    char::from_digit(u32::from(digit), 16)
}

//! The tree keeps its own rules: arrows between crates, one owner for each foreign package, sizes, no clock and no SQL
//! where they do not belong, and no number of policy in Rust. What the compiler and clippy see is left to them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rules::{RuleSet, run_cases};
use toml::{Table, Value};

use crate::memory::CALENDAR;

/// Which of our packages may use which; a new arrow needs a line in `crates/README.md` and a reason.
const ARROWS: [(&str, &[&str]); 10] = [
    ("workflow", &[]),
    ("rules", &["workflow"]),
    ("store", &["workflow"]),
    ("notifier", &["workflow"]),
    ("sign_on", &["notifier"]),
    ("engine", &["workflow", "rules", "store", "notifier"]),
    ("web", &["workflow", "store", "engine", "sign_on"]),
    ("cli", &["workflow", "rules", "store", "notifier", "engine", "web", "migrations"]),
    ("migrations", &[]),
    ("tests", &["workflow", "rules", "store", "notifier", "engine", "web", "cli", "migrations"]),
];

/// Foreign packages that one crate alone may know.
const OWNED: [(&str, &str); 12] = [
    ("rhai", "rules"),
    ("sea-orm", "store"),
    ("sea-orm-migration", "migrations"),
    ("lettre", "notifier"),
    ("hyper", "notifier"),
    ("openidconnect", "sign_on"),
    ("cron", "engine"),
    ("axum", "web"),
    ("argon2", "web"),
    ("qrcodegen", "web"),
    ("clap", "cli"),
    ("opentelemetry", "cli"),
];

/// All that the domain may use from outside.
const FREE: [&str; 5] = ["chrono", "serde", "serde_json", "thiserror", "uuid"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn table(path: &str) -> Table {
    text(&root().join(path)).parse().unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Files with that ending below a folder, without what is built or benched.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            let aside = path.ends_with("tests/bench") || path.ends_with("target");
            if path.is_dir() && !aside {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

pub(crate) fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let name = |path: &Path| path.strip_prefix(root()).unwrap_or(path).display().to_string();
    let all = folders.iter().flat_map(|folder| files(folder, "rs"));
    all.map(|path| (name(&path), text(&path))).collect()
}

/// Names and texts of the files with one of these endings below a folder.
pub(crate) fn written(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let all = endings.iter().flat_map(|ending| files(folder, ending));
    all.map(|path| (path.display().to_string(), text(&path))).collect()
}

/// Everything of ours that is Rust.
fn all_sources() -> Vec<(String, String)> {
    sources(&["crates", "migrations", "tests"])
}

/// Without the module of tests at its end.
fn without_tests(source: &str) -> &str {
    source.split_once("#[cfg(test)]\nmod tests {").map_or(source, |(before, _)| before)
}

/// Names of packages with their manifests.
fn manifests() -> BTreeMap<String, Table> {
    let mut manifests = BTreeMap::new();
    for path in ["crates", "migrations", "tests"].into_iter().flat_map(|folder| files(folder, "toml")) {
        if path.file_name().is_some_and(|name| name == "Cargo.toml") {
            let manifest: Table = text(&path).parse().expect("a manifest");
            let name = manifest["package"]["name"].as_str().expect("a name").to_owned();
            manifests.insert(name, manifest);
        }
    }
    manifests
}

/// What a package uses, for itself or for its tests.
fn dependencies(manifest: &Table) -> BTreeMap<&str, &Value> {
    let sections = ["dependencies", "dev-dependencies", "build-dependencies"];
    let tables = sections.into_iter().filter_map(|section| manifest.get(section)?.as_table());
    tables.flatten().map(|(name, value)| (name.as_str(), value)).collect()
}

/// Names of our own and of foreign packages, from the root manifest.
fn known() -> (BTreeSet<String>, BTreeSet<String>) {
    let root = table("Cargo.toml");
    let all = root["workspace"]["dependencies"].as_table().expect("dependencies").clone();
    let (own, foreign): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(_, value)| value.get("path").is_some());
    let names = |list: Vec<(String, Value)>| list.into_iter().map(|(name, _)| name).collect();
    (names(own), names(foreign))
}

#[test]
fn arrows_point_to_the_domain_and_nowhere_else() {
    let (own, _) = known();
    let manifests = manifests();
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    assert_eq!(
        manifests.keys().map(String::as_str).collect::<Vec<_>>(),
        allowed.keys().copied().collect::<Vec<_>>()
    );
    for (package, manifest) in &manifests {
        let ours = dependencies(manifest).into_keys().filter(|name| own.contains(*name));
        let astray: Vec<&str> = ours.filter(|name| !allowed[package.as_str()].contains(name)).collect();
        assert_eq!(astray, Vec::<&str>::new(), "{package}");
    }
    let of_domain: Vec<&str> = dependencies(&manifests["workflow"]).into_keys().collect();
    assert_eq!(of_domain, FREE);
}

#[test]
fn a_foreign_package_has_its_one_crate() {
    for (package, manifest) in manifests() {
        let dependencies = dependencies(&manifest);
        for (foreign, owner) in OWNED {
            assert!(!dependencies.contains_key(foreign) || package == owner, "{package} uses {foreign}");
        }
        for (name, value) in dependencies {
            assert_eq!(value.get("workspace"), Some(&Value::Boolean(true)), "{package}: version of {name}");
        }
    }
}

/// No package but the tests' own, and that only for its tests, may take a guard away.
#[test]
fn the_program_is_built_with_all_its_guards() {
    for (package, manifest) in manifests() {
        let asks = |section: &str| {
            let store = manifest.get(section).and_then(|section| section.get("store"));
            store.is_some_and(|store| store.get("features").is_some())
        };
        assert!(!asks("dependencies") && !asks("build-dependencies"), "{package}");
        assert_eq!(asks("dev-dependencies"), package == "tests", "{package}");
        let features = manifest.get("features").and_then(Value::as_table).map(Table::keys);
        let features: Vec<&String> = features.into_iter().flatten().collect();
        assert_eq!(features, if package == "store" { vec!["sabotage"] } else { Vec::new() }, "{package}");
    }
    assert_eq!(table("Cargo.toml")["workspace"]["resolver"].as_str(), Some("3"), "apart from the tests");
}

#[test]
fn every_dependency_is_used_and_says_what_we_do_not_write() {
    let (_, foreign) = known();
    let manifests = manifests();
    let used: BTreeSet<String> = manifests
        .values()
        .flat_map(|manifest| dependencies(manifest).into_keys().map(str::to_owned))
        .collect();
    assert_eq!(foreign.difference(&used).collect::<Vec<_>>(), Vec::<&String>::new(), "used by nobody");
    let readme = text(&root().join("crates/README.md"));
    let (_, section) = readme.split_once("\n## Dependencies\n").expect("a section on dependencies");
    let section = section.split("\n## ").next().unwrap_or_default();
    let bullets = section.lines().filter_map(|line| line.strip_prefix("- `")?.split_once("`: "));
    let reasons: BTreeMap<&str, &str> = bullets.collect();
    assert!(reasons.values().all(|reason| reason.trim().len() > 10));
    let named: BTreeSet<String> = reasons.into_keys().map(str::to_owned).collect();
    assert_eq!(named, foreign);
}

#[test]
fn every_file_says_what_it_is_and_stays_short() {
    for (name, source) in all_sources() {
        assert!(source.starts_with("//! "), "{name} does not open with what it is");
        let lines = without_tests(&source).lines().count();
        assert!(lines <= 400, "{name} has {lines} lines");
    }
}

#[test]
fn a_name_says_what_is_inside() {
    for (name, _) in all_sources() {
        let vague = ["utils", "util", "helpers", "common", "manager", "misc"];
        let parts = name.split('/').map(|part| part.trim_end_matches(".rs"));
        assert!(!parts.into_iter().any(|part| vague.contains(&part)), "{name}");
    }
}

#[test]
fn nothing_is_left_undone_or_silenced() {
    // Put together, so that this file does not name them itself.
    let marks = [
        ("to", "do!"),
        ("unimple", "mented!"),
        ("FIX", "ME"),
        ("TO", "DO"),
        ("#[al", "low"),
        ("#![al", "low"),
        ("#[ig", "nore"),
    ];
    let marks = marks.map(|(one, other)| format!("{one}{other}"));
    for (name, source) in all_sources() {
        for mark in &marks {
            assert!(!source.contains(mark), "{name} holds {mark}");
        }
    }
}

#[test]
fn only_the_binary_knows_what_time_it_is() {
    for (name, source) in all_sources() {
        let asks = ["Utc", "Local"].iter().any(|clock| source.contains(&format!("{clock}::now")));
        let asks = asks || source.contains(&["SystemTime", "now"].join("::"));
        assert!(!asks || name.starts_with("crates/cli/"), "{name} asks for the time");
    }
}

#[test]
fn only_the_store_and_the_migrations_speak_sql() {
    let pairs = [("SELECT ", " FROM "), ("INSERT ", "INTO "), ("UPDATE ", " SET "), ("DELETE ", "FROM ")];
    for (name, source) in all_sources() {
        if name.starts_with("crates/store/") || name.starts_with("migrations/") || name == "tests/tidy.rs" {
            continue;
        }
        let speaks = |line: &str| pairs.iter().any(|(verb, of)| line.contains(verb) && line.contains(of));
        assert_eq!(source.lines().find(|line| speaks(line)), None, "{name}");
    }
}

/// Ways to write the numbers of the policy that mean nothing else.
fn numbers_of_policy() -> BTreeSet<String> {
    let parameters = table("rules/default/parameters.toml");
    let mut found = BTreeSet::from(["70000".to_owned(), "70_000".to_owned()]);
    let sections = ["price", "quota", "money", "constants"];
    let mut values: Vec<&Value> = sections.iter().map(|section| &parameters[*section]).collect();
    while let Some(value) = values.pop() {
        match value {
            Value::Table(table) => values.extend(table.values()),
            Value::Integer(number) if *number > 200 => found.extend(digits(*number)),
            Value::String(text) if text.contains('.') => {
                found.insert(text.clone());
                let hundredths: i64 = text.replace('.', "").parse().expect("a decimal");
                found.extend(digits(hundredths).into_iter().filter(|_| hundredths > 2_000));
            }
            _ => {}
        }
    }
    found
}

/// A whole number as Rust may write it.
fn digits(number: i64) -> Vec<String> {
    let plain = number.to_string();
    let grouped = format!("{}_{:03}", number / 1_000, number % 1_000);
    if number < 1_000 { vec![plain] } else { vec![plain, grouped] }
}

/// Whether the code holds the number by itself, not inside a longer one.
fn holds(code: &str, number: &str) -> bool {
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '.' && c != '_');
    code.match_indices(number).any(|(at, _)| {
        let (before, after) = (code.get(..at), code.get(at + number.len()..));
        apart(before.and_then(|text| text.chars().next_back()))
            && apart(after.and_then(|text| text.chars().next()))
    })
}

#[test]
fn no_number_of_the_policy_stands_in_rust() {
    let numbers = numbers_of_policy();
    for known in [
        "35.28", "3528", "3_528", "0.08", "0.30", "0.50", "1.5", "2500", "2_500", "365", "250", "800",
        "500_000",
    ] {
        assert!(numbers.contains(known), "{known} is read from the parameters");
    }
    assert!(holds("rate: Fen(3_528),", "3_528") && !holds("Fen(13_528)", "3_528") && !holds("10.30", "0.30"));
    for (name, source) in
        sources(&["crates/workflow/src", "crates/rules/src", "crates/engine/src", "crates/store/src"])
    {
        let of_tests = name.ends_with("_tests.rs");
        let lines =
            without_tests(&source).lines().filter(|line| !of_tests && !line.trim_start().starts_with("//"));
        for line in lines {
            assert_eq!(numbers.iter().find(|number| holds(line, number)), None, "{name}: {line}");
        }
    }
}

#[test]
fn every_rule_has_its_cases_and_they_hold() {
    let listed = table("rules/default/parameters.toml")["rule_set"]["rules"].clone();
    let listed: BTreeSet<String> = listed.try_into().expect("a list of ids");
    let stems = |folder: &str, ending: &str| -> BTreeSet<String> {
        let stems = files(folder, ending)
            .into_iter()
            .filter_map(|path| path.file_stem()?.to_str().map(str::to_owned));
        stems.collect()
    };
    assert_eq!(stems("rules/default", "rhai"), listed);
    let mut cases = stems("rules/default/cases", "json");
    assert!(cases.remove("base"), "the sample is there");
    assert_eq!(cases, listed);
    let results = run_cases(&RuleSet::built_in(), &std::sync::Arc::new(CALENDAR.clone()));
    assert!(results.len() >= 2 * listed.len(), "a rule fires in one case and not in another");
    assert_eq!(results.into_iter().find(|result| result.failure.is_some()), None);
}

//! Where settings come from: a flag, else the environment, else a file, else what is usual. A setting is an option of the
//! command line that has a variable, too; its name in the file is that of the flag with `_` for `-`, so whoever adds
//! such an option has added the setting. What a setting does is not known here.

mod check;
mod file;
mod nearest;
mod show;
mod trials;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory, FromArgMatches, Subcommand};
use serde::Serialize;
use workflow::language::Language;

use crate::print::{self, Failure};
use crate::settings::{Arguments, Common, ServeOptions};

use file::SettingsFile;
use file::{Fault, Place};

/// The systemd unit that starts the program.
const UNIT: &str = include_str!("../systemd/zhunru.service");

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigTask {
    /// Name each fault with its place, and try what can be tried; takes the options of `serve`
    Check(ServeOptions),
    /// Each setting, its value and where it comes from; secrets are hidden
    Show(ServeOptions),
    /// A hardened systemd unit
    Systemd,
}

/// The command line with all that stands behind it.
#[derive(Debug)]
pub(crate) struct Configured {
    pub(crate) arguments: Arguments,
    pub(crate) written: Written,
}

/// What is set, where it stands, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Written {
    /// Every setting with its value, in the order of the command line.
    settings: Vec<Setting>,
    file: Option<SettingsFile>,
    faults: Vec<Fault>,
}

/// A setting that is known.
#[derive(Debug, Clone)]
struct Known {
    key: String,
    arg: Arg,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "from", rename_all = "snake_case")]
enum Source {
    Flag { flag: String },
    Environment { variable: String },
    File { place: String },
    Default,
}

/// A setting as the command will take it.
#[derive(Debug, Clone)]
struct Setting {
    key: String,
    values: Vec<String>,
    is_hidden: bool,
    source: Source,
}

impl Configured {
    /// Reads file, environment and command line. Values that no setting takes are left out and listed as faults; faults
    /// of the command line itself end the process, as ever.
    pub(crate) fn read(words: Vec<OsString>) -> Configured {
        let plain = Arguments::command();
        let known = known(&plain);
        let (file, mut faults) = SettingsFile::find(&words);
        let file = file.map(|file| file.checked(&known, &mut faults));
        let broken = broken_variables(&known, &mut faults);
        let command = with_defaults(plain, file.as_ref(), &broken);
        let matches = command.get_matches_from(words);
        let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let settings = settings(&known, &matches, file.as_ref());
        Configured { arguments, written: Written { settings, file, faults } }
    }
}

impl Written {
    /// What is wrong, as a failure of the command; `config` tells it by itself.
    pub(crate) fn failure(&self, language: Language) -> Option<Failure> {
        let lines: Vec<String> = self.faults.iter().map(|fault| fault.said(language)).collect();
        (!lines.is_empty()).then(|| Failure::Input(lines.join("\n")))
    }

    fn setting(&self, key: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.key == key)
    }
}

/// Runs `config`.
pub(crate) async fn run(common: &Common, written: &Written, task: ConfigTask) -> Result<ExitCode, Failure> {
    match task {
        ConfigTask::Check(options) => check::run(common, written, &options).await,
        ConfigTask::Show(_) => show::run(common, written),
        ConfigTask::Systemd => {
            print::line(UNIT.trim_end())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Every option that has a variable, once; `config` itself names the file and can stand in none.
fn known(command: &Command) -> Vec<Known> {
    let mut found: Vec<Known> = Vec::new();
    let mut commands = vec![command];
    while let Some(command) = commands.pop() {
        for arg in command.get_arguments().filter(|arg| arg.get_env().is_some()) {
            let Some(long) = arg.get_long().filter(|long| *long != file::FLAG) else { continue };
            let key = long.replace('-', "_");
            if found.iter().all(|known| known.key != key) {
                found.push(Known { key, arg: arg.clone() });
            }
        }
        commands.extend(command.get_subcommands());
    }
    found
}

impl Known {
    fn variable(&self) -> String {
        self.arg.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Why the setting does not take the values; asked of a command that has nothing but it.
    fn refuses(&self, values: &[String]) -> Option<String> {
        let arg = self.arg.clone().global(false).required(false).env(None::<&'static str>);
        let arg = arg.default_values(Vec::<&'static str>::new());
        let command = Command::new("setting").no_binary_name(true).disable_help_flag(true).arg(arg);
        let long = self.arg.get_long().unwrap_or_default();
        let words = values.iter().map(|value| format!("--{long}={value}"));
        let error = command.try_get_matches_from(words).err()?;
        let possible = self.arg.get_possible_values();
        let names: Vec<&str> = possible.iter().map(clap::builder::PossibleValue::get_name).collect();
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        Some(match (names.is_empty(), cause) {
            (false, _) => names.join(" | "),
            (true, Some(cause)) => cause,
            (true, None) => error.kind().to_string(),
        })
    }
}

/// Variables whose values no setting takes.
fn broken_variables(known: &[Known], faults: &mut Vec<Fault>) -> Vec<String> {
    let mut broken = Vec::new();
    for one in known {
        let variable = one.variable();
        let Some(value) = std::env::var_os(&variable) else { continue };
        let reason = match value.to_str() {
            Some(text) => one.refuses(&[text.to_owned()]),
            None => Some("UTF-8".to_owned()),
        };
        if let Some(reason) = reason {
            faults.push(Fault::refused(Place::Variable(variable), &one.key, &reason));
            broken.push(one.key.clone());
        }
    }
    broken
}

/// The command with the file's values where nothing else is said, and without what the environment says wrongly.
fn with_defaults(command: Command, file: Option<&SettingsFile>, broken: &[String]) -> Command {
    let command = command.mut_args(|arg| {
        let key = arg.get_long().unwrap_or_default().replace('-', "_");
        if arg.get_env().is_none() {
            return arg;
        }
        let entry = file.and_then(|file| file.entry(&key));
        let arg = if broken.contains(&key) { arg.env(None::<&'static str>) } else { arg };
        match entry {
            // Kept for the life of the process, as all that the command line holds.
            Some(entry) => arg
                .default_values(entry.values.iter().map(|value| &*value.clone().leak()))
                .hide_default_value(true),
            None => arg,
        }
    });
    command.mut_subcommands(|sub| with_defaults(sub, file, broken))
}

/// What the command that was given takes of the known settings.
fn settings(known: &[Known], matches: &ArgMatches, file: Option<&SettingsFile>) -> Vec<Setting> {
    let mut innermost = matches;
    while let Some((_, inner)) = innermost.subcommand() {
        innermost = inner;
    }
    let of = |one: &Known| {
        let id = one.arg.get_id().as_str();
        let raw = innermost.try_get_raw(id).ok().flatten();
        let values = raw.into_iter().flatten().map(|value| value.to_string_lossy().into_owned()).collect();
        let source = match innermost.try_get_raw(id).ok().and_then(|_| innermost.value_source(id)) {
            Some(ValueSource::CommandLine) => {
                Source::Flag { flag: format!("--{}", one.arg.get_long().unwrap_or_default()) }
            }
            Some(ValueSource::EnvVariable) => Source::Environment { variable: one.variable() },
            _ => file
                .and_then(|file| file.place(&one.key))
                .map_or(Source::Default, |place| Source::File { place: place.to_string() }),
        };
        Setting { key: one.key.clone(), values, is_hidden: one.arg.is_hide_env_values_set(), source }
    };
    known.iter().map(of).collect()
}

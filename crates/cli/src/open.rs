//! Opening: the rule set, the calendar, the key, the database and the engine of a command.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use engine::{Engine, Post};
use notifier::{Caller, SmtpSettings, Transport};
use rules::{CATALOGUE_FILE, Files, RuleSet, default_calendar_csv, default_files, read_calendar};
use store::{AuditKey, Store, StoreError};
use uuid::Uuid;
use workflow::actor::Actor;
use workflow::calendar::Calendar;

use crate::clock;
use crate::print::{self, Failure};
use crate::settings::Common;

/// The files of the rule set that was asked for.
pub(crate) fn files(common: &Common) -> Result<Files, Failure> {
    let mut files = match &common.rules {
        None => default_files(),
        Some(folder) => RuleSet::read_folder(folder).with_context(|| format!("`{}`", folder.display()))?,
    };
    if let Some(path) = &common.catalogue {
        files.insert(CATALOGUE_FILE.to_owned(), read(path)?);
    }
    Ok(files)
}

/// The rule set that was asked for; its faults are input faults.
pub(crate) fn rule_set(common: &Common) -> Result<RuleSet, Failure> {
    RuleSet::load(files(common)?).map_err(|faults| Failure::Input(faults.to_string()))
}

/// The calendar that was asked for.
pub(crate) fn calendar(common: &Common) -> Result<Arc<Calendar>, Failure> {
    let (version, text) = match &common.calendar {
        None => ("cn-2007-2026".to_owned(), default_calendar_csv()),
        Some(path) => (path.display().to_string(), read(path)?),
    };
    let calendar = read_calendar(&version, &text);
    calendar.map(Arc::new).map_err(|fault| Failure::Input(format!("{version}: {fault}")))
}

/// A text file, with its name in the error.
pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::Input(format!("{}: {error}", path.display())))
}

/// The migration that makes a new database.
const FIRST: &str = "m0001";

/// Applies what is missing of the schema.
pub(crate) async fn migrate(common: &Common) -> Result<ExitCode, Failure> {
    let pending = migrations::pending(&common.database).await.map_err(anyhow::Error::from)?;
    if pending.iter().any(|migration| migration.starts_with(FIRST)) {
        new_key(common)?;
    }
    key(common)?;
    let applied = migrations::up(&common.database).await.map_err(anyhow::Error::from)?;
    let store = Store::open(&common.database, key(common)?).await?;
    store.take_over(clock::now()).await?;
    store.build_search_once().await?;
    if common.json {
        print::json(&applied)?;
    } else if applied.is_empty() {
        print::line(common.say("数据库已是最新", "the database is up to date"))?;
    } else {
        print::line(format!("{} {}", common.say("已应用", "applied"), applied.join(", ")))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The engine on the database of the command; the schema must be up to date.
pub(crate) async fn engine(common: &Common) -> Result<Engine, Failure> {
    if let Some(path) = sqlite_path(&common.database).filter(|path| !path.exists()) {
        let hint = "run `zhunru migrate` first";
        return Err(Failure::Input(format!("there is no database at {}; {hint}", path.display())));
    }
    let pending = migrations::pending(&common.database).await.map_err(anyhow::Error::from)?;
    if !pending.is_empty() {
        return Err(Failure::Input("the schema is not up to date; run `zhunru migrate` first".into()));
    }
    let store = Store::open(&common.database, key(common)?).await?;
    let post = post(common)?;
    Ok(Engine::open(store, files(common)?, post, clock::now()).await?)
}

/// The person of an address.
pub(crate) async fn actor(engine: &Engine, email: &str) -> Result<Actor, Failure> {
    match engine.actor(email, crate::clock::now()).await {
        Ok(actor) => Ok(actor),
        Err(engine::EngineError::Store(StoreError::NotFound(_))) => {
            Err(Failure::Input(format!("nobody here has the address `{email}`")))
        }
        Err(other) => Err(other.into()),
    }
}

fn post(common: &Common) -> Result<Post, Failure> {
    let broken = |error: notifier::NotifyError| Failure::Input(error.to_string());
    let transport = match common.mail.contains("://") {
        true => Transport::smtp(&SmtpSettings::parse(&common.mail).map_err(broken)?).map_err(broken)?,
        false => Transport::folder(Path::new(&common.mail)).map_err(broken)?,
    };
    let host = common.sender.rsplit('@').next().unwrap_or_default().trim_end_matches('>').to_owned();
    let caller = Caller::new(common.webhook_hosts.iter().cloned(), None).map_err(broken)?;
    Ok(Post { sender: common.sender.clone(), host, transport, caller })
}

/// The path of a SQLite URL.
pub(crate) fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

/// The folder of the SQLite file; a server of databases has none here.
pub(crate) fn beside(common: &Common) -> Option<PathBuf> {
    let path = sqlite_path(&common.database)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Some(folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf))
}

/// The key of the histories: 32 bytes in hex, beside the SQLite file unless another file is named. A lost key is never
/// replaced silently: without it no history can be verified.
pub(crate) fn key(common: &Common) -> Result<AuditKey, Failure> {
    let path = key_path(common)?;
    if !path.exists() {
        let hint = "bring it back from the backup, or run `zhunru migrate` for a new database";
        return Err(Failure::Input(format!("the key {} is missing; {hint}", path.display())));
    }
    let text = read(&path)?;
    let bytes =
        unhex(text.trim()).ok_or_else(|| anyhow!("`{}` is no key of 64 hex digits", path.display()))?;
    Ok(AuditKey::new(bytes))
}

/// Makes the key of a new database, once, for the owner only.
pub(crate) fn new_key(common: &Common) -> Result<(), Failure> {
    let path = key_path(common)?;
    if !path.exists() {
        make_key(&path).with_context(|| format!("the key `{}` could not be made", path.display()))?;
    }
    Ok(())
}

/// Where the key of the histories is.
pub(crate) fn key_path(common: &Common) -> Result<PathBuf, Failure> {
    let beside = sqlite_path(&common.database).map(|path| path.with_extension("key"));
    let path = common.key_file.clone().or(beside);
    path.ok_or_else(|| Failure::Input("PostgreSQL needs --key-file or ZHUNRU_KEY_FILE".into()))
}

fn make_key(path: &Path) -> std::io::Result<()> {
    let random = [Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4()];
    let text: String = random.iter().map(|part| part.simple().to_string()).collect();
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.get(..64).unwrap_or_default().as_bytes())?;
    file.sync_all()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    let bytes: Vec<u8> =
        digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit)).collect();
    bytes.try_into().ok()
}

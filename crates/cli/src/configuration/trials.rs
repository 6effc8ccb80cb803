//! What can be tried of the settings without changing anything: whether the database answers and is migrated, the key is
//! there for its owner only, rules load, mail is taken, the address is free, the origin fits and the identity provider answers. A new setting that can
//! be tried gets its function here and its line in [`all`].

use std::path::{Path, PathBuf};

use notifier::{SmtpSettings, Transport, check_sender};
use tokio::net::TcpListener;
use web::WebSettings;
use workflow::language::Bilingual;

use super::file::is_open_to_others;
use crate::print::Failure;
use crate::settings::{Common, ServeOptions, TraceOptions};
use crate::{clock, open, traces};

/// One setting that was tried.
#[derive(Debug)]
pub(super) struct Trial {
    pub(super) key: &'static str,
    pub(super) outcome: Outcome,
}

type Outcome = Result<Bilingual, Bilingual>;

fn both(zh: impl Into<String>, en: impl Into<String>) -> Bilingual {
    Bilingual { zh: zh.into(), en: en.into() }
}

/// A cause that comes in one language only.
fn caused(cause: &impl ToString) -> Bilingual {
    both(cause.to_string(), cause.to_string())
}

fn failed(failure: &Failure) -> Bilingual {
    caused(&failure.message(workflow::language::Language::English))
}

/// Tries everything, each by itself.
pub(super) async fn all(common: &Common, options: &ServeOptions) -> Vec<Trial> {
    let mut trials = vec![
        Trial { key: "database", outcome: database(common).await },
        Trial { key: "key_file", outcome: key(common) },
        Trial { key: "rules", outcome: rules(common) },
        Trial { key: "calendar", outcome: calendar(common) },
        Trial { key: "mail", outcome: mail(common).await },
        Trial { key: "sender", outcome: sender(common) },
        Trial { key: "listen", outcome: listen(options).await },
    ];
    trials.push(Trial { key: "origin", outcome: origin(options) });
    if options.sign_on.is_set() {
        trials.push(Trial { key: "sign_on_issuer", outcome: sign_on(options).await });
    }
    if options.traces.otlp_endpoint.is_some() {
        trials.push(Trial { key: "otlp_endpoint", outcome: collector(&options.traces).await });
    }
    trials
}

async fn database(common: &Common) -> Outcome {
    let known = ["sqlite:", "postgres:", "postgresql:"];
    if !known.iter().any(|scheme| common.database.starts_with(scheme)) {
        return Err(both("应为 sqlite://… 或 postgres://…", "give sqlite://… or postgres://…"));
    }
    if let Some(path) = open::sqlite_path(&common.database).filter(|path| !path.exists()) {
        return Err(both(
            format!("没有数据库 {}，请先运行 `zhunru migrate`", path.display()),
            format!("there is no database at {}; run `zhunru migrate` first", path.display()),
        ));
    }
    let pending = migrations::pending(&common.database).await.map_err(|error| caused(&error))?;
    match pending.len() {
        0 => Ok(both("可以连接，结构为最新", "it answers, and its schema is up to date")),
        count => Err(both(
            format!("缺少 {count} 个迁移，请运行 `zhunru migrate`"),
            format!("{count} migrations are missing; run `zhunru migrate`"),
        )),
    }
}

fn key(common: &Common) -> Outcome {
    open::key(common).map_err(|failure| failed(&failure))?;
    let path = open::key_path(common).map_err(|failure| failed(&failure))?;
    if is_open_to_others(&path).map_err(|error| caused(&error))? {
        return Err(both(
            format!("他人可以读取 {}（chmod 600）", path.display()),
            format!("others may read {} (chmod 600)", path.display()),
        ));
    }
    Ok(both("可读，仅限所有者", "it can be read, by its owner only"))
}

fn rules(common: &Common) -> Outcome {
    let set = open::rule_set(common).map_err(|failure| failed(&failure))?;
    let name = set.name();
    let said = format!("{} {} {:.12}", name.name, name.version, name.hash);
    Ok(both(said.clone(), said))
}

fn calendar(common: &Common) -> Outcome {
    open::calendar(common).map_err(|failure| failed(&failure))?;
    Ok(both("可以读取", "it can be read"))
}

async fn mail(common: &Common) -> Outcome {
    if !common.mail.contains("://") {
        return folder(Path::new(&common.mail));
    }
    let settings = SmtpSettings::parse(&common.mail).map_err(|error| caused(&error))?;
    let transport = Transport::smtp(&settings).map_err(|error| caused(&error))?;
    transport.answers().await.map_err(|error| caused(&error))?;
    Ok(both("邮件服务器有应答", "the mail server answers"))
}

/// Whether letters can be put into a folder, which is made with the first one.
fn folder(path: &Path) -> Outcome {
    let mut there = path.to_path_buf();
    while !there.as_os_str().is_empty() && !there.exists() {
        there = there.parent().map(Path::to_path_buf).unwrap_or_default();
    }
    let there = if there.as_os_str().is_empty() { PathBuf::from(".") } else { there };
    tempfile::tempfile_in(&there).map_err(|error| caused(&error))?;
    Ok(both("可以写入文件夹", "the folder can be written"))
}

fn sender(common: &Common) -> Outcome {
    check_sender(&common.sender).map_err(|error| caused(&error))?;
    Ok(both("地址有效", "it is an address"))
}

async fn listen(options: &ServeOptions) -> Outcome {
    TcpListener::bind(options.listen).await.map_err(|error| caused(&error))?;
    Ok(both("可以监听", "it is free"))
}

fn origin_of(options: &ServeOptions) -> String {
    options.origin.clone().unwrap_or_else(|| format!("http://{}", options.listen))
}

fn origin(options: &ServeOptions) -> Outcome {
    let origin = origin_of(options);
    WebSettings::of(origin.clone()).check().map_err(|error| caused(&error))?;
    Ok(both(origin.clone(), origin))
}

/// Whether the identity provider says of itself what is needed, under the very name that is set.
async fn sign_on(options: &ServeOptions) -> Outcome {
    let sign_on = options.sign_on.settings().map_err(|failure| failed(&failure))?;
    let settings = WebSettings { sign_on, ..WebSettings::of(origin_of(options)) };
    let provider = settings.provider().map_err(|error| caused(&error))?;
    let Some(provider) = provider else { return Err(both("没有签发者", "there is no issuer")) };
    provider.look(clock::now()).await.map_err(|error| caused(&error))?;
    Ok(both("统一身份认证有应答", "the identity provider answers"))
}

async fn collector(options: &TraceOptions) -> Outcome {
    let collector = traces::collector(options).map_err(|failure| failed(&failure))?;
    let Some(collector) = collector else { return Ok(both("未设置", "none")) };
    // A message without spans.
    collector.post(Vec::new()).await.map_err(|error| caused(&error))?;
    Ok(both("收集器有应答", "the collector takes traces"))
}

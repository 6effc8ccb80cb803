//! `zhunru demo`: a city like the seed's, moved by a sandbox clock through a season. Everything goes through the engine's
//! use cases on a real database; nothing is printed before it is committed.

pub(crate) mod city;
mod clerks;
mod script;
mod season;
mod summary;
mod year;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use engine::{Engine, Post};
use notifier::{Caller, Transport};
use store::Store;
use workflow::id::RequestId;

use crate::open;
use crate::print::{self, Failure};
use crate::settings::{Common, DemoOptions};
use crate::{decision, ledger, serve, views};

use script::Script;

/// Where the demo keeps its things: a folder that was named, or one that goes with the process.
enum Place {
    Kept(PathBuf),
    ThrownAway(tempfile::TempDir),
}

impl Place {
    fn path(&self) -> &Path {
        match self {
            Place::Kept(path) => path,
            Place::ThrownAway(folder) => folder.path(),
        }
    }
}

pub(crate) async fn run(common: &Common, options: &DemoOptions) -> Result<ExitCode, Failure> {
    let place = place(options)?;
    let database = format!("sqlite://{}", place.path().join("zhunru.db").display());
    let common = &Common { database, key_file: None, ..common.clone() };
    if options.year {
        return Box::pin(year::run(common, options, place.path())).await;
    }
    let script = Script::read()?;
    let engine = set_up(common, place.path()).await?;
    let season = season::play(common, &engine, &script).await?;
    let summary = summary::of(&engine, &season, place.path()).await?;
    if common.json {
        print::json(&summary)?;
    } else {
        print::line(summary.readable(common))?;
        look_around(common, &engine, &season).await?;
    }
    let sound = summary.is_sound();
    if !options.exit && !common.json {
        hint(common, place.path())?;
        serve::show(common, engine, season.now).await?;
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn place(options: &DemoOptions) -> Result<Place, Failure> {
    let Some(folder) = &options.data else {
        return Ok(Place::ThrownAway(tempfile::Builder::new().prefix("zhunru-demo-").tempdir()?));
    };
    std::fs::create_dir_all(folder)?;
    let database = folder.join("zhunru.db");
    if database.exists() {
        let hint = "name an empty folder";
        return Err(Failure::Input(format!("{} is there already; {hint}", database.display())));
    }
    Ok(Place::Kept(folder.clone()))
}

async fn set_up(common: &Common, folder: &Path) -> Result<Engine, Failure> {
    open::new_key(common)?;
    migrations::up(&common.database).await.map_err(anyhow::Error::from)?;
    let store = Store::open(&common.database, open::key(common)?).await?;
    let transport = Transport::folder(&folder.join("letters")).map_err(anyhow::Error::from)?;
    let caller = Caller::new(common.webhook_hosts.iter().cloned(), None).map_err(anyhow::Error::from)?;
    let post = Post { sender: city::SENDER.into(), host: city::HOST.into(), transport, caller };
    let engine = Engine::open(store, open::files(common)?, post, season::first_morning()).await?;
    city::found(&engine).await?;
    Ok(engine)
}

/// After the story: one community's hours, one department's money, one decision in full.
async fn look_around(common: &Common, engine: &Engine, season: &season::Season) -> Result<(), Failure> {
    title(common.say("一个社区的工作量", "One community's hours"))?;
    crate::quota::show_year(common, engine, city::COMMUNITY_TO_SHOW, 2026).await?;
    title(common.say("一个部门的账", "One department's money"))?;
    ledger::show(common, engine, city::DEPARTMENT_TO_SHOW).await?;
    title(common.say("一件申请的决定记录", "The decision record of one request"))?;
    if let Some(request) = season.request(city::REQUEST_TO_SHOW) {
        show_decision(common, engine, request).await?;
    }
    Ok(())
}

async fn show_decision(common: &Common, engine: &Engine, id: RequestId) -> Result<(), Failure> {
    views::request(common, engine, &id.to_string(), None).await?;
    let content = engine.content();
    let record = engine.reader().records(id).await?.into_iter().next();
    let Some(record) = record else { return Ok(()) };
    let limits = &content.rules.parameters().limits;
    let start = record.facts.get("today").and_then(|day| day.as_str()?.parse().ok());
    if let Some(start) = start {
        print::line(decision::limit(common, &content.calendar, start, limits.decision))?;
    }
    Ok(())
}

fn title(text: &str) -> Result<(), Failure> {
    Ok(print::line(format!("\n━━ {text} ━━"))?)
}

fn hint(common: &Common, folder: &Path) -> Result<(), Failure> {
    let hint = common.say("数据在此，可另开终端查看", "the data is here, look at it from another terminal");
    let example = format!("zhunru --database sqlite://{}/zhunru.db request list", folder.display());
    print::line(format!("\n{hint}:\n  {example}"))?;
    let letters = common.say("信件发到这个文件夹", "letters leave for this folder");
    Ok(print::line(format!("{letters}:\n  {}", folder.join("letters").display()))?)
}

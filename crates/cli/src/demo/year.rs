//! `zhunru demo --year`: a whole sandbox year of the city with some 2,000 requests, through the engine's use cases only,
//! the same from the same seed. It ends with the doctor and a summary.

mod calls;
mod cards;
mod certain;
mod city;
mod clerks;
mod count;
mod dates;
mod dice;
mod fate;
mod names;
mod papers;
mod plan;
mod play;
mod readable;
mod sentences;
mod summary;
mod voices;
mod work;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use engine::{Engine, Post};
use notifier::{Caller, Transport};
use store::Store;

use crate::demo::city::{HOST, SENDER};
use crate::open;
use crate::print::{self, Failure};
use crate::settings::{Common, DemoOptions};

/// Plays the year in a folder, prints what it came to, and fails where the doctor finds anything.
pub(crate) async fn run(common: &Common, options: &DemoOptions, folder: &Path) -> Result<ExitCode, Failure> {
    let started = Instant::now();
    let engine = set_up(common, options, folder).await?;
    let town = city::found(&engine, dates::morning(dates::first())).await?;
    let planned = {
        let content = engine.content();
        let (rules, calendar) = (&content.rules, &*content.calendar);
        plan::Sources { seed: options.seed, town: &town, rules, calendar }.planned(options.requests)
    };
    let mut play = play::Play::new(&engine, options.seed, (town, planned));
    play.all().await?;
    let summary = count::of(&play, started).await?;
    if common.json {
        print::json(&summary)?;
    } else {
        print::line(summary.readable(common))?;
    }
    Ok(if summary.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn set_up(common: &Common, options: &DemoOptions, folder: &Path) -> Result<Engine, Failure> {
    open::new_key(common)?;
    migrations::up(&common.database).await.map_err(anyhow::Error::from)?;
    let store = Store::open_throw_away(&common.database, open::key(common)?).await?;
    let transport = match options.data {
        Some(_) => Transport::folder(&folder.join("letters")).map_err(anyhow::Error::from)?,
        None => Transport::memory(),
    };
    let caller = Caller::new(common.webhook_hosts.iter().cloned(), None).map_err(anyhow::Error::from)?;
    let post = Post { sender: SENDER.into(), host: HOST.into(), transport, caller };
    Ok(Engine::open(store, open::files(common)?, post, dates::morning(dates::first())).await?)
}

//! `zhunru request`: every action on a request, lists, and one request as people read it.

mod task;
mod wish;

use std::process::ExitCode;

use engine::{Engine, Filing, Order};
use serde_json::{Value, json};
use store::Scope;
use workflow::actor::Actor;
use workflow::request::Request;
use workflow::stage::StageKind;

use crate::print::{self, Failure};
use crate::settings::Common;
use crate::{clock, evidence, open, past, views};
pub(crate) use task::{On, RequestTask};

pub(crate) async fn run(common: &Common, task: RequestTask) -> Result<ExitCode, Failure> {
    let engine = open::engine(common).await?;
    match task {
        RequestTask::List { actor, stages, limit, as_of } => {
            list(common, &engine, actor, (stages, limit, as_of)).await?;
        }
        RequestTask::Show { request, actor, as_of } => {
            let actor = match actor {
                Some(actor) => Some(open::actor(&engine, &actor).await?),
                None => None,
            };
            match as_of {
                Some(day) => past::request(common, &engine, (&request, day), actor.as_ref()).await?,
                None => views::request(common, &engine, &request, actor.as_ref()).await?,
            }
        }
        RequestTask::Evidence { request, actor, community, save } => {
            let scope = scope(&engine, actor).await?;
            evidence::list(common, &engine, (&request, scope), (community, save)).await?;
        }
        task => change(common, &engine, task).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What files something, or acts on what is filed.
async fn change(common: &Common, engine: &Engine, task: RequestTask) -> Result<(), Failure> {
    match task {
        RequestTask::Draft { file, communities, actor } => {
            let filing = filing(&file, communities)?;
            let actor = open::actor(engine, &actor).await?;
            done(common, &engine.draft(filing, &actor, clock::now()).await?)?;
        }
        RequestTask::Correct { on, file, communities } => {
            rewrite(common, engine, &on, (Rewrite::Correct, filing(&file, communities)?)).await?;
        }
        RequestTask::Renew { on, file, communities } => {
            rewrite(common, engine, &on, (Rewrite::Renew, filing(&file, communities)?)).await?;
        }
        RequestTask::Supplement { on, file, communities } => {
            rewrite(common, engine, &on, (Rewrite::Supplement, filing(&file, communities)?)).await?;
        }
        action => {
            let (on, wish) = wish::of(action)?;
            let actor = open::actor(engine, &on.actor).await?;
            let command = wish.command(common, engine, &actor).await?;
            let order = order(engine, &on, &actor).await?;
            done(common, &engine.act(order, command).await?)?;
        }
    }
    Ok(())
}

/// What a new application does to the request that is named.
enum Rewrite {
    Correct,
    Renew,
    Supplement,
}

async fn rewrite(
    common: &Common,
    engine: &Engine,
    on: &On,
    (kind, filing): (Rewrite, Filing),
) -> Result<(), Failure> {
    let actor = open::actor(engine, &on.actor).await?;
    let order = order(engine, on, &actor).await?;
    let request = match kind {
        Rewrite::Correct => engine.correct(order, filing).await?,
        Rewrite::Renew => engine.renew(order, filing).await?,
        Rewrite::Supplement => engine.supplement(order, filing).await?,
    };
    done(common, &request)
}

fn filing(file: &std::path::Path, communities: Vec<String>) -> Result<Filing, Failure> {
    let text = open::read(file)?;
    let document: Value = serde_json::from_str(&text)
        .map_err(|error| Failure::Input(format!("{}: {error}", file.display())))?;
    Ok(Filing::read(&document, communities)?)
}

pub(crate) fn known<T>(word: &str, of: fn(&str) -> Option<T>, words: &str) -> Result<T, Failure> {
    of(word).ok_or_else(|| Failure::Input(format!("`{word}` is none of {words}")))
}

async fn order<'a>(engine: &Engine, on: &On, actor: &'a Actor) -> Result<Order<'a>, Failure> {
    let request = engine.reader().request_id(&on.request, engine.scope(actor)).await?;
    Ok(Order { request, actor, seen: on.seen.into(), now: clock::now() })
}

async fn scope(engine: &Engine, actor: Option<String>) -> Result<Scope, Failure> {
    match actor {
        None => Ok(Scope::Everything),
        Some(actor) => Ok(engine.scope(&open::actor(engine, &actor).await?)),
    }
}

async fn list(
    common: &Common,
    engine: &Engine,
    actor: Option<String>,
    (stages, limit, as_of): (Vec<String>, u64, Option<chrono::NaiveDate>),
) -> Result<(), Failure> {
    let scope = scope(engine, actor).await?;
    let words = || StageKind::ALL.iter().map(|stage| stage.word()).collect::<Vec<_>>().join(", ");
    let stages = stages.iter().map(|word| known(word, StageKind::from_word, &words()));
    let stages = stages.collect::<Result<Vec<_>, _>>()?;
    let lines = match as_of {
        Some(day) => past::lines(engine, scope, day, (&stages, limit)).await?,
        None => engine.reader().request_lines(scope, &stages, limit).await?,
    };
    if common.json {
        return print::json(&lines);
    }
    let rows = lines.into_iter().map(|line| {
        vec![
            line.number.unwrap_or_else(|| line.id.to_string()),
            line.title,
            line.stage.name(common.language()).to_owned(),
            line.price.for_people(),
            line.starts_on.map(|day| day.to_string()).unwrap_or_default(),
        ]
    });
    let heading = [
        common.say("编号", "number"),
        common.say("事项", "title"),
        common.say("阶段", "stage"),
        common.say("价格", "price"),
        common.say("开始", "starts on"),
    ];
    Ok(print::line(print::table(&heading, &[3], rows.collect()))?)
}

/// What a command says when it is done.
fn done(common: &Common, request: &Request) -> Result<(), Failure> {
    let stage = request.stage.kind();
    if common.json {
        return print::json(&json!({
            "id": request.id, "number": request.number, "stage": stage, "version": request.version,
            "price": request.price(),
        }));
    }
    let number = request.number.clone().unwrap_or_else(|| request.id.to_string());
    let line = format!("{number} {} → {}", request.title(), stage.name(common.language()));
    Ok(print::line(line)?)
}
